// `npm run bench`: every figure, with its goal beside it and the command that measures it alone. bench/README.md says what they mean.
//   npm run bench -- --only load          one figure
//   npm run bench -- --quick              few rounds: to see whether all of it works
//   npm run bench -- --json results.json  the same as JSON
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { firstInvocation, load } from './figures/cold.ts';
import { growthInJobs, growthInRecords } from './figures/growth.ts';
import { reconcileGrowth } from './figures/reconcile.ts';
import { sizes } from './figures/sizes.ts';
import { startUp } from './figures/start-up.ts';
import { memory, throughput, warm, warmWithTls } from './figures/warm.ts';
import { type ReportedRow, type Row, reported, tableOf } from './report.ts';
import { startSystem } from './system.ts';

const { values: options } = parseArgs({
  options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean' }, json: { type: 'string' } },
});
const quick = options.quick === true;
const system = await startSystem();

const FIGURES: Readonly<Record<string, () => Promise<Row[]>>> = {
  sizes: () => sizes(system),
  load: () => load(system, quick ? 5 : 41),
  'first-invocation': () => firstInvocation(system, quick ? 3 : 21),
  warm: () => warm(system, { rounds: quick ? 2 : 7, invocations: quick ? 100 : 1_000 }),
  'warm-tls': () => warmWithTls(system, { rounds: quick ? 2 : 7, invocations: quick ? 100 : 1_000 }),
  memory: () => memory(system, quick ? 500 : 10_000),
  throughput: () => throughput(system, { rounds: quick ? 1 : 5, invocations: quick ? 100 : 1_000 }),
  jobs: () => growthInJobs(system, { rounds: quick ? 2 : 7, invocations: quick ? 50 : 300 }),
  records: () => growthInRecords(system, { rounds: quick ? 2 : 7, invocations: quick ? 100 : 500 }),
  reconcile: () => reconcileGrowth(system, quick ? [10, 100] : [10, 100, 1_000, 10_000]),
  'start-up': () => startUp(quick ? 1 : 5),
};

const names = options.only ?? Object.keys(FIGURES);
const results: Record<string, readonly ReportedRow[]> = {};
try {
  for (const name of names) {
    const figure = FIGURES[name];
    if (!figure) throw new Error(`${name} is no figure; there are ${Object.keys(FIGURES).join(', ')}`);
    const rows = (await figure()).map(reported);
    results[name] = rows;
    console.log(`\n## npm run bench -- --only ${name}`);
    for (const title of new Set(rows.map((row) => row.figure))) {
      console.log(`\n${title}\n${tableOf(rows.filter((row) => row.figure === title))}`);
    }
  }
  if (options.json) {
    const document = { at: new Date().toISOString(), node: process.version, quick, results };
    await writeFile(options.json, `${JSON.stringify(document, null, 2)}\n`);
  }
} finally {
  await system.close();
}
