import fc from 'fast-check';
import { compareKeys } from '../../../src/cloud/obs/key-order.ts';

describe('compareKeys', () => {
  it('sorts a character above U+FFFF after U+E000, unlike UTF-16', () => {
    expect(['\u{1F600}', '\uE000', 'a', ''].sort(compareKeys)).toEqual(['', 'a', '\uE000', '\u{1F600}']);
  });

  it('sorts by UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
