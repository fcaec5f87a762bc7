/** Takes two columns of a terminal: ideographs, kana, hangul, fullwidth forms and emoji. (?! ): halfwidth kana and hangul take one. */
const WIDE =
  /(?![\uff61-\uffdc])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
/** Is drawn onto the character before it. */
const MARK = /\p{Mark}/u;

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  // Nearly all texts, quickly.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

/** The text, filled with spaces to this many columns. */
export function padColumns(text: string, columns: number): string {
  return `${text}${' '.repeat(Math.max(0, columns - columnsOf(text)))}`;
}
