/** What steers a terminal or ends a line: no name, key or secret that was meant holds one. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const EACH = new RegExp(CONTROL, 'gu');

export function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text);
}

/** A space in place of each, so that every character stays in its column. */
export function withoutControlCharacters(text: string): string {
  return text.replaceAll(EACH, ' ');
}
