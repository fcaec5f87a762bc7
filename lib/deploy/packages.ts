import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildFunctions } from '../build/build-functions.ts';
import { DeployError } from './deploy-error.ts';
import { MAX_PACKAGE_BYTES } from './desired-function.ts';
import type { LoadedService } from './load-service.ts';
import { zipFolder } from './zip-folder.ts';

/** Where packages are stored between `package` and `deploy`. */
export const PACKAGE_FOLDER = '.serverless';
/** Where functions are built: the framework takes nothing from outside the folder of its file. */
export const BUILT_FOLDER = `${PACKAGE_FOLDER}/functions`;

/**
 * Builds all functions into `.serverless/functions`, and writes the packages of those given to `<folder>/<key>.zip`.
 *
 * @param home the folder of this software
 * @param folder of the packages, relative to the service's folder; created if missing
 * @returns the files of the packages, by key
 * @throws {DeployError} if one is larger than the service accepts
 */
export async function makePackages(
  { home, serviceFolder, folder }: { readonly home: string; readonly serviceFolder: string; readonly folder: string },
  loaded: LoadedService,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const ledger = loaded.hasLedger && !loaded.jobs.ledger ? ({ ledger: 'given' } as const) : {};
  const { codeCache = false } = loaded.file.provider;
  const jobsFile = join(serviceFolder, 'migrations.yml');
  const out = join(serviceFolder, BUILT_FOLDER);
  const built = await buildFunctions({ root: home, jobsFile, out, codeCache, ...ledger });
  const to = resolve(serviceFolder, folder);
  await mkdir(to, { recursive: true });
  const files = new Map<string, string>();
  for (const key of keys) {
    const from = built.find(({ name }) => name === key)?.folder;
    if (from === undefined) throw new DeployError(key, 'package', 'no such function was built');
    const zip = await zipFolder(from);
    checkSize(key, zip);
    const file = join(to, `${key}.zip`);
    await writeFile(file, zip);
    files.set(key, file);
  }
  return files;
}

/**
 * Reads existing packages.
 *
 * @param folder relative to the service's folder
 * @throws {DeployError} if one is missing or too large
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
      const why = `${folder}/${key}.zip: ${error.code}; create it with serverless package`;
      throw new DeployError(key, 'read package', why);
    });
    checkSize(key, zip);
    zips.set(key, zip);
  }
  return zips;
}

function checkSize(key: string, zip: Uint8Array): void {
  if (zip.length <= MAX_PACKAGE_BYTES) return;
  const why = `it has ${zip.length} bytes; the service accepts at most ${MAX_PACKAGE_BYTES}`;
  throw new DeployError(key, 'package', why);
}
