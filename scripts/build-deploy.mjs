// Makes dist/deploy/plugin.mjs, which serverless.yml names: the framework loads no TypeScript. Run by `npm ci` (prepare).
const esbuild = await import('esbuild').catch((error) => {
  // Without development packages there is nothing to deploy with either.
  if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
  throw error;
});
await esbuild?.build({
  entryPoints: ['lib/deploy/plugin.ts'],
  outfile: 'dist/deploy/plugin.mjs',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.15',
  format: 'esm',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'error',
});
