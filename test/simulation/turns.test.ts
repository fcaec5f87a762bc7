import type { Jobs } from '../../lib/jobs/job.ts';
import { LedgerError } from '../../lib/ports/ledger-error.ts';
import { openRunLog } from '../../lib/runs/ledger/run-log.ts';
import { RUN_VERSION, type RunRecord } from '../../lib/runs/ledger/run-record.ts';
import { foldRun } from '../../lib/runs/ledger/run-state.ts';
import { jobsOf } from './jobs.ts';
import { Simulation } from './simulation.ts';

const MINUTE = 60_000;
const TICK = { timeLimitMs: 240_000 };

let jobs: Jobs;
beforeAll(async () => {
  jobs = await jobsOf(`
  swept:
    on: { object_created: { bucket: backups, key: "a/**/*.rdb" } }
    limit: { runs: 1000, per: 1h }
    preflight: off
    sweep: { every: 5m, look_back: 24h }
    backup_import: { target_instance: cache-a }
  in-sets:
    on: { object_created: { bucket: backups, key: "sets/**", set: { by: "sets/{set}/", complete: { quiet: 5m } } } }
    preflight: off
    backup_import: { target_instance: cache-a }
`);
});

/** A marker of a run that waits for an operator: each tick reads it, and it stays. */
async function addOpen(simulation: Simulation, number: number): Promise<string> {
  const run = String(number).padStart(32, '0');
  const ledger = simulation.ledger('test');
  const reason = { code: 'parked' as const, message: 'a person has to look' };
  const received = {
    ...ledger.stamp(),
    type: 'received',
    v: RUN_VERSION,
    job: 'swept',
    run,
    trigger: 'object',
    source: 'obs://backups/x',
    order: number,
    policies: { overlap: 'queue', limit: { runs: 20, perMs: 3_600_000 }, settleMs: 60_000, deadlineMs: 6 * 3_600_000 },
  } as const;
  const log = await openRunLog(ledger, 'swept', run);
  await log.append(received as unknown as RunRecord, {
    ...ledger.stamp(),
    type: 'rejected',
    reason,
  });
  await simulation.store.put(`open/swept/${run}`, '');
  return run;
}

async function simulationWith(count: number): Promise<{ simulation: Simulation; runs: string[] }> {
  const simulation = new Simulation({ jobs });
  await simulation.reconcile();
  const runs: string[] = [];
  for (let i = 0; i < count; i++) {
    simulation.advance(1);
    runs.push(await addOpen(simulation, i));
  }
  return { simulation, runs };
}

async function isSettled(simulation: Simulation, run: string): Promise<boolean> {
  const ledger = simulation.ledger('test');
  return foldRun((await openRunLog(ledger, 'swept', run)).records).settled === true;
}

/** Which of these runs a number of ticks do not settle. */
async function unsettled(simulation: Simulation, runs: readonly string[]): Promise<string[]> {
  const left: string[] = [];
  for (const run of runs) if (!(await isSettled(simulation, run))) left.push(run);
  return left;
}

/** A tick in which whoever reads one of these runs kills the process. @returns calls until it died, or all */
function killedBy(simulation: Simulation, killers: readonly string[]) {
  return simulation.reconcile({
    ...TICK,
    turn: async (what) => {
      if (killers.some((run) => what === `ledger.read runs/swept/${run}`)) simulation.advance(TICK.timeLimitMs);
    },
  });
}

