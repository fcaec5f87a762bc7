import fc from 'fast-check';
import type { ObjectTrigger, Trigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { RunError } from '../../lib/kernel/errors.ts';
import type { LedgerStore } from '../../lib/ports/ledger-store.ts';
import { LANE_VERSION, type LaneEntry } from '../../lib/runs/ledger/lane-state.ts';
import { pause, resume } from '../../lib/runs/ledger/pauses.ts';
import { openRunLog } from '../../lib/runs/ledger/run-log.ts';
import { foldRun } from '../../lib/runs/ledger/run-state.ts';
import { forgetRun } from '../../lib/runs/operate/forget-run.ts';
import { parkRun } from '../../lib/runs/operate/park-run.ts';
import { replayRun } from '../../lib/runs/operate/replay-run.ts';
import { resolveRun } from '../../lib/runs/operate/resolve-run.ts';
import type { RunResult } from '../../lib/runs/report/run-result.ts';
import { fingerprint, occurrenceOf } from '../../lib/runs/start/occurrence.ts';
import { noServices } from '../fakes/no-services.ts';
import type { ChangeOperation, FaultName } from '../fakes/simulated-cloud.ts';
import { landed, simulationJobs, ticked } from './jobs.ts';
import { type Told, violations } from './oracle.ts';
import { type Crash, type Freeze, PASSWORD, Simulation } from './simulation.ts';

/** `npm run test:soak` runs more. */
const SCHEDULES = Number(process.env['SCHEDULES'] ?? 2_000);
const SEED = Number(process.env['SEED'] ?? 20261121);

interface Occurrence {
  readonly job: string;
  readonly trigger: Trigger;
}
/** Two targets and a source server, versions of one object, each overlap, a budget, and a kind of task without a target. */
const OCCURRENCES: readonly Occurrence[] = [
  { job: 'import-a', trigger: landed('a/one.rdb', 0) },
  { job: 'import-a', trigger: landed('a/one.rdb', 1) },
  { job: 'import-a', trigger: landed('a/two.rdb', 2) },
  { job: 'import-b', trigger: landed('b/one.rdb', 3) },
  { job: 'move-cache', trigger: ticked(4) },
  { job: 'move-web-01', trigger: ticked(5) },
  { job: 'import-b', trigger: landed('b/two.rdb', 6) },
  { job: 'latest-b', trigger: landed('latest/one.rdb', 7) },
  { job: 'latest-b', trigger: landed('latest/two.rdb', 8) },
  { job: 'latest-b', trigger: landed('latest/three.rdb', 9) },
  { job: 'reject-a', trigger: landed('reject/one.rdb', 10) },
  { job: 'move-and-stop', trigger: ticked(11) },
  { job: 'copy-c', trigger: ticked(12) },
  { job: 'start-02', trigger: ticked(13) },
];
/** Those that one event may announce together. */
const OBJECTS = OCCURRENCES.flatMap(({ trigger }, i) => (trigger.kind === 'object' ? [i] : []));
const CHANGES = ['CopyInstance', 'SetOnlineMigrationTask', 'UpdateTaskStatus', 'StopMigrationTask'] as const;
/** What is changed for an occurrence beside its create call. */
const CHANGES_OF: readonly (readonly [number, readonly ChangeOperation[]])[] = [
  [11, ['SetOnlineMigrationTask', 'StopMigrationTask']],
  [12, ['CopyInstance', 'CopyInstance']],
  [13, ['UpdateTaskStatus']],
];
/** Where the lanes of the two targets are. */
const LANES = ['d2c8399f-bdba-43c1-8069-3ff17a1a79d5', 'e3d9400a-cecb-54d2-9170-400b2b2b80e6'].map(
  (target) => `lanes/target/dcs-${target}/000001`,
);

function recordLine(i: number, record: object): string {
  return `${JSON.stringify({ id: `gone-${i}`, at: 1, by: 'gone', ...record })}\n`;
}

/** Records of a lane that many runs came to and left: a snapshot is written after 200. */
const USED_LANE = Array.from({ length: 200 }, (_, i) => {
  const run = `gone-${Math.floor(i / 2)}`;
  if (i % 2 === 1) return recordLine(i, { type: 'leave', run, claim: 1 });
  const entry: LaneEntry = { job: 'gone', run, order: i, kind: 'backup_import', task: run, claim: 1 };
  return recordLine(i, { type: 'enter', v: LANE_VERSION, ...entry });
});

/** With more records its end is a snapshot; it rolls over at 9,000. */
function usedLane(records: number): string {
  if (records <= USED_LANE.length) return USED_LANE.slice(0, records).join('');
  return recordLine(records, { type: 'snapshot', v: LANE_VERSION, entries: [], landed: {}, left: {}, before: records });
}

function objectsOf(occurrences: readonly number[]): ObjectTrigger[] {
  return occurrences.flatMap((i) => {
    const { trigger } = OCCURRENCES[i] as Occurrence;
    return trigger.kind === 'object' ? [trigger] : [];
  });
}

/** Those that persons and callers decide about: imports of each overlap, and a server that is started. */
const DECIDED = [0, 1, 2, 3, 7, 8, 10, 13];
/** Decided about one at a time by two people at once. */
const DECISIONS = ['replay', 'park', 'try_again', 'cancel', 'forget'] as const;
type DecisionKind = (typeof DECISIONS)[number];

interface Trouble {
  readonly crash?: Crash;
  readonly ledgerFault?: Crash;
  readonly skewMs?: number;
  /** Stands still at its n-th call outwards, until so many rounds later. */
  readonly frozen?: { readonly at: number; readonly rounds: number };
}

type Action =
  | ({ readonly do: 'deliver'; readonly occurrence: number } & Trouble)
  | ({ readonly do: 'event'; readonly occurrences: readonly number[] } & Trouble)
  | ({ readonly do: 'reconcile' } & Trouble)
  | { readonly do: 'fault'; readonly fault: FaultName }
  | { readonly do: 'change_fault'; readonly operation: ChangeOperation; readonly fault: FaultName }
  | { readonly do: 'failing_lists'; readonly count: number }
  | { readonly do: 'pause' | 'resume'; readonly job: string }
  | ({ readonly do: DecisionKind; readonly occurrence: number } & Trouble);

/** A delivery makes few calls, a tick many. */
const call = (most: number) => fc.oneof(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: most }));
const at = (most: number) =>
  fc.record({ at: call(most), effect: fc.constantFrom('before' as const, 'after' as const) });
