/** Characters that control a terminal or end a line. No intended name, key or secret contains one. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const EACH = new RegExp(CONTROL, 'gu');

export function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text);
}

/** The text with each replaced by a space, so that every other character keeps its column. */
export function withoutControlCharacters(text: string): string {
  return text.replaceAll(EACH, ' ');
}
