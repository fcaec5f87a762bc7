import fc from 'fast-check';
import type { Jobs } from '../../lib/jobs/job.ts';
import { RunError } from '../../lib/kernel/errors.ts';
import { openRunLog } from '../../lib/runs/ledger/run-log.ts';
import { runNow } from '../../lib/runs/operate/run-now.ts';
import type { FaultName } from '../fakes/simulated-cloud.ts';
import { landed, nameOf, simulationJobs } from './jobs.ts';
import { violations } from './oracle.ts';
import { type InvocationOptions, Simulation } from './simulation.ts';

const SCHEDULES = Number(process.env['SCHEDULES'] ?? 150);
const SEED = Number(process.env['SEED'] ?? 20261129);
const MINUTE = 60_000;
const FIRST = landed('b/one.rdb');
/** They wait for a budget that is used up for days. */
const WAITING = [landed('b/two.rdb', 1), landed('b/three.rdb', 2), landed('b/four.rdb', 3)];

const trouble = {
  crash: fc.option(
    fc.record({ at: fc.integer({ min: 1, max: 40 }), effect: fc.constantFrom('before' as const, 'after' as const) }),
    { nil: undefined, freq: 1 },
  ),
  skewMs: fc.constantFrom(0, 0, -4_000, 4_000),
};
const action = fc.oneof(
  fc.record({ do: fc.constant('run_now' as const), which: fc.nat(1), ...trouble }),
  fc.record({ do: fc.constant('reconcile' as const), which: fc.constant(0), ...trouble }),
  fc.record({ do: fc.constant('deliver' as const), which: fc.nat(2), ...trouble }),
);
const schedule = fc.record({
  rounds: fc.array(
    fc.record({
      actions: fc.array(action, { minLength: 1, maxLength: 4 }),
      thenMs: fc.constantFrom(1_000, 70_000, 6 * MINUTE, 16 * MINUTE),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  fault: fc.option(fc.constantFrom<FaultName>('reply_lost', 'done_500', 'not_done_500', 'busy', 'not_sent'), {
    nil: undefined,
  }),
});

async function overBudget(jobs: Jobs): Promise<Simulation> {
  const simulation = new Simulation({ jobs });
  await simulation.deliver(jobs, 'import-b', FIRST);
  for (let i = 0; i < 4; i++) {
    simulation.advance(6 * MINUTE);
    await simulation.reconcile();
  }
  for (const trigger of WAITING) await simulation.deliver(jobs, 'import-b', trigger);
  return simulation;
}

describe('runs that operators let start beyond the budget', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await simulationJobs((yaml) => yaml.replace('{ runs: 1, per: 30m }', '{ runs: 1, per: 7d }'));
  });

  async function recordsOf(simulation: Simulation, which: number) {
    const { job, run } = nameOf('import-b', WAITING[which] as (typeof WAITING)[number]);
    return (await openRunLog(simulation.ledger('reader'), job, run)).records;
  }

  async function decide(simulation: Simulation, which: number, options: InvocationOptions) {
    const name = nameOf('import-b', WAITING[which] as (typeof WAITING)[number]);
    try {
      await simulation.person((ledger) => runNow(ledger, name, 'a test'), options);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
    }
  }

  it('get one task each, once decided, and no other run does', async () => {
    let decisions = 0;
    await fc.assert(
      fc.asyncProperty(schedule, fc.scheduler(), async ({ rounds, fault }, scheduler) => {
        const simulation = await overBudget(jobs);
        if (fault) simulation.cloud.failNextCreate(fault);
        const turn = (what: string) => scheduler.schedule(Promise.resolve(), what);
        for (const { actions, thenMs } of rounds) {
          const under = actions.map(({ do: what, which, crash, skewMs }): Promise<unknown> => {
            const options = { skewMs, turn, ...(crash ? { crash } : {}) };
            if (what === 'run_now') return decide(simulation, which, options);
            if (what === 'reconcile') return simulation.reconcile(options);
            return simulation.deliver(jobs, 'import-b', WAITING[which] as (typeof WAITING)[number], options);
          });
          await scheduler.waitFor(Promise.all(under));
          simulation.advance(thenMs);
        }
        simulation.cloud.clearFaults();
        for (let i = 0; i < 12; i++) {
          simulation.advance(6 * MINUTE);
          await simulation.reconcile();
        }
        expect(await violations(simulation, [])).toEqual([]);
        for (const which of [0, 1, 2]) {
          const records = await recordsOf(simulation, which);
          const decided = records.filter(({ type }) => type === 'run_now').length;
          const name = records.flatMap((record) => (record.type === 'received' ? (record.planned?.name ?? '') : []))[0];
          const tasks = simulation.cloud.tasks.filter((task) => task.name === name).length;
          expect([decided <= 1, tasks]).toEqual([true, decided]);
          decisions += decided;
        }
      }),
      { numRuns: SCHEDULES, seed: SEED },
    );
    expect(decisions).toBeGreaterThan(SCHEDULES / 4);
  });
});
