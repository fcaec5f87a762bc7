import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** The oldest time that a zip can say. fflate writes local fields, so it is local midnight on purpose: the same bytes in every time zone. */
const EPOCH = new Date(1980, 0, 1);
/** Files of a Unix system that everybody may read. */
const OF_UNIX = { mtime: EPOCH, os: 3, attrs: 0o644 << 16 } as const;

/**
 * A built function as a package. The same files give the same bytes, whatever the folder, the time or the time zone, so that the service
 * sees when nothing has changed.
 *
 * @throws when the folder can't be read
 */
export async function zipFolder(folder: string): Promise<Uint8Array> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const files: Zippable = {};
  for (const name of names) files[name] = [await readFile(join(folder, name)), OF_UNIX];
  return zipSync(files, { level: 9 });
}
