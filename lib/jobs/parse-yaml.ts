import type { Document, LineCounter, Node, Pair, YAMLError, YAMLMap } from 'yaml';
import { ConfigError, type Problem } from '../kernel/errors.ts';
import { oddCharacters } from './odd-characters.ts';

/** Limit of alias expansions, the default of the yaml package. With more, a small file could become huge. */
const MAX_ALIASES = 100;
/** One mistake causes many errors after it. */
const MAX_YAML_ERRORS = 10;
const MERGE_KEY = '<<';

export interface ParsedText {
  readonly document: unknown;
  /** The line of a path, or of its nearest existing parent. */
  readonly lineOf: (path: Problem['path']) => number | undefined;
}

/** The parser's own messages quote the file, which may contain a password; these do not. */
const YAML_PROBLEMS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'a duplicate key',
  MULTIPLE_DOCS: 'the file has more than one document',
  TAB_AS_INDENT: 'a tab is used for indentation',
  MISSING_CHAR: 'a quote, bracket, colon or comma is missing',
  BAD_INDENT: 'wrong indentation',
  BAD_ALIAS: 'an alias has no anchor',
  BLOCK_IN_FLOW: 'a colon or dash in { } or [ ] is used as it would be outside of them',
  MULTILINE_IMPLICIT_KEY: 'a line that is not a key, or a quote or bracket that is not closed',
  BLOCK_AS_IMPLICIT_KEY:
    'a key is inside the value of another key: the indentation is wrong, here or on the line above, or a string with ": " is not quoted',
  BAD_DQ_ESCAPE:
    'a backslash in double quotes begins an escape, as in "\\n"; object keys are separated by "/", and in single quotes a backslash is literal',
};

function yamlProblem(error: YAMLError): string {
  // The next line is indented too little only because the bracket is still open.
  if (error.code === 'BAD_INDENT' && /^Flow /.test(error.message)) {
    return 'not valid YAML: a bracket is missing here, or on a line above';
  }
  return `not valid YAML: ${YAML_PROBLEMS[error.code] ?? error.code.toLowerCase().replaceAll('_', ' ')}`;
}

type Yaml = typeof import('yaml');

/** A key as written. The parser represents the merge key as a symbol. */
function keyText(yaml: Yaml, key: unknown): string {
  const value = yaml.isScalar(key) ? key.value : key;
  return typeof value === 'symbol' ? (value.description ?? '') : String(value);
}

/** The pair of a key: the map's own, or else the first from a merge. */
function pairOf(yaml: Yaml, document: Document, node: unknown, key: string): Pair | undefined {
  const map = yaml.isAlias(node) ? node.resolve(document) : node;
  if (yaml.isSeq(map)) {
    for (const item of map.items) {
      const found = pairOf(yaml, document, item, key);
      if (found) return found;
    }
    return undefined;
  }
  if (!yaml.isMap(map)) return undefined;
  const pairs = pairsOf(yaml, map);
  return pairs.get(key) ?? pairOf(yaml, document, pairs.get(MERGE_KEY)?.value, key);
}

/** Cached, because a file with many problems needs them again and again. */
const known = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(yaml: Yaml, map: YAMLMap): ReadonlyMap<string, Pair> {
  const pairs = known.get(map) ?? new Map(map.items.map((pair) => [keyText(yaml, pair.key), pair]));
  known.set(map, pairs);
  return pairs;
}

function yamlLineOf(yaml: Yaml, document: Document, lines: LineCounter): ParsedText['lineOf'] {
  const lineOfNode = (node: unknown, otherwise: number | undefined): number | undefined => {
    const range = yaml.isNode(node) ? node.range : undefined;
    return range ? lines.linePos(range[0]).line : otherwise;
  };
  const resolve = (node: unknown): unknown => (yaml.isAlias(node) ? node.resolve(document) : node);
  return (path) => {
    let node = resolve(document.contents);
    let line = lineOfNode(node, 1);
    for (const key of path) {
      let next: unknown;
      if (yaml.isMap(node)) {
        const pair = pairOf(yaml, document, node, String(key));
        if (!pair) return line;
        line = lineOfNode(pair.key, line);
        next = pair.value;
      } else if (yaml.isSeq(node) && typeof key === 'number') {
        next = node.items[key];
        line = lineOfNode(next as Node | undefined, line);
      }
      if (next === undefined || next === null) return line;
      node = resolve(next);
    }
    return line;
  };
}

