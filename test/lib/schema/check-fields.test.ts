import { checkFields } from '../../../lib/schema/check-fields.ts';
import type { FieldTable } from '../../../lib/schema/fields.ts';
import { problemLine } from '../../../lib/schema/findings.ts';

const TABLE: FieldTable = {
  name: { type: 'string', required: true, min: 1, max: 4, doc: '' },
  kind: { type: 'string', values: ['A', 'B'], doc: '' },
  code: { type: 'string', pattern: /^[0-9]+$/, expected: 'digits', doc: '' },
  uuid: { type: 'string', nullable: true, doc: '' },
  password: { type: 'secret', doc: '' },
  limit: { type: 'integer', min: 1, max: 10240, sendAs: 'string', doc: '' },
  size: { type: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER, doc: '' },
  share: { type: 'number', min: 0, max: 100, doc: '' },
  flag: { type: 'boolean', warn: 'is old', doc: '' },
  items: {
    type: 'list',
    min: 1,
    max: 2,
    doc: '',
    of: { type: 'object', doc: '', fields: { id: { type: 'string', required: true, doc: '' } } },
  },
};

function problemsOf(value: unknown, mode: 'file' | 'filled' = 'filled'): string {
  return problemLine(checkFields(TABLE, value, { mode }).problems);
}

