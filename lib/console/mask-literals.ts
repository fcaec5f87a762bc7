import { isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';

/** Keys whose values are secrets, which a jobs file names and does not hold. */
const SECRET_KEY = /password|passwd|secret|token|^(sk|secret_?key)$/i;
/** Keys whose lists are of such. */
const SECRET_LISTS = new Set(['standard_webhooks', 'bearer']);

/**
 * The text of a jobs file with `***` in place of values that may be secrets: somebody may have written a password there by mistake, and
 * checks refuse it without showing it. All else, and every line, stays where it is. Throws nothing, whatever the text is.
 */
export function maskLiterals(text: string): string {
  const ranges: (readonly [number, number])[] = [];
  const add = (value: unknown) => {
    if (isScalar(value) && value.range && value.value !== null) ranges.push([value.range[0], value.range[1]]);
  };
  visit(parseDocument(text, { logLevel: 'silent', prettyErrors: false }), {
    Pair: (_, { key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      if (SECRET_KEY.test(name)) add(value);
      if (!SECRET_LISTS.has(name) || !isSeq(value)) return;
      for (const item of value.items) if (!isPair(item)) add(item);
    },
  });
  let masked = text;
  // From the end, so that the places of those before stay what they are.
  for (const [start, end] of ranges.sort(([a], [b]) => b - a)) {
    const lines = masked.slice(start, end).split('\n').length - 1;
    masked = `${masked.slice(0, start)}***${'\n'.repeat(lines)}${masked.slice(end)}`;
  }
  return masked;
}
