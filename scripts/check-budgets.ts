// `npm run budgets`: builds the bundles and compares their contents with bench/bundle-budgets.json. Fails if a budget is exceeded, and names the
// package that grew. `npm run budgets -- --write` sets new budgets from the current sizes, with some slack.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleFunctions } from '../lib/build/bundle-functions.ts';
import { CODE_CACHE } from '../lib/build/finish-function.ts';
import { ROOT } from '../lib/build/package-root.ts';

interface Budget {
  /** Size of `main.js`, which every start loads. */
  readonly gzipKb: number;
  /** Size of all programs in the folder. */
  readonly folderGzipKb: number;
  /** The large packages; packages not listed may have `SMALL_KB`. */
  readonly packagesKb: Readonly<Record<string, number>>;
}

const FILE = join(ROOT, 'bench/bundle-budgets.json');
const SLACK = 1.1;
const SMALL_KB = 10;
/** If the registry has a generated client, what is used of it is in the bundle. */
const GENERATED = /^@huaweicloud\/huaweicloud-sdk-(dcs|sms)$/;
const GENERATED_KB = 15;

const kb = (bytes: number): number => Math.ceil(bytes / 1024);

const gzippedBytes = async (file: string): Promise<number> => gzipSync(await readFile(file)).length;

async function measure(): Promise<Record<string, Budget>> {
  const out = await mkdtemp(join(tmpdir(), 'budgets-'));
  const measured: Record<string, Budget> = {};
  for (const { name, folder, bytesByPackage } of await bundleFunctions({ out })) {
    const sizes = Object.entries(bytesByPackage).map(([key, bytes]) => [key, kb(bytes)] as const);
    const programs = (await readdir(folder)).filter((file) => file.endsWith('.js') && file !== `${CODE_CACHE}.js`);
    const gzipped = await Promise.all(programs.map((file) => gzippedBytes(join(folder, file))));
    measured[name] = {
      gzipKb: kb(await gzippedBytes(join(folder, 'main.js'))),
      folderGzipKb: kb(gzipped.reduce((sum, bytes) => sum + bytes, 0)),
      packagesKb: Object.fromEntries(sizes.sort(([, a], [, b]) => b - a)),
    };
  }
  await rm(out, { recursive: true });
  return measured;
}

function withSlack({ gzipKb, folderGzipKb, packagesKb }: Budget): Budget {
  const large = Object.entries(packagesKb).filter(([, size]) => size > SMALL_KB);
  return {
    gzipKb: Math.ceil(gzipKb * SLACK),
    folderGzipKb: Math.ceil(folderGzipKb * SLACK),
    packagesKb: Object.fromEntries(large.map(([name, size]) => [name, Math.ceil(size * SLACK)])),
  };
}

function excesses(name: string, found: Budget, budget: Budget | undefined): string[] {
  if (!budget) return [`${name}: no budget; run npm run budgets -- --write`];
  const budgetOf = (key: string) => (GENERATED.test(key) ? GENERATED_KB : (budget.packagesKb[key] ?? SMALL_KB));
  const grown = Object.entries(found.packagesKb)
    .filter(([key, size]) => size > budgetOf(key))
    .map(([key, size]) => `${name}: ${key} has ${size} KB, its budget is ${budgetOf(key)} KB`);
  const tooLarge = (what: string, size: number, limit: number) =>
    size > limit ? [`${name}: ${what} has ${size} KB gzip, its budget is ${limit} KB`] : [];
  return [
    ...grown,
    ...tooLarge('main.js', found.gzipKb, budget.gzipKb),
    ...tooLarge('the folder', found.folderGzipKb, budget.folderGzipKb),
  ];
}

const measured = await measure();
if (process.argv.includes('--write')) {
  const budgets = Object.fromEntries(Object.entries(measured).map(([name, found]) => [name, withSlack(found)]));
  await writeFile(FILE, `${JSON.stringify(budgets, null, 2)}\n`);
} else {
  const budgets: Record<string, Budget> = JSON.parse(await readFile(FILE, 'utf8'));
  const failures = Object.entries(measured).flatMap(([name, found]) => excesses(name, found, budgets[name]));
  for (const failure of failures) console.error(failure);
  if (failures.length === 0) console.log('every bundle is within its budget');
  process.exitCode = failures.length > 0 ? 1 : 0;
}