describe('a tick of reconcile', () => {
  it.each([0, 1, 7, 19])('has a run at place %i that kills the process delay no other forever', async (at) => {
    const { simulation, runs } = await simulationWith(30);
    const killer = runs[at] ?? '';

    for (let tick = 0; tick < 25; tick++) {
      simulation.advance(5 * MINUTE);
      await killedBy(simulation, [killer]);
    }

    expect(await unsettled(simulation, runs)).toEqual([killer]);
  });

  it('has done with all other runs two ticks after one in the middle has killed it', async () => {
    const { simulation, runs } = await simulationWith(60);
    const killer = runs[45] ?? '';

    const left: number[] = [];
    for (let tick = 0; tick < 3; tick++) {
      simulation.advance(5 * MINUTE);
      await killedBy(simulation, [killer]);
      left.push((await unsettled(simulation, runs)).length);
    }

    // The second tick goes on one by one from where the first was last noted, and the third begins behind the killer.
    expect(left).toEqual([22, 15, 1]);
  });

  it.each([0, 5])(
    'has a run at place %i that kills it delay no other when more is open than one page lists',
    async (at) => {
      const { simulation, runs } = await simulationWith(30);
      const killer = runs[at] ?? '';
      for (let i = 0; i < 1_000; i++) await simulation.store.put(`open/swept/f${String(i).padStart(31, '0')}`, '');

      for (let tick = 0; tick < 3; tick++) {
        simulation.advance(5 * MINUTE);
        await killedBy(simulation, [killer]);
      }

      expect(await unsettled(simulation, runs)).toEqual([killer]);
    },
  );

  it('sweeps and processes sets although the only run kills the process at each tick', async () => {
    const { simulation, runs } = await simulationWith(1);
    await simulation.notify([simulation.put('sets/x/1.rdb', 'one')]);
    simulation.put('a/missed.rdb', 'one');

    for (let tick = 0; tick < 6; tick++) {
      simulation.advance(5 * MINUTE);
      await killedBy(simulation, runs);
    }

    const text = JSON.stringify(await simulation.ledgerText());
    expect([text.includes('obs://backups/a/missed.rdb'), text.includes('obs://backups/sets/x/')]).toEqual([true, true]);
  });

  it('processes runs and sweeps although a set kills the process at each tick', async () => {
    const { simulation, runs } = await simulationWith(3);
    await simulation.notify([simulation.put('sets/x/1.rdb', 'one')]);
    simulation.put('a/missed.rdb', 'one');

    for (let tick = 0; tick < 6; tick++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile({
        ...TICK,
        turn: async (what) => {
          if (what.startsWith('ledger.get open-sets/')) simulation.advance(TICK.timeLimitMs);
        },
      });
    }

    expect(await unsettled(simulation, runs)).toEqual([]);
    expect(await simulation.ledgerText()).toContain('obs://backups/a/missed.rdb');
  });

  it('has 10,000 open runs keep neither sets nor the sweep waiting, and reaches all of them', async () => {
    const { simulation, runs } = await simulationWith(10_000);
    await simulation.notify([simulation.put('sets/x/1.rdb', 'one')]);
    simulation.put('a/missed.rdb', 'one');

    simulation.advance(10 * MINUTE);
    await simulation.reconcile(TICK);

    const text = await simulation.ledgerText();
    expect([text.includes('obs://backups/a/missed.rdb'), text.includes('obs://backups/sets/x/')]).toEqual([true, true]);
    for (let tick = 0; tick < 20; tick++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile(TICK);
    }
    expect(await unsettled(simulation, runs)).toEqual([]);
  });

  it('sweeps although a set kills the process at each tick and no run is open', async () => {
    const { simulation } = await simulationWith(0);
    await simulation.notify([simulation.put('sets/x/1.rdb', 'one')]);
    simulation.put('a/missed.rdb', 'one');

    for (let tick = 0; tick < 6; tick++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile({
        ...TICK,
        turn: async (what) => {
          if (what.startsWith('ledger.get open-sets/')) simulation.advance(TICK.timeLimitMs);
        },
      });
    }

    expect(await simulation.ledgerText()).toContain('obs://backups/a/missed.rdb');
  });

  it('processes runs although the sweep kills the process at each tick, and more is open than one page lists', async () => {
    const { simulation, runs } = await simulationWith(3);
    for (let i = 0; i < 1_000; i++) await simulation.store.put(`open/swept/f${String(i).padStart(31, '0')}`, '');

    for (let tick = 0; tick < 6; tick++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile({
        ...TICK,
        turn: async (what) => {
          if (what.startsWith('obs.listSince')) simulation.advance(TICK.timeLimitMs);
        },
      });
    }

    expect(await unsettled(simulation, runs)).toEqual([]);
  });

  it('has the oldest run, which kills the process, delay no other for ever where more is open than one page lists', async () => {
    const { simulation, runs } = await simulationWith(3);
    for (let i = 0; i < 1_000; i++) await simulation.store.put(`open/swept/f${String(i).padStart(31, '0')}`, '');
    const killer = runs[0] ?? '';

    for (let tick = 0; tick < 6; tick++) {
      simulation.advance(5 * MINUTE);
      await killedBy(simulation, [killer]);
    }

    expect(await unsettled(simulation, runs)).toEqual([killer]);
  });

  it('sweeps in the same tick in which there are more sets than there is time for', async () => {
    const { simulation } = await simulationWith(0);
    for (let i = 0; i < 300; i++) {
      await simulation.notify([simulation.put(`sets/${i}/1.rdb`, `${i}`)]);
    }
    simulation.put('a/missed.rdb', 'one');
    simulation.advance(4 * MINUTE);

    await simulation.reconcile({
      ...TICK,
      turn: async (what) => {
        if (what.startsWith('ledger.read sets/')) simulation.advance(1_000);
      },
    });

    expect(await simulation.ledgerText()).toContain('obs://backups/a/missed.rdb');
  });

  it('goes on with the next page of runs where listing them all takes longer than its share', async () => {
    const simulation = new Simulation({ jobs });
    const waiting = new Set<string>();
    for (let i = 0; i < 4_500; i++) {
      const name = `swept/${String(i).padStart(32, '0')}`;
      await simulation.store.put(`open/${name}`, '');
      waiting.add(name);
    }
    const slow = {
      ...TICK,
      turn: async (what: string) => {
        if (what.startsWith('ledger.list open/')) simulation.advance(20_000);
        if (what.startsWith('ledger.read runs/')) waiting.delete(what.slice('ledger.read runs/'.length));
      },
    };

    for (let tick = 0; tick < 6; tick++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile(slow);
    }

    expect(waiting.size).toBe(0);
  });

  it('writes where the next one begins before every twentieth run but the first, and nothing at its end', async () => {
    const { simulation } = await simulationWith(50);
    const order: string[] = [];
    simulation.advance(5 * MINUTE);

    await simulation.reconcile({
      ...TICK,
      turn: async (what) => {
        if (what === 'ledger.put control/reconcile-next') order.push('place');
        else if (what.startsWith('ledger.append control/')) order.push('beat');
        else if (what.startsWith('ledger.append runs/')) order.push('run');
      },
    });

    const twenty = Array.from({ length: 20 }, () => 'run');
    expect(order).toEqual(['beat', ...twenty, 'place', ...twenty, 'place', ...twenty.slice(10)]);
  });

  it('keeps a fifth of the time for runs for their reports', async () => {
    const { simulation } = await simulationWith(100);
    simulation.advance(5 * MINUTE);

    const { value } = await simulation.reconcile({
      ...TICK,
      turn: async (what) => {
        if (what.startsWith('ledger.append runs/')) simulation.advance(5_000);
      },
    });

    // Sets and sweep had their turn before: of 240 s 192 s are not kept.
    expect(value?.left).toBe(62);
  });

  it('goes on with the other parts when one fails, and fails at its end', async () => {
    const simulation = new Simulation({
      jobs,
      sabotage: (store) => ({
        ...store,
        put: async (name, text) => {
          if (name === 'control/reconcile-next') throw new LedgerError('ledger put: 503', { temporary: true });
          return store.put(name, text);
        },
      }),
    });
    for (let part = 0; part < 3; part++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile();
    }
    for (let i = 0; i < 30; i++) await addOpen(simulation, i);
    simulation.obs.listed.length = 0;
    simulation.advance(5 * MINUTE);

    const { value } = await simulation.reconcile(TICK);

    expect(value).toBeUndefined();
    expect(simulation.lines.filter((line) => line.includes('a part of the tick failed'))).toHaveLength(1);
    expect(simulation.obs.listed).toEqual(['backups/a/']);
  });

  it('leaves a run alone that hangs, and goes on with the others, the sets and the sweep', async () => {
    const { simulation, runs } = await simulationWith(5);
    const [hanging = ''] = runs;
    await simulation.notify([simulation.put('sets/x/1.rdb', 'one')]);
    simulation.put('a/missed.rdb', 'one');
    simulation.advance(10 * MINUTE);
    jest.useFakeTimers();
    try {
      const tick = simulation.reconcile({
        ...TICK,
        turn: (what) =>
          what === `ledger.read runs/swept/${hanging}` ? new Promise<never>(() => undefined) : Promise.resolve(),
      });
      await jest.advanceTimersByTimeAsync(24_000);

      const { value } = await tick;

      expect(value).toMatchObject({ open: 5, left: 0 });
      expect(value?.runs[0]).toMatchObject({ run: hanging, outcome: 'waiting', reason: { code: 'out_of_time' } });
    } finally {
      jest.useRealTimers();
    }
    expect(await unsettled(simulation, runs)).toEqual([hanging]);
    const text = await simulation.ledgerText();
    expect([text.includes('obs://backups/a/missed.rdb'), text.includes('obs://backups/sets/x/')]).toEqual([true, true]);
  });

  it('gives no run more than a tenth of the tick, and its lease lasts as long as the invocation', async () => {
    const { simulation } = await simulationWith(0);
    const seen: number[] = [];
    simulation.cloud.failingLists = Number.POSITIVE_INFINITY;
    await simulation.notify([simulation.put('a/one.rdb', 'one')], {
      // Its first records are written.
      crash: { at: 7, effect: 'after' },
    });
    simulation.advance(5 * MINUTE);
    const start = simulation.now;
    await simulation.reconcile({
      ...TICK,
      turn: async (what) => {
        if (what.startsWith('dcs.') || what === 'sleep undefined') simulation.advance(9_000);
        if (what.startsWith('dcs.')) seen.push(simulation.now - start);
      },
    });

    expect(Math.max(...seen)).toBeLessThan(24_000 + 9_000 + 1_000);
    simulation.cloud.failingLists = 0;
    simulation.advance(20 * MINUTE);
    const later = simulation.now;
    await simulation.reconcile(TICK);
    const claim = /"at":(\d+),"by":"invocation-4","type":"claimed","until":(\d+)/.exec(await simulation.ledgerText());
    expect(Number(claim?.[2])).toBeGreaterThan(later + 240_000);
  });

  it('checks again at what could not be read although a topic hangs', async () => {
    const { simulation } = await simulationWith(0);
    await simulation.store.put('open-unreadable/swept/bad', JSON.stringify({ since: 1, why: 'a list that is bad' }));
    await simulation.store.append('runs/swept/bad', 0, 'no record\n');
    await simulation.store.put('open/swept/failed', '');
    const stamp = { at: 1, by: 'x' };
    const notify = { smn: 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:t', on: ['failed'] };
    const received = {
      ...stamp,
      id: '1',
      type: 'received',
      v: RUN_VERSION,
      job: 'swept',
      run: 'failed',
      source: 's',
      trigger: 'object',
    };
    const rejected = { ...stamp, id: '2', type: 'rejected', reason: { code: 'x', message: 'x' } };
    const lines = [{ ...received, order: 1, policies: { notify, limit: { runs: 20, perMs: 3_600_000 } } }, rejected];
    await simulation.store.append('runs/swept/failed', 0, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    let isAsked = false;
    jest.useFakeTimers();
    try {
      const tick = simulation.reconcile({
        ...TICK,
        turn: (what) => {
          if (!what.startsWith('smn.')) return Promise.resolve();
          isAsked = true;
          return new Promise<never>(() => undefined);
        },
      });
      await jest.advanceTimersByTimeAsync(240_000);
      await tick;
    } finally {
      jest.useRealTimers();
    }

    expect(isAsked).toBe(true);
    expect(simulation.lines.join('\n')).toContain('a list that is bad');
  });
});
