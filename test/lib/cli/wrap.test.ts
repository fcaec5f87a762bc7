import fc from 'fast-check';
import { hanging, wrap } from '../../../lib/cli/wrap.ts';

describe('wrap', () => {
  it('breaks at spaces, and only where a line would be too long', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('one two three', 6)).toEqual(['one', 'two', 'three']);
    expect(wrap('one two three', Number.POSITIVE_INFINITY)).toEqual(['one two three']);
  });

  it('does not break a word that is longer than a line', () => {
    expect(wrap('see obs://backups/a.rdb now', 10)).toEqual(['see', 'obs://backups/a.rdb', 'now']);
  });

  it('counts columns of the terminal, of which ideographs take two', () => {
    expect(wrap('停机 维护 中', 9)).toEqual(['停机 维护', '中']);
    expect(wrap('停机 维护 中', 8)).toEqual(['停机', '维护 中']);
  });

  it('keeps every character of any text, and every line with a space fits', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -5, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.join(' ')).toBe(text);
        for (const line of lines) expect(line.length <= width || !line.trim().includes(' ')).toBe(true);
      }),
    );
  });
});

describe('hanging', () => {
  it('indents what follows the first line as far as the label', () => {
    expect(hanging('Why  ', 'one two three', 12)).toEqual(['Why  one two', '     three']);
    expect(hanging('Why  ', '', 12)).toEqual(['Why  ']);
  });
});
