import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunctions } from '../../../lib/build/build-functions.ts';
import { zipFolder } from '../../../lib/deploy/zip-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The packages' hashes, built from a copy of the sources in a folder of its own. */
async function hashesOf(prefix: string): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), prefix));
  for (const name of ['functions', 'lib', 'migrations.yml', 'package.json']) {
    await cp(join(ROOT, name), join(root, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const built = await buildFunctions({ root });
  const zips = await Promise.all(built.map(({ folder }) => zipFolder(folder)));
  await rm(root, { recursive: true });
  return zips.map((zip) => createHash('sha256').update(zip).digest('hex'));
}

it('two builds in different folders give equal bytes', async () => {
  const hashes = await hashesOf('one-');

  expect(hashes).toHaveLength(4);
  expect(await hashesOf('another-with-a-longer-name-')).toEqual(hashes);
}, 60_000);
