import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const JOBS_FILE = 'migrations.yml';

/** The nearest folder from here upwards that has a jobs file; the folder itself when none has. */
export function projectFolder(from: string): string {
  return upwards(from, (folder) => existsSync(join(folder, JOBS_FILE))) ?? from;
}

/** Where this software lies, sources and all: the same from the sources and from the bin. */
export function packageFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = upwards(here, (candidate) => existsSync(join(candidate, 'package.json')));
  if (!folder) throw new Error(`${here}: no package.json above it`);
  return folder;
}

function upwards(from: string, isIt: (folder: string) => boolean): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (isIt(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
