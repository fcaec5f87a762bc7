import { hasControlCharacter, withoutControlCharacters } from '../../../lib/kernel/control-characters.ts';

describe('a control character', () => {
  it.each(['\u0000', '\t', '\n', '\u001f', '\u007f', '\u0085', '\u009f', '\u2028', '\u2029'])('is %j', (character) => {
    expect(hasControlCharacter(`a${character}b`)).toBe(true);
  });

  it.each([' ', '~', '\u00a0', 'é', '中', '\u202e', '😀'])('is not %j', (character) => {
    expect(hasControlCharacter(`a${character}b`)).toBe(false);
  });

  it('is replaced by one space, so that columns stay aligned', () => {
    expect(withoutControlCharacters('a\r\n\u001b[31mb\u2028c')).toBe('a   [31mb c');
  });
});
