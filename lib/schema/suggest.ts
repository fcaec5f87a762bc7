/** Longer names are not compared: no known name is that long, and the work grows quadratically. */
const MAX_NAME_LENGTH = 64;

/** The edit distance of two strings (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The closest known name, ignoring case and treating `-` as `_`; `undefined` when none is within two edits. */
export function suggest(given: string, known: Iterable<string>): string | undefined {
  if (given.length > MAX_NAME_LENGTH) return undefined;
  const plain = given.toLowerCase().replaceAll('-', '_');
  let best: { name: string; far: number } | undefined;
  for (const name of known) {
    const far = distance(plain, name.toLowerCase().replaceAll('-', '_'));
    if (far <= Math.min(2, Math.floor(name.length / 2)) && far < (best?.far ?? Number.POSITIVE_INFINITY)) {
      best = { name, far };
    }
  }
  return best?.name;
}

/** `; did you mean "x"?` with the closest known name (see {@link suggest}); an empty string when there is none. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const near = suggest(given, known);
  return near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
}

/** The message for an unknown key, with the name that was probably meant. */
export function unknownName(what: string, given: string, known: Iterable<string>): string {
  const shown = given.length > MAX_NAME_LENGTH ? `${given.slice(0, MAX_NAME_LENGTH)}…` : given;
  return `unknown ${what} ${JSON.stringify(shown)}${didYouMean(given, known)}`;
}
