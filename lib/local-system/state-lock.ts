import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openStateFolder } from '../../packages/local-cloud/src/state-folder.ts';
import { processStart } from './process-start.ts';
import { readSystemFile } from './system-file.ts';

/** Its place in the state folder. */
export const LOCK_FILE = 'lock';

const GUARD_MS = 5_000;

/** A state folder that is this process's alone. */
export interface StateLock {
  /** `gone`: somebody removed the folder, or the file. `taken`: another process has it now. */
  state(): Promise<'held' | 'gone' | 'taken'>;
  release(): Promise<void>;
}

/** Another local system keeps its state there. */
export class StateLockedError extends Error {
  override readonly name = 'StateLockedError';
}

interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly start: string;
}

/**
 * Takes the folder, which is made if it is not there. A process that ended without giving it back does not have it any more.
 *
 * @throws {StateLockedError} another process has it; the message names it
 */
export async function lockStateFolder(folder: string): Promise<StateLock> {
  await openStateFolder(folder);
  const file = path.join(folder, LOCK_FILE);
  const start = (await processStart(process.pid)) ?? '';
  const own: Holder = { id: randomUUID(), pid: process.pid, start };
  const draft = `${file}.${own.id}`;
  await writeFile(draft, `${JSON.stringify(own)}\n`, { mode: 0o600 });
  try {
    while (!(await linkUnlessThere(draft, file))) {
      const holder = await readHolder(file);
      if (holder && (await isAlive(holder))) throw await lockedBy(holder, folder);
      await removeOld(file);
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

async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** One process at a time looks once more and removes: what it finds old can't be anybody's by then. */
async function removeOld(file: string): Promise<void> {
  const guard = `${file}.guard`;
  try {
    await mkdir(guard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: Date.now() }));
    // It is there for milliseconds, unless its process was killed just then.
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

/** `undefined` when there is no file, or when what it holds is none of ours. */
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
    `a local system runs here already (process ${pid}${where}; state in ${folder}): use it, or end it first (Ctrl-C, or kill ${pid})`,
  );
}
