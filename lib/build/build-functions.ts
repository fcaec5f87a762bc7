// Creates dist/functions/<name>/ for each file in functions/. The folder, zipped as is, is the package of a function.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions as BuildConfig, build as bundle } from 'esbuild';
import type { JobsOptions } from '../jobs/check-jobs.ts';
import { loadJobs } from '../jobs/load-jobs.ts';
import { ROOT } from './package-root.ts';
import { replaceUnused } from './replace-unused.ts';
import { splitPackages } from './split-packages.ts';
import { stripDescriptions } from './strip-descriptions.ts';
import { writeCodeCache } from './write-code-cache.ts';

export interface BuiltFunction {
  readonly name: string;
  readonly folder: string;
  /** The contents of the bundle: bytes of each package, and of `lib` and `functions` together as `ours`. */
  readonly bytesByPackage: Readonly<Record<string, number>>;
}

export interface BuildOptions extends JobsOptions {
  /** The folder of `functions/`; absent: this project. */
  readonly root?: string;
  /** The jobs file; absent: `migrations.yml` at the root. */
  readonly jobsFile?: string;
  /** The functions to build; absent: all. */
  readonly names?: readonly string[];
  /** The output folder; absent: `dist/functions`. */
  readonly out?: string;
  /** Additional `node_modules` folders in which to look for packages. */
  readonly packages?: readonly string[];
  /**
   * Write V8's code cache of each program next to it. Only the Node.js release that builds uses it, on the same platform; others ignore it. It
   * makes a package five times as large.
   * @default false
   */
  readonly codeCache?: boolean;
}

/** Stacks without a frame of the bundle are left to the previous handler. A program with a code cache has a relative name. */
const indexWith = (main: string) => `const previous = Error.prepareStackTrace;
const isOurs = (frame) => frame.getFileName()?.startsWith(__dirname) || frame.getFileName()?.startsWith('./');
Error.prepareStackTrace = (error, frames) =>
  previous && !frames.some(isOurs) ? previous(error, frames) : require('./stack-trace.js').prepareStackTrace(error, frames);
module.exports = ${main};
`;

/** The only function that shows descriptions of fields, in its OpenAPI document. */
const DESCRIBES_FIELDS = 'webhook';

export interface Places {
  readonly root: string;
  readonly packages: readonly string[];
}

interface Making extends Places {
  readonly codeCache: boolean;
}

/**
 * Checks the jobs file, then bundles every function with it.
 *
 * @throws {ConfigError} with every problem in the jobs file; nothing is written in that case
 */
export async function buildFunctions(options: BuildOptions = {}): Promise<BuiltFunction[]> {
  const root = options.root ?? ROOT;
  const jobsFile = options.jobsFile ?? join(root, 'migrations.yml');
  const out = options.out ?? join(root, 'dist/functions');
  const { document } = await loadJobs(jobsFile, options.ledger ? { ledger: options.ledger } : {});
  const names = options.names ?? (await readdir(join(root, 'functions'))).map((file) => basename(file, '.ts')).sort();
  await rm(out, { recursive: true, force: true });
  return Promise.all(
    names.map(async (name) => {
      const folder = join(out, name);
      const making = { root, packages: options.packages ?? [], codeCache: options.codeCache ?? false };
      const bytesByPackage = await bundleFunction(join(root, 'functions', `${name}.ts`), folder, making);
      await writeFile(join(folder, 'migrations.json'), `${JSON.stringify(document)}\n`);
      return { name, folder, bytesByPackage };
    }),
  );
}

/** The esbuild options for everything in a bundle. */
export function bundleOptions({ root, packages }: Places) {
  return {
    metafile: true,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20.15',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    mainFields: ['module', 'main'],
    nodePaths: [...packages],
    // Use `require` instead: the ES module loader takes longer to start than a part takes to load.
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    // Keeps the names of errors, and of functions in stacks. `keepNames` would cost more per call than short names save per start.
    minifyIdentifiers: false,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logOverride: { 'require-resolve-not-external': 'silent' },
    logLevel: 'error',
  } as const satisfies BuildConfig;
}

async function bundleFunction(entry: string, folder: string, making: Making): Promise<Record<string, number>> {
  await mkdir(folder, { recursive: true });
  const options = { ...bundleOptions(making), outdir: folder };
  const leftOut = basename(entry, '.ts') === DESCRIBES_FIELDS ? [replaceUnused] : [replaceUnused, stripDescriptions];
  const parts = new Map<string, string>();
  const main = await bundle({
    ...options,
    entryPoints: { main: entry },
    plugins: [splitPackages(parts), ...leftOut],
  });
  const onDemand = {
    ...Object.fromEntries(parts),
    'stack-trace': join(ROOT, 'lib/platform/prepare-stack-trace.ts'),
    ...(making.codeCache && { 'code-cache': join(ROOT, 'lib/platform/code-cache.ts') }),
  };
  const rest = await bundle({ ...options, entryPoints: onDemand, minifyIdentifiers: true, plugins: leftOut });
  const load = making.codeCache ? "require('./code-cache.js').load('main')" : "require('./main.js')";
  await writeFile(join(folder, 'index.js'), indexWith(load));
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  if (making.codeCache) await Promise.all(['main', ...parts.keys()].map((name) => writeCodeCache(folder, name)));
  const sizes: Record<string, number> = {};
  for (const { inputs } of [main, rest].flatMap(({ metafile }) => Object.values(metafile.outputs))) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? 'ours';
      sizes[name] = (sizes[name] ?? 0) + bytesInOutput;
    }
  }
  return sizes;
}
