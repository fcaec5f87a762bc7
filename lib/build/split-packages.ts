import { isBuiltin } from 'node:module';
import type { OnResolveResult, Plugin } from 'esbuild';

const PACKAGE = /^[@A-Za-z]/;
const MISSING = 'missing-package';

/**
 * Puts every package that is imported on demand in a separate file next to the bundle, so that an instance loads it only when needed.
 *
 * @param parts filled during the build: the name of each file, without extension, and the package that goes into it
 */
export function splitPackages(parts: Map<string, string>): Plugin {
  return {
    name: 'split-packages',
    setup({ initialOptions: { external = [] }, onResolve, onLoad, resolve }) {
      onResolve({ filter: PACKAGE }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === MISSING) return undefined;
        if (isBuiltin(path) || external.includes(path)) return undefined;
        const { errors } = await resolve(path, { kind, importer, resolveDir, pluginData: MISSING });
        if (errors.length > 0) return { path, namespace: MISSING } satisfies OnResolveResult;
        const name = /^(?:@[^/]+\/)?([^/]+)/.exec(path)?.[1] ?? path;
        parts.set(name, path);
        return { path: `./${name}.js`, external: true } satisfies OnResolveResult;
      });
      // The error of the import, without a search of the disk at every start.
      onLoad({ filter: /.*/, namespace: MISSING }, ({ path }) => {
        const message = `Cannot find package '${path}': it was not installed when the bundle was built`;
        return {
          contents: `throw Object.assign(new Error(${JSON.stringify(message)}), { code: 'ERR_MODULE_NOT_FOUND' });`,
        };
      });
    },
  };
}
