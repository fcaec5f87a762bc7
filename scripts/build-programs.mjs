// Builds the programs in dist/, because neither the framework nor npx loads TypeScript, and a package has no sources: the plugin of serverless.yml,
// the bin, the process in which functions run locally, and the code of a probe's function. Run by `npm ci` (prepare).
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const esbuild = await import('esbuild').catch((error) => {
  // Without dev dependencies, the programs are not needed.
  if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
  throw error;
});
const dependenciesOf = async (file) => {
  const { dependencies, optionalDependencies } = JSON.parse(await readFile(file, 'utf8'));
  return Object.keys({ ...dependencies, ...optionalDependencies });
};

/** Everything that is no dependency of the package is bundled: those who install it need nothing else. */
const SHARED = {
  bundle: true,
  external: [
    'esbuild',
    '@babel/parser',
    ...(await dependenciesOf('package.json')),
    ...(await dependenciesOf('packages/official-clients/package.json')),
  ],
  platform: 'node',
  target: 'node20.15',
  format: 'esm',
  mainFields: ['module', 'main'],
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'error',
};
/** Bundled CommonJS modules call `require`. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module';\nvar require = requireFrom(import.meta.url);";

/** The program of an instance of a function is bundled when the program is built, not when the instance starts. */
const prebuiltWorker = {
  name: 'prebuilt-worker',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/functiongraph\/build-worker\.ts$/ }, async ({ path }) => {
      const entry = path.replace('build-worker.ts', 'worker.ts');
      const options = { entryPoints: [entry], bundle: true, platform: 'node', target: 'node20.15', format: 'cjs' };
      const { outputFiles } = await esbuild.build({ ...options, write: false, logLevel: 'error' });
      const text = JSON.stringify(outputFiles[0].text);
      return {
        contents: `import { writeFile } from 'node:fs/promises';\nexport const buildWorker = (file) => writeFile(file, ${text});`,
      };
    }),
};

const packages = new Set();

/** Replaces each file atomically, because it may be started at any time. */
async function build(entry, outfile, firstLine = '') {
  const { outputFiles, metafile } = await esbuild.build({
    ...SHARED,
    entryPoints: [entry],
    outfile,
    banner: { js: `${firstLine}${REQUIRE}` },
    plugins: [prebuiltWorker],
    metafile: true,
    write: false,
  });
  notePackages(metafile);
  for (const { path, contents } of outputFiles) {
    await replace(path, (fresh) => writeFile(fresh, contents, { mode: path.endsWith('.mjs') ? 0o755 : 0o644 }));
  }
}

/** The code of a function that lives for one invocation: one file, because nothing else is uploaded. */
async function buildProbeFunction(folder) {
  const { outputFiles, metafile } = await esbuild.build({
    ...SHARED,
    external: [],
    format: 'cjs',
    minify: true,
    // For names of errors.
    keepNames: true,
    sourcemap: false,
    entryPoints: ['lib/cli/probe/function-handler.ts'],
    outfile: `${folder}/index.js`,
    metafile: true,
    write: false,
  });
  notePackages(metafile);
  await replace(`${folder}/index.js`, (fresh) => writeFile(fresh, outputFiles[0].contents));
  await replace(`${folder}/package.json`, (fresh) => writeFile(fresh, '{"type":"commonjs"}\n'));
}

function notePackages({ inputs }) {
  for (const file of Object.keys(inputs)) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
    if (folder) packages.add(folder);
  }
}

async function replace(path, write) {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  await write(fresh);
  await rename(fresh, path);
}

if (esbuild) {
  await build('lib/deploy/plugin.ts', 'dist/deploy/plugin.mjs');
  await replace('dist/deploy/plugin.d.mts', (fresh) => copyFile('scripts/plugin.d.mts', fresh));
  await build('lib/deploy/functions-process.ts', 'dist/deploy/functions-process.mjs');
  await build('lib/cli/main.ts', 'dist/cli/migrations.mjs', '#!/usr/bin/env -S node --enable-source-maps\n');
  await buildProbeFunction('dist/probe-function');
  // For the notices of a release.
  const list = `${JSON.stringify([...packages].sort())}\n`;
  await replace('dist/packages-in-programs.json', (fresh) => writeFile(fresh, list));
}
