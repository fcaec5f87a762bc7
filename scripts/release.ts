// `npm run release [-- folder]`: makes everything of a release in dist/release: the package, a zip of each function without a jobs file, and
// their checksums. The same sources and packages give the same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { finishFunction } from '../lib/build/finish-function.ts';
import { BUNDLES } from '../lib/build/function-names.ts';
import { ownVersion, ROOT } from '../lib/build/package-root.ts';
import { zipFolder } from '../lib/deploy/zip-folder.ts';

const out = resolve(process.argv[2] ?? join(ROOT, 'dist/release'));
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
execFileSync('npm', ['pack', '--silent', '--pack-destination', out], {
  cwd: ROOT,
  stdio: ['ignore', 'ignore', 'inherit'],
});
const home = await mkdtemp(join(tmpdir(), 'release-'));
try {
  for (const name of await readdir(join(ROOT, BUNDLES))) {
    const folder = join(home, name);
    await cp(join(ROOT, BUNDLES, name), folder, { recursive: true });
    await finishFunction(folder, { codeCache: false });
    await writeFile(join(out, `${name}-${ownVersion()}.zip`), await zipFolder(folder));
  }
} finally {
  await rm(home, { recursive: true });
}
const files = (await readdir(out)).sort();
const sums = files.map(async (file) => {
  const content = await readFile(join(out, file));
  console.log(`${file}   ${(content.length / 1024).toFixed(1)} KB`);
  return `${createHash('sha256').update(content).digest('hex')}  ${file}\n`;
});
await writeFile(join(out, 'SHA256SUMS'), (await Promise.all(sums)).join(''));
