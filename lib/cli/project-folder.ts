import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const JOBS_FILE = 'migrations.yml';

/** The nearest folder, from the given one upwards, that has a jobs file; the given folder if none has. */
export function projectFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, JOBS_FILE))) return folder;
    if (dirname(folder) === folder) return from;
  }
}
