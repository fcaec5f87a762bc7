import { columnsOf } from './columns.ts';

/**
 * The text in lines of at most `width` columns, broken at spaces. A longer word gets a line of its own and is not broken: ids, paths and commands are
 * copied. At least one line.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const word of text.split(' ')) {
    const columns = columnsOf(word);
    const isSame = used + 1 + columns <= width;
    if (isSame && lines.length > 0) lines[lines.length - 1] = `${lines.at(-1)} ${word}`;
    else lines.push(word);
    used = isSame ? used + 1 + columns : columns;
  }
  return lines;
}

/** The text after a label, in the lines of `wrap`; all but the first are indented by the label's width. */
export function hanging(label: string, text: string, width: number): string[] {
  const [first = '', ...others] = wrap(text, width - label.length);
  return [`${label}${first}`, ...others.map((line) => `${' '.repeat(label.length)}${line}`)];
}
