// Creates <out>/<name>/ for each function. The folder, zipped as is, is the package of the function.
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobsOptions } from '../jobs/check-jobs.ts';
import { loadJobs } from '../jobs/load-jobs.ts';
import { bundleFunctions } from './bundle-functions.ts';
import { finishFunction } from './finish-function.ts';
import { BUNDLES, functionNames, hasSources } from './function-names.ts';
import { ROOT } from './package-root.ts';

export interface BuiltFunction {
  readonly name: string;
  readonly folder: string;
}

export interface BuildOptions extends JobsOptions {
  /** The folder of this software, a clone or a package; absent: the one that runs. */
  readonly root?: string;
  /** The jobs file; absent: `migrations.yml` at the root. */
  readonly jobsFile?: string;
  /** The functions to build; absent: all. */
  readonly names?: readonly string[];
  /** The output folder; absent: `dist/functions`. */
  readonly out?: string;
  /** Additional `node_modules` folders in which a clone looks for packages. */
  readonly packages?: readonly string[];
  /**
   * Write V8's code cache of each program next to it. Only the Node.js release that builds uses it, on the same platform; others ignore it. It
   * makes a package five times as large.
   * @default false
   */
  readonly codeCache?: boolean;
}

/**
 * Checks the jobs file, then builds every function with it: from the sources in a clone, from the bundles in a package.
 *
 * @throws {ConfigError} with every problem in the jobs file; nothing is written in that case
 */
export async function buildFunctions(options: BuildOptions = {}): Promise<BuiltFunction[]> {
  const { root = ROOT, codeCache = false } = options;
  const jobsFile = options.jobsFile ?? join(root, 'migrations.yml');
  const out = options.out ?? join(root, 'dist/functions');
  const { document } = await loadJobs(jobsFile, options.ledger ? { ledger: options.ledger } : {});
  const names = options.names ?? (await functionNames(root));
  await rm(out, { recursive: true, force: true });
  const built = hasSources(root)
    ? await bundleFunctions({ root, names, out, packages: options.packages ?? [] })
    : await copyBundles(root, names, out);
  await Promise.all(built.map(({ folder }) => finishFunction(folder, { document, codeCache })));
  return built.map(({ name, folder }) => ({ name, folder }));
}

function copyBundles(root: string, names: readonly string[], out: string): Promise<BuiltFunction[]> {
  return Promise.all(
    names.map(async (name) => {
      const folder = join(out, name);
      await cp(join(root, BUNDLES, name), folder, { recursive: true });
      return { name, folder };
    }),
  );
}
