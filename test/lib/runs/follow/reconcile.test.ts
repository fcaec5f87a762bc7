import type { Jobs } from '../../../../lib/jobs/job.ts';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import { readControl } from '../../../../lib/runs/ledger/control.ts';
import { listOpen, markOpen } from '../../../../lib/runs/ledger/open-runs.ts';
import { pause } from '../../../../lib/runs/ledger/pauses.ts';
import { repairLane } from '../../../../lib/runs/operate/repair-lane.ts';
import { callTo } from '../../../fixtures/call-to.ts';
import { landed, simulationJobs, ticked } from '../../../simulation/jobs.ts';
import { type InvocationOptions, Simulation } from '../../../simulation/simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let jobs: Jobs;
beforeAll(async () => {
  jobs = await simulationJobs();
});

const openCount = async (simulation: Simulation) => (await listOpen(simulation.ledger())).length;

/** A run of import-a that has its task. */
async function imported(): Promise<Simulation> {
  const simulation = new Simulation();
  await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
  return simulation;
}

const deliver = (simulation: Simulation, options: InvocationOptions) =>
  simulation.deliver(jobs, 'import-a', landed('a/one.rdb'), options);

/** A delivery that dies right after its first call to something. */
async function dies(what: string): Promise<InvocationOptions> {
  const at = await callTo(what, (options) => deliver(new Simulation(), options));
  return { crash: { at, effect: 'after' } };
}

/** What a tick says, so long after what was before. */
async function tick(simulation: Simulation, afterMs: number, options: object = {}) {
  simulation.advance(afterMs);
  const { value } = await simulation.reconcile(options);
  if (!value) throw new Error('the tick died');
  return value;
}

