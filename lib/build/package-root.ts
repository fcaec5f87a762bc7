import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this project, whether the code runs from source or from `dist`. */
export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}

const readManifest = () => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The version of this software. */
export function ownVersion(): string {
  return readManifest().version;
}

/** The name under which this software is installed. */
export function ownName(): string {
  return readManifest().name;
}
