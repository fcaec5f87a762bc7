// `npm run mutants`: changes one line at a time in copies of the source, and expects the tests that the mutant names to fail. Copies are temporary;
// nothing here is changed. Arguments: parts of the names or files of those to try (all without any); `--list`; `--workers 2`; `--unchecked` does not
// look first whether the tests pass without any mutant.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../lib/build/package-root.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

type Verdict = 'killed' | 'SURVIVED' | 'BROKEN';

interface Tried {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
  readonly seconds: number;
}

const NOT_COPIED = new Set(['node_modules', 'dist', '.git', '.local', '.stryker-tmp']);
/** A mutant may well run forever. */
const MAX_MS = 180_000;
const CONFIG = 'jest.mutants.config.mjs';
/** Without building what is in no test of the list. */
const CONFIG_TEXT = `import base from './jest.config.mjs';
const { globalSetup: _, ...rest } = base;
export default { ...rest, rootDir: import.meta.dirname };
`;

async function makeCopy(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'mutants-'));
  for (const name of await readdir(ROOT)) {
    if (!NOT_COPIED.has(name)) await cp(join(ROOT, name), join(copy, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await writeFile(join(copy, CONFIG), CONFIG_TEXT);
  return copy;
}

/** One file of tests, or those of its tests whose title has what stands behind `#`. */
async function runTest(copy: string, test: string): Promise<'green' | 'red' | 'broken'> {
  const [file, title] = test.split('#');
  const report = join(copy, 'mutants-report.json');
  await rm(report, { force: true });
  const args = ['-c', CONFIG, '-i', '--json', '--outputFile', report, `test/${file}.test.ts`];
  const jest = spawn(
    process.execPath,
    [join('node_modules', 'jest', 'bin', 'jest.js'), ...args, ...(title ? ['-t', title] : [])],
    {
      cwd: copy,
      stdio: 'ignore',
      env: { SCHEDULES: '150', ...process.env },
      timeout: MAX_MS,
      killSignal: 'SIGKILL',
    },
  );
  await once(jest, 'exit');
  if (jest.exitCode === 0) return 'green';
  const text = await readFile(report, 'utf8').catch(() => '{}');
  const { numFailedTests = 0 } = JSON.parse(text) as { numFailedTests?: number };
  return numFailedTests > 0 || jest.signalCode !== null ? 'red' : 'broken';
}

async function tryMutant(copy: string, mutant: Mutant): Promise<Tried> {
  const { file, before, after, tests } = mutant;
  const path = join(copy, file);
  const text = await readFile(path, 'utf8');
  const start = Date.now();
  const end = (verdict: Verdict): Tried => ({ mutant, verdict, seconds: (Date.now() - start) / 1000 });
  try {
    await writeFile(
      path,
      text.replace(before, () => after),
    );
    for (const test of tests) {
      const result = await runTest(copy, test);
      if (result !== 'green') return end(result === 'red' ? 'killed' : 'BROKEN');
    }
    return end('SURVIVED');
  } finally {
    await writeFile(path, text);
  }
}

function line({ mutant, verdict, seconds }: Tried): string {
  return `${verdict.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${mutant.file}: ${mutant.breaks}`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, unchecked: { type: 'boolean' }, workers: { type: 'string', default: '2' } },
});
const wanted = MUTANTS.filter(
  ({ file, breaks }) => positionals.length === 0 || positionals.some((part) => `${file}: ${breaks}`.includes(part)),
);
if (values.list) {
  for (const { file, breaks } of wanted) console.log(`${file}: ${breaks}`);
} else {
  const copies = await Promise.all(Array.from({ length: Number(values.workers) }, makeCopy));
  const inTurn = async <T>(queue: T[], work: (copy: string, next: T) => Promise<void>) => {
    const takeAll = async (copy: string) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(copy, next);
    };
    await Promise.all(copies.map(takeAll));
  };
  try {
    const failing: string[] = [];
    await inTurn(values.unchecked ? [] : [...new Set(wanted.flatMap(({ tests }) => tests))], async (copy, test) => {
      if ((await runTest(copy, test)) !== 'green') failing.push(test);
    });
    if (failing.length > 0) throw new Error(`these fail without any mutant: ${failing.join(', ')}`);
    const tried: Tried[] = [];
    await inTurn([...wanted], async (copy, mutant) => {
      const result = await tryMutant(copy, mutant);
      tried.push(result);
      console.log(line(result));
    });
    const left = tried.filter(({ verdict }) => verdict !== 'killed');
    console.log(`\n${tried.length} tried, ${tried.length - left.length} killed`);
    for (const result of left) console.log(line(result));
    process.exitCode = left.length === 0 && tried.length > 0 ? 0 : 1;
  } finally {
    for (const copy of copies) await rm(copy, { recursive: true, force: true });
  }
}
