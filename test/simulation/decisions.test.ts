import fc from 'fast-check';
import type { Jobs } from '../../lib/jobs/job.ts';
import type { Ledger } from '../../lib/runs/ledger/ledger.ts';
import { foldRun } from '../../lib/runs/ledger/run-state.ts';
import { forgetRun } from '../../lib/runs/operate/forget-run.ts';
import { parkRun } from '../../lib/runs/operate/park-run.ts';
import { replayRun } from '../../lib/runs/operate/replay-run.ts';
import { resolveRun } from '../../lib/runs/operate/resolve-run.ts';
import { noServices } from '../fakes/no-services.ts';
import type { FaultName } from '../fakes/simulated-cloud.ts';
import { landed, nameOf, simulationJobs, ticked } from './jobs.ts';
import { type Crash, Simulation } from './simulation.ts';

const object = landed('a/one.rdb');
const given = nameOf('import-a', object);

let jobs: Jobs;
let total = 0;
beforeAll(async () => {
  jobs = await simulationJobs();
});
afterAll(() => process.stdout.write(`crash points of decisions: ${total} cases\n`));

const replay = (ledger: Ledger) => replayRun(given, { ledger, jobs, evenSucceeded: false, services: noServices() });
const forget = (ledger: Ledger) => forgetRun(ledger, given, 'a test');
const park = (ledger: Ledger) => parkRun(ledger, given, 'a test');
const withRetries = (ledger: Ledger) => resolveRun(ledger, given, { kind: 'try_again' });

async function stateOf(simulation: Simulation) {
  return foldRun(await simulation.recordsOf(given));
}

/** A run as a create call left it that went this way. */
async function leftBy(fault: FaultName): Promise<Simulation> {
  const simulation = new Simulation();
  simulation.cloud.failNextCreate(fault);
  simulation.cloud.listLagMs = 45_000;
  await simulation.deliver(jobs, 'import-a', object);
  // Its lease is over, and nothing is found out yet.
  simulation.advance(1_000);
  return simulation;
}

/** Kills somebody at each of the calls outwards, before it has an effect and after. */
async function atEachPoint(play: (crash?: Crash) => Promise<number>): Promise<void> {
  const calls = await play();
  expect(calls).toBeGreaterThan(1);
  for (let at = 1; at <= calls; at++) {
    for (const effect of ['before', 'after'] as const) await play({ at, effect });
  }
}

const say = (crash: Crash | undefined) => (crash ? `killed ${crash.effect} call ${crash.at}` : 'not killed');

describe('a replay that is killed at any point', () => {
  it.each([
    ['is completed by the same again', true],
    ['is completed by reconcile when it is linked, and leaves nothing when it is not', false],
  ])('%s', async (_what, again) => {
    await atEachPoint(async (crash) => {
      const simulation = await leftBy('refused');
      const { calls } = await simulation.person(replay, crash ? { crash } : {});
      if (again) await simulation.person(replay);
      const { replays = [] } = await stateOf(simulation);
      await simulation.settle(8);
      // A marker without a run goes after a day.
      simulation.advance(26 * 60 * 60_000);
      const open = await simulation.settle();

      const at = say(crash);
      const tasks = simulation.cloud.tasks.map(({ name }) => name);
      const expected = replays.map(({ run }) => `import-a-${run.slice(0, 12)}`);
      expect({ at, open, tasks }).toEqual({ at, open: 0, tasks: expected });
      if (again) expect({ at, replays: replays.length }).toEqual({ at, replays: 1 });
      expect((await simulation.deliver(jobs, 'import-a', object)).value).toMatchObject({ outcome: 'rejected' });
      total += 1;
      return calls;
    });
  });

  it('makes one task when the reconcile that completes it is killed', async () => {
    await atEachPoint(async (crash) => {
      const simulation = await leftBy('refused');
      // After the link, before the first record.
      let linked = 0;
      for (let at = 1; linked === 0; at++) {
        await simulation.person(replay, { crash: { at, effect: 'after' } });
        linked = (await stateOf(simulation)).replays?.length ?? 0;
      }
      const { calls } = await simulation.reconcile(crash ? { crash } : {});
      const open = await simulation.settle();

      const at = say(crash);
      expect({ at, open, tasks: simulation.cloud.tasks.length }).toEqual({ at, open: 0, tasks: 1 });
      total += 1;
      return calls;
    });
  });
});

describe('a run that is forgotten by somebody who is killed at any point', () => {
  it.each([
    ['whose create call was not done', 'not_done_500'],
    ['whose create call was done', 'done_500'],
    ['whose create call is done a little later', 'done_later'],
    ['that waits', 'busy'],
  ] as const)('creates nothing more, and keeps nobody from its target: a run %s', async (_what, fault) => {
    await atEachPoint(async (crash) => {
      const simulation = fault === 'busy' ? await queued() : await leftBy(fault);
      const before = simulation.cloud.creates.length;
      const { calls } = await simulation.person(forget, crash ? { crash } : {});
      const isForgotten = (await stateOf(simulation)).end === 'forgotten';
      await simulation.deliver(jobs, 'import-a', object);
      const open = await simulation.settle();
      const last = await simulation.deliver(jobs, 'import-a', object);
      const other = await simulation.deliver(jobs, 'import-a', landed('a/next.rdb', 5));

      const at = say(crash);
      const mine = simulation.cloud.tasks.filter(({ name }) => name.endsWith(given.run.slice(0, 12)));
      expect({ at, open, tooMany: mine.length > 1 }).toEqual({ at, open: 0, tooMany: false });
      expect({ at, other: other.value?.outcome }).toEqual({ at, other: 'created' });
      if (isForgotten) {
        const creates = simulation.cloud.creates.filter((name) => name.endsWith(given.run.slice(0, 12)));
        expect({ at, creates: creates.length }).toEqual({ at, creates: fault === 'busy' ? 0 : before });
        expect(last.value).toMatchObject({ reason: { code: 'forgotten' } });
      } else {
        expect({ at, mine: mine.length }).toEqual({ at, mine: 1 });
      }
      total += 1;
      return calls;
    });
  });

  it('has no call made for its task: a server that is to be started', async () => {
    const server = nameOf('start-02', ticked());
    await atEachPoint(async (crash) => {
      const simulation = new Simulation();
      await simulation.deliver(jobs, 'start-02', ticked());
      const { calls } = await simulation.person(
        (ledger) => forgetRun(ledger, server, 'a test'),
        crash ? { crash } : {},
      );
      const { end } = foldRun(await simulation.recordsOf(server));
      const open = await simulation.settle();

      const at = say(crash);
      const started = simulation.cloud.changes.length;
      expect({ at, open, started }).toEqual({ at, open: 0, started: end === 'forgotten' ? 0 : 1 });
      total += 1;
      return calls;
    });
  });
});

