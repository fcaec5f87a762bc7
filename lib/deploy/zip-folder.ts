import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** The earliest time that a zip can store. Local midnight on purpose, because fflate writes local fields: the same bytes in every time zone. */
const EPOCH = new Date(1980, 0, 1);
/** Unix files, readable by everyone. */
const UNIX_FILE = { mtime: EPOCH, os: 3, attrs: 0o644 << 16 } as const;

/**
 * Zips a built function into a package. The same files give the same bytes, whatever the folder, the time or the time zone, so that unchanged
 * code is recognized.
 *
 * @throws if the folder can't be read
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
  for (const name of names) files[name] = [await readFile(join(folder, name)), UNIX_FILE];
  return zipSync(files, { level: 9 });
}