describe('reconcile', () => {
  it('finds nothing to do in an empty ledger', async () => {
    expect(await tick(new Simulation(), 0)).toEqual({ open: 0, parked: 0, left: 0, runs: [] });
  });

  it('leaves a heartbeat', async () => {
    const simulation = new Simulation();

    await tick(simulation, 0);

    const { beat } = await readControl(simulation.ledger());
    expect(beat).toEqual({ at: Date.parse('2026-03-14T12:00:00.060Z') });
  });

  it('settles a run once its task is over, and not before', async () => {
    const simulation = await imported();

    await tick(simulation, 9 * MINUTE);
    expect(await openCount(simulation)).toBe(1);
    await tick(simulation, MINUTE);
    expect(await openCount(simulation)).toBe(0);
  });

  it('settles a run whose task is gone from two listings, the second after the settle time whatever two clocks differ by', async () => {
    const simulation = await imported();
    simulation.cloud.tasks.length = 0;

    await tick(simulation, MINUTE);
    await tick(simulation, 170_000);
    expect(await openCount(simulation)).toBe(1);
    await tick(simulation, MINUTE);
    expect(await openCount(simulation)).toBe(0);
  });

  it('does not take a task for gone that was found between two listings without it', async () => {
    const simulation = await imported();
    simulation.cloud.listLagMs = HOUR;
    await tick(simulation, 3 * MINUTE);
    simulation.cloud.listLagMs = 0;
    await tick(simulation, 3 * MINUTE);
    simulation.cloud.listLagMs = HOUR;
    await tick(simulation, 3 * MINUTE);

    expect(await openCount(simulation)).toBe(1);
  });

  it('takes a list that cannot be read for no news', async () => {
    const simulation = await imported();
    simulation.cloud.failingLists = Number.POSITIVE_INFINITY;

    await tick(simulation, 20 * MINUTE);
    expect(await openCount(simulation)).toBe(1);
    simulation.cloud.failingLists = 0;
    await tick(simulation, MINUTE);
    expect(await openCount(simulation)).toBe(0);
  });

  it('counts a state that it does not know as running, and says so', async () => {
    const simulation = await imported();
    const { dcs } = simulation.cloud;
    const list = dcs.listMigrationTasks;
    Object.assign(dcs, {
      listMigrationTasks: async (name: string) => (await list(name)).map((task) => ({ ...task, status: 'PONDERING' })),
    });

    await tick(simulation, 20 * MINUTE);

    expect(await openCount(simulation)).toBe(1);
    expect(simulation.lines.filter((line) => line.includes('PONDERING'))).not.toEqual([]);
  });

  it('writes nothing but its heartbeat while a task runs', async () => {
    const simulation = await imported();
    const before = await simulation.ledgerText();
    const writes: string[] = [];
    const turn = async (what: string) => void (/^ledger\.(append|put|remove) /.test(what) && writes.push(what));

    await tick(simulation, MINUTE, { turn });
    await tick(simulation, MINUTE, { turn });

    expect(writes).toEqual(['ledger.append control/state/2026-03-14', 'ledger.append control/state/2026-03-14']);
    const after = await simulation.ledgerText();
    expect(after.replace(/^control\/state\/2026-03-14\n.*\n.*\n\n/, '')).toBe(before);
  });

  it('keeps a marker without a run for 25 hours, and then forgets it', async () => {
    const simulation = new Simulation();
    await markOpen(simulation.ledger(), 'import-a', '0'.repeat(32));

    await tick(simulation, 25 * HOUR - MINUTE);
    expect(await openCount(simulation)).toBe(1);
    await tick(simulation, MINUTE);
    expect(await openCount(simulation)).toBe(0);
  });

  it('carries out a run that comes after its marker was forgotten', async () => {
    const simulation = new Simulation();
    await deliver(simulation, await dies('ledger.put open/'));
    await tick(simulation, 26 * HOUR);

    const late = await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));

    expect(late.value).toMatchObject({ outcome: 'created' });
    expect(await openCount(simulation)).toBe(1);
  });

  it('keeps the marker of a run that comes while its old marker is being removed', async () => {
    const simulation = new Simulation();
    await deliver(simulation, await dies('ledger.put open/'));
    simulation.advance(26 * HOUR);
    let isDelivered = false;

    await simulation.reconcile({
      turn: async (what) => {
        if (isDelivered || !what.startsWith('ledger.remove open/')) return;
        isDelivered = true;
        await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
      },
    });

    expect([simulation.cloud.tasks.length, await openCount(simulation)]).toEqual([1, 1]);
    expect(await simulation.settle()).toBe(0);
  });

  it('keeps the marker of a run whose delivery dies while its old marker is removed, and the removal is late', async () => {
    const simulation = new Simulation({ jobs });
    await deliver(simulation, await dies('ledger.put open/'));
    simulation.advance(26 * HOUR);
    let isDelivered = false;
    const removal = await callTo('ledger.remove open/', async (options) => {
      const twin = new Simulation({ jobs });
      await deliver(twin, await dies('ledger.put open/'));
      twin.advance(26 * HOUR);
      await twin.reconcile(options);
    });

    // The tick dies right after the removal; before it, the delivery has announced and recorded its run, and died.
    await simulation.reconcile({
      turn: async (what) => {
        if (isDelivered || !what.startsWith('ledger.remove open/')) return;
        isDelivered = true;
        await deliver(simulation, await dies('ledger.append runs/'));
      },
      crash: { at: removal, effect: 'after' },
    });

    expect(isDelivered).toBe(true);
    expect(await openCount(simulation)).toBe(1);
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('leaves the marker of a run where it is that came right before it would be forgotten', async () => {
    const simulation = new Simulation();
    await deliver(simulation, await dies('ledger.put open/'));
    simulation.advance(26 * HOUR);
    const calls: string[] = [];

    await simulation.reconcile({
      turn: async (what) => {
        const isFirst = calls.every((call) => !call.startsWith('ledger.append runs/'));
        calls.push(what);
        if (isFirst && what.startsWith('ledger.append runs/')) {
          await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
        }
      },
    });

    expect(calls.filter((call) => call.startsWith('ledger.remove open/'))).toEqual([]);
    expect([simulation.cloud.tasks.length, await openCount(simulation)]).toEqual([1, 1]);
  });

  it('has a delivery that is under way for a day put its marker again, when it was forgotten meanwhile', async () => {
    const simulation = new Simulation();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isHeld = false;
    const delivery = simulation.deliver(jobs, 'import-a', landed('a/one.rdb'), {
      timeLimitMs: 30 * HOUR,
      turn: async (what) => {
        if (isHeld || !what.startsWith('ledger.append runs/')) return;
        isHeld = true;
        await held;
      },
    });
    while (!isHeld) await new Promise((resolve) => setImmediate(resolve));
    expect(await openCount(simulation)).toBe(1);
    await tick(simulation, 26 * HOUR);
    expect(await openCount(simulation)).toBe(0);

    release();
    await delivery;

    expect([simulation.cloud.tasks.length, await openCount(simulation)]).toEqual([1, 1]);
    expect(await simulation.settle()).toBe(0);
  });

  it('reports an open run that cannot be read once, by what its job wants told now, and logs it at each tick', async () => {
    const simulation = new Simulation();
    const topic = 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:migrations';
    simulation.jobs = await simulationJobs((yaml) =>
      yaml.replace('key: "a/**" } }', `key: "a/**" } }\n    notify: { smn: "${topic}", on: [parked] }`),
    );
    await markOpen(simulation.ledger(), 'import-a', 'bad');
    await simulation.store.append('runs/import-a/bad', 0, 'no record\n');
    await markOpen(simulation.ledger(), 'import-b', 'quiet');
    await simulation.store.append('runs/import-b/quiet', 0, 'no record\n');

    for (let i = 0; i < 3; i++) await tick(simulation, 5 * MINUTE);

    expect(simulation.smn.published).toEqual([
      {
        topic,
        subject:
          'import-a: a record cannot be read: ledger runs/import-a/bad: line 1 is not a record; it was damaged, or something else wrote it',
        message: expect.stringContaining('What to do: look for its task in the console'),
      },
    ]);
    const logged = simulation.lines.filter((line) => line.includes('a record cannot be read; its run, set or lane'));
    expect(logged).toHaveLength(6);
    expect(logged[0]).toContain('runs/import-a/bad');
  });

  it('reports a damaged lane once for all runs that wait for its target, until it is repaired', async () => {
    const simulation = new Simulation();
    const lane = 'dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5';
    simulation.jobs = await simulationJobs((yaml) =>
      yaml.replace('  import-a:\n', '  import-a:\n    notify: { smn: "urn:smn:ap-southeast-3:p:t", on: [parked] }\n'),
    );
    for (const i of [0, 1, 2]) await simulation.deliver(simulation.jobs, 'import-a', landed(`a/${i}.rdb`, i));
    const { position } = await simulation.store.read(`lanes/target/${lane}/000001`);
    await simulation.store.append(`lanes/target/${lane}/000001`, position, 'half a line');

    await tick(simulation, MINUTE);
    await tick(simulation, MINUTE);

    expect(simulation.smn.published).toMatchObject([
      {
        subject: expect.stringContaining('a record cannot be read'),
        message: expect.stringContaining(`runs lanes repair ${lane}`),
      },
    ]);
    await repairLane(simulation.ledger(), lane);
    await tick(simulation, MINUTE);
    expect(await simulation.store.list('open-unreadable/', { limit: 10 })).toEqual([]);
  });

  it('says no more of a run that can be read again', async () => {
    const simulation = new Simulation();
    await markOpen(simulation.ledger(), 'import-a', 'bad');
    await simulation.store.append('runs/import-a/bad', 0, 'no record\n');
    await tick(simulation, MINUTE);
    expect(await simulation.store.list('open-unreadable/', { limit: 10 })).toHaveLength(1);
    await simulation.store.remove('runs/import-a/bad');

    await tick(simulation, MINUTE);

    expect(await simulation.store.list('open-unreadable/', { limit: 10 })).toEqual([]);
  });

  it('does not report a run that cannot be read for now', async () => {
    const simulation = new Simulation({
      sabotage: (store) => ({
        ...store,
        read: async (list) => {
          if (list.startsWith('runs/')) throw new LedgerError('ledger read: 503', { temporary: true });
          return store.read(list);
        },
      }),
    });
    await markOpen(simulation.ledger(), 'import-a', 'later');

    const { runs } = await tick(simulation, MINUTE);

    expect(runs).toMatchObject([{ run: 'later', outcome: 'waiting', reason: { code: 'ledger' } }]);
    expect(await simulation.store.list('open-unreadable/', { limit: 10 })).toEqual([]);
  });

  it('looks at fifty records that cannot be read in a tick, and at all of them in turn', async () => {
    const simulation = new Simulation();
    for (let i = 0; i < 120; i++) {
      const run = String(i).padStart(3, '0');
      await simulation.store.append(`runs/import-a/${run}`, 0, 'no record\n');
      await simulation.store.put(`open-unreadable/import-a/${run}`, JSON.stringify({ since: 1, why: `why ${run}` }));
    }

    for (let i = 0; i < 3; i++) await tick(simulation, 5 * MINUTE, { timeLimitMs: 240_000 });

    const told = new Set(simulation.lines.flatMap((line) => /why \d+/.exec(line)?.[0] ?? []));
    expect(told.size).toBe(120);
  });

  it('goes on with the others when one run cannot be read', async () => {
    const simulation = new Simulation();
    await markOpen(simulation.ledger(), 'import-a', 'bad');
    await simulation.store.append('runs/import-a/bad', 0, 'no record\n');
    simulation.advance(1);
    const at = await callTo('ledger.append runs/', (options) =>
      new Simulation().deliver(jobs, 'move-cache', ticked(), options),
    );
    await simulation.deliver(jobs, 'move-cache', ticked(), { crash: { at, effect: 'after' } });

    const result = await tick(simulation, 4 * MINUTE);

    expect(result.runs).toMatchObject([
      { run: 'bad', outcome: 'waiting', reason: { code: 'ledger' } },
      { job: 'move-cache', outcome: 'created' },
    ]);
    expect(await openCount(simulation)).toBe(1);
  });

  it('looks at as many runs as it has time for, and at the others in the next ticks', async () => {
    const simulation = new Simulation();
    await pause(simulation.ledger());
    for (let i = 0; i < 40; i++) {
      await simulation.deliver(jobs, 'move-cache', ticked(i));
    }
    const seen = new Set<string | undefined>();
    const first = await tick(simulation, MINUTE, { timeLimitMs: 2_000 });
    expect(first).toMatchObject({ open: 40, parked: 0 });
    expect(first.left).toBeGreaterThan(0);
    expect(first.left + first.runs.length).toBe(40);
    for (const { run } of first.runs) seen.add(run);

    for (let i = 0; i < 4; i++) {
      for (const { run } of (await tick(simulation, MINUTE, { timeLimitMs: 2_000 })).runs) seen.add(run);
    }

    expect(seen.size).toBe(40);
  });

  it('keeps a quarter of its time for reports, sets and sweeps, however many runs are open', async () => {
    const simulation = new Simulation();
    await pause(simulation.ledger());
    for (let i = 0; i < 400; i++) await simulation.deliver(jobs, 'move-cache', ticked(i));
    const start = simulation.now;

    const { left } = await tick(simulation, 0, { timeLimitMs: 8_000 });

    expect(left).toBeGreaterThan(0);
    expect(simulation.now - start).toBeLessThan(6_500);
  });

  it('does nothing at all without time', async () => {
    const simulation = await imported();

    expect(await tick(simulation, MINUTE, { timeLimitMs: 1_000 })).toMatchObject({ open: 1, left: 1, runs: [] });
  });

  it('makes one task when it runs beside itself', async () => {
    const simulation = new Simulation();
    await deliver(simulation, await dies('ledger.append runs/'));
    simulation.advance(4 * MINUTE);

    await Promise.all([simulation.reconcile(), simulation.reconcile(), simulation.reconcile()]);

    expect(simulation.cloud.creates).toHaveLength(1);
  });
});