/** A run that waits for another one on its target. */
async function queued(): Promise<Simulation> {
  const simulation = new Simulation();
  await simulation.deliver(jobs, 'import-a', landed('a/first.rdb'));
  await simulation.deliver(jobs, 'import-a', object);
  return simulation;
}

describe('a run that is parked by somebody who is killed at any point', () => {
  it.each([
    ['whose create call was not done', 'not_done_500'],
    ['whose create call was done', 'done_500'],
    ['that waits', 'busy'],
  ] as const)('waits for the decision, and then has one task: a run %s', async (_what, fault) => {
    await atEachPoint(async (crash) => {
      const simulation = fault === 'busy' ? await queued() : await leftBy(fault);
      const { calls } = await simulation.person(park, crash ? { crash } : {});
      const isParked = (await stateOf(simulation)).parked === true;
      const before = simulation.cloud.creates.filter((name) => name.endsWith(given.run.slice(0, 12))).length;
      await simulation.settle(5);
      await simulation.deliver(jobs, 'import-a', object);
      const made = simulation.cloud.creates.filter((name) => name.endsWith(given.run.slice(0, 12))).length - before;
      if (isParked) await simulation.person(withRetries);
      const open = await simulation.settle();

      const at = say(crash);
      const mine = simulation.cloud.tasks.filter(({ name }) => name.endsWith(given.run.slice(0, 12)));
      expect({ at, open, mine: mine.length }).toEqual({ at, open: 0, mine: 1 });
      if (isParked) expect({ at, made }).toEqual({ at, made: 0 });
      total += 1;
      return calls;
    });
  });
});

describe('persons who decide at the same time, while the event comes again and reconcile ticks', () => {
  const RUNS = Number(process.env['SCHEDULES'] ?? 300);

  /** What a person is told no is no fault. */
  const told = (decided: Promise<unknown>) => decided.catch((error: { code?: unknown }) => error.code);

  it(
    `replay a refused run once (${RUNS} schedules)`,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          const simulation = await leftBy('refused');
          const turn = (what: string) => scheduler.schedule(Promise.resolve(), what);
          const persons = [1, 2, 3].map(() => simulation.person(replay, { turn }));
          const others = [simulation.deliver(jobs, 'import-a', object, { turn }), simulation.reconcile({ turn })];
          await scheduler.waitFor(Promise.all([...persons, ...others]));
          const open = await simulation.settle();

          const runs = new Set((await Promise.all(persons)).map(({ value }) => value?.run));
          if (runs.size !== 1) throw new Error('they were given several runs');
          if (simulation.cloud.tasks.length !== 1) throw new Error(`there are ${simulation.cloud.tasks.length} tasks`);
          if (open > 0) throw new Error('a run is not settled');
        }),
        { numRuns: RUNS, seed: 20261121 },
      );
    },
    30 * 60_000,
  );

  it(
    `forget, park and resolve a run: it has one task at the most, and none after it was forgotten (${RUNS} schedules)`,
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.constantFrom<FaultName>('done_500', 'not_done_500', 'done_later', 'busy', 'reply_lost'),
          fc.subarray([forget, park, withRetries] as ((ledger: Ledger) => Promise<unknown>)[], { minLength: 1 }),
          fc.boolean(),
          async (scheduler, fault, decisions, isNew) => {
            const simulation = isNew ? new Simulation() : await leftBy(fault);
            if (isNew) simulation.cloud.failNextCreate(fault);
            const turn = (what: string) => scheduler.schedule(Promise.resolve(), what);
            await scheduler.waitFor(
              Promise.all([
                ...decisions.map((decide) => told(simulation.person(decide, { turn }))),
                simulation.deliver(jobs, 'import-a', object, { turn }),
                simulation.reconcile({ turn }),
              ]),
            );
            const before = await stateOf(simulation);
            const made = simulation.cloud.creates.length;
            simulation.cloud.clearFaults();
            await simulation.settle(5);
            if (before.parkedByHand) await simulation.person(withRetries);
            await simulation.deliver(jobs, 'import-a', object);
            const open = await simulation.settle();

            const { tasks, creates } = simulation.cloud;
            if (open > 0) throw new Error('a run is not settled');
            if (tasks.length > 1) throw new Error('it has two tasks');
            if (before.end === 'forgotten' && creates.length > made)
              throw new Error('it was created when it was forgotten');
            if (before.end !== 'forgotten' && tasks.length !== 1) throw new Error('it was lost');
          },
        ),
        { numRuns: RUNS, seed: 20261121 },
      );
    },
    30 * 60_000,
  );
});
