import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument, visit } from 'yaml';
import { JOB_NAME } from '../../jobs/job-name.ts';
import { STORED_NAME, STORED_VERSION, VARIABLE_NAME } from '../../kernel/secret-reference.ts';
import { ACTION_KINDS } from '../../migrations/actions.ts';

type Path = readonly (string | number)[];
type Range = readonly [start: number, end: number, mark: string];

/** Replacements for what looks like a secret, and for invalid values, which may be anything. */
const SECRET = '***';
const INVALID = '(not shown)';

/** Keys whose values are secrets, which a jobs file must only refer to. */
const SECRET_KEY = /passw|pwd|passphrase|secret|token|credential|^(sk|secret_?key|access_?key|api_?key)$/i;
/** Keys whose values are lists of secret references. */
const SECRET_LISTS = new Set(['standard_webhooks', 'bearer']);
/** Keys that say where a secret is, or name a caller, and the form of their values. */
const REFERENCE_KEYS = new Map([
  ['user_data', VARIABLE_NAME],
  ['as', JOB_NAME],
  ['csms', STORED_NAME],
  ['key', VARIABLE_NAME],
  ['version', STORED_VERSION],
]);
/** Values that look like secrets: a signing secret, or a password in front of an address. */
const SECRET_TEXT = /^whsec_|:\S*@/;

/** Containers of unrelated parts: a problem with the container itself does not hide its contents. */
function isContainer(path: Path): boolean {
  const [first, , third] = path;
  if (path.length <= 1) return path.length === 0 || first === 'jobs' || first === 'targets';
  if (path.length === 2) return first === 'jobs' || first === 'targets';
  return path.length === 3 && first === 'jobs' && (third === 'on' || ACTION_KINDS.some((kind) => kind === third));
}

/**
 * The text of a jobs file without values that may be secrets, because a password may have been written there by mistake. Hides values that
 * are secrets by their key or form, and every value with a problem; in a text that can't be parsed, every value. Line numbers do not change.
 * Never throws.
 *
 * @param problems the paths of the file's problems
 */
export function maskLiterals(text: string, problems: readonly Path[] = []): string {
  const document = parse(text);
  if (!document || document.errors.length > 0) return maskLines(text);
  const ranges: Range[] = [];
  const hide = (node: unknown, mark: string): void => {
    const value = isAlias(node) ? node.resolve(document) : node;
    if (isScalar(value)) {
      if (value.range && value.value !== null) ranges.push([value.range[0], value.range[1], mark]);
    } else if (isMap(value)) {
      for (const { key, value: inner } of value.items) {
        const form = isScalar(key) ? REFERENCE_KEYS.get(String(key.value)) : undefined;
        if (!(form && isScalar(inner) && form.test(String(inner.value)))) hide(inner, mark);
      }
    } else if (isSeq(value)) for (const item of value.items) hide(item, mark);
  };

  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && SECRET_TEXT.test(node.value)) hide(node, SECRET);
    },
    Pair: (_, { key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      if (SECRET_LISTS.has(name) || SECRET_KEY.test(name)) hide(value, SECRET);
    },
  });
  for (const path of problems) {
    const node = nodeAt(document, path);
    if (isScalar(node) || !isContainer(path)) hide(node, INVALID);
  }
  return maskRanges(text, ranges);
}

function parse(text: string): Document.Parsed<ParsedNode> | undefined {
  try {
    return parseDocument(text, { logLevel: 'silent', prettyErrors: false });
  } catch {
    // Nested too deeply.
    return undefined;
  }
}

function nodeAt(document: Document.Parsed<ParsedNode>, path: Path): unknown {
  let node: unknown = document.contents;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node))
      node = node.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key))?.value;
    else if (isSeq(node) && typeof key === 'number') node = node.items[key];
    else return undefined;
  }
  return node;
}

function maskRanges(text: string, ranges: readonly Range[]): string {
  let masked = text;
  let before = text.length;
  // From the end, so that earlier positions stay valid. Ranges may be nested or duplicated.
  for (const [start, end, mark] of [...ranges].sort(([a, b], [c, d]) => c - a || d - b)) {
    if (end > before) continue;
    const lines = masked.slice(start, end).split('\n').length - 1;
    masked = `${masked.slice(0, start)}${mark}${'\n'.repeat(lines)}${masked.slice(end)}`;
    before = start;
  }
  return masked;
}

/** Without a structure: hides what follows a key, and every line without one. */
function maskLines(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const [, head = '', rest = ''] = /^(\s*(?:- +)*(?:[\w.-]+:(?=\s|$))?\s*)(.*)$/s.exec(line) ?? [];
      const isStructure = /^[\s{}[\],|>-]*(?:#.*)?$/.test(rest);
      return isStructure ? line : `${head}${SECRET}`;
    })
    .join('\n');
}

/** A problem's message without the invalid value. */
export function maskMessage(message: string): string {
  return message.replaceAll(/(the string|:) "(?:[^"\\]|\\.)*"/g, `$1 ${INVALID}`);
}
