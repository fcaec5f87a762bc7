import { excerpt } from '../../../../lib/cli/check/excerpt.ts';

const shown = (text: string, path: (string | number)[], isUnclear = false) =>
  excerpt({ path, line: 2, message: '' }, ['version: 1', text], isUnclear);

describe('excerpt', () => {
  it('points at the last key of the path that the line has', () => {
    expect(shown('  on: { schedule: { cron: "x", on: y } }', ['jobs', 'a', 'on', 'schedule', 'cron'])).toEqual([
      '2 |   on: { schedule: { cron: "x", on: y } }',
      '  |                     ^^^^',
    ]);
  });

  it('points at the first word if the line has no key of the path', () => {
    expect(shown('    - file_name', ['files', 0])).toEqual(['2 |     - file_name', '  |       ^']);
  });

  it('points at the first key of a line that could not be parsed, and shows no more', () => {
    expect(shown('    - restore: p1, p1: p1', [], true)).toEqual(['2 |     - restore: …', '  |       ^^^^^^^']);
    expect(shown('p1 p1: 1', [], true)).toEqual([]);
    expect(shown('http://user:p1@host', [], true)).toEqual([]);
  });

  it('does not match part of a word', () => {
    expect(shown('  my-cron: 1', ['cron'])).toEqual(['2 |   my-cron: 1', '  |   ^^^^^^^']);
  });

  it.each([
    ['  password: p1', ['password']],
    ['  - { addrs: a, Passwort: p1 }', ['addrs']],
    ['  key: 1 # token p1', ['key']],
    ['  auth: { standard_webhooks: [ p1 ] }', ['auth', 'standard_webhooks', 0]],
  ])('shows no value of %j', (text, path) => {
    expect(shown(text, path).join('\n')).not.toContain('p1');
  });

  it('shows no value of a line with a syntax problem', () => {
    expect(shown('  id: x, pw: p1', ['id'], true)).toEqual(['2 |   id: …', '  |   ^^']);
    expect(shown('  p1', [], true)).toEqual([]);
  });

  it('truncates a long line, and shows no caret beyond the end', () => {
    const [line = '', ...others] = shown(`  a: ${'x'.repeat(200)}, b: 1`, ['b']);

    expect([line.length, others]).toEqual([125, []]);
  });

  it('is empty for a finding without a line, or with a line that does not exist', () => {
    expect(excerpt({ path: [], message: '' }, ['a'], false)).toEqual([]);
    expect(excerpt({ path: [], message: '', line: 9 }, ['a'], false)).toEqual([]);
  });
});
