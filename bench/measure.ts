import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a measured process does with a handler. Without an event it is only loaded. */
export interface ToDo {
  /** The function's variables. */
  readonly userData?: Readonly<Record<string, string>>;
  /** The event; each `#` in it becomes the number of the invocation. */
  readonly event?: unknown;
  /** How many warm invocations are measured, after the first. @default 0 */
  readonly invocations?: number;
  /** Warm invocations before them. @default 0 */
  readonly warmUp?: number;
  /** At the same time, in one instance. @default 1 */
  readonly concurrency?: number;
  /** What the platform's clock says is left of each invocation. @default 60000 */
  readonly remainingMs?: number;
}

interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
}

interface Memory {
  readonly rss: number;
  readonly heap: number;
}

export interface Found {
  readonly load: Taken;
  /** MB more than before. */
  readonly loadMb: Memory;
  readonly initialize: Taken;
  readonly first: Taken;
  /** Of the first invocation. */
  readonly answer: unknown;
  /** Requests that were sent, by host: of the measured warm invocations, or else of the first. */
  readonly requests: Readonly<Record<string, number>>;
  readonly warm: { readonly p50: number; readonly p99: number; readonly cpuMs: number; readonly perSecond: number };
  readonly memoryBefore: Memory;
  readonly memoryAfter: Memory;
}

/** So that no event is one that another process had. */
let processes = 0;
/** Of the DCS that speaks TLS. */
const CERTIFICATE = join(import.meta.dirname, '../test/fixtures/self-signed/cert.pem');
let pinned: readonly string[] | undefined;

/** All measured processes run on the last processor, where the system lets them be told so; this one serves them on another. */
async function pin(): Promise<readonly string[]> {
  const cpu = String(availableParallelism() - 1);
  pinned ??= await run('taskset', ['-c', cpu, 'true']).then(
    () => ['taskset', '-c', cpu],
    () => [],
  );
  return pinned;
}

/**
 * Loads a handler in a fresh process, and invokes it as it is told.
 *
 * @throws {Error} when the process fails, with what it wrote
 */
export async function measure(module: string, toDo: ToDo = {}): Promise<Found> {
  const folder = await mkdtemp(join(tmpdir(), 'measured-'));
  const [asked, found] = [join(folder, 'asked.json'), join(folder, 'found.json')];
  processes += 1;
  const defaults = {
    from: processes * 1_000_000,
    userData: {},
    invocations: 0,
    warmUp: 0,
    concurrency: 1,
    remainingMs: 60_000,
  };
  await writeFile(asked, JSON.stringify({ ...defaults, ...toDo }));
  const [program = process.execPath, ...args] = [...(await pin()), process.execPath];
  try {
    // The SDK's builder writes to the home directory.
    const env = { ...process.env, HOME: folder, NODE_EXTRA_CA_CERTS: CERTIFICATE };
    const script = join(import.meta.dirname, 'measured.cjs');
    await run(program, [...args, script, module, asked, found], { env, maxBuffer: 1024 ** 3 });
    return JSON.parse(await readFile(found, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface Subject {
  readonly name: string;
  readonly module: string;
  readonly toDo?: ToDo;
}

/**
 * Measures subjects in turn, round by round, after one round that is not counted.
 *
 * @returns for each subject what was found, round by round
 */
export async function interleaved(subjects: readonly Subject[], rounds: number): Promise<Map<string, Found[]>> {
  const found = new Map<string, Found[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const { name, module, toDo } of subjects) {
      const one = await measure(module, toDo);
      if (round >= 0) found.get(name)?.push(one);
    }
  }
  return found;
}
