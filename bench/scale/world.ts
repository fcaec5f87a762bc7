import type { ObjectTrigger } from '../../lib/events/trigger.ts';
import type { Job, Jobs } from '../../lib/jobs/job.ts';
import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import type { ObsObject } from '../../lib/ports/obs.ts';
import { type Ledger, makeLedger, segment } from '../../lib/runs/ledger/ledger.ts';
import { markOpen } from '../../lib/runs/ledger/open-runs.ts';
import { openRunLog } from '../../lib/runs/ledger/run-log.ts';
import { type NewRunRecord, RUN_VERSION, type RunRecord } from '../../lib/runs/ledger/run-record.ts';
import { markSetOpen } from '../../lib/runs/ledger/set-log.ts';
import { TargetLane } from '../../lib/runs/ledger/target-lane.ts';
import { laneEntry, laneOf } from '../../lib/runs/start/lane-fact.ts';
import { type PlannedRun, planRun } from '../../lib/runs/start/start-run.ts';
import { makeMemoryStore } from '../../test/fakes/memory-store.ts';
import { SimulatedCloud } from '../../test/fakes/simulated-cloud.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What a scenario begins with. */
export interface Scenario {
  readonly name: string;
  readonly targets: number;
  /** Open runs, as many at each target: one has the turn, and the others are queued behind it. */
  readonly runs: number;
  /** Have they been looked at by a tick before? */
  readonly judged: boolean;
  /** The tasks of those that have the turn have just ended. */
  readonly ended: boolean;
  /** Objects of a bucket, as many of each swept job, none of them with a run. */
  readonly objects: number;
  readonly sweptJobs: number;
  /** Open sets that wait for a marker; one in ten waits for a file that was announced and is not there, which takes a look into the bucket. */
  readonly sets: number;
  /** So many of the open runs hang whoever reads them, and so many kill it; spread evenly. */
  readonly hanging?: number;
  readonly killing?: number;
}

export interface World {
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly cloud: SimulatedCloud;
  readonly objects: readonly ObsObject[];
  /** All that has to have its turn; of runs those that wait for theirs. */
  readonly names: readonly string[];
  readonly hanging: ReadonlySet<string>;
  readonly killing: ReadonlySet<string>;
}

const DAY_MS = 24 * 60 * 60_000;
const SET_JOBS = 10;

const EVERY_MS = 5 * 60_000;
const NOTHING = { objects: [], names: [], hanging: new Set<string>(), killing: new Set<string>() };

/**
 * A ledger, a bucket and a cloud as a scenario has them, written by the code of the product.
 *
 * @param sweptFirst is what a tick does a week before, when the bucket is empty: a job's first sweep only records when it was
 */
export async function makeWorld(
  scenario: Scenario,
  clock: VirtualClock,
  sweptFirst: (world: World) => Promise<unknown>,
): Promise<World> {
  const { jobs } = await parseJobs(yamlOf(scenario), 'yaml');
  const store = makeMemoryStore(() => clock.now);
  const ledger = makeLedger(store, 'before', () => clock.now);
  const cloud = new SimulatedCloud(() => clock.now);
  const objects = objectsOf(scenario, clock.now);
  if (objects.length > 0) {
    await sweptFirst({ ...NOTHING, jobs, ledger, cloud });
    clock.now += 7 * DAY_MS + EVERY_MS;
  }
  const runs = await addRuns(scenario, jobs, ledger, cloud);
  const sets = await addSets(scenario.sets, ledger, clock);
  const names = [...runs, ...sets, ...objects.map(({ key }) => `object ${key}`)];
  const hanging = spread(runs, scenario.hanging ?? 0, 0.35);
  return { jobs, ledger, cloud, objects, names, hanging, killing: spread(runs, scenario.killing ?? 0, 0.65) };
}

/** So many of them, evenly spread. */
function spread(names: readonly string[], count: number, shift: number): Set<string> {
  return new Set(
    Array.from({ length: count }, (_, i) => names[Math.floor(((i + shift) * names.length) / count)] ?? ''),
  );
}

function yamlOf({ targets, sweptJobs, sets }: Scenario): string {
  const many = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join('');
  const id = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  const limit = 'limit: { runs: 100000, per: 1h }';
  const target = (i: number) => `backup_import: { target_instance: t${i % targets} }`;
  return `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
${many(targets, (i) => `  t${i}: { id: ${id(i)}, password: { user_data: CACHE_PASSWORD } }\n`)}
jobs:
${many(targets, (i) => `  import-${i}: { on: { object_created: { bucket: backups, key: "in-${i}/**" } }, ${limit}, ${target(i)} }\n`)}
${many(sweptJobs, (i) => `  swept-${i}: { on: { object_created: { bucket: lost, key: "lost-${i}/**" } }, ${limit}, preflight: off, sweep: { every: 6h, look_back: 10d }, ${target(i)} }\n`)}
${many(sets > 0 ? SET_JOBS : 0, (i) => `  sets-${i}: { on: { object_created: { bucket: backups, key: "sets-${i}/**", set: { by: "sets-${i}/{set}/", complete: ${i === 0 ? '{ quiet: 10m }' : '{ marker: done.json }'}, deadline: 30d } } }, ${target(i)} }\n`)}
`;
}

