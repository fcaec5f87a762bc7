import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openStateFolder } from '../../packages/local-cloud/src/state-folder.ts';
import { processStart } from './process-start.ts';
import { readSystemFile } from './system-file.ts';

/** The name of the lock file in the state folder. */
export const LOCK_FILE = 'lock';

const GUARD_MS = 5_000;

/** Exclusive use of a state folder. */
export interface StateLock {
  /** `gone`: the folder or the lock file was removed. `taken`: another process holds the lock now. */
  state(): Promise<'held' | 'gone' | 'taken'>;
  release(): Promise<void>;
}

/** Another local system is using the folder. */
export class StateLockedError extends Error {
  override readonly name = 'StateLockedError';
}

interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly start: string;
}

/**
 * Locks the folder, which is created if necessary. The lock of a process that has ended is stale, and is replaced.
 *
 * @throws {StateLockedError} if another process holds the lock; the message names it
 */
export async function lockStateFolder(folder: string): Promise<StateLock> {
  await openStateFolder(folder);
  const file = path.join(folder, LOCK_FILE);
  const start = (await processStart(process.pid)) ?? '';
  const own: Holder = { id: randomUUID(), pid: process.pid, start };
  const draft = `${file}.${own.id}`;
  await writeFile(draft, `${JSON.stringify(own)}\n`, { mode: 0o600 });
  try {
    while (!(await linkIfAbsent(draft, file))) {
      const holder = await readHolder(file);
      if (holder && (await isAlive(holder))) throw await lockedBy(holder, folder);
      await removeStale(file);
    }
  } finally {
    await rm(draft, { force: true });
  }
  const state = async () => {
    const holder = await readHolder(file);
    if (holder === undefined) return 'gone';
    return holder.id === own.id ? 'held' : 'taken';
  };
  return {
    state,
    release: async () => {
      if ((await state()) === 'held') await rm(file, { force: true });
    },
  };
}

async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** One process at a time checks again and removes a stale lock, so that it can't remove a new one. */
async function removeStale(file: string): Promise<void> {
  const guard = `${file}.guard`;
  try {
    await mkdir(guard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: Date.now() }));
    // The guard exists for milliseconds, unless its process was killed.
    if (mtimeMs < Date.now() - GUARD_MS) await rm(guard, { recursive: true, force: true });
    else await wait(20);
    return;
  }
  try {
    const holder = await readHolder(file);
    if (!holder || !(await isAlive(holder))) await rm(file, { force: true });
  } finally {
    await rm(guard, { recursive: true, force: true });
  }
}

/** `undefined` if there is no lock file, or it is not valid. */
async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isSafeInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, start }: Holder): Promise<boolean> {
  return (await processStart(pid)) === start;
}

async function lockedBy({ pid }: Holder, folder: string): Promise<StateLockedError> {
  const system = await readSystemFile(folder).catch(() => undefined);
  const url = system?.console_url ?? system?.gateway_url;
  const where = url === undefined ? '' : ` at ${url.replace(/#.*/, '')}`;
  return new StateLockedError(
    `a local system is already running here (process ${pid}${where}; state in ${folder}): use it, or stop it first (Ctrl-C, or kill ${pid})`,
  );
}
