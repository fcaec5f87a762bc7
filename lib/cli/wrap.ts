/**
 * The text in lines of at most `width` characters, broken at spaces. A longer word gets a line of its own and is not broken: ids, paths and commands are
 * copied. At least one line.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The text after a label, in the lines of `wrap`; all but the first are indented by the label's width. */
export function hanging(label: string, text: string, width: number): string[] {
  const [first = '', ...others] = wrap(text, width - label.length);
  return [`${label}${first}`, ...others.map((line) => `${' '.repeat(label.length)}${line}`)];
}
