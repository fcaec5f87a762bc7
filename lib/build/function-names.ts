import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The bundles of a package, made when it was released. */
export const BUNDLES = 'dist/bundles';

/** Does the folder have the sources of the functions, as a clone has? Else it is a package, which has their bundles. */
export function hasSources(root: string): boolean {
  return existsSync(join(root, 'functions'));
}

/** The functions of this software, sorted. @param root its folder: a clone or a package */
export async function functionNames(root: string): Promise<string[]> {
  const files = await readdir(join(root, hasSources(root) ? 'functions' : BUNDLES));
  return files.map((file) => basename(file, '.ts')).sort();
}
