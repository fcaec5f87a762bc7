import type { Jobs } from '../../../../lib/jobs/job.ts';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import { pause } from '../../../../lib/runs/ledger/pauses.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { forgetRun } from '../../../../lib/runs/operate/forget-run.ts';
import { callTo } from '../../../fixtures/call-to.ts';
import { SMALL_RDB } from '../../../fixtures/rdb.ts';
import { jobsOf, landed, nameOf, simulationJobs } from '../../../simulation/jobs.ts';
import { type InvocationOptions, Simulation, type SimulationOptions } from '../../../simulation/simulation.ts';

const LANE = 'dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5';
/** Ten objects of one event for one target, the newest first. */
const TEN = Array.from({ length: 10 }, (_, i) => landed(`a/${9 - i}.rdb`, 9 - i));

let jobs: Jobs;
beforeAll(async () => {
  jobs = await simulationJobs();
});

function simulated(options: SimulationOptions = {}) {
  const simulation = new Simulation({ jobs, ...options });
  const calls: string[] = [];
  const notify = async (more: InvocationOptions = {}) =>
    (await simulation.notify(TEN, { turn: async (what) => void calls.push(what), ...more })).value;
  const lane = async () => (await TargetLane.open(simulation.ledger(), LANE)).state;
  return { simulation, notify, calls, lane };
}

const run = (i: number) => nameOf('import-a', landed(`a/${i}.rdb`, i)).run;

