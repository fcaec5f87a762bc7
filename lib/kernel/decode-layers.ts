/** A decoded text, with the range in the original of each of its UTF-16 units. Without `places`, it is the original. */
export interface View {
  readonly text: string;
  readonly places?: { readonly from: readonly number[]; readonly to: readonly number[] };
}

/** The range in the original that a part of a view was decoded from. */
export function originalRange({ places }: View, start: number, end: number): readonly [number, number] {
  return places ? [places.from[start] ?? 0, places.to[end - 1] ?? 0] : [start, end];
}

/** The view with every match of `pattern` decoded; `undefined` without a match, so that nothing is searched twice. */
function decodeWith(view: View, pattern: RegExp, decode: (match: string) => string): View | undefined {
  const [from, to]: [number[], number[]] = [[], []];
  let text = '';
  let done = 0;
  const add = (decoded: string, start: number, end: number): void => {
    const [first, last] = originalRange(view, start, end);
    text += decoded;
    for (let i = 0; i < decoded.length; i++) {
      from.push(first);
      to.push(last);
    }
  };
  const copyTo = (end: number): void => {
    for (; done < end; done++) add(view.text[done] ?? '', done, done + 1);
  };
  for (const match of view.text.matchAll(pattern)) {
    copyTo(match.index);
    done += match[0].length;
    add(decode(match[0]), match.index, done);
  }
  if (done === 0) return undefined;
  copyTo(view.text.length);
  return { text, places: { from, to } };
}

/** One UTF-8 character, or a single byte that is not the start of one. */
const PERCENT =
  /%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}|%[89a-f][0-9a-f]/gi;
const BACKSLASH = /\\(?:u\{[0-9a-f]{1,6}\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[\s\S])/gi;
const ENTITY = /&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,6}[0-9]{0,2});?/gi;

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' };
/** HTML's names of U+00A0 to U+00BF, and of U+00E0 to U+00FF. The search ignores case, so lower-case letters are enough. */
const SIGNS =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest';
const LETTERS =
  'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const inOrder = (names: string, first: number) =>
  names.split(' ').map((name, i) => [name, String.fromCharCode(first + i)] as const);
const ENTITIES = new Map<string, string>([
  ...inOrder(SIGNS, 0xa0),
  ...inOrder(LETTERS, 0xe0),
  ['times', '×'],
  ['szlig', 'ß'],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function fromCode(code: number, otherwise: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
}

function unescapePercent(match: string): string {
  const bytes = Buffer.from(match.replaceAll('%', ''), 'hex');
  return bytes.toString(bytes.length > 1 ? 'utf8' : 'latin1');
}

function unescapeBackslash(match: string): string {
  const kind = match.slice(1, 2);
  if (match.length > 2) return fromCode(Number.parseInt(match.slice(2).replace(/[{}]/g, ''), 16), match);
  return ESCAPED[kind.toLowerCase()] ?? kind;
}

function unescapeEntity(match: string): string {
  const name = match.replace(/^&|;$/g, '').toLowerCase();
  if (name.startsWith('#x')) return fromCode(Number.parseInt(name.slice(2), 16), match);
  if (name.startsWith('#')) return fromCode(Number.parseInt(name.slice(1), 10), match);
  return ENTITIES.get(name) ?? match;
}

/** Decodes bytes as UTF-8; an invalid byte is decoded as Latin-1. `placeOf` gives the range of byte `i` in the original. */
function decodeUtf8(bytes: Buffer, placeOf: (byte: number) => readonly [number, number]): View {
  const [from, to]: [number[], number[]] = [[], []];
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] ?? 0;
    const wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    let length = 1;
    while (length < wanted && ((bytes[i + length] ?? 0) & 0xc0) === 0x80) length++;
    const isWhole = wanted > 1 && length === wanted;
    const character = isWhole ? bytes.toString('utf8', i, i + length) : String.fromCharCode(lead);
    const [first, last] = [placeOf(i)[0], placeOf(isWhole ? i + length - 1 : i)[1]];
    for (let unit = 0; unit < character.length; unit++) {
      from.push(first);
      to.push(last);
    }
    text += character;
    i += isWhole ? length : 1;
  }
  return { text, places: { from, to } };
}

/** Ids of requests, runs and tasks, which are in every line. The chance that 32 base64 characters match this is 1 in 10^18. */
const ID = /^[0-9a-f-]{32,}$/;

/** Decodes the runs of base64 characters in a view. Because the start of the encoding is unknown, each run is decoded from four offsets. */
function* base64Views(view: View, minLength: number): Generator<View> {
  for (const match of view.text.matchAll(/[A-Za-z0-9+/_-]+/g)) {
    if (ID.test(match[0])) continue;
    for (let skip = 0; skip < 4; skip++) {
      const encoded = match[0].slice(skip);
      if (encoded.length < minLength) break;
      const start = match.index + skip;
      yield decodeUtf8(Buffer.from(encoded, 'base64'), (byte) =>
        originalRange(view, start + Math.floor((byte * 8) / 6), start + Math.floor((byte * 8 + 7) / 6) + 1),
      );
    }
  }
}

/**
 * Decodes one layer of a view in every supported way: percent and form encoding, escapes of JSON and source code, HTML entities, base64 (both
 * alphabets). A `+` that encodes a space is not decoded.
 *
 * @param minBase64Length shorter runs of base64 are skipped
 */
export function* layersIn(view: View, minBase64Length: number): Generator<View> {
  const decoded = [
    decodeWith(view, PERCENT, unescapePercent),
    decodeWith(view, BACKSLASH, unescapeBackslash),
    decodeWith(view, ENTITY, unescapeEntity),
  ];
  for (const layer of decoded) if (layer) yield layer;
  yield* base64Views(view, minBase64Length);
}
