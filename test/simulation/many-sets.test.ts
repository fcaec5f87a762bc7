import type { Jobs } from '../../lib/jobs/job.ts';
import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { LedgerError } from '../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../lib/ports/ledger-store.ts';
import { segment } from '../../lib/runs/ledger/ledger.ts';
import { listOpenSets, markSetOpen } from '../../lib/runs/ledger/set-log.ts';
import { Simulation } from './simulation.ts';

const MINUTE = 60_000;

const YAML = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets: { cache-a: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 } }
jobs:
  sets:
    on: { object_created: { bucket: backups, key: "sets/**", set: { by: "sets/{set}/", complete: { quiet: 10m }, deadline: 2d } } }
    preflight: off
    backup_import: { target_instance: cache-a }
`;

let jobs: Jobs;
beforeAll(async () => {
  ({ jobs } = await parseJobs(YAML, 'yaml'));
});

function simulationOf(sabotage?: (store: LedgerStore) => LedgerStore): Simulation {
  const simulation = new Simulation(sabotage ? { sabotage } : {});
  simulation.jobs = jobs;
  return simulation;
}

/** Sets with a file that was announced and is gone: they wait for their deadline. */
async function openWaiting(simulation: Simulation, count: number): Promise<void> {
  const ledger = simulation.ledger('test');
  for (let i = 0; i < count; i++) {
    const prefix = `sets/waiting-${i}/`;
    const time = new Date(simulation.now).toISOString();
    const member = { ...ledger.stamp(), type: 'member', key: `${prefix}1.rdb`, version: 'v', time };
    await simulation.store.append(`sets/sets/${segment(prefix)}`, 0, `${JSON.stringify(member)}\n`);
    await markSetOpen(ledger, { job: 'sets', prefix });
  }
}

async function landComplete(simulation: Simulation, name: string): Promise<void> {
  await simulation.notify([simulation.put(`sets/${name}/1.rdb`, name)]);
}

/** Names of sets whose mark is the last of all, so that they come after every other. */
const LAST_NAMES = Array.from({ length: 20_000 }, (_, i) => ({
  name: `complete-${i}`,
  mark: segment(`sets/complete-${i}/`),
}))
  .sort((a, b) => (a.mark < b.mark ? -1 : 1))
  .slice(-45)
  .map(({ name }) => name);

const started = (simulation: Simulation) =>
  simulation.cloud.tasks.map(({ body }) => /sets\/([^/]+)\//.exec(JSON.stringify(body))?.[1]);

/** Ticks of a minute each, five minutes apart, until this many tasks are there. @returns how many ticks it took */
async function ticksUntil(simulation: Simulation, tasks: number, most: number): Promise<number> {
  for (let tick = 1; tick <= most; tick++) {
    simulation.advance(5 * MINUTE);
    await simulation.reconcile({ timeLimitMs: MINUTE });
    if (simulation.cloud.tasks.length >= tasks) return tick;
  }
  return most + 1;
}

describe('many sets that wait', () => {
  it('keep the complete one behind them from starting for no more ticks than it takes to look at all', async () => {
    const simulation = simulationOf();
    await openWaiting(simulation, 2_500);
    const name = LAST_NAMES.at(-1) ?? '';
    await landComplete(simulation, name);
    simulation.advance(10 * MINUTE);

    // Four requests of 20 ms for each: about 560 of them in the 45 seconds or so that a tick of a minute has for them.
    const ticks = await ticksUntil(simulation, 1, 12);

    expect(started(simulation)).toEqual([name]);
    expect(ticks).toBeLessThanOrEqual(6);
  });

  it('are read eight side by side', async () => {
    const simulation = simulationOf();
    await openWaiting(simulation, 30);
    let underWay = 0;
    let most = 0;

    await simulation.reconcile({
      turn: async (what) => {
        if (!what.startsWith('ledger.read sets/')) return;
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise<void>((resolve) => setImmediate(resolve));
        underWay -= 1;
      },
    });

    expect(most).toBe(8);
  });

  it('are listed by their names alone', async () => {
    const simulation = simulationOf();
    await openWaiting(simulation, 30);
    const ledger = simulation.ledger('test');
    let gets = 0;
    const counting = {
      ...ledger,
      store: { ...simulation.store, get: () => Promise.reject(new Error(`get ${gets++}`)) },
    };

    expect(await listOpenSets(counting, { limit: 1_000 })).toHaveLength(30);
    expect(gets).toBe(0);
  });
});

describe('a set that cannot be processed', () => {
  it('is reported and passed over when its list cannot be read', async () => {
    const simulation = simulationOf();
    await landComplete(simulation, 'good');
    await landComplete(simulation, 'garbled');
    const list = `sets/sets/${segment('sets/garbled/')}`;
    await simulation.store.append(list, (await simulation.store.read(list)).position, '{"id":"half');
    simulation.advance(11 * MINUTE);

    const { value } = await simulation.reconcile();

    expect(started(simulation)).toEqual(['good']);
    expect(value?.runs.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual(
      expect.arrayContaining([['waiting', 'ledger']]),
    );
    expect(simulation.lines.join('\n')).toContain('"set":"sets/garbled/"');
  });

  it.each(['first', 'middle', 'last'] as const)(
    'starves no other when each tick dies at it, being the %s',
    async (where) => {
      const names = LAST_NAMES;
      const killer = names[where === 'first' ? 0 : where === 'middle' ? 25 : 44] ?? '';
      const list = `sets/sets/${segment(`sets/${killer}/`)}`;
      let isDeadly = false;
      const simulation = simulationOf((store) => ({
        ...store,
        read: (name) => (isDeadly && name === list ? new Promise(() => {}) : store.read(name)),
      }));
      for (const name of names) await landComplete(simulation, name);
      simulation.advance(11 * MINUTE);
      isDeadly = true;

      const ends: boolean[] = [];
      for (let tick = 0; tick < 9; tick++) {
        simulation.advance(5 * MINUTE);
        const end = await Promise.race([simulation.reconcile(), hangs()]);
        ends.push(end !== 'hangs');
      }

      const receivedRuns = (await simulation.store.list('runs/', { limit: 1_000 })).length;
      expect(receivedRuns).toBe(44);
      // Two ticks find out which set it is, and the next one does all its work.
      expect(ends).toEqual([false, false, true, false, false, true, false, false, true]);
    },
  );

  it.each([
    [0, [0, 0, 44]],
    [7, [0, 7, 44]],
    [25, [18, 25, 44]],
    [44, [37, 44, 44]],
  ])('starves no other when reading it kills each tick, being at place %i', async (at, expected) => {
    const killer = LAST_NAMES[at] ?? '';
    const simulation = simulationOf();
    for (const name of LAST_NAMES) await landComplete(simulation, name);
    simulation.advance(11 * MINUTE);
    const limit = { timeLimitMs: 4 * MINUTE };

    const received: number[] = [];
    for (let tick = 0; tick < 3; tick++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile({
        ...limit,
        turn: async (what) => {
          if (what === `ledger.read sets/sets/${segment(`sets/${killer}/`)}`) simulation.advance(limit.timeLimitMs);
        },
      });
      received.push((await simulation.store.list('runs/', { limit: 1_000 })).length);
    }

    expect(received).toEqual(expected);
  });

  it('takes no more than a tenth of the time', async () => {
    const simulation = simulationOf((store) => ({
      ...store,
      read: async (name) => {
        if (name === slow) simulation.now += 8_000;
        return store.read(name);
      },
    }));
    const slow = `sets/sets/${segment('sets/slow/')}`;
    await landComplete(simulation, 'slow');
    simulation.advance(11 * MINUTE);

    await simulation.reconcile({ timeLimitMs: MINUTE });

    // A tenth of the minute is over before its run could begin.
    expect(started(simulation)).toEqual([]);
  });
});

/** Resolves when everything else that could go on has gone on: all but this goes on without a turn of the event loop. */
async function hangs(): Promise<'hangs'> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  return 'hangs';
}

describe('the list of a set', () => {
  it('goes on in another one when objects come to it forever, and is as it was', async () => {
    const appends = new Map<string, number>();
    const simulation = simulationOf((store) => ({
      ...store,
      append: async (list, position, text) => {
        const count = appends.get(list) ?? 0;
        if (count >= 10_000) throw new LedgerError(`${list}: 409 ObjectNotAppendable`, { temporary: false });
        appends.set(list, count + 1);
        return store.append(list, position, text);
      },
    }));
    await landComplete(simulation, 'day');
    simulation.advance(11 * MINUTE);
    await simulation.reconcile();
    const time = new Date(simulation.now).toISOString();
    const list = `sets/sets/${segment('sets/day/')}`;
    // As their notifications leave them, each of which reads the whole list.
    for (let i = 0; i < 960; i++) {
      const late = { ...simulation.ledger().stamp(), type: 'late', key: 'sets/day/late.rdb', version: `v${i}`, time };
      const { position } = await simulation.store.read(list);
      await simulation.store.append(list, position, `${JSON.stringify(late)}\n`);
    }
    for (let i = 0; i < 100; i++) {
      await simulation.notify([simulation.obs.put('backups', 'sets/day/late.rdb', `content ${i}`, time)]);
    }

    const first = simulation.obs.put('backups', 'sets/day/1.rdb', 'day', time);
    const { value } = await simulation.notify([first]);

    expect(value?.map(({ outcome }) => outcome)).toEqual(['existing']);
    expect([...appends].filter(([name]) => name.startsWith(list)).map(([, count]) => count)).toEqual([1_001, 64]);
    expect(simulation.cloud.tasks).toHaveLength(1);
  });
});

describe('the mark of an open set', () => {
  it('is put back when a new marker came while it was taken away, and whoever brought that died', async () => {
    const simulation = simulationOf();
    simulation.jobs = (
      await parseJobs(
        YAML.replace('{ quiet: 10m }', '{ marker: _SUCCESS }').replace('key: "sets/**"', 'key: "sets/**/*.rdb"'),
        'yaml',
      )
    ).jobs;
    const time = new Date(simulation.now).toISOString();
    const put = (name: string, content: string) => simulation.obs.put('backups', `sets/day/${name}`, content, time);
    await simulation.notify([put('1.rdb', 'one'), put('_SUCCESS', 'first')]);
    const [marked, removed, appended] = [gate(), gate(), gate()];
    let marks = 0;

    await simulation.reconcile({
      turn: async (what) => {
        if (what.startsWith('ledger.remove open-sets/')) {
          void simulation.notify([put('_SUCCESS', 'second')], { turn: bringer });
          await marked.opened;
        } else if (marks > 0 && what.startsWith('ledger.read sets/')) {
          removed.open();
          await appended.opened;
        }
      },
    });
    async function bringer(what: string): Promise<void> {
      if (what.startsWith('ledger.append sets/')) {
        marked.open();
        await removed.opened;
      }
      if (!what.startsWith('ledger.put open-sets/')) return;
      marks += 1;
      if (marks < 2) return;
      // It has appended, and dies before it has put its second mark.
      appended.open();
      await new Promise(() => {});
    }
    await simulation.settle();

    expect(marks).toBe(2);
    expect(simulation.cloud.tasks).toHaveLength(2);
  });
});

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
