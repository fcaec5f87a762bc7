// Compiles each file in functions/ to a folder of its own: everything of a function's package except the jobs file.
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BuildOptions as BuildConfig } from 'esbuild';
import { type Clients, clientsOf } from './clients-of.ts';
import { CODE_CACHE, STACK_TRACE } from './finish-function.ts';
import { functionNames } from './function-names.ts';
import { makeNotices, NOTICES_FILE } from './make-notices.ts';
import { packageOf } from './package-of.ts';
import { ownVersion, ROOT } from './package-root.ts';
import { replaceUnused } from './replace-unused.ts';
import { splitPackages } from './split-packages.ts';
import { stripDescriptions } from './strip-descriptions.ts';
import { trimClients } from './trim-clients.ts';

/** The only function that shows descriptions of fields, in its OpenAPI document. */
const DESCRIBES_FIELDS = 'webhook';

export interface BundledFunction {
  readonly name: string;
  readonly folder: string;
  /** The contents of the bundle: bytes of each package, and of `lib` and `functions` together as `ours`. */
  readonly bytesByPackage: Readonly<Record<string, number>>;
  readonly clients: Clients;
}

export interface Places {
  readonly root: string;
  readonly packages: readonly string[];
}

export interface BundleOptions extends Partial<Places> {
  /** The output folder. */
  readonly out: string;
  /** The functions to bundle; absent: all. */
  readonly names?: readonly string[];
}

/** Bundles functions. A new folder has to be finished (`finishFunction`) before it can run. */
export async function bundleFunctions(options: BundleOptions): Promise<BundledFunction[]> {
  const { root = ROOT, packages = [], out } = options;
  const names = options.names ?? (await functionNames(root));
  return Promise.all(
    names.map(async (name) => {
      const folder = join(out, name);
      const entry = join(root, 'functions', `${name}.ts`);
      return { name, folder, ...(await bundleFunction(entry, folder, { root, packages })) };
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
    logLevel: 'warning',
  } as const satisfies BuildConfig;
}

async function bundleFunction(entry: string, folder: string, places: Places) {
  // On demand, because those who installed the package have no bundler, and need none.
  const { build: bundle } = await import('esbuild');
  await mkdir(folder, { recursive: true });
  const options = { ...bundleOptions(places), outdir: folder };
  const leftOut = [
    replaceUnused,
    trimClients,
    ...(basename(entry, '.ts') === DESCRIBES_FIELDS ? [] : [stripDescriptions]),
  ];
  const parts = new Map<string, string>();
  const main = await bundle({
    ...options,
    entryPoints: { main: entry },
    plugins: [splitPackages(parts), ...leftOut],
  });
  const onDemand = {
    ...Object.fromEntries(parts),
    [STACK_TRACE]: join(ROOT, 'lib/platform/prepare-stack-trace.ts'),
    [CODE_CACHE]: join(ROOT, 'lib/platform/code-cache.ts'),
  };
  const rest = await bundle({ ...options, entryPoints: onDemand, minifyIdentifiers: true, plugins: leftOut });
  const sizes: Record<string, number> = {};
  const packages = new Map<string, string>();
  for (const [output, { inputs }] of [main, rest].flatMap(({ metafile }) => Object.entries(metafile.outputs))) {
    // Only in packages that ask for a code cache.
    if (basename(output).startsWith(`${CODE_CACHE}.`)) continue;
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const found = packageOf(file);
      if (found) packages.set(found.name, join(places.root, found.folder));
      const name = found?.name ?? 'ours';
      sizes[name] = (sizes[name] ?? 0) + bytesInOutput;
    }
  }
  const clients = await clientsOf(packages);
  const manifest = { name: basename(entry, '.ts'), version: ownVersion(), type: 'commonjs', clients };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest)}\n`);
  await writeFile(join(folder, NOTICES_FILE), await makeNotices(packages.values()));
  return { bytesByPackage: sizes, clients };
}