const trouble = {
  crash: fc.option(at(45), { nil: undefined, freq: 2 }),
  ledgerFault: fc.option(at(45), { nil: undefined, freq: 3 }),
  skewMs: fc.constantFrom(0, 0, -4_000, 4_000),
  frozen: fc.option(fc.record({ at: call(30), rounds: fc.integer({ min: 1, max: 3 }) }), {
    nil: undefined,
    freq: 3,
  }),
};
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      occurrence: fc.nat(OCCURRENCES.length - 1),
      ...trouble,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('event' as const),
      occurrences: fc.uniqueArray(fc.constantFrom(...OBJECTS), { minLength: 2, maxLength: 6 }),
      ...trouble,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reconcile' as const), ...trouble }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.constantFrom<FaultName>('reply_lost', 'done_500', 'not_done_500', 'done_later', 'busy', 'not_sent'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('change_fault' as const),
      operation: fc.constantFrom(...CHANGES),
      fault: fc.constantFrom<FaultName>('reply_lost', 'done_500', 'not_done_500', 'done_later', 'busy', 'not_sent'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('failing_lists' as const), count: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('pause' as const, 'resume' as const),
      job: fc.constantFrom('import-a', 'move-cache'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(...DECISIONS),
      occurrence: fc.constantFrom(...DECIDED),
      ...trouble,
    }),
  },
) as fc.Arbitrary<Action>;

/** What happens at the same time, and how long passes afterwards. */
const round = fc.record({
  actions: fc.array(action, { minLength: 1, maxLength: 5 }),
  thenMs: fc.constantFrom(0, 1_000, 70_000, 130_000, 11 * 60_000),
});
const schedule = fc.record({
  rounds: fc.array(round, { minLength: 1, maxLength: 5 }),
  listLagMs: fc.constantFrom(0, 5_000, 45_000),
  usedLanes: fc.constantFrom(0, 0, 192, 198, 8_990, 8_997),
});
type Schedule = {
  readonly rounds: readonly { readonly actions: readonly Action[]; readonly thenMs: number }[];
  readonly listLagMs: number;
  readonly usedLanes: number;
};

