import { type Stats, unwatchFile, watchFile } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { helpFor } from '../../jobs/help-for.ts';
import { formatOf, inspectJobs } from '../../jobs/load-jobs.ts';
import { formatPath, type Problem } from '../../kernel/errors.ts';
import type { JobsFileInfo, JobsFileProblem } from '../wire-system.ts';
import { maskLiterals, maskMessage } from './mask-literals.ts';

/** The limit of `loadJobs`. */
const MAX_BYTES = 1024 * 1024;
/** Polling works on every file system, and however an editor replaces the file. */
const POLL_MS = 500;

export interface JobsFileOptions {
  readonly file: string;
  /** The file's name, for people. */
  readonly name: string;
  /** Called after each change, with the new contents. */
  readonly onChange: (info: JobsFileInfo) => void;
  /** @default 500 */
  readonly pollMs?: number;
}

/** The jobs file as it is on disk, and its problems. */
export class JobsFile {
  readonly #options: JobsFileOptions;
  readonly #textAtStart: string | undefined;
  #info: JobsFileInfo;
  #reads = 0;

  private constructor(options: JobsFileOptions, text: string | undefined, info: JobsFileInfo) {
    this.#options = options;
    this.#textAtStart = text;
    this.#info = info;
    watchFile(options.file, { interval: options.pollMs ?? POLL_MS, persistent: false }, this.#changed);
  }

  /** Reads and then watches the file. Never throws: an unreadable file is reported as a problem. */
  static async open(options: JobsFileOptions): Promise<JobsFile> {
    const text = await readText(options.file);
    const read = typeof text === 'string' ? text : undefined;
    return new JobsFile(options, read, await inspect(options, text, read));
  }

  get info(): JobsFileInfo {
    return this.#info;
  }

  close(): void {
    unwatchFile(this.#options.file, this.#changed);
  }

  readonly #changed = (now: Stats, before: Stats): void => {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino) return;
    this.#reads += 1;
    void this.#read(this.#reads);
  };

  async #read(number: number): Promise<void> {
    const text = await readText(this.#options.file);
    const info = await inspect(this.#options, text, this.#textAtStart);
    // It has changed again in the meantime.
    if (number !== this.#reads) return;
    this.#info = info;
    this.#options.onChange(info);
  }
}

/** The text, or why it can't be read. */
async function readText(file: string): Promise<string | { readonly problem: string }> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) return { problem: `has more than ${MAX_BYTES} bytes` };
    return await readFile(file, 'utf8');
  } catch (error) {
    return { problem: `could not be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}` };
  }
}

async function inspect(
  { file, name }: JobsFileOptions,
  text: string | { readonly problem: string },
  textAtStart: string | undefined,
): Promise<JobsFileInfo> {
  if (typeof text !== 'string') {
    const problems = [asRow('error')({ path: [], message: text.problem })];
    return { path: name, text: '', problems, changed_since_start: textAtStart !== undefined };
  }
  const { problems, warnings } = await inspectJobs(text, formatOf(file), { ledger: 'given' });
  const rows = [...problems.map(asRow('error')), ...warnings.map(asRow('warning'))];
  return {
    path: name,
    text: maskLiterals(
      text,
      problems.map((problem) => problem.path),
    ),
    problems: rows.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    changed_since_start: text !== textAtStart,
  };
}

function asRow(level: JobsFileProblem['level']): (problem: Problem) => JobsFileProblem {
  return (problem) => {
    const { path, message, line } = problem;
    // Help about keys does not apply to an unreadable file.
    const remedy = level === 'error' && line !== undefined ? helpFor(problem) : undefined;
    return {
      path: formatPath(path),
      message: maskMessage(message),
      level,
      ...(line === undefined ? {} : { line }),
      ...(remedy === undefined ? {} : { remedy }),
    };
  };
}
