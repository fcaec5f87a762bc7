// `npm run build`: checks migrations.yml, makes the bundles, and prints what each weighs and how long it takes to load.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ConfigError, formatPath } from '../lib/errors.ts';
import { loadJobs } from '../lib/jobs/load-jobs.ts';
import { buildFunctions, ROOT } from './build-functions.ts';

/** Milliseconds that `require` of a bundle takes in a fresh process: the median of several. */
function loadMs(folder: string): number {
  const code = `const t=process.hrtime.bigint();require(${JSON.stringify(folder)});console.log(Number(process.hrtime.bigint()-t)/1e6)`;
  const times = Array.from({ length: 5 }, () =>
    Number(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' })),
  );
  return times.sort((a, b) => a - b)[2] ?? Number.NaN;
}

try {
  const { warnings } = await loadJobs(join(ROOT, 'migrations.yml'));
  for (const warning of warnings)
    console.warn(`warning: migrations.yml${warning.line ? `:${warning.line}` : ''}: ${warning.message}`);
  for (const { name, folder } of await buildFunctions()) {
    const code = await readFile(join(folder, 'main.js'));
    const kb = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`.padStart(10);
    console.log(
      `${name.padEnd(16)}${kb(code.length)}${kb(gzipSync(code).length)} gzip   loads in ${loadMs(folder).toFixed(1)} ms`,
    );
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const { path, line, message } of error.problems) {
    console.error(`migrations.yml${line ? `:${line}` : ''}: ${formatPath(path)}: ${message}`);
  }
  process.exitCode = 1;
}
