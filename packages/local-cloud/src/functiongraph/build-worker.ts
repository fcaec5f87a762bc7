import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles the program of an instance's process into one CommonJS file, so that no TypeScript loader runs in a function's process.
 *
 * @throws when `outFile` cannot be written
 */
export async function buildWorker(outFile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    outfile: outFile,
    bundle: true,
    platform: 'node',
    target: 'node20.15',
    format: 'cjs',
    logLevel: 'silent',
  });
}
