import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a measured process does with a handler. Without an event the handler is only loaded. */
export interface Workload {
  /** The function's variables. */
  readonly userData?: Readonly<Record<string, string>>;
  /** The event; each `#` in it becomes the number of the invocation. */
  readonly event?: unknown;
  /** Number of warm invocations to measure, after the first. @default 0 */
  readonly invocations?: number;
  /** Number of unmeasured warm invocations before them. @default 0 */
  readonly warmUp?: number;
  /** Concurrent invocations in one instance. @default 1 */
  readonly concurrency?: number;
  /** The remaining time that the platform reports for each invocation. @default 60000 */
  readonly remainingMs?: number;
}

interface Timing {
  readonly ms: number;
  readonly cpuMs: number;
}

interface Memory {
  readonly rss: number;
  readonly heap: number;
}

export interface Measurement {
  readonly load: Timing;
  /** Increase in MB. */
  readonly loadMb: Memory;
  readonly initialize: Timing;
  readonly first: Timing;
  /** The response of the first invocation. */
  readonly response: unknown;
  /** Number of requests by host, of the measured warm invocations or, if there are none, of the first. */
  readonly requests: Readonly<Record<string, number>>;
  readonly warm: { readonly p50: number; readonly p99: number; readonly cpuMs: number; readonly perSecond: number };
  readonly memoryBefore: Memory;
  readonly memoryAfter: Memory;
}

/** Makes events unique across processes. */
let processes = 0;
/** The certificate of the stub DCS with TLS. */
const CERTIFICATE = join(import.meta.dirname, '../test/fixtures/self-signed/cert.pem');
let pinned: readonly string[] | undefined;

/** Measured processes run on the last processor, if the system supports pinning; this process serves them on another. */
async function pin(): Promise<readonly string[]> {
  const cpu = String(availableParallelism() - 1);
  pinned ??= await run('taskset', ['-c', cpu, 'true']).then(
    () => ['taskset', '-c', cpu],
    () => [],
  );
  return pinned;
}

/**
 * Loads a handler in a fresh process and invokes it as specified.
 *
 * @throws {Error} when the process fails, with its output
 */
export async function measure(module: string, workload: Workload = {}): Promise<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), 'measured-'));
  const [workloadFile, found] = [join(folder, 'workloadFile.json'), join(folder, 'found.json')];
  processes += 1;
  const defaults = {
    // Ends in a different number each time, so that the first event has a target that no earlier process used.
    from: processes * 1_000_000 + processes,
    userData: {},
    invocations: 0,
    warmUp: 0,
    concurrency: 1,
    remainingMs: 60_000,
  };
  await writeFile(workloadFile, JSON.stringify({ ...defaults, ...workload }));
  const [program = process.execPath, ...args] = [...(await pin()), process.execPath];
  try {
    // The SDK's builder writes to the home directory.
    const env = { ...process.env, HOME: folder, NODE_EXTRA_CA_CERTS: CERTIFICATE };
    const script = join(import.meta.dirname, 'measured.cjs');
    await run(program, [...args, script, module, workloadFile, found], { env, maxBuffer: 1024 ** 3 });
    return JSON.parse(await readFile(found, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface Subject {
  readonly name: string;
  readonly module: string;
  readonly workload?: Workload;
}

/**
 * Measures subjects in turn, round by round, after one warm-up round.
 *
 * @returns the measurements of each subject, one per round
 */
export async function measureInterleaved(
  subjects: readonly Subject[],
  rounds: number,
): Promise<Map<string, Measurement[]>> {
  const found = new Map<string, Measurement[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const { name, module, workload } of subjects) {
      const one = await measure(module, workload);
      if (round >= 0) found.get(name)?.push(one);
    }
  }
  return found;
}
