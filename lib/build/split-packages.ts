import { isBuiltin } from 'node:module';
import type { OnResolveResult, Plugin } from 'esbuild';

const PACKAGE = /^[@A-Za-z]/;
const MISSING = 'missing-package';

/**
 * Lets every package that is imported on demand be a file of its own beside the bundle, so that an instance reads it when it needs it.
 *
 * @param parts filled while the bundle is made: each file's name, without ending, and what goes into it
 */
export function splitPackages(parts: Map<string, string>): Plugin {
  return {
    name: 'split-packages',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: PACKAGE }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || isBuiltin(path) || pluginData === MISSING) return undefined;
        const { errors } = await resolve(path, { kind, importer, resolveDir, pluginData: MISSING });
        if (errors.length > 0) return { path, namespace: MISSING } satisfies OnResolveResult;
        const name = /^(?:@[^/]+\/)?([^/]+)/.exec(path)?.[1] ?? path;
        parts.set(name, path);
        return { path: `./${name}.js`, external: true } satisfies OnResolveResult;
      });
      // What the import would fail with, without a search of the disk at every start.
      onLoad({ filter: /.*/, namespace: MISSING }, ({ path }) => {
        const message = `Cannot find package '${path}': it was not there when the bundle was made`;
        return {
          contents: `throw Object.assign(new Error(${JSON.stringify(message)}), { code: 'ERR_MODULE_NOT_FOUND' });`,
        };
      });
    },
  };
}
