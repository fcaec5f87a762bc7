// Makes dist/functions/<name>/ for each file in functions/: the folder as it is, zipped, is the package of a function.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import type { JobsOptions } from '../lib/jobs/check-jobs.ts';
import { loadJobs } from '../lib/jobs/load-jobs.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

export interface BuiltFunction {
  readonly name: string;
  readonly folder: string;
  /** What is in the bundle: bytes of each package, and of `lib` and `functions` together as `ours`. */
  readonly bytesByPackage: Readonly<Record<string, number>>;
}

export interface BuildOptions extends JobsOptions {
  /** Where `functions/` is; this project when absent. */
  readonly root?: string;
  /** The jobs file; `migrations.yml` at the root when absent. */
  readonly jobsFile?: string;
  /** Where the folders go; `dist/functions` when absent. */
  readonly out?: string;
}

/**
 * Checks the jobs file, then bundles every function with it.
 *
 * @throws {ConfigError} with every problem of the jobs file; then nothing is written
 */
export async function buildFunctions(options: BuildOptions = {}): Promise<BuiltFunction[]> {
  const root = options.root ?? ROOT;
  const jobsFile = options.jobsFile ?? join(root, 'migrations.yml');
  const out = options.out ?? join(root, 'dist/functions');
  const { document } = await loadJobs(jobsFile, options.ledger ? { ledger: options.ledger } : {});
  const names = (await readdir(join(root, 'functions'))).map((file) => basename(file, '.ts')).sort();
  await rm(out, { recursive: true, force: true });
  return Promise.all(
    names.map(async (name) => {
      const folder = join(out, name);
      const bytesByPackage = await bundleFunction(root, join(root, 'functions', `${name}.ts`), folder);
      await writeFile(join(folder, 'migrations.json'), `${JSON.stringify(document)}\n`);
      return { name, folder, bytesByPackage };
    }),
  );
}

async function bundleFunction(root: string, entry: string, folder: string): Promise<Record<string, number>> {
  await mkdir(folder, { recursive: true });
  const { metafile } = await bundle({
    metafile: true,
    absWorkingDir: root,
    entryPoints: { main: entry },
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20.15',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    mainFields: ['module', 'main'],
    // Class names stay: they are the names of errors.
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    // The official SDK's service packages may be missing: the build then takes the thin clients (lib/cloud).
    logOverride: { 'require-resolve-not-external': 'silent' },
    logLevel: 'error',
  });
  await writeFile(
    join(folder, 'index.js'),
    "process.setSourceMapsEnabled(true);\nmodule.exports = require('./main.js');\n",
  );
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  const sizes: Record<string, number> = {};
  for (const [file, { bytesInOutput }] of Object.entries(output?.inputs ?? {})) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? 'ours';
    sizes[name] = (sizes[name] ?? 0) + bytesInOutput;
  }
  return sizes;
}
