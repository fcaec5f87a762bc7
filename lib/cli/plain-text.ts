/** Text of an event may hold any character: none of it shall steer the terminal, or begin a line. */
export function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
