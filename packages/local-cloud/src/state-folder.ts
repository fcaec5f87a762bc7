import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes the folder if it is not there, and closes it to everybody else: it holds the keys, the encrypted variables of what was deployed, and
 * buckets, whose files start runs.
 *
 * @throws {Error} when it belongs to another user, who could read and change what is kept there
 */
export async function openStateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid } = await stat(folder);
  const own = process.getuid?.();
  if (own !== undefined && uid !== own)
    throw new Error(`${folder} belongs to another user (uid ${uid}): remove it, or start as that user`);
  await chmod(folder, 0o700);
}

/** Removes what an earlier start has left, but for these names. */
export async function emptyStateFolder(folder: string, keep: readonly string[]): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!keep.includes(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/**
 * The id of the local account's project: made up when the folder is new, and kept with its tasks and its ledger, which name it.
 *
 * @throws {Error} when the file holds none
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
