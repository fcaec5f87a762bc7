/** A JSON string, or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * The first number in a JSON document that `JSON.parse` would change: an integer beyond 2^53 - 1, or one that overflows.
 *
 * @param json valid JSON
 * @returns the number as written; `undefined` when there is none
 */
export function inexactNumber(json: string): string | undefined {
  for (const [token] of json.matchAll(TOKEN)) {
    if (token.startsWith('"')) continue;
    const value = Number(token);
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return token;
  }
  return undefined;
}
