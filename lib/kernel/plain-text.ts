/**
 * Invisible characters that change how the rest is displayed: control characters, bidirectional marks, zero-width characters, line and paragraph
 * separators, lone surrogates.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;
const UNPRINTABLE_IN_LINES = /(?:(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;

/**
 * The text as one line without such characters. Keys, names and messages of the cloud may contain any character; none of them may start a line,
 * move a cursor or reverse a text. Everything that people read passes through here: terminals, logs, reports, the console, errors.
 */
export function plainText(text: string): string {
  return text.replaceAll(UNPRINTABLE, ' ');
}

/** The same for a text whose line breaks are ours. */
export function plainLines(text: string): string {
  return text.replaceAll(UNPRINTABLE_IN_LINES, ' ');
}

/** The same for JSON, for programs: such characters are escaped, so that the value does not change. */
export function plainJson(json: string): string {
  return json.replaceAll(UNPRINTABLE_IN_LINES, (found) =>
    Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}