interface Sabotage {
  readonly jobs: Jobs;
  readonly store?: (store: LedgerStore) => LedgerStore;
}

/** Plays a schedule, lets everything settle, and compares with the cloud's own record of tasks. @throws what was violated */
async function play(
  { rounds, listLagMs, usedLanes }: Schedule,
  scheduler: fc.Scheduler,
  { jobs, store }: Sabotage,
): Promise<void> {
  const simulation = new Simulation({ jobs, ...(store ? { sabotage: store } : {}) });
  simulation.cloud.listLagMs = listLagMs;
  const used = usedLane(usedLanes);
  if (used !== '') for (const lane of LANES) await simulation.store.append(lane, 0, used);
  const ledger = simulation.ledger('operator');
  const turn = (what: string) => scheduler.schedule(Promise.resolve(), what);
  const deliver = (i: number, options: object = {}) => {
    const { job, trigger } = OCCURRENCES[i] as Occurrence;
    return simulation.deliver(jobs, job, trigger, options);
  };
  const told: Told[] = [];
  // Who asked for these cancellations died or stood still before it was told what came of them.
  const unanswered = new Set<string>();
  const decide = async (what: DecisionKind, i: number, options: object = {}): Promise<void> => {
    const { job, trigger } = OCCURRENCES[i] as Occurrence;
    const name = { job, run: fingerprint(job, occurrenceOf(trigger)) };
    let by = '';
    const say = (what: Told['what']) => told.push({ what, run: name.run, by, at: simulation.now });
    try {
      if (what === 'cancel') {
        unanswered.add(name.run);
        const end = (await simulation.cancel(name, options))?.end;
        if (end) unanswered.delete(name.run);
        if (end === 'cancelled' || end === 'stopping') say(end);
        return;
      }
      const { value } = await simulation.person(async (personal) => {
        by = personal.by;
        if (what === 'replay')
          await replayRun(name, { ledger: personal, jobs, evenSucceeded: true, services: noServices() });
        else if (what === 'park') await parkRun(personal, name, 'a test');
        else if (what === 'forget') await forgetRun(personal, name, 'a test');
        else await resolveRun(personal, name, { kind: 'try_again' });
        return 'done' as const;
      }, options);
      if (value === 'done' && what === 'park') say('parked');
      else if (value === 'done' && what === 'forget') say('forgotten');
    } catch (error) {
      // What a person is told no is no fault.
      if (!(error instanceof RunError)) throw error;
    }
  };
  const isCancelled = async (run: string): Promise<boolean> => {
    for (const { name } of await simulation.store.list('runs/', { limit: 100_000 })) {
      const [, job = '', its = ''] = name.split('/');
      if (its !== run) continue;
      const { reason, calls } = foldRun((await openRunLog(ledger, job, run)).records);
      return reason?.code === 'cancelled' || calls?.cancel !== undefined;
    }
    return false;
  };
  const seen = new Set<number>();
  const ice = new Ice();

  for (const [round, { actions, thenMs }] of rounds.entries()) {
    ice.thaw(round);
    const under = actions.map((entry): Promise<unknown> => {
      const trouble = { ...entry, turn };
      const frozen = 'frozen' in entry && entry.frozen;
      const freeze = frozen && ice.freeze(frozen.at, round + frozen.rounds);
      const options = freeze ? { ...trouble, freeze } : trouble;
      const work = (): Promise<unknown> => {
        switch (entry.do) {
          case 'deliver':
            seen.add(entry.occurrence);
            return deliver(entry.occurrence, options);
          case 'event':
            for (const i of entry.occurrences) seen.add(i);
            return simulation.notify(objectsOf(entry.occurrences), options);
          case 'reconcile':
            return simulation.reconcile(options);
          case 'fault':
            return Promise.resolve(simulation.cloud.failNextCreate(entry.fault));
          case 'change_fault':
            return Promise.resolve(simulation.cloud.failNext(entry.operation, entry.fault));
          case 'failing_lists':
            simulation.cloud.failingLists = entry.count;
            return Promise.resolve();
          case 'pause':
          case 'resume':
            return (entry.do === 'pause' ? pause : resume)(ledger, entry.job);
          default:
            return decide(entry.do, knownOr(entry.occurrence, seen), options);
        }
      };
      return ice.aside(work(), freeze || undefined);
    });
    await scheduler.waitFor(Promise.all(under));
    simulation.advance(thenMs);
  }

  ice.thaw(Number.POSITIVE_INFINITY);
  await scheduler.waitFor(ice.melted());
  simulation.cloud.clearFaults();
  for (const job of ['import-a', 'move-cache']) await resume(ledger, job);
  // What died before its first record is delivered again by the platform.
  for (const i of seen) await deliver(i);
  const decided = rounds.some(({ actions }) => actions.some((entry) => DECISIONS.some((one) => one === entry.do)));
  if (decided) {
    // A claim that is over by a clock some seconds fast stands for as long here: an operator tries again then.
    simulation.advance(60_000);
    for (const i of DECIDED) await decide('try_again', i);
    await simulation.settle();
    // The marker of a replay that died before its link goes after a day.
    simulation.advance(26 * 60 * 60_000);
  }
  const open = await simulation.settle();
  const results = new Map<number, RunResult | undefined>();
  for (const i of seen) results.set(i, (await deliver(i)).value);
  const found = await violations(simulation, told);
  if (found.length > 0) throw new Error(found.join('; '));
  for (const run of unanswered)
    if (await isCancelled(run)) told.push({ what: 'stopping', run, by: '', at: simulation.now });
  check(simulation, results, told, open);
  const text = await simulation.ledgerText();
  if (text.includes(PASSWORD)) throw new Error('a secret is in the ledger');
}

