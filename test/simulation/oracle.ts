import { ACTIONS } from '../../lib/migrations/actions.ts';
import type { TaskState } from '../../lib/migrations/task-state.ts';
import { makeLedger } from '../../lib/runs/ledger/ledger.ts';
import { listOpen } from '../../lib/runs/ledger/open-runs.ts';
import { openRunLog } from '../../lib/runs/ledger/run-log.ts';
import type { RunRecord } from '../../lib/runs/ledger/run-record.ts';
import { foldRun, type RunState } from '../../lib/runs/ledger/run-state.ts';
import { TargetLane } from '../../lib/runs/ledger/target-lane.ts';
import type { SimulatedTask } from '../fakes/simulated-cloud.ts';
import type { Simulation } from './simulation.ts';

/** Something that a person or a caller was told of a run, and when. */
export interface Told {
  /** `cancelled`, `stopping` and `forgotten`: nothing is created for it any more. `parked`: not before somebody resumes it. */
  readonly what: 'cancelled' | 'stopping' | 'forgotten' | 'parked';
  readonly run: string;
  /** Who recorded it. */
  readonly by: string;
  /** Virtual ms. */
  readonly at: number;
}

interface Known {
  readonly name: string;
  readonly records: readonly RunRecord[];
  readonly state: RunState;
}

/**
 * What must hold at the end of every schedule, whatever happened in it, by the cloud's own record of tasks and by the ledger's lists: lanes are free,
 * every run is settled or marked open, no two tasks of one target overlapped, no budget was exceeded, and nothing that somebody was told
 * is untrue.
 *
 * @returns what is violated; empty when nothing is
 */
export async function violations(simulation: Simulation, told: readonly Told[]): Promise<string[]> {
  const runs = await readAllRuns(simulation);
  return [
    ...(await openEnds(simulation, runs)),
    ...(await busyLanes(simulation, runs)),
    ...duplicates(simulation),
    ...overlaps(simulation, runs),
    ...(await exceededBudgets(simulation, runs)),
    ...untruths(simulation, runs, told),
    ...repeatedChanges(simulation),
  ];
}

async function readAllRuns({ store, now }: Simulation): Promise<Known[]> {
  const ledger = makeLedger(store, 'oracle', () => now);
  const runs: Known[] = [];
  for (const { name } of await store.list('runs/', { limit: 100_000 })) {
    const [, job = '', run = ''] = name.split('/');
    const { records } = await openRunLog(ledger, job, run);
    runs.push({ name, records, state: foldRun(records) });
  }
  return runs;
}

async function openEnds({ store, now }: Simulation, runs: readonly Known[]): Promise<string[]> {
  const marked = new Set(
    (await listOpen(makeLedger(store, 'oracle', () => now))).map(({ job, run }) => `runs/${job}/${run}`),
  );
  const lost = runs.filter(({ name, state }) => state.received && !state.settled && !marked.has(name));
  return lost.map(({ name }) => `${name} is neither settled nor marked open`);
}

/** With nothing open nobody is in a lane; else those that are open alone. */
async function busyLanes({ store, now }: Simulation, runs: readonly Known[]): Promise<string[]> {
  const ledger = makeLedger(store, 'oracle', () => now);
  const names = (await store.list('lanes/target/', { limit: 100_000 })).map(({ name }) => name.split('/')[2] ?? '');
  const found: string[] = [];
  for (const lane of new Set(names)) {
    const { entries, holder } = (await TargetLane.open(ledger, lane)).state;
    if (holder !== undefined && !entries.some(({ run }) => run === holder))
      found.push(`lane ${lane}: no entry of its holder`);
    for (const { job, run } of entries) {
      const known = runs.find(({ name }) => name === `runs/${job}/${run}`);
      if (!known || known.state.settled) found.push(`lane ${lane}: run ${run} has ended and is still there`);
    }
  }
  return found;
}

function duplicates({ cloud: { tasks } }: Simulation): string[] {
  const names = tasks.map(({ name }) => name);
  return names.filter((name, i) => names.indexOf(name) !== i).map((name) => `two tasks are called ${name}`);
}

/** A run that a person had forgotten has left its target whatever its task does: that is what was asked for. */
function overlaps({ cloud }: Simulation, runs: readonly Known[]): string[] {
  const isForgotten = (task: SimulatedTask) => runOf(task, runs)?.state.end === 'forgotten';
  const occupied = cloud.tasks.flatMap((task) => {
    const has = isForgotten(task) ? undefined : cloud.occupies(task);
    return has ? [{ ...has, name: task.name }] : [];
  });
  return occupied.flatMap((one, i) =>
    occupied
      .slice(i + 1)
      .filter(({ target, from, to }) => target === one.target && from < one.to && one.from < to)
      .map(
        (other) => `two tasks ran at once on ${one.target}: ${one.name}@${one.from} and ${other.name}@${other.from}`,
      ),
  );
}