describe('runs of one event for one target', () => {
  it('are returned in the order given: the first in order goes ahead, and the others queue behind it', async () => {
    const { notify, lane } = simulated();

    const results = await notify();

    expect(results?.map((result) => result.run)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map(run));
    expect(results?.map(({ outcome, reason }) => reason?.code ?? outcome)).toEqual([
      ...Array.from({ length: 9 }, () => 'queued'),
      'created',
    ]);
    expect((await lane()).holder).toBe(run(0));
    expect((await lane()).entries.map((entry) => entry.run)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(run));
  });

  it('join the queue in one append', async () => {
    const { notify, calls } = simulated();

    await notify();

    expect(calls.filter((what) => what.startsWith('ledger.append lanes/target/'))).toHaveLength(1);
  });

  it('make one task each, in their order, one after the other', async () => {
    const { notify, simulation } = simulated();
    await notify();

    expect(await simulation.settle()).toBe(0);

    const names = simulation.cloud.creates;
    expect(names).toHaveLength(10);
    expect(names.map((name) => name.slice(-12))).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => run(i).slice(0, 12)),
    );
  });

  it('return the same when the event is delivered again', async () => {
    const { notify, simulation } = simulated();
    await notify();

    const again = await notify();

    expect(again?.map(({ outcome, reason }) => reason?.code ?? outcome)).toEqual([
      ...Array.from({ length: 9 }, () => 'queued'),
      'existing',
    ]);
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('leave alone one that another invocation handles', async () => {
    const one = landed('a/4.rdb', 4);
    const deliverOne = (simulation: Simulation, options: InvocationOptions) =>
      simulation.deliver(jobs, 'import-a', one, options);
    const at = await callTo('ledger.append runs/', (options) => deliverOne(new Simulation({ jobs }), options));
    const { simulation, notify, lane } = simulated();
    await deliverOne(simulation, { crash: { at, effect: 'after' } });

    const results = await notify();

    expect(results?.map(({ reason }) => reason?.code)).toContain('in_progress');
    expect((await lane()).entries.map((entry) => entry.run)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9].map(run));
  });

  it('do not fail with one that the ledger fails', async () => {
    const bad = `runs/import-a/${run(4)}`;
    const { notify, lane } = simulated({
      sabotage: (store) => ({
        ...store,
        read: async (list) => {
          if (list === bad) throw new LedgerError('ledger read: 503', { temporary: true });
          return store.read(list);
        },
      }),
    });

    const results = await notify();

    expect(results?.filter(({ reason }) => reason?.code === 'ledger').map((result) => result.run)).toEqual([run(4)]);
    expect(results?.filter(({ reason }) => reason?.code === 'queued')).toHaveLength(8);
    expect((await lane()).entries).toHaveLength(9);
  });

  it('are answered each for itself where an error of our own ends one of them', async () => {
    const { notify, simulation } = simulated();
    let isThrown = false;

    const results = await notify({
      turn: async (what) => {
        if (isThrown || !what.startsWith('obs.readStart')) return;
        isThrown = true;
        throw new TypeError('a fault of our own');
      },
    });

    expect(results?.map(({ outcome, reason }) => reason?.code ?? outcome)).toEqual([
      ...Array.from({ length: 8 }, () => 'queued'),
      'created',
      'internal',
    ]);
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('leave the queue that they joined together where one of them has trouble of its own', async () => {
    const { simulation, lane } = simulated();
    const objects = ['first', 'second', 'third'].map((name) => {
      simulation.advance(1_000);
      return simulation.put(`a/${name}.rdb`, SMALL_RDB);
    });
    simulation.obs.remove('backups', 'a/second.rdb');
    simulation.obs.hasNothingElse = true;
    simulation.cloud.failNextCreate('refused');

    const results = (await simulation.notify(objects)).value;

    expect(results?.map(({ outcome, reason }) => reason?.code ?? outcome)).toEqual([
      'DCS.4004',
      'file_missing',
      'created',
    ]);
    expect((await lane()).entries.map((entry) => entry.run)).toEqual([results?.[2]?.run]);
  });

  it('are handled by the invocation that creates them, though they were recorded as queued: nobody forgets one meanwhile', async () => {
    const { notify, simulation } = simulated();
    simulation.cloud.failNextCreate('refused');
    let creates = 0;
    const told: unknown[] = [];

    const results = await notify({
      turn: async (what) => {
        if (!what.startsWith('dcs.createMigrationTask')) return;
        creates += 1;
        if (creates < 2) return;
        const forgotten = forgetRun(simulation.ledger(), { job: 'import-a', run: run(1) }, 'a test');
        told.push(await forgotten.catch(({ code }) => code));
      },
    });

    expect(told).toEqual(['in_progress']);
    expect(results?.find((one) => one.run === run(1))?.outcome).toBe('created');
    expect((await simulation.recordsOf({ job: 'import-a', run: run(1) })).at(-1)?.type).toBe('created');
  });

  it('do not join the queue with the others while their own job is paused', async () => {
    const two = await jobsOf(`
  one:
    on: { object_created: { bucket: backups, key: "one/**" } }
    backup_import: { target_instance: cache-a }
  two:
    on: { object_created: { bucket: backups, key: "two/**" } }
    backup_import: { target_instance: cache-a }
`);
    const simulation = new Simulation({ jobs: two });
    await pause(simulation.ledger(), 'two');

    const objects = [landed('one/a.rdb', 0), landed('two/b.rdb', 1), landed('one/c.rdb', 2)];
    const results = (await simulation.notify(objects)).value;

    expect(results?.map(({ outcome, reason }) => reason?.code ?? outcome)).toEqual(['created', 'paused', 'queued']);
    const { entries } = (await TargetLane.open(simulation.ledger(), LANE)).state;
    expect(entries.map(({ job }) => job)).toEqual(['one', 'one']);
  });

  it('make one task each, in their order, wherever the invocation dies before the event is redelivered', async () => {
    const { calls, notify } = simulated();
    await notify();
    for (const effect of ['before', 'after'] as const) {
      for (let at = 1; at <= calls.length; at += 7) {
        const { simulation, notify: dies } = simulated();
        await dies({ crash: { at, effect } });
        simulation.advance(5 * 60_000);
        await dies();

        expect({ at, effect, open: await simulation.settle() }).toEqual({ at, effect, open: 0 });
        expect({ at, effect, tasks: simulation.cloud.creates.length }).toEqual({ at, effect, tasks: 10 });
      }
    }
  }, 120_000);
});
