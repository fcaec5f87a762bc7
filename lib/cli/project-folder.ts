import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const JOBS_FILE = 'migrations.yml';

/**
 * The nearest folder, from the given one upwards, that has a jobs file. If none has, it is looked for from the folder of the jobs file that
 * was named; else the given folder.
 *
 * @param named the path of a jobs file
 */
export function projectFolder(from: string, named?: string): string {
  return findProject(from) ?? (named === undefined ? from : (findProject(dirname(named)) ?? dirname(named)));
}

function findProject(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, JOBS_FILE))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
