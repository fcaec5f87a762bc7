// Run by `npm pack` (prepack), after the programs are built: bundles the functions for the package, which has no sources, and lists the licenses
// of the packages in its programs. Each bundle has its own list.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFunctions } from '../lib/build/bundle-functions.ts';
import { BUNDLES } from '../lib/build/function-names.ts';
import { makeNotices, NOTICES_FILE } from '../lib/build/make-notices.ts';
import { ROOT } from '../lib/build/package-root.ts';
import { describeBundle } from './describe-bundle.ts';

const out = join(ROOT, BUNDLES);
await rm(out, { recursive: true, force: true });
// On stderr, because `npm pack --json` prints its result on stdout.
for (const bundled of await bundleFunctions({ out })) console.error(await describeBundle(bundled));
const folders: string[] = JSON.parse(await readFile(join(ROOT, 'dist/packages-in-programs.json'), 'utf8'));
await writeFile(join(ROOT, 'dist', NOTICES_FILE), await makeNotices(folders.map((folder) => join(ROOT, folder))));
