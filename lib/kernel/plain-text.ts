/**
 * Characters that show nothing and change how the rest is shown: controls, marks that turn the direction of writing, invisible ones, line and
 * paragraph separators, halves of pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;
const UNPRINTABLE_IN_LINES = /(?:(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;

/**
 * A text as one line that is as it looks. Keys, names and the cloud's words may hold any character, and nobody shall begin a line, move a
 * cursor or turn a text around with one. All that people read passes through here: terminals, logs, reports, the console, errors.
 */
export function plainText(text: string): string {
  return text.replaceAll(UNPRINTABLE, ' ');
}

/** The same for a text whose line ends are ours. */
export function plainLines(text: string): string {
  return text.replaceAll(UNPRINTABLE_IN_LINES, ' ');
}

/** The same for JSON text, for programs: such characters are written as escapes, so that the value stays what it is. */
export function plainJson(json: string): string {
  return json.replaceAll(UNPRINTABLE_IN_LINES, (found) =>
    Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}
