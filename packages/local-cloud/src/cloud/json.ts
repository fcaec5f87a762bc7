// No alternation per character: a string of tens of megabytes, such as a code package, would exhaust the matcher.
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON without rounding: an integer literal outside ±(2^53 - 1) becomes a bigint; everything else is as with JSON.parse.
 *
 * Needed for the 64-bit sizes of SMS: JSON.parse turns 9223372036854775807 into 9223372036854775808, and tests must see which was sent.
 *
 * @throws {SyntaxError} when the input is not JSON
 */
export function parseJson(text: string): unknown {
  const plain: unknown = JSON.parse(text);
  const mark = unusedMark(text);
  let marked = false;
  const source = text.replace(STRING_OR_NUMBER, (token) => {
    if (!/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token))) return token;
    marked = true;
    return `"${mark}${token}"`;
  });
  if (!marked) return plain;
  return JSON.parse(source, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** Writes JSON with bigints as integer literals. */
export function formatJson(value: unknown): string {
  const bigints: bigint[] = [];
  const plain = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') bigints.push(item);
    return typeof item === 'bigint' ? 0 : item;
  });
  if (bigints.length === 0) return plain;
  const mark = unusedMark(plain);
  const marked = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${mark}${item}` : item));
  return marked.replace(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1');
}

/** Whether a value has more than this many levels of arrays and objects. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  const inside = (item: unknown) => (typeof item === 'object' && item !== null ? [item] : []);
  let level: object[] = inside(value);
  for (let depth = 0; depth < levels; depth++) level = level.flatMap((item) => Object.values(item).flatMap(inside));
  return level.length > 0;
}

function unusedMark(text: string): string {
  let mark = 'int64:';
  while (text.includes(mark)) mark = `_${mark}`;
  return mark;
}