function runOf({ name }: SimulatedTask, runs: readonly Known[]): Known | undefined {
  return runs.find(({ state }) => state.received?.planned?.name === name);
}

/** No window has more tasks than its limit, and each task was spent for, or an operator let it start beyond the limit, in one decision. */
async function exceededBudgets({ store, cloud }: Simulation, runs: readonly Known[]): Promise<string[]> {
  const spent = new Map<string, Set<string>>();
  for (const { name } of await store.list('lanes/job/', { limit: 100_000 })) {
    const [, , job = '', window = ''] = name.split('/');
    if (window.endsWith('-alarm')) continue;
    const lines = (await store.read(name)).text.split('\n').filter((line) => line !== '');
    const of = `${job}/${window.replace(/-\d+$/, '')}`;
    const known = spent.get(of) ?? new Set();
    for (const line of lines) known.add((JSON.parse(line) as { run: string }).run);
    spent.set(of, known);
  }
  return cloud.tasks.flatMap((task) => {
    const run = runOf(task, runs);
    const { received } = run?.state ?? {};
    if (!run || !received) return [`task ${task.name} belongs to no run`];
    const { runs: limit } = received.policies.limit;
    const windows = [...spent].filter(([of]) => of.startsWith(`${received.job}/`));
    const over = windows.filter(([, of]) => of.size > limit).map(([of]) => `window ${of} has more runs than ${limit}`);
    const isSpent = windows.some(([, of]) => of.has(received.run));
    const decisions = run.records.filter(({ type }) => type === 'run_now').length;
    return [
      ...over,
      ...(isSpent || decisions === 1 ? [] : [`task ${task.name} was created without budget`]),
      ...(decisions > 1 ? [`task ${task.name} was let start ${decisions} times`] : []),
    ];
  });
}

function untruths({ cloud }: Simulation, runs: readonly Known[], told: readonly Told[]): string[] {
  return told.flatMap(({ what, run, by, at }) => {
    const known = runs.find(({ name }) => name.endsWith(run));
    const task = known && cloud.tasks.find(({ name }) => name === known.state.received?.planned?.name);
    if (!task || what === 'stopping') return [];
    const types = RECORDED[what];
    const own = known.records.findIndex((record) => record.by === by && types.has(record.type));
    const index = own >= 0 ? own : known.records.findIndex(({ type }) => types.has(type));
    const { attempt } = foldRun(known.records.slice(0, Math.max(0, index)));
    // Of a call that had gone out they were told that it may be done; a parked run goes on when somebody says so.
    const isResumed = what === 'parked' && known.records.slice(index).some(({ type }) => type === 'resumed');
    if (attempt !== undefined || isResumed) return [];
    const isStarted = cloud.changes.some(
      (change) => change.took && change.on === task.id && change.at > at && sets(change.operation),
    );
    const kind = known.state.received?.planned?.kind;
    const isRunning = what === 'cancelled' && kind && WENT_ON.has(ACTIONS[kind].stateOf(cloud.statusOf(task)));
    return [
      ...(task.at > at ? [`run ${run} was ${what} at ${at}, and its task was created at ${task.at}`] : []),
      ...(isStarted ? [`run ${run} was ${what} at ${at}, and its task was set going afterwards`] : []),
      ...(isRunning ? [`run ${run} was cancelled, and its task is ${cloud.statusOf(task)}`] : []),
    ];
  });
}

/** What says in a run's log what somebody was told. */
const RECORDED: Readonly<Record<Exclude<Told['what'], 'stopping'>, ReadonlySet<RunRecord['type']>>> = {
  cancelled: new Set(['rejected', 'settled']),
  forgotten: new Set(['forgotten']),
  parked: new Set(['parked']),
};

function sets(operation: string): boolean {
  return operation === 'SetOnlineMigrationTask' || operation === 'UpdateTaskStatus';
}

/** `cancelled` says that nothing runs and nothing will. */
const WENT_ON = new Set<TaskState>(['running', 'steady', 'succeeded']);

/** Of one task nothing but backups is changed twice. */
function repeatedChanges({ cloud }: Simulation): string[] {
  const took = cloud.changes
    .filter(({ took: has, operation }) => has && operation !== 'CopyInstance' && operation !== 'StopMigrationTask')
    .map(({ operation, on, with: given }) => `${operation} ${given ?? ''} ${on}`);
  const remarks = cloud.backups.map(({ remark }) => `backup ${remark}`);
  return [...took, ...remarks].filter((one, i, all) => all.indexOf(one) !== i).map((one) => `done twice: ${one}`);
}
