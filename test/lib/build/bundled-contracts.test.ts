import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../../lib/build/bundle-functions.ts';
import { replaceUnused } from '../../../lib/build/replace-unused.ts';
import { splitPackages } from '../../../lib/build/split-packages.ts';
import { trimClients } from '../../../lib/build/trim-clients.ts';
import { writeGeneratedPackages } from '../../fixtures/generated-packages.ts';
import { placesOfSources } from '../../fixtures/places-of-sources.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The tests in these folders, each of them bundled as a function is. @returns how many there are */
async function bundleTests(folders: readonly string[], out: string, packages: readonly string[]): Promise<number> {
  const lists = await Promise.all(
    folders.map(async (folder) => (await readdir(join(ROOT, folder))).map((file) => join(ROOT, folder, file))),
  );
  const tests = lists.flat().filter((file) => file.endsWith('.test.ts'));
  const options = { ...bundleOptions({ root: ROOT, packages }), outdir: out, sourcemap: false } as const;
  const parts = new Map<string, string>();
  await build({
    ...options,
    entryPoints: Object.fromEntries(tests.map((file) => [`${basename(dirname(file))}-${basename(file, '.ts')}`, file])),
    external: ['esbuild', '@babel/parser'],
    plugins: [splitPackages(parts), replaceUnused, trimClients, placesOfSources],
  });
  await build({ ...options, entryPoints: Object.fromEntries(parts), plugins: [replaceUnused, trimClients] });
  return tests.length;
}

function runJest(folder: string): Promise<{ readonly code: number; readonly printed: string }> {
  const args = [
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--rootDir',
    folder,
    '--config',
    join(folder, 'jest.json'),
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, printed: stdout + stderr });
    });
  });
}

describe('in a bundle', () => {
  it.each([
    ['everything that calls a service, with the thin clients,', ['test/contracts', 'test/lib/cloud'], undefined],
    ['every contract of a service, with generated clients,', ['test/contracts'], writeGeneratedPackages],
  ])(
    '%s passes its tests',
    async (_, folders, writePackages) => {
      const folder = await mkdtemp(join(tmpdir(), 'bundled-'));
      const packages = join(folder, 'generated/node_modules');
      await writePackages?.(packages);
      const count = await bundleTests(folders, folder, writePackages ? [packages] : []);
      await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}');
      const config = {
        testEnvironment: join(ROOT, 'test/fixtures/test-environment.cjs'),
        transform: {},
        testMatch: ['**/*.test.js'],
        maxWorkers: 1,
        testTimeout: 30_000,
      };
      await writeFile(join(folder, 'jest.json'), JSON.stringify(config));

      const { code, printed } = await runJest(folder);
      await rm(folder, { recursive: true });

      expect({ code, printed: code === 0 ? '' : printed }).toEqual({ code: 0, printed: '' });
      expect(printed).toContain(`Test Suites: ${count} passed, ${count} total`);
    },
    180_000,
  );
});
