import fc from 'fast-check';
import { plainLines, plainText } from '../../../lib/kernel/plain-text.ts';

describe('plainText', () => {
  it.each([
    ['a terminal escape sequence', 'a\u001b[2Jb', 'a [2Jb'],
    ['a bell', 'a\u0007b', 'a b'],
    ['a line break', 'a\r\nb', 'a b'],
    ['a Latin-1 control character', 'a\u009bb', 'a b'],
    ['DEL', 'a\u007fb', 'a b'],
    ['a line separator', 'a\u2028b', 'a b'],
    ['a paragraph separator', 'a\u2029b', 'a b'],
    ['reversed text', 'a\u202ebdr.\u202cb', 'a bdr. b'],
    ['an isolate', 'a\u2066b\u2069', 'a b '],
    ['an invisible space', 'a\u200bb\ufeffc', 'a b c'],
    ['half of a surrogate pair', 'a\ud800b', 'a b'],
    ['several in a row', 'a\u001b\u2028\u202eb', 'a b'],
  ])('replaces %s', (_, text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  it.each(['Grüße, 备份 \u{1f600} é', 'a  b', '', 'e\u0301'])('leaves %j unchanged', (text) => {
    expect(plainText(text)).toBe(text);
    expect(plainLines(text)).toBe(text);
  });

  it('leaves no such character in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('plainLines', () => {
  it('keeps line feeds, and no other invisible character', () => {
    expect(plainLines('a\nb\r\n\u2028c\u001b\n\n')).toBe('a\nb \n c \n\n');
  });
});