/** Why a document with valid syntax can't be converted to values. */
function unusable(yaml: Yaml, document: Document, lines: LineCounter): Problem {
  const at = (offset: number | undefined) => ({ path: [], line: lines.linePos(offset ?? 0).line });
  let found: Problem | undefined;
  yaml.visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document)) return undefined;
      // Usually an unquoted glob.
      const message = 'an unquoted string that begins with * is an alias, and this one has no anchor';
      found = { ...at(alias.range?.[0]), message: `not usable YAML: ${message}` };
      return yaml.visit.BREAK;
    },
    Pair: (_key, { key, value }) => {
      if (!yaml.isScalar(key) || keyText(yaml, key) !== MERGE_KEY) return undefined;
      const source = yaml.isAlias(value) ? value.resolve(document) : value;
      if (yaml.isMap(source) || yaml.isSeq(source)) return undefined;
      if (yaml.isAlias(value) && !source) return undefined;
      const message = '<< needs an alias of an object, or a list of aliases: <<: *name';
      found = { ...at(key.range?.[0]), message: `not usable YAML: ${message}` };
      return yaml.visit.BREAK;
    },
  });
  return found ?? { path: [], message: `not usable YAML: more than ${MAX_ALIASES} aliases` };
}

/** Returns a function that tells whether a line continues a multi-line string. */
function literalLines(yaml: Yaml, document: Document, lines: LineCounter): (line: number) => boolean {
  const literal = new Set<number>();
  yaml.visit(document, {
    Scalar: (_key, { type, range }) => {
      if (!range || type === 'PLAIN') return;
      const [first, last] = [lines.linePos(range[0]).line, lines.linePos(Math.max(range[1] - 1, range[0])).line];
      for (let line = first + 1; line <= last; line++) literal.add(line);
    },
  });
  return (line) => literal.has(line);
}

const UNQUOTED =
  'an unquoted value that begins with {{ is an object in YAML: put it in quotes, as in "{{ object.key }}"';
const BARE_PLACEHOLDER = /[:-]\s+\{\{/;
const QUOTED = /"(?:[^"\\]|\\.)*"|'[^']*'/g;

/** Finds unquoted placeholders that are valid YAML: `{{ a }}` is an object with an object as its key. */
function barePlaceholders(yaml: Yaml, document: Document, lines: LineCounter): Problem[] {
  const found: Problem[] = [];
  yaml.visit(document, {
    Pair: (_key, { key }) => {
      if (!yaml.isMap(key)) return;
      found.push({ path: [], message: UNQUOTED, line: lines.linePos(key.range?.[0] ?? 0).line });
    },
  });
  return found;
}

/**
 * Parses YAML, resolving merge keys (`<<`) and aliases, and returns its value and the lines of its parts.
 *
 * @throws {ConfigError} when it is not valid YAML, or contains characters that only look like YAML syntax
 */
export async function parseYaml(text: string, what: string): Promise<ParsedText> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  // No error has a cause: the parsers' errors quote the file, which may contain a password.
  const refused = (problems: readonly Problem[]) => new ConfigError(what, problems);
  let document: Document.Parsed;
  try {
    document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error', merge: true });
  } catch {
    throw refused([{ path: [], message: 'not valid YAML: it is nested too deeply' }]);
  }
  const isBroken = document.errors.length > 0;
  const odd = oddCharacters(text, 'YAML', isBroken ? undefined : literalLines(yaml, document, lines));
  // All other errors follow from them.
  if (odd.length > 0) throw refused(odd.slice(0, MAX_YAML_ERRORS));
  if (isBroken) {
    const written = text.split(/\r?\n/);
    const found = document.errors.map((error) => {
      const { line } = lines.linePos(error.pos[0]);
      const isBare = BARE_PLACEHOLDER.test((written[line - 1] ?? '').replaceAll(QUOTED, ''));
      return { path: [], message: isBare ? UNQUOTED : yamlProblem(error), line };
    });
    // Other errors of a line follow from the first.
    const first = found.filter(({ line }, i) => found.findIndex((other) => other.line === line) === i);
    throw refused(first.slice(0, MAX_YAML_ERRORS));
  }
  const bare = barePlaceholders(yaml, document, lines);
  if (bare.length > 0) throw refused(bare.slice(0, MAX_YAML_ERRORS));
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { document: value, lineOf: yamlLineOf(yaml, document, lines) };
  } catch {
    throw refused([unusable(yaml, document, lines)]);
  }
}
