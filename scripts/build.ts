// `npm run build [-- jobs file]`: checks the jobs file, builds the bundles, and prints the size, clients and load time of each.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { buildFunctions } from '../lib/build/build-functions.ts';
import { ROOT } from '../lib/build/package-root.ts';
import { loadJobs } from '../lib/jobs/load-jobs.ts';
import { ConfigError, formatPath, type Problem } from '../lib/kernel/errors.ts';
import { describeBundle } from './describe-bundle.ts';

/** Milliseconds to `require` a bundle in a new process: the median of several runs. */
function loadMs(folder: string): number {
  const code = `const t=process.hrtime.bigint();require(${JSON.stringify(folder)});console.log(Number(process.hrtime.bigint()-t)/1e6)`;
  const times = Array.from({ length: 5 }, () =>
    Number(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' })),
  );
  return times.sort((a, b) => a - b)[2] ?? Number.NaN;
}

const named = process.argv[2];
const jobsFile = named ? resolve(named) : join(ROOT, 'migrations.yml');
const shown = named ?? 'migrations.yml';
const where = ({ line, path }: Problem) => `${shown}${line ? `:${line}` : ''}: ${formatPath(path)}`;

try {
  const { warnings } = await loadJobs(jobsFile);
  for (const warning of warnings) console.warn(`warning: ${where(warning)}: ${warning.message}`);
  for (const { name, folder } of await buildFunctions({ jobsFile })) {
    console.log(`${await describeBundle({ name, folder })}   loads in ${loadMs(folder).toFixed(1)} ms`);
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const problem of error.problems) console.error(`${where(problem)}: ${problem.message}`);
  process.exitCode = 1;
}
