// Builds dist/deploy/plugin.mjs, the plugin of serverless.yml, and dist/cli/migrations.mjs, the bin, because neither the framework nor npx
// loads TypeScript. Run by `npm ci` (prepare).
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const esbuild = await import('esbuild').catch((error) => {
  // Without dev dependencies, the programs are not needed.
  if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
  throw error;
});
const SHARED = {
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.15',
  format: 'esm',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'error',
};
const BIN_BANNER = { js: '#!/usr/bin/env -S node --enable-source-maps' };

/** Replaces each file atomically, because it may be started at any time. */
async function build(options) {
  const { outputFiles } = await esbuild.build({ ...SHARED, ...options, write: false });
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    const fresh = `${path}.${process.pid}.new`;
    await writeFile(fresh, contents, { mode: path.endsWith('.mjs') ? 0o755 : 0o644 });
    await rename(fresh, path);
  }
}

if (esbuild) {
  await build({ entryPoints: ['lib/deploy/plugin.ts'], outfile: 'dist/deploy/plugin.mjs' });
  await build({ entryPoints: ['lib/cli/main.ts'], outfile: 'dist/cli/migrations.mjs', banner: BIN_BANNER });
}
