import { readdir } from 'node:fs/promises';
import { LOCK_FILE } from './state-lock.ts';

/** The state folder of a demonstration that starts empty, in that of the project. */
export const ONCE = 'once';

/** Each start leaves at least one of these, even if it fails or is killed. Only a running system has a lock. */
const MARKERS = ['project-id', 'functions.log', 'buckets.json', LOCK_FILE];

/**
 * Checks that a folder is the state of a local system, or absent, or empty, so that no other folder is closed to its readers and emptied. Changes nothing.
 *
 * @throws {Error} if something else is in it
 */
export async function checkIsStateFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const others = names.filter((name) => name !== ONCE);
  if (others.length === 0 || MARKERS.some((name) => others.includes(name))) return;
  throw new Error(
    `${folder} is not empty, and no local system has written it: move it away, or start in another folder; nothing was changed`,
  );
}
