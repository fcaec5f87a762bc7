import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Creates the folder if it does not exist, and makes it private: it contains the keys, the encrypted variables of deployed functions, and buckets,
 * whose files start functions.
 *
 * @throws {Error} when it belongs to another user, who could read and change its contents
 */
export async function openStateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid } = await stat(folder);
  const own = process.getuid?.();
  if (own !== undefined && uid !== own)
    throw new Error(`${folder} belongs to another user (uid ${uid}): remove it, or run as that user`);
  await chmod(folder, 0o700);
}

/** Removes everything left by an earlier start, except these names. */
export async function emptyStateFolder(folder: string, keep: readonly string[]): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!keep.includes(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/**
 * The ID of the local account's project: generated for a new folder, and stored with the tasks and the ledger, which contain it.
 *
 * @throws {Error} when the file does not contain an ID
 */
export async function keepProjectId(folder: string): Promise<string> {
  const file = path.join(folder, 'project-id');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (kept === undefined) {
    const made = randomBytes(16).toString('hex');
    await writeFile(file, `${made}\n`, { mode: 0o600 });
    return made;
  }
  const id = kept.trim();
  if (!/^[0-9a-f]{32}$/.test(id))
    throw new Error(`read ${file}: expected 32 hex digits; remove the folder to start empty`);
  return id;
}
