// `npm run bench`: every figure with its goal, and the command that measures it alone. bench/README.md explains them.
//   npm run bench -- --only load          one figure
//   npm run bench -- --quick              few rounds, as a smoke test
//   npm run bench -- --json results.json  also write JSON
//   npm run bench -- --packages <folder>  also compare the clients: a node_modules folder with the generated ones
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { clients } from './figures/clients.ts';
import { firstInvocation, load } from './figures/cold.ts';
import { growthInJobs, growthInRecords } from './figures/growth.ts';
import { reconcileGrowth } from './figures/reconcile.ts';
import { sizes } from './figures/sizes.ts';
import { startUp } from './figures/start-up.ts';
import { memory, throughput, warm, warmWithTls } from './figures/warm.ts';
import { formatTable, type ReportedRow, type Row, toReportedRow } from './report.ts';
import { type System, startSystem } from './system.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean' },
    json: { type: 'string' },
    packages: { type: 'string' },
  },
});
const quick = options.quick === true;
const packages = options.packages === undefined ? undefined : resolve(options.packages);

const FIGURES: Readonly<Record<string, (system: System) => Promise<Row[]>>> = {
  sizes,
  load: (system) => load(system, quick ? 5 : 41),
  'first-invocation': (system) => firstInvocation(system, quick ? 3 : 21),
  ...(packages !== undefined && {
    clients: (system: System) => clients(system, { packages, rounds: quick ? 3 : 21 }),
  }),
  warm: (system) => warm(system, { rounds: quick ? 2 : 7, invocations: quick ? 100 : 1_000 }),
  'warm-tls': (system) => warmWithTls(system, { rounds: quick ? 2 : 7, invocations: quick ? 100 : 1_000 }),
  memory: (system) => memory(system, quick ? 500 : 10_000),
  throughput: (system) => throughput(system, { rounds: quick ? 1 : 5, invocations: quick ? 100 : 1_000 }),
  jobs: (system) => growthInJobs(system, { rounds: quick ? 2 : 7, invocations: quick ? 50 : 300 }),
  records: (system) => growthInRecords(system, { rounds: quick ? 2 : 5, invocations: quick ? 100 : 300 }),
  reconcile: (system) => reconcileGrowth(system, quick ? [10, 100] : [10, 100, 1_000, 10_000]),
  'start-up': () => startUp(quick ? 1 : 5),
};

const names = options.only ?? Object.keys(FIGURES);
const results: Record<string, readonly ReportedRow[]> = {};
for (const name of names) {
  const figure = FIGURES[name];
  if (!figure) throw new Error(`unknown figure ${name}; use one of ${Object.keys(FIGURES).join(', ')}`);
  // A new system for each figure, because a local cloud records every request.
  const system = await startSystem();
  try {
    const rows = (await figure(system)).map(toReportedRow);
    results[name] = rows;
    console.log(`\n## npm run bench -- --only ${name}`);
    for (const title of new Set(rows.map((row) => row.figure))) {
      console.log(`\n${title}\n${formatTable(rows.filter((row) => row.figure === title))}`);
    }
  } finally {
    await system.close();
  }
}
if (options.json) {
  const document = { at: new Date().toISOString(), node: process.version, quick, results };
  await writeFile(options.json, `${JSON.stringify(document, null, 2)}\n`);
}
