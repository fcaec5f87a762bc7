import { Budget } from '../../../../lib/runs/ledger/budget.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { limitWaitedFor, viewBudgets } from '../../../../lib/runs/operate/budgets.ts';
import { parkRun } from '../../../../lib/runs/operate/park-run.ts';
import { runNow } from '../../../../lib/runs/operate/run-now.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { landed, nameOf, simulationJobs } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const HOUR = 3_600_000;
const HOURLY = { runs: 2, perMs: HOUR };
const run = (i: number) => i.toString(16).padStart(8, '0').padEnd(32, '0');

function aLedger() {
  const clock = { now: Date.parse('2026-03-14T12:20:00Z') };
  const store = makeMemoryStore();
  const reads: string[] = [];
  const ledger = makeLedger(
    {
      ...store,
      read: (list) => {
        reads.push(list);
        return store.read(list);
      },
    },
    'one',
    () => clock.now,
  );
  const budget = (i: number, limit = HOURLY) => new Budget(ledger, { job: 'a', run: run(i), limit });
  const view = async (limit = HOURLY, waiting: Parameters<typeof viewBudgets>[2] = []) => {
    reads.length = 0;
    return viewBudgets(ledger, [{ name: 'a', limit }], waiting);
  };
  return { clock, store, ledger, reads, budget, view };
}

describe('viewBudgets', () => {
  it('counts the runs of this window, and says when the next one begins', async () => {
    const { budget, view, reads } = aLedger();
    await budget(1).spend();

    expect(await view()).toEqual({
      budgets: [
        {
          job: 'a',
          limit: { runs: 2, per_seconds: 3600 },
          used: 1,
          used_up: false,
          resets_at: '2026-03-14T13:00:00.000Z',
          waiting: 0,
        },
      ],
      left: 0,
    });
    expect(reads).toEqual(['lanes/job/a/3600000-492636-0']);
  });

  it('is used up exactly when the next run would be refused, and not any more in the next window', async () => {
    const { budget, view, clock } = aLedger();
    await budget(1).spend();
    expect(await budget(9).refusal()).toBeUndefined();
    expect((await view()).budgets).toMatchObject([{ used: 1, used_up: false }]);

    await budget(2).spend();
    expect(await budget(9).refusal()).toBeDefined();
    expect((await view()).budgets).toMatchObject([{ used: 2, used_up: true }]);

    clock.now = Date.parse('2026-03-14T13:00:00Z');
    expect((await view()).budgets).toMatchObject([{ used: 0, used_up: false, resets_at: '2026-03-14T14:00:00.000Z' }]);
  });

  it('does not count what was given back, and is used up after as many refused creates as the limit', async () => {
    const { budget, view } = aLedger();
    for (const i of [1, 2]) {
      expect((await view()).budgets).toMatchObject([{ used: 0, used_up: false }]);
      await budget(i).spend();
      await budget(i).giveBack();
    }

    expect((await view()).budgets).toMatchObject([{ used: 0, used_up: true }]);
  });

  it('changes nothing: nobody is told that a limit was reached', async () => {
    const { budget, view, store } = aLedger();
    await budget(1).spend();
    await budget(2).spend();
    const names = async () => (await store.list('', { limit: 10 })).map(({ name }) => name);
    const before = await names();

    await view();

    expect(await names()).toEqual(before);
  });

  it('adds the lists of a large limit', async () => {
    const { budget, view, reads } = aLedger();
    const limit = { runs: 1_001, perMs: HOUR };
    for (const i of [1, 2, 3]) await budget(i, limit).spend();

    expect((await view(limit)).budgets).toMatchObject([{ used: 3, used_up: false }]);
    expect(reads).toHaveLength(3);
  });

  it('counts waiting runs by the limit that they were received with, and shows those limits first', async () => {
    const { view } = aLedger();
    const old = { job: 'a', limit: { runs: 1, perMs: HOUR } };
    const gone = { job: 'gone', limit: HOURLY };

    const { budgets } = await view(HOURLY, [old, gone, old]);

    expect(budgets.map(({ job, limit, waiting }) => [job, limit.runs, waiting])).toEqual([
      ['a', 1, 2],
      ['gone', 2, 1],
      ['a', 2, 0],
    ]);
  });

  it('reads at most 100 lists, and says how many budgets it left out', async () => {
    const { ledger, reads } = aLedger();
    const jobs = (count: number, runs: number) =>
      Array.from({ length: count }, (_, i) => ({ name: `job-${i}`, limit: { runs, perMs: HOUR } }));

    expect((await viewBudgets(ledger, jobs(100, 500), [])).left).toBe(0);
    expect(reads).toHaveLength(100);
    reads.length = 0;
    expect((await viewBudgets(ledger, jobs(101, 500), [])).left).toBe(1);
    expect(reads).toHaveLength(100);
    reads.length = 0;
    const large = await viewBudgets(ledger, jobs(1, 50_001), []);
    expect([large, reads.length]).toEqual([{ budgets: [], left: 1 }, 0]);
  });

  it('says of a damaged budget why it cannot be read, and shows the others', async () => {
    const { ledger, store } = aLedger();
    await store.append('lanes/job/a/3600000-492636-0', 0, 'no record\n');
    const jobs = ['a', 'b'].map((name) => ({ name, limit: HOURLY }));

    const { budgets } = await viewBudgets(ledger, jobs, []);

    expect(budgets).toMatchObject([
      { job: 'a', error: expect.stringContaining('line 1 is not a record') },
      { job: 'b', used: 0 },
    ]);
    expect(budgets[0]).not.toHaveProperty('used_up');
  });
});

describe('limitWaitedFor', () => {
  const name = nameOf('import-b', landed('b/two.rdb', 1));
  const waited = async (simulation: Simulation) => limitWaitedFor(await simulation.recordsOf(name));
  /** The limit of import-b is one run in 30 minutes. */
  async function overBudget(): Promise<Simulation> {
    const jobs = await simulationJobs();
    const simulation = new Simulation({ jobs });
    await simulation.deliver(jobs, 'import-b', landed('b/one.rdb'));
    for (let tick = 0; tick < 3; tick++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile();
    }
    await simulation.deliver(jobs, 'import-b', landed('b/two.rdb', 1));
    return simulation;
  }

  it('is the recorded limit of a run that waits for it, until it has started', async () => {
    const simulation = await overBudget();
    expect(await waited(simulation)).toEqual({ job: 'import-b', limit: { runs: 1, perMs: 1_800_000 } });

    simulation.advance(30 * 60_000);
    await simulation.reconcile();

    expect(await waited(simulation)).toBeUndefined();
  });

  it('is undefined once an operator parked the run, or lets it start anyway', async () => {
    const parked = await overBudget();
    await parkRun(parked.ledger(), name, 'later');
    const now = await overBudget();
    await runNow(now.ledger(), name, 'the demo needs it');

    expect([await waited(parked), await waited(now)]).toEqual([undefined, undefined]);
    expect(limitWaitedFor([])).toBeUndefined();
  });
});