/** Processes that stand still. */
class Ice {
  readonly #gates: { readonly round: number; readonly open: () => void }[] = [];
  readonly #under: Promise<unknown>[] = [];

  freeze(at: number, round: number): Freeze & { readonly stands: Promise<void> } {
    let stand: () => void = () => {};
    const stands = new Promise<void>((resolve) => {
      stand = resolve;
    });
    const gate = new Promise<void>((resolve) => {
      this.#gates.push({ round, open: resolve });
    });
    const until = () => {
      stand();
      return gate;
    };
    return { at, until, stands };
  }

  /** Those that are to go on in this round do. */
  thaw(round: number): void {
    for (const gate of this.#gates) if (gate.round <= round) gate.open();
  }

  /** Who waits for some work waits no more when it stands still. */
  aside(work: Promise<unknown>, freeze: { readonly stands: Promise<void> } | undefined): Promise<unknown> {
    this.#under.push(work);
    return freeze ? Promise.race([work, freeze.stands]) : work;
  }

  melted(): Promise<unknown> {
    return Promise.all(this.#under);
  }
}

/** One that was delivered before, if there is any: there is little to decide about the others. */
function knownOr(occurrence: number, seen: ReadonlySet<number>): number {
  const known = DECIDED.filter((one) => seen.has(one));
  return known[occurrence % known.length] ?? occurrence;
}

/** An older version after a newer one, a newer run of a job that wants the latest alone, a target that was busy: nothing else. */
function mayHaveNoTask(i: number, results: ReadonlyMap<number, RunResult | undefined>): boolean {
  const { outcome, reason } = results.get(i) ?? {};
  const { job } = OCCURRENCES[i] as Occurrence;
  // Somebody wished so: the oracle has what they were told.
  if (isWished(results.get(i))) return true;
  if (job === 'reject-a') return outcome === 'rejected' && reason?.code === 'target_busy';
  if (outcome !== 'skipped' || reason?.code !== 'superseded') return false;
  const hadItsTurn = (its: RunResult | undefined) => its?.outcome === 'existing' || isWished(its);
  if (i === 0) return hadItsTurn(results.get(1));
  if (job !== 'latest-b') return false;
  return [...results].some(([other, its]) => other > i && OCCURRENCES[other]?.job === job && hadItsTurn(its));
}

/** Is there no task because a person or a caller wished so? */
function isWished(result: RunResult | undefined): boolean {
  return result?.reason?.code === 'cancelled' || result?.reason?.code === 'forgotten';
}

/** Did somebody want its task stopped, or not started? */
function isStopped(i: number, told: readonly Told[]): boolean {
  const { job, trigger } = OCCURRENCES[i] as Occurrence;
  const run = fingerprint(job, occurrenceOf(trigger));
  return told.some((one) => one.run === run && (one.what === 'cancelled' || one.what === 'stopping'));
}

function check(
  simulation: Simulation,
  results: ReadonlyMap<number, RunResult | undefined>,
  told: readonly Told[],
  open: number,
): void {
  const { tasks } = simulation.cloud;
  const say = (what: string) => {
    throw new Error(`${what}; tasks: ${tasks.map(({ name, at: made }) => `${name}@${made}`).join(' ')}`);
  };
  if (open > 0) say(`${open} runs are not settled`);

  for (const [i, result] of results) {
    const mine = tasks.filter(({ name }) => name === result?.task?.name).length;
    const expected = result?.outcome === 'existing' ? 1 : 0;
    if (mine !== expected) say(`occurrence ${i} says ${result?.outcome} and has ${mine} tasks`);
    if (result?.outcome === 'existing') continue;
    if (!mayHaveNoTask(i, results)) say(`occurrence ${i} was lost: ${JSON.stringify(result)}`);
  }

  const took = simulation.cloud.changes
    .filter((change) => change.took)
    .map(({ operation, on }) => `${operation} ${on}`);
  for (const [i, changes] of CHANGES_OF) {
    const { id } = results.get(i)?.task ?? {};
    const isMine = (change: string) => change.startsWith('CopyInstance') || change.endsWith(` ${id}`);
    const made = took.filter((change) => isMine(change) && changes.some((name) => change.startsWith(name))).length;
    const isEndedEarly = isWished(results.get(i)) || isStopped(i, told);
    if (results.has(i) && !isEndedEarly && made !== changes.length)
      say(`occurrence ${i} was not brought to its end: ${took.join(', ')}`);
  }

  const older = tasks.find(({ name }) => name === results.get(0)?.task?.name);
  const newer = tasks.find(({ name }) => name === results.get(1)?.task?.name);
  if (older && newer && older.at > newer.at) say('an older version landed after a newer one');
}

/** @param isMeant of what is violated; by default all */
const property = (sabotage: () => Sabotage, isMeant: (violation: string) => boolean = () => true) =>
  fc.asyncProperty(schedule, fc.scheduler(), async (plan, scheduler) => {
    try {
      await play(plan as Schedule, scheduler, sabotage());
    } catch (error) {
      if (isMeant(String(error))) throw error;
    }
  });

const TWO_TASKS = /two tasks|ran at once/;

describe('any schedule of deliveries, faults, crashes and ticks', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await simulationJobs();
  });

