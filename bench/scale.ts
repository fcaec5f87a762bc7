// `npm run scale`: how long a ledger with very much in it takes until each run, object and set has had its turn, in virtual time. docs/limits-and-costs.md
// has what came out.
//   npm run scale -- --only runs          one scenario; may be given more than once
//   npm run scale -- --size 0.1           a tenth of everything
//   npm run scale -- --ticks              a line for each tick
import { parseArgs } from 'node:util';
import { tick } from './scale/tick.ts';
import { VirtualClock } from './scale/virtual-clock.ts';
import { makeWorld, type Scenario } from './scale/world.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    size: { type: 'string', default: '1' },
    most: { type: 'string', default: '200' },
    ticks: { type: 'boolean' },
  },
});
const size = Number(options.size);

const NOTHING = { targets: 500, runs: 0, judged: true, ended: false, objects: 0, sweptJobs: 0, sets: 0 };
const SCENARIOS: readonly Scenario[] = [
  { ...NOTHING, name: 'runs', runs: 100_000 },
  { ...NOTHING, name: 'new-runs', runs: 100_000, judged: false },
  { ...NOTHING, name: 'free-targets', runs: 100_000, ended: true },
  { ...NOTHING, name: 'objects', objects: 50_000, sweptJobs: 50 },
  { ...NOTHING, name: 'sets', sets: 13_000 },
  { ...NOTHING, name: 'all', runs: 100_000, objects: 50_000, sweptJobs: 50, sets: 13_000 },
  {
    ...NOTHING,
    name: 'all-in-trouble',
    runs: 100_000,
    objects: 50_000,
    sweptJobs: 50,
    sets: 13_000,
    hanging: 3,
    killing: 2,
  },
  { ...NOTHING, name: 'one-target', objects: 50_000, sweptJobs: 1 },
];

const EVERY_MS = 5 * 60_000;
const START = Date.parse('2026-03-14T12:00:00Z');

async function measure(scenario: Scenario): Promise<Record<string, unknown>> {
  const clock = new VirtualClock(START);
  clock.install();
  const world = await makeWorld(scenario, clock, (empty) => tick(empty, clock, new Map()));
  const seen = new Map<string, number>();
  const began = clock.now;
  const figures: Awaited<ReturnType<typeof tick>>[] = [];
  const kinds = ['run', 'object', 'set'];
  const left = (kind: string) => world.names.filter((name) => name.startsWith(`${kind} `) && !seen.has(name)).length;
  for (let count = 0; count < Number(options.most); count++) {
    const tickAt = clock.now;
    const one = await tick(world, clock, seen);
    figures.push(one);
    const errors = [...one.errors].map(([message, many]) => `${many} x ${message}`);
    if (options.ticks) {
      const lefts = kinds.map((kind) => left(kind));
      const mb = Math.round(one.heap / 1e6);
      console.error(scenario.name, count + 1, { left: lefts, ...one, mb, errors });
    }
    if (world.names.every((name) => seen.has(name))) break;
    clock.now = Math.max(tickAt + EVERY_MS, clock.now);
  }
  const counts = Object.fromEntries(kinds.map((kind) => [kind, turnsOf(kind, world.names, seen, began)]));
  const most = (of: (one: (typeof figures)[number]) => number) => Math.round(Math.max(...figures.map(of)));
  return {
    scenario: scenario.name,
    ticks: figures.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined)),
    'requests a tick': most(({ requests }) => requests),
    'at once': most(({ atOnce }) => atOnce),
    'heap MB': most(({ heap }) => heap / 1e6),
    'CPU s': most(({ cpuMs }) => cpuMs / 1_000),
    'log MB': most(({ logBytes }) => logBytes / 1e6),
    killed: figures.filter(({ wasKilled }) => wasKilled).length,
  };
}

/** After how many ticks the last one had its turn; `never` of how many. */
function turnsOf(kind: string, names: readonly string[], seen: ReadonlyMap<string, number>, began: number) {
  const ours = names.filter((name) => name.startsWith(`${kind} `));
  if (ours.length === 0) return undefined;
  const missing = ours.filter((name) => !seen.has(name)).length;
  if (missing > 0) {
    process.exitCode = 1;
    return `${missing} of ${ours.length} never`;
  }
  const last = ours.reduce((late, name) => Math.max(late, seen.get(name) ?? 0), 0);
  return `${Math.floor((last - began) / EVERY_MS) + 1} ticks, ${((last - began) / 60_000).toFixed(1)} min`;
}

const chosen = SCENARIOS.filter(({ name }) => options.only?.includes(name) ?? true);
const rows: Record<string, unknown>[] = [];
for (const scenario of chosen) {
  const { runs, objects, sets } = scenario;
  const scaled = { runs: Math.round(runs * size), objects: Math.round(objects * size), sets: Math.round(sets * size) };
  rows.push(await measure({ ...scenario, ...scaled }));
}
console.table(rows);
