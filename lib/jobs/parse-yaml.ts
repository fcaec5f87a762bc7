import type { Document, LineCounter, Node, Pair, YAMLError, YAMLMap } from 'yaml';
import { ConfigError, type Problem } from '../kernel/errors.ts';
import { oddCharacters } from './odd-characters.ts';

/** How often an alias may stand for an anchor in all; the default of the yaml package. More is how small files become huge. */
const MAX_ALIASES = 100;
/** One slip makes many errors after it. */
const MAX_YAML_ERRORS = 10;
const MERGE_KEY = '<<';

export interface ParsedText {
  readonly document: unknown;
  /** The line of a path, or of the nearest thing above it. */
  readonly lineOf: (path: Problem['path']) => number | undefined;
}

/** YAML's own messages repeat pieces of the file, which may be a password: these do not. */
const YAML_PROBLEMS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'a key is there twice',
  MULTIPLE_DOCS: 'there is more than one document in the file',
  TAB_AS_INDENT: 'a tab is used to indent',
  MISSING_CHAR: 'a quote, bracket, colon or comma is missing',
  BAD_INDENT: 'it is indented wrongly',
  BAD_ALIAS: 'an alias has no anchor',
  BLOCK_IN_FLOW: 'a colon or dash stands in { } or [ ] as it would outside of them',
  MULTILINE_IMPLICIT_KEY: 'a line that is no key, or a quote or bracket that is not closed',
  BLOCK_AS_IMPLICIT_KEY:
    'a key stands inside the value of another one: it is indented wrongly, here or on the line above, or a text with ": " has no quotes',
  BAD_DQ_ESCAPE:
    'a backslash in double quotes begins an escape, as in "\\n"; object keys are separated by "/", and single quotes take a backslash as it is',
};

function yamlProblem(error: YAMLError): string {
  // The next line is indented too little only because the bracket is still open there.
  if (error.code === 'BAD_INDENT' && /^Flow /.test(error.message)) {
    return 'not valid YAML: a bracket is missing here, or on a line above';
  }
  return `not valid YAML: ${YAML_PROBLEMS[error.code] ?? error.code.toLowerCase().replaceAll('_', ' ')}`;
}

type Yaml = typeof import('yaml');

/** A key as it is written; the parser has a symbol for the one that merges. */
function keyText(yaml: Yaml, key: unknown): string {
  const value = yaml.isScalar(key) ? key.value : key;
  return typeof value === 'symbol' ? (value.description ?? '') : String(value);
}

/** The pair of a key: the map's own, or the one that a merge brings in, the first of several. */
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

/** Kept: a file with many problems asks again and again. */
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

/** Why the values of a document can't be had, although its text is valid. */
function unusable(yaml: Yaml, document: Document, lines: LineCounter): Problem {
  const at = (offset: number | undefined) => ({ path: [], line: lines.linePos(offset ?? 0).line });
  let found: Problem | undefined;
  yaml.visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document)) return undefined;
      // Most often a glob without quotes.
      const message = 'a text that begins with * and has no quotes is an alias, and this one has no anchor';
      found = { ...at(alias.range?.[0]), message: `not usable YAML: ${message}` };
      return yaml.visit.BREAK;
    },
    Pair: (_key, { key, value }) => {
      if (!yaml.isScalar(key) || keyText(yaml, key) !== MERGE_KEY) return undefined;
      const source = yaml.isAlias(value) ? value.resolve(document) : value;
      if (yaml.isMap(source) || yaml.isSeq(source)) return undefined;
      if (yaml.isAlias(value) && !source) return undefined;
      const message = '<< takes an alias of an object, or a list of such: <<: *name';
      found = { ...at(key.range?.[0]), message: `not usable YAML: ${message}` };
      return yaml.visit.BREAK;
    },
  });
  return found ?? { path: [], message: `not usable YAML: more than ${MAX_ALIASES} aliases` };
}

/** Is a line part of a text that goes over several lines, and so taken as it is? */
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

const UNQUOTED = 'a value that begins with {{ is an object in YAML: put quotes around it, as in "{{ object.key }}"';
const BARE_PLACEHOLDER = /[:-]\s+\{\{/;
const QUOTED = /"(?:[^"\\]|\\.)*"|'[^']*'/g;

/** Placeholders without quotes that are valid YAML: `{{ a }}` is an object with an object as its key. */
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
 * The value of a YAML text, merge keys (`<<`) and aliases followed, and where each part of it stands.
 *
 * @throws {ConfigError} for a text that is no YAML, and for characters in it that only look like those of YAML
 */
export async function parseYaml(text: string, what: string): Promise<ParsedText> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  // No error has a cause: the parsers' errors quote the file, and a password may stand there.
  const refused = (problems: readonly Problem[]) => new ConfigError(what, problems);
  let document: Document.Parsed;
  try {
    document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error', merge: true });
  } catch {
    throw refused([{ path: [], message: 'not valid YAML: it is nested too deeply' }]);
  }
  const isBroken = document.errors.length > 0;
  const odd = oddCharacters(text, 'YAML', isBroken ? undefined : literalLines(yaml, document, lines));
  // Whatever else is wrong follows from them.
  if (odd.length > 0) throw refused(odd.slice(0, MAX_YAML_ERRORS));
  if (isBroken) {
    const written = text.split(/\r?\n/);
    const found = document.errors.map((error) => {
      const { line } = lines.linePos(error.pos[0]);
      const isBare = BARE_PLACEHOLDER.test((written[line - 1] ?? '').replaceAll(QUOTED, ''));
      return { path: [], message: isBare ? UNQUOTED : yamlProblem(error), line };
    });
    // What else is said of a line follows from the first.
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