describe('checkFields', () => {
  it('returns a copy, in the order of the table', () => {
    const value = { items: [{ id: 'x' }], size: 0, name: 'abcd', password: { user_data: 'P' }, uuid: null };

    const checked = checkFields(TABLE, value, { mode: 'filled' });

    expect(checked).toEqual({ value, problems: [], warnings: [] });
    expect(Object.keys(checked.value)).toEqual(['name', 'uuid', 'password', 'size', 'items']);
  });

  it.each<[string, unknown, string]>([
    ['a missing field', {}, 'name: is missing'],
    ['no object', 'x', '(document): must be an object, received a string'],
    ['a list', [], '(document): must be an object, received a list'],
    ['nothing', null, '(document): must be an object, received nothing'],
    [
      'an unknown field, with the one that was meant',
      { name: 'x', Kind: 'A' },
      'Kind: unknown field "Kind"; did you mean "kind"?',
    ],
    ['an empty string', { name: '' }, 'name: must have at least 1 character, has 0'],
    ['a string that is too long', { name: 'abcde' }, 'name: must have at most 4 characters, has 5: the string "abcde"'],
    ['a number for a string', { name: 5 }, 'name: must be a string, received 5'],
    ['null for a string', { name: null }, 'name: must be a string, received nothing'],
    ['another value', { name: 'x', kind: 'C' }, 'kind: must be "A" or "B", received the string "C"'],
    ['another pattern', { name: 'x', code: '1\n' }, 'code: must be digits, received the string "1\\n"'],
    [
      'a string for a whole number',
      { name: 'x', size: '1' },
      'size: must be a whole number, received the string "1" (write it without quotes; placeholders always give strings)',
    ],
    ['a fraction', { name: 'x', size: 0.5 }, 'size: must be a whole number, received 0.5'],
    [
      'what would be rounded',
      { name: 'x', size: 2 ** 53 },
      'size: is larger than 9007199254740991, the largest whole number that can be sent without rounding',
    ],
    ['infinity', { name: 'x', size: Number.POSITIVE_INFINITY }, 'size: must be a whole number, received Infinity'],
    ['a number below its range', { name: 'x', limit: 0 }, 'limit: must be from 1 to 10240, received 0'],
    [
      'a string beyond the range of a number sent as a string',
      { name: 'x', limit: '10241' },
      'limit: must be from 1 to 10240, received 10241',
    ],
    ['a fraction beyond its range', { name: 'x', share: 100.1 }, 'share: must be from 0 to 100, received 100.1'],
    ['a string for a boolean', { name: 'x', flag: 'true' }, 'flag: must be true or false, received the string "true"'],
    ['an object for a list', { name: 'x', items: {} }, 'items: must be a list, received an object'],
    ['an empty list', { name: 'x', items: [] }, 'items: must have at least 1 item, has 0'],
    ['a list that is too long', { name: 'x', items: [1, 2, 3] }, 'items: must have at most 2 items, has 3'],
    [
      'what is wrong deep inside, all of it',
      { items: [{ id: 1 }, {}] },
      'name: is missing; items[0].id: must be a string, received 1; items[1].id: is missing',
    ],
  ])('refuses %s', (_, value, problems) => {
    expect(problemsOf(value)).toBe(problems);
  });

  it.each<[string, unknown]>([
    ['a literal', 'hunter2'],
    ['a number', 4711],
    ['a reference with more in it', { user_data: 'P', literal: 'hunter2' }],
    ['an invalid name', { user_data: 'hunter2!' }],
  ])('refuses %s for a secret without showing it', (_, password) => {
    const problems = problemsOf({ name: 'x', password });

    expect(problems).toMatch(/^password/);
    expect(problems).not.toMatch(/hunter2|4711/);
  });

  it('refuses the names of what every object inherits', () => {
    const value: unknown = JSON.parse('{"name":"x","__proto__":{"kind":"A"},"constructor":1}');

    expect(problemsOf(value)).toBe('__proto__: unknown field "__proto__"; constructor: unknown field "constructor"');
  });

  it('shows only the beginning of a long string', () => {
    expect(problemsOf({ name: 'y'.repeat(1000) }).length).toBeLessThan(150);
  });

  it('counts characters, not UTF-16 units', () => {
    expect(problemsOf({ name: '😀😀😀😀' })).toBe('');
    expect(problemsOf({ name: '😀😀😀😀😀' })).toMatch(/has 5/);
  });

  it('sends as a string what the API expects as a string', () => {
    expect(checkFields(TABLE, { name: 'x', limit: 123 }, { mode: 'filled' }).value).toEqual({
      name: 'x',
      limit: '123',
    });
    expect(checkFields(TABLE, { name: 'x', limit: '10240' }, { mode: 'filled' }).value).toEqual({
      name: 'x',
      limit: '10240',
    });
  });

  it('warns about a field that is sent nevertheless', () => {
    const { value, warnings } = checkFields(TABLE, { name: 'x', flag: true }, { mode: 'filled', path: ['jobs', 'a'] });

    expect(value).toEqual({ name: 'x', flag: true });
    expect(warnings).toEqual([{ path: ['jobs', 'a', 'flag'], message: 'is old' }]);
  });

  it('does not check a string with a placeholder before it is filled', () => {
    const value = { name: '{{ object.key }}', kind: '{{ job }}' };

    expect(problemsOf(value, 'file')).toBe('');
    expect(problemsOf(value, 'filled')).toMatch(/^name: must have at most 4.*kind: must be "A" or "B"/);
  });

  it('lets optional mandatory fields be missing only at the top level', () => {
    const options = { mode: 'file', optional: new Set(['name', 'id']) } as const;

    expect(problemLine(checkFields(TABLE, { items: [{}] }, options).problems)).toBe('items[0].id: is missing');
  });

  it.each([
    ['unknown fields', Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 0]))],
    ['items of a list', { name: 'x', many: Array.from({ length: 20_000 }, () => 0) }],
    ['items of items', { name: 'x', many: Array.from({ length: 10_000 }, () => ({ a: 0, b: 0 })) }],
  ])('lists 49 of many problems of what a caller sent, and all of a file: %s', (_what, value) => {
    const table: FieldTable = {
      ...TABLE,
      many: { type: 'list', doc: '', of: { type: 'object', doc: '', fields: { id: { type: 'string', doc: '' } } } },
    };

    const { problems } = checkFields(table, value, { mode: 'filled', path: ['x'] });

    expect(problems).toHaveLength(50);
    expect(problems.at(-1)).toEqual({
      path: ['x'],
      message: 'has more problems than the 49 listed; the rest was not checked',
    });
    expect(checkFields(table, value, { mode: 'file' }).problems.length).toBeGreaterThanOrEqual(20_000);
  });
});

describe('problemLine', () => {
  it('truncates a long string, and counts what it does not list', () => {
    const long = { path: ['a'], message: 'x'.repeat(100_000) };

    expect(problemLine([long])).toBe(`a: ${'x'.repeat(497)}...`);
    expect(problemLine(Array.from({ length: 52 }, () => ({ path: ['a'], message: 'b' })))).toBe(
      `${'a: b; '.repeat(50)}and 2 more`,
    );
  });
});
