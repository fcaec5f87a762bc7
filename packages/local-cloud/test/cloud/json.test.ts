import fc from 'fast-check';
import { formatJson, isDeeperThan, parseJson } from '../../src/cloud/json.ts';

describe('parseJson', () => {
  it.each([
    ['{"a":9223372036854775807}', { a: 9223372036854775807n }],
    ['[-9007199254740992]', [-9007199254740992n]],
    ['[9007199254740991]', [9007199254740991]],
    ['["9223372036854775807"]', ['9223372036854775807']],
    ['["a\\"9223372036854775807", 9223372036854775807]', ['a"9223372036854775807', 9223372036854775807n]],
    ['["int64:1", 9223372036854775807]', ['int64:1', 9223372036854775807n]],
    ['[1e3, 1.5]', [1000, 1.5]],
  ])('parses %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each(['', '{', '{"a":}', '01', "{'a':1}"])('refuses %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('parses a string of 70 MB, such as a package in Base64', () => {
    const text = 'A'.repeat(70_000_000);

    expect((parseJson(`{"file":"${text}"}`) as { file: string }).file).toHaveLength(70_000_000);
  });

  it('parses whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(formatJson(parseJson(text))).toBe(text);
      }),
    );
  });
});

describe('formatJson', () => {
  it('writes 64-bit integers unchanged', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 9007199254740992n, max: 9223372036854775807n }), fc.string(), (size, name) => {
        const value = { size, name, list: [size] };
        expect(parseJson(formatJson(value))).toEqual(value);
      }),
    );
  });
});

describe('isDeeperThan', () => {
  it.each([
    [0, '1'],
    [1, '[1]'],
    [2, '[1, {}]'],
    [2, '{"a": [1], "b": null}'],
    [50_000, `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ])('counts %d levels', (levels, text) => {
    const value = JSON.parse(text);

    expect(isDeeperThan(levels, value)).toBe(false);
    if (levels > 0) expect(isDeeperThan(levels - 1, value)).toBe(true);
  });
});
