import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildFunctions } from '../build/build-functions.ts';
import { DeployError } from './deploy-error.ts';
import type { LoadedService } from './load-service.ts';
import { MAX_PACKAGE_BYTES } from './wanted-function.ts';
import { zipFolder } from './zip-folder.ts';

/** Where packages lie between `package` and `deploy`. */
export const PACKAGE_FOLDER = '.serverless';

/**
 * Builds all functions, and writes the packages of the wanted ones to `.serverless/<key>.zip`.
 *
 * @returns the packages' files, by key
 * @throws {DeployError} when one is larger than the service takes
 */
export async function makePackages(
  serviceFolder: string,
  loaded: LoadedService,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const ledger = loaded.hasLedger && !loaded.jobs.ledger ? ({ ledger: 'given' } as const) : {};
  const built = await buildFunctions({ root: serviceFolder, ...ledger });
  const folder = join(serviceFolder, PACKAGE_FOLDER);
  await mkdir(folder, { recursive: true });
  const files = new Map<string, string>();
  for (const key of keys) {
    const from = built.find(({ name }) => name === key)?.folder;
    if (from === undefined) throw new DeployError(key, 'package', 'the build made no such function');
    const zip = await zipFolder(from);
    checkSize(key, zip);
    const file = join(folder, `${key}.zip`);
    await writeFile(file, zip);
    files.set(key, file);
  }
  return files;
}

/**
 * Reads packages that were made before.
 *
 * @param folder relative to the service's folder
 * @throws {DeployError} when one is missing or too large
 */
export async function readPackages(
  serviceFolder: string,
  folder: string,
  keys: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const zips = new Map<string, Uint8Array>();
  for (const key of keys) {
    const file = join(resolve(serviceFolder, folder), `${key}.zip`);
    const zip = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      const why = `${folder}/${key}.zip: ${error.code}; make it with serverless package`;
      throw new DeployError(key, 'read package', why);
    });
    checkSize(key, zip);
    zips.set(key, zip);
  }
  return zips;
}

function checkSize(key: string, zip: Uint8Array): void {
  if (zip.length <= MAX_PACKAGE_BYTES) return;
  const why = `it has ${zip.length} bytes; the service takes ${MAX_PACKAGE_BYTES} at the most`;
  throw new DeployError(key, 'package', why);
}
