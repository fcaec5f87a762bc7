/** A text in one line: keys and the cloud's words may hold any character, and nobody shall begin a line or move a cursor with one. */
export function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
