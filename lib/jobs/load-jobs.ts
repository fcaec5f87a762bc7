import { readFile, stat } from 'node:fs/promises';
import { ConfigError, type Problem } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { type CheckedJobs, checkJobs, type JobsOptions } from './check-jobs.ts';
import { decodeText } from './decode-text.ts';
import type { Jobs } from './job.ts';
import { oddCharacters } from './odd-characters.ts';
import { type ParsedText, parseYaml } from './parse-yaml.ts';
import { withStagePrefix } from './stage-prefix.ts';

/** Far more than a file with a thousand jobs needs. */
const MAX_BYTES = 1024 * 1024;
export interface LoadedJobs {
  readonly jobs: Jobs;
  readonly warnings: readonly Problem[];
  /** The parsed document as written, without comments and the stage's prefix. A build writes it as `migrations.json`. */
  readonly document: unknown;
}

export interface ParseOptions extends JobsOptions {
  /** What messages call the file. @default 'jobs file' */
  readonly what?: string;
}

function refusedText(what: string, message: string, line?: number): ConfigError {
  // No cause: the parsers' errors quote the file, which may contain a password.
  return new ConfigError(what, [{ path: [], message, ...(line === undefined ? {} : { line }) }]);
}

function parseJson(text: string, what: string): ParsedText {
  try {
    return { document: JSON.parse(text) as unknown, lineOf: () => undefined };
  } catch (error) {
    const odd = oddCharacters(text, 'JSON');
    if (odd.length > 0) throw new ConfigError(what, odd);
    const [, position] = /at position (\d+)/.exec(String(error)) ?? [];
    const line = text.slice(0, position === undefined ? undefined : Number(position)).split('\n').length;
    const message =
      'not valid JSON: check here and just above for a missing or extra comma, a missing quote, or a comment';
    throw refusedText(what, message, line);
  }
}

/** Line numbers of JSON, from the YAML parser, because JSON is YAML too. Called only to report something: functions load JSON, and no YAML parser. */
async function jsonLineOf(text: string, what: string): Promise<ParsedText['lineOf']> {
  try {
    return (await parseYaml(text, what)).lineOf;
  } catch {
    return () => undefined;
  }
}

/** What was found in a jobs file. */
export interface InspectedJobs {
  /** Set exactly when there are no problems. */
  readonly loaded?: LoadedJobs;
  /** Problems and warnings are in the order of lines. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** The line of a path, or of its nearest existing parent; `undefined` for JSON without problems, and if the file can't be parsed. */
  readonly lineOf: (path: Problem['path']) => number | undefined;
}

/** Checks a document. If it has problems, checks it again with mistyped and misplaced keys repaired, so that their consequences are not reported. */
async function checkRepaired(document: unknown, options: JobsOptions): Promise<CheckedJobs> {
  const checked = checkJobs(document, options);
  if (checked.jobs) return checked;
  const { repairKeys } = await import('./repair-keys.ts');
  const repaired = repairKeys(document);
  if (repaired.problems.length === 0) return checked;
  const { problems, warnings } = checkJobs(repaired.document, options);
  const placed = (found: readonly Problem[]) =>
    found.map((problem) => ({ ...problem, path: repaired.originOf(problem.path) }));
  return { problems: [...repaired.problems, ...placed(problems)], warnings: placed(warnings) };
}

/** Finds all problems and warnings in the text of a jobs file. Throws nothing. */
export async function inspectJobs(
  text: string,
  kind: 'yaml' | 'json',
  { what = 'jobs file', ...options }: ParseOptions = {},
): Promise<InspectedJobs> {
  const plain = text.replace(/^\ufeff/, '');
  let parsed: ParsedText;
  try {
    if (Buffer.byteLength(text) > MAX_BYTES) throw refusedText(what, `has more than ${MAX_BYTES} bytes`);
    parsed = kind === 'yaml' ? await parseYaml(plain, what) : parseJson(plain, what);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems, warnings: [], lineOf: () => undefined };
  }
  const { document } = parsed;
  const { jobs, problems, warnings } = await checkRepaired(withStagePrefix(document, options.prefix ?? ''), options);
  const lineOf = kind === 'json' && !jobs ? await jsonLineOf(plain, what) : parsed.lineOf;
  const withLine = (problem: Problem): Problem => {
    const line = lineOf(problem.path);
    return line === undefined ? problem : { ...problem, line };
  };
  const inOrder = (found: readonly Problem[]) => found.map(withLine).sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const found = { problems: inOrder(problems), warnings: inOrder(warnings), lineOf };
  return jobs ? { loaded: { jobs, warnings: found.warnings, document }, ...found } : found;
}

/**
 * Parses and checks the text of a jobs file.
 *
 * @throws {ConfigError} with every problem, in the order of lines; they are 1-based. Nothing else is thrown. A retry does not help
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

/** The format of a jobs file, by its extension. */
export function formatOf(path: string): 'yaml' | 'json' {
  return /\.ya?ml$/i.test(path) ? 'yaml' : 'json';
}

/** @throws {ConfigError} when the file can't be read, or is too large */
async function readBytes(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    // The check of the text refuses large files too; this avoids reading them at all.
    if (size > MAX_BYTES) throw refusedText(`jobs file ${path}`, `has more than ${MAX_BYTES} bytes`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : 'unknown error';
    const message =
      code === 'ENOENT' ? 'file not found; npx migrations init creates one' : `could not be read: ${code}`;
    throw new ConfigError(`jobs file ${path}`, [{ path: [], message }], {
      cause: error,
    });
  }
}

/**
 * Finds all problems and warnings in a jobs file: YAML if its name ends with `.yml` or `.yaml`, else JSON. At most 1 MiB, in UTF-8.
 *
 * @returns its text, which is empty for a file in another encoding, and what was found in it
 * @throws {ConfigError} when the file can't be read. Nothing else is thrown. A retry does not help
 */
export async function inspectJobsFile(
  path: string,
  options: JobsOptions = {},
): Promise<{ readonly text: string; readonly found: InspectedJobs }> {
  const decoded = decodeText(await readBytes(path));
  if ('problem' in decoded) {
    return { text: '', found: { problems: [decoded.problem], warnings: [], lineOf: () => undefined } };
  }
  const { text } = decoded;
  return { text, found: await inspectJobs(text, formatOf(path), { ...options, what: `jobs file ${path}` }) };
}

/**
 * Loads a jobs file in the formats of {@link inspectJobsFile}.
 *
 * @throws {ConfigError} when it can't be read, or with all of its problems. Nothing else is thrown. A retry does not help
 */
export async function loadJobs(path: string, options: JobsOptions = {}): Promise<LoadedJobs> {
  const { found } = await inspectJobsFile(path, options);
  if (!found.loaded) throw new ConfigError(`jobs file ${path}`, found.problems);
  return found.loaded;
}
