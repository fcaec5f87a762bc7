import { CloudError } from '../../../lib/kernel/errors.ts';
import { makeLogger } from '../../../lib/kernel/logger.ts';
import { makeRedactor } from '../../../lib/kernel/redactor.ts';
import { Secret } from '../../../lib/kernel/secret.ts';
import type { LogLevel } from '../../../lib/kernel/settings.ts';

function logger(level: LogLevel = 'info') {
  const lines: string[] = [];
  const redactor = makeRedactor();
  const log = makeLogger({
    level,
    redactor,
    fields: { requestId: 'r-1' },
    write: (line) => lines.push(line),
    now: () => new Date('2026-03-14T02:20:37.418Z'),
  });
  return { lines, log, redactor };
}

describe('makeLogger', () => {
  it('writes one JSON line with time, level, message and fields', () => {
    const { lines, log } = logger();

    log.with({ job: 'a' }).info('run', { outcome: 'created' });

    expect(lines).toEqual([
      '{"time":"2026-03-14T02:20:37.418Z","level":"info","message":"run","requestId":"r-1","job":"a","outcome":"created"}',
    ]);
  });

  it('leaves out lines below its level', () => {
    const { lines, log } = logger('warn');

    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');

    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['c', 'd']);
  });

  it.each(['password', 'secretKey', 'X-Security-Token', 'Authorization', 'access_key'])(
    'masks the field %s',
    (name) => {
      const { lines, log } = logger();

      log.info('x', { deep: { [name]: 'hunter2-plain' } });

      expect(lines[0]).not.toContain('hunter2-plain');
    },
  );

  it('masks known secrets, wherever they are and however JSON escapes them', () => {
    const { lines, log, redactor } = logger();
    redactor.add('pa"ss\\word');

    log.info('it is pa"ss\\word', { url: `/x?p=${encodeURIComponent('pa"ss\\word')}` });

    expect(lines[0]).toContain('"message":"it is ***"');
    expect(lines[0]).toContain('"url":"/x?p=***"');
  });

  it('writes the name, message, code and causes of an error', () => {
    const { lines, log } = logger();
    const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', config: { data: 'body' } });
    const error = new CloudError(
      {
        service: 'DCS',
        operation: 'CreateMigrationTask',
        outcome: 'unknown',
        temporary: false,
        cloudCode: 'ECONNRESET',
      },
      { cause },
    );

    log.error('failed', { error });

    expect(JSON.parse(lines[0] ?? '').error).toMatchObject({
      name: 'CloudError',
      message: 'DCS CreateMigrationTask: unknown: ECONNRESET',
      code: 'ECONNRESET',
      cause: { name: 'Error', message: 'socket hang up', code: 'ECONNRESET' },
    });
    expect(lines[0]).not.toContain('body');
  });

  it('writes *** for a Secret', () => {
    const { lines, log } = logger();

    log.info('x', { value: new Secret('hunter2-plain') });

    expect(lines[0]).toContain('"value":"***"');
  });
});

describe('a line', () => {
  it('has no character that changes its display, even when it is parsed', () => {
    const { lines, log } = logger();

    log.warn('a\u2028b', { key: 'c\u202ed\u001b[2J\u0007', deep: [{ x: 'e\r\nf' }] });

    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      message: 'a b',
      key: 'c d [2J ',
      deep: [{ x: 'e \nf' }],
    });
  });

  it('has at most 8 Ki characters of a string', () => {
    const { lines, log } = logger();

    log.warn('x'.repeat(256 * 1024), { key: 'y'.repeat(8 * 1024) });

    const { message, key } = JSON.parse(lines[0] ?? '');
    expect(message).toBe(`${'x'.repeat(8 * 1024)}...`);
    expect(key).toBe('y'.repeat(8 * 1024));
  });

  it.each(['true', 'outcome', '"},{"', 'message'])('stays JSON with the same keys: secret %j', (secret) => {
    const { lines, log, redactor } = logger();
    redactor.add(secret);

    log.info(`is ${secret}`, { outcome: true, true: secret });

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', message: 'is ***', outcome: true, true: '***' });
  });
});

describe('makeRedactor', () => {
  it('replaces the longer of two secrets first', () => {
    const redactor = makeRedactor();
    redactor.add('abcd');
    redactor.add('abcdefgh');

    expect(redactor.text('abcdefgh abcd')).toBe('*** ***');
  });

  it('does not mask values shorter than four characters', () => {
    const redactor = makeRedactor();
    redactor.add('abc');

    expect(redactor.text('abc')).toBe('abc');
  });

  it('masks secrets in a value, and leaves the rest unchanged', () => {
    const redactor = makeRedactor();
    redactor.add('hunter2');

    expect(redactor.value({ a: ['hunter2'], b: 1 })).toEqual({ a: ['***'], b: 1 });
  });
});