async function addRuns(
  { runs, targets, judged, ended }: Scenario,
  jobs: Jobs,
  ledger: Ledger,
  cloud: SimulatedCloud,
): Promise<string[]> {
  const names: string[] = [];
  const each = Math.floor(runs / targets);
  for (let target = 0; target < targets && each > 0; target++) {
    const job = jobs.jobs.get(`import-${target}`) as Job;
    const planned = Array.from({ length: each }, (_, i) =>
      planRun({ jobs, job, trigger: objectOf(`in-${target}/${i}.rdb`, ledger.now() - DAY_MS + i * 1_000) }),
    );
    const [first, ...others] = planned.sort((a, b) => a.received.order - b.received.order);
    if (!first) continue;
    const lane = await TargetLane.open(ledger, laneOf(first.received.planned) ?? '');
    await lane.enterAndHold(entryOf(first), { followers: others.map((one) => entryOf(one)) });
    const task = addTask(cloud, first, ended ? 'SUCCESS' : 'MIGRATING');
    await record(ledger, first, [
      { type: 'intent', until: ledger.now(), lane: lane.place },
      { type: 'created', task },
    ]);
    const { job: name, run } = first.received;
    const reason = { code: 'queued', message: `run ${run} of job ${name} has the turn` } as const;
    const found: NewRunRecord[] = judged ? [{ type: 'prepared', warnings: [] }] : [];
    for (const one of others)
      await record(ledger, one, [...found, { type: 'waiting', reason, notBefore: ledger.now() }]);
    names.push(...others.map(({ received }) => `run ${received.job}/${received.run}`));
  }
  return names;
}

/** Records that come before those of interest: `received` and the claim. */
const CLAIM = 2;

function entryOf({ received }: PlannedRun) {
  return laneEntry(received, received.planned, CLAIM);
}

async function record(ledger: Ledger, { received }: PlannedRun, more: readonly NewRunRecord[]): Promise<void> {
  const { job, run } = received;
  await markOpen(ledger, job, run);
  const log = await openRunLog(ledger, job, run);
  const first: NewRunRecord[] = [
    { type: 'received', v: RUN_VERSION, ...received },
    { type: 'claimed', until: ledger.now() },
  ];
  await log.append(...[...first, ...more].map((one) => ({ ...ledger.stamp(), ...one }) as RunRecord));
}

function addTask(cloud: SimulatedCloud, { received: { planned } }: PlannedRun, status: string) {
  const { kind, name, target, body } = planned;
  const id = `task-${cloud.tasks.length + 1}`;
  cloud.tasks.push({ id, operation: 'CreateMigrationTask', name, target, at: 0, body });
  cloud.statuses.set(id, status);
  return { kind, id, name, status };
}

async function addSets(count: number, ledger: Ledger, clock: VirtualClock): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < count; i++) {
    const job = `sets-${i % SET_JOBS}`;
    const prefix = `${job}/${i}/`;
    const at = clock.now - DAY_MS;
    const member = { ...ledger.stamp(), at, type: 'member', key: `${prefix}1.rdb`, version: 'v', time: timeOf(at) };
    await ledger.store.append(`sets/${job}/${segment(prefix)}`, 0, `${JSON.stringify(member)}\n`);
    await markSetOpen(ledger, { job, prefix });
    names.push(`set ${prefix}`);
  }
  return names;
}

function objectsOf({ objects, sweptJobs }: Scenario, now: number): ObsObject[] {
  return Array.from({ length: objects }, (_, i) => ({
    key: `lost-${i % sweptJobs}/${String(i).padStart(6, '0')}.rdb`,
    size: 9,
    eTag: `etag-${i}`,
    // After the first sweep.
    lastModified: timeOf(now + 60_000 + i * Math.floor((6 * DAY_MS) / objects)),
  }));
}

function objectOf(key: string, at: number): ObjectTrigger {
  return {
    kind: 'object',
    created: true,
    eventName: 'ObjectCreated:Put',
    bucket: 'backups',
    key,
    size: 9,
    eTag: `etag-of-${key}`,
    time: timeOf(at),
    warnings: [],
  };
}

const timeOf = (at: number) => new Date(at).toISOString();
