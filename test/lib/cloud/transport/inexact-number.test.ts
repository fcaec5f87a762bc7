import fc from 'fast-check';
import { inexactNumber } from '../../../../lib/cloud/transport/inexact-number.ts';

describe('inexactNumber', () => {
  it.each([
    '9007199254740991',
    '-9007199254740991',
    '0.1',
    '1e3',
    '[1, 2.5, -0]',
    '"9223372036854775807"',
    '{"9223372036854775807": "\\"9223372036854775807\\\\", "a": 1}',
    '"\\\\"',
    '""',
    'true',
  ])('finds nothing in %s', (json) => {
    expect(inexactNumber(json)).toBeUndefined();
  });

  it.each([
    ['9007199254740992', '9007199254740992'],
    ['{"a":[{"b\\"":9007199254740993}]}', '9007199254740993'],
    ['["\\\\",-9223372036854775808]', '-9223372036854775808'],
    ['9007199254740993.0', '9007199254740993.0'],
    ['{"a": 1, "b": 1e400}', '1e400'],
    ['1E+30', '1E+30'],
  ])('finds the number in %s', (json, digits) => {
    expect(inexactNumber(json)).toBe(digits);
  });

  it('is correct for any JSON with one integer', () => {
    fc.assert(
      fc.property(fc.string(), fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (text, integer) => {
        const json = `{${JSON.stringify(text)}:[${JSON.stringify(text)},${integer}]}`;
        const isSafe = integer >= -9007199254740991n && integer <= 9007199254740991n;

        expect(inexactNumber(json)).toBe(isSafe ? undefined : String(integer));
      }),
    );
  });

  it('reads a long string in linear time', () => {
    expect(inexactNumber(`["${'\\"a'.repeat(1_000_000)}", 9007199254740993]`)).toBe('9007199254740993');
  });
});
