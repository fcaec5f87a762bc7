import { readFile, stat } from 'node:fs/promises';
import type { Alias, Document, LineCounter, Node, YAMLError } from 'yaml';
import { ConfigError, type Problem } from '../errors.ts';
import { isRecord } from '../migrations/describe-value.ts';
import { checkJobs, type JobsOptions } from './check-jobs.ts';
import type { Jobs } from './job.ts';

/** Far more than a file of a thousand jobs needs. */
const MOST_BYTES = 1024 * 1024;
/** How often an alias may stand for an anchor in all; the default of the yaml package. More is how small files become huge. */
const MOST_ALIASES = 100;

/** One slip makes many errors after it. */
const MOST_YAML_ERRORS = 10;

export interface LoadedJobs {
  readonly jobs: Jobs;
  readonly warnings: readonly Problem[];
  /** The document as it was read, without comments: what a build writes as `migrations.json`. */
  readonly document: unknown;
}

export interface ParseOptions extends JobsOptions {
  /** How messages name the file. @default 'jobs file' */
  readonly what?: string;
}

interface ParsedText {
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
};

function yamlProblem(error: YAMLError): string {
  // The next line is indented too little only because the bracket is still open there.
  if (error.code === 'BAD_INDENT' && /^Flow /.test(error.message)) {
    return 'not valid YAML: a bracket is missing here, or on a line above';
  }
  return `not valid YAML: ${YAML_PROBLEMS[error.code] ?? error.code.toLowerCase().replaceAll('_', ' ')}`;
}

function refusedText(what: string, message: string, line?: number): ConfigError {
  // No cause: the parsers' errors quote the file, and a password may stand there.
  return new ConfigError(what, [{ path: [], message, ...(line === undefined ? {} : { line }) }]);
}

function yamlLineOf(
  yaml: typeof import('yaml'),
  document: Document,
  lines: LineCounter,
): (path: Problem['path']) => number | undefined {
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
        const pair = node.items.find(
          (item) => String(yaml.isScalar(item.key) ? item.key.value : item.key) === String(key),
        );
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

/** The first alias that stands for nothing: most often a glob without quotes. */
function strayAlias(yaml: typeof import('yaml'), document: Document.Parsed): Alias.Parsed | undefined {
  let stray: Alias.Parsed | undefined;
  yaml.visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document)) return undefined;
      stray = alias as Alias.Parsed;
      return yaml.visit.BREAK;
    },
  });
  return stray;
}

async function parseYaml(text: string, what: string): Promise<ParsedText> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  let document: Document.Parsed;
  let value: unknown;
  try {
    document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  } catch {
    throw refusedText(what, 'not valid YAML: it is nested too deeply');
  }
  if (document.errors.length > 0) {
    throw new ConfigError(
      what,
      document.errors.slice(0, MOST_YAML_ERRORS).map((error) => ({
        path: [],
        message: yamlProblem(error),
        line: lines.linePos(error.pos[0]).line,
      })),
    );
  }
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch {
    const stray = strayAlias(yaml, document);
    if (stray) {
      const message =
        'not usable YAML: a text that begins with * and has no quotes is an alias, and this one has no anchor';
      throw refusedText(what, message, lines.linePos(stray.range?.[0] ?? 0).line);
    }
    throw refusedText(what, `not usable YAML: more than ${MOST_ALIASES} aliases`);
  }
  return { document: value, lineOf: yamlLineOf(yaml, document, lines) };
}

function parseJson(text: string, what: string): ParsedText {
  try {
    return { document: JSON.parse(text) as unknown, lineOf: () => undefined };
  } catch (error) {
    const [, position] = /at position (\d+)/.exec(String(error)) ?? [];
    const line = position === undefined ? undefined : text.slice(0, Number(position)).split('\n').length;
    throw refusedText(what, 'not valid JSON', line);
  }
}

/** What was found in the text of a jobs file. */
export interface InspectedJobs {
  /** There exactly when there are no problems. */
  readonly loaded?: LoadedJobs;
  /** Both in the order of lines. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** The line of a path, or of the nearest thing above it; `undefined` for JSON, and in a text that can't be parsed. */
  readonly lineOf: (path: Problem['path']) => number | undefined;
}

/** Finds everything that is to be said of the text of a jobs file, also beside problems. Throws nothing. */
export async function inspectJobs(
  text: string,
  kind: 'yaml' | 'json',
  { what = 'jobs file', ...options }: ParseOptions = {},
): Promise<InspectedJobs> {
  let parsed: ParsedText;
  try {
    if (Buffer.byteLength(text) > MOST_BYTES) throw refusedText(what, `has more than ${MOST_BYTES} bytes`);
    parsed = kind === 'yaml' ? await parseYaml(text, what) : parseJson(text, what);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems, warnings: [], lineOf: () => undefined };
  }
  const { document, lineOf } = parsed;
  const { jobs, problems, warnings } = checkJobs(document, options);
  const withLine = (problem: Problem): Problem => {
    const line = lineOf(problem.path);
    return line === undefined ? problem : { ...problem, line };
  };
  const inOrder = (found: readonly Problem[]) => found.map(withLine).sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const found = { problems: inOrder(problems), warnings: inOrder(warnings), lineOf };
  return jobs ? { loaded: { jobs, warnings: found.warnings, document }, ...found } : found;
}

/**
 * Reads and checks the text of a jobs file.
 *
 * @throws {ConfigError} with every problem, in the order of lines; they are 1-based, and known for YAML. Nothing else is thrown. A retry does not help
 */
export async function parseJobs(
  text: string,
  kind: 'yaml' | 'json',
  { what = 'jobs file', ...options }: ParseOptions = {},
): Promise<LoadedJobs> {
  const { loaded, problems } = await inspectJobs(text, kind, { what, ...options });
  if (!loaded) throw new ConfigError(what, problems);
  return loaded;
}

/** The format of a jobs file, by its name. */
export function formatOf(path: string): 'yaml' | 'json' {
  return /\.ya?ml$/i.test(path) ? 'yaml' : 'json';
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    // The check of the text refuses what is too long; this keeps it from being read at all.
    if (size > MOST_BYTES) throw refusedText(`jobs file ${path}`, `has more than ${MOST_BYTES} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : 'unknown error';
    throw new ConfigError(`read jobs file ${path}`, [{ path: [], message: `could not be read: ${code}` }], {
      cause: error,
    });
  }
}

/**
 * Loads a jobs file: YAML if its name ends in `.yml` or `.yaml`, else JSON. At most 1 MiB.
 *
 * @throws {ConfigError} when it can't be read, or with every problem that is in it. Nothing else is thrown. A retry does not help
 */
export async function loadJobs(path: string, options: JobsOptions = {}): Promise<LoadedJobs> {
  const text = await readText(path);
  return parseJobs(text, formatOf(path), { ...options, what: `jobs file ${path}` });
}
