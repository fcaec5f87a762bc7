/** A text without what steers a terminal: each control character, line ends too, is a space. What comes out of a file or the cloud is shown so. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}
