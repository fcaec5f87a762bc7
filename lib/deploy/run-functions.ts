import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../build/package-root.ts';
import { AppError } from '../kernel/errors.ts';

/** A function as the local FunctionGraph runs it. */
export interface LocalRun {
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Its variables, including encrypted ones. */
  readonly userData: Readonly<Record<string, string>>;
}

export interface FunctionRun {
  readonly functions: readonly LocalRun[];
  /** Built functions in `<folder>/<name>/`; or a jobs file to build them for, already checked, which may rely on a given ledger. */
  readonly code: { readonly folder: string } | { readonly jobsFile: string };
  readonly projectId: string;
  /** Passed in the context as the agency's temporary keys. */
  readonly keys: { readonly accessKey: string; readonly secretKey: string; readonly securityToken: string };
  /** How far the functions' clock is ahead of real time, in ms. @default 0 */
  readonly clockOffsetMs?: number;
  /** Run one after the other. */
  readonly invocations: readonly { readonly name: string; readonly event: unknown }[];
}

/** The result of one invocation. */
export interface RunEnd {
  readonly requestId: string;
  readonly ok: boolean;
  /** JSON of what the function returned, or of `errorMessage` and `errorType`; empty if it returned nothing. */
  readonly payload: string;
}

/**
 * Runs functions in the local FunctionGraph, in a separate process, with their time limits and the documented context. They behave as if
 * deployed.
 *
 * @param onLog called with each log line as it arrives
 * @returns the results, in order
 * @throws {AppError} `local_run` if they can't be run: a failed build, an event over 6 MB. Earlier invocations are not undone
 */
export async function runFunctions(request: FunctionRun, onLog: (line: string) => void): Promise<readonly RunEnd[]> {
  const child = spawn(process.execPath, [join(ROOT, 'dist/deploy/functions-process.mjs')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const ends: RunEnd[] = [];
  let why = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { log, end, refused } = JSON.parse(line) as { log?: string; end?: RunEnd; refused?: string };
    if (log !== undefined) onLog(log);
    if (end) ends.push(end);
    if (refused !== undefined) why = refused;
  });
  // Errors of the process itself; the functions' own output arrives as log lines.
  createInterface({ input: child.stderr }).on('line', (line) => {
    why ||= line;
  });
  // Through a pipe: other users can see arguments and the environment.
  child.stdin.on('error', () => undefined).end(JSON.stringify(request));
  const code = await ended;
  if (code === 0 && ends.length === request.invocations.length) return ends;
  const names = request.functions.map(({ name }) => name).join(', ');
  throw new AppError(
    'local_run',
    `run ${names} in the local FunctionGraph: ${why || `the process exited with code ${code}`}`,
  );
}
