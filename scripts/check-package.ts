// `npm run check:package`: packs the package, and checks it as its users see it: that what package.json names is there and loads (publint), and that
// its types resolve (Are the types wrong?). Nothing is sent.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { ROOT } from '../lib/build/package-root.ts';

/** An ES module is all that the framework needs; it is not for `require`, nor for resolution without `exports`. */
const KINDS: readonly string[] = ['node16-esm', 'bundler'];

/** @returns what is wrong with the package, for people */
async function problemsOf(tarball: Uint8Array): Promise<string[]> {
  const data = Uint8Array.from(tarball).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: data } });
  const published = messages.map((message) => formatMessage(message, pkg) ?? message.code);
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(data)));
  if (!analysis.types) return [...published, 'the package has no types'];
  const wrong = analysis.problems.filter(
    (problem) => !('resolutionKind' in problem) || KINDS.includes(problem.resolutionKind),
  );
  return [...published, ...wrong.map((problem) => JSON.stringify(problem))];
}

const home = await mkdtemp(join(tmpdir(), 'package-'));
try {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', home], { cwd: ROOT, stdio: 'ignore' });
  const [file = ''] = await readdir(home);
  const problems = await problemsOf(await readFile(join(home, file)));
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`${file} has no problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  await rm(home, { recursive: true });
}
