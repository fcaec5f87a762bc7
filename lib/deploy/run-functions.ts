import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { AppError } from '../kernel/errors.ts';

/** A function as the local FunctionGraph runs it. */
export interface LocalRun {
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Its variables, the encrypted ones among them. */
  readonly userData: Readonly<Record<string, string>>;
}

export interface FunctionRun {
  readonly functions: readonly LocalRun[];
  /** Built already, as `<folder>/<name>/`; or to be built for this jobs file, which was checked and may rely on a ledger that is given. */
  readonly code: { readonly folder: string } | { readonly jobsFile: string };
  readonly projectId: string;
  /** What the context gives as the agency's temporary keys. */
  readonly keys: { readonly accessKey: string; readonly secretKey: string; readonly securityToken: string };
  /** Run one after the other. */
  readonly invocations: readonly { readonly name: string; readonly event: unknown }[];
}

/** What came of one invocation. */
export interface RunEnd {
  readonly requestId: string;
  readonly ok: boolean;
  /** JSON text of what the function returned, or of `errorMessage` and `errorType`; empty when it returned nothing. */
  readonly payload: string;
}

/**
 * Runs functions in the local FunctionGraph, in a process of its own: with their time limits and the documented context. They do what they
 * would do deployed.
 *
 * @param folder where the sources of this software lie
 * @param onLog told of each line of the log as it comes
 * @returns the ends, in order
 * @throws {AppError} `local_run` when they can't be run: a build that fails, an event over 6 MB. What was run before stays done
 */
export async function runFunctions(
  request: FunctionRun,
  folder: string,
  onLog: (line: string) => void,
): Promise<readonly RunEnd[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/deploy/functions-process.ts'], {
    cwd: folder,
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
  // Only what went wrong with the process itself; the functions' own lines come with the log.
  createInterface({ input: child.stderr }).on('line', (line) => {
    why ||= line;
  });
  // Through a pipe: what stands in arguments or the environment is seen by others.
  child.stdin.on('error', () => undefined).end(JSON.stringify(request));
  const code = await ended;
  if (code === 0 && ends.length === request.invocations.length) return ends;
  const names = request.functions.map(({ name }) => name).join(', ');
  throw new AppError('local_run', `run ${names} in the local FunctionGraph: ${why || `it ended with code ${code}`}`);
}