  it(
    `makes one task of each occurrence and settles it (${SCHEDULES} schedules, seed ${SEED})`,
    async () => {
      await fc.assert(
        property(() => ({ jobs })),
        { numRuns: SCHEDULES, seed: SEED },
      );
    },
    30 * 60_000,
  );

  /** A run whose records are changed on their way into the ledger. */
  const changed =
    (change: (text: string) => string) =>
    (store: LedgerStore): LedgerStore => ({
      ...store,
      append: (list, position, text) => store.append(list, position, change(text)),
    });

  // Controls: the suite sees what it is there to see. The seeds are ones that show it early; any other shows it later.
  it.each([
    ['rule 2: a task is looked for once, and at once', 17, 'settle', undefined],
    [
      'rule 4: the intent is not recorded',
      SEED,
      'intent',
      changed((text) => text.replace('"type":"intent"', '"type":"void"')),
    ],
    [
      'the claim: an append does not compare',
      SEED,
      'claim',
      (store: LedgerStore): LedgerStore => ({
        ...store,
        append: async (list, _position, text) => store.append(list, (await store.read(list)).position, text),
      }),
    ],
  ] as const)(
    'is violated without %s',
    async (_rule, seed, kind, store) => {
      const broken = kind === 'settle' ? { ...jobs, settleSeconds: -120 } : jobs;
      const found = await fc.check(
        property(
          () => ({ jobs: broken, ...(store ? { store } : {}) }),
          // Without its rules much else breaks, too.
          (violation) => TWO_TASKS.test(violation),
        ),
        { numRuns: 2_000, seed, endOnFailure: true },
      );

      expect(found.failed).toBe(true);
      expect(String(found.errorInstance)).toMatch(TWO_TASKS);
    },
    300_000,
  );
});
