import type { ObjectTrigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { LedgerError } from '../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../lib/ports/ledger-store.ts';
import { fingerprint, occurrenceOf } from '../../lib/runs/start/occurrence.ts';
import { listFailure } from '../fakes/fake-obs.ts';
import { TOPIC } from './followed-jobs.ts';
import { type Crash, Simulation } from './simulation.ts';
import { sweptJobs } from './swept-jobs.ts';

const HOUR = 60 * 60_000;

describe.each([{ versioned: false }, { versioned: true }])('a sweep of a bucket ($versioned)', ({ versioned }) => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await sweptJobs();
  });

  /** A simulation in which the first sweep has been. */
  async function swept(from: Jobs = jobs): Promise<Simulation> {
    const simulation = new Simulation({ versioned, jobs: from });
    await simulation.reconcile();
    return simulation;
  }

  function put(simulation: Simulation, key: string, content = 'one'): ObjectTrigger {
    return simulation.put(key, content);
  }

  it('finds an object whose notification was lost, and reports it', async () => {
    const simulation = await swept();
    simulation.advance(HOUR / 2);
    put(simulation, 'a/x/dump.rdb');
    simulation.advance(HOUR);

    const { value } = await simulation.reconcile();

    expect(value?.runs).toEqual([expect.objectContaining({ job: 'import-a', outcome: 'created' })]);
    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(simulation.smn.published).toEqual([
      {
        topic: TOPIC,
        subject: 'import-a: 1 object of bucket backups had no run',
        message: expect.stringContaining('Objects: a/x/dump.rdb\n'),
      },
    ]);
  });

  it('starts nothing for an object of a probe', async () => {
    const simulation = await swept();
    simulation.advance(HOUR / 2);
    put(simulation, 'a/.migrations-probe/20260101T000000Z-0000000a/a b+c%-.rdb');
    simulation.advance(HOUR);

    const { value } = await simulation.reconcile();

    expect(value?.runs).toEqual([]);
    expect(simulation.cloud.tasks).toEqual([]);
    expect(simulation.smn.published).toEqual([]);
  });

  it('makes one task of an object whose notification comes late', async () => {
    const simulation = await swept();
    const event = put(simulation, 'a/dump.rdb');
    simulation.advance(HOUR + 60_000);
    await simulation.reconcile();

    const { value } = await simulation.notify([event]);

    expect(value).toEqual([expect.objectContaining({ outcome: 'existing', task: expect.anything() })]);
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('starts nothing for an object that was announced, and reports nothing', async () => {
    const simulation = await swept();
    await simulation.notify([put(simulation, 'a/dump.rdb')]);
    simulation.advance(HOUR + 60_000);

    await simulation.reconcile();
    await simulation.settle();

    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(simulation.smn.published).toEqual([]);
  });

  it('imports nothing that is older than the first sweep', async () => {
    const simulation = new Simulation({ versioned, jobs });
    put(simulation, 'a/old.rdb');
    simulation.advance(60_000);

    for (let hour = 0; hour < 3; hour++) {
      await simulation.reconcile();
      simulation.advance(HOUR);
    }

    expect(simulation.cloud.tasks).toEqual([]);
    expect(simulation.obs.listed).toHaveLength(2);
  });

  it('imports nothing old when the glob of the job changes', async () => {
    const simulation = await swept();
    put(simulation, 'b/old.rdb');
    simulation.advance(HOUR);
    simulation.jobs = await sweptJobs((yaml) => yaml.replace('"a/**/*.rdb"', '"b/**"'));

    await simulation.reconcile();
    simulation.advance(HOUR);
    await simulation.reconcile();

    expect(simulation.cloud.tasks).toEqual([]);
  });

  it('leaves alone what its job does not match, folders and what is too new', async () => {
    const simulation = await swept();
    simulation.advance(HOUR - 30_000);
    put(simulation, 'a/notes.txt');
    put(simulation, 'a/x/', '');
    put(simulation, 'b/dump.rdb');
    simulation.advance(30_000);
    put(simulation, 'a/new.rdb');

    await simulation.reconcile();
    expect(simulation.cloud.tasks).toEqual([]);

    simulation.advance(HOUR);
    await simulation.reconcile();
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('looks as far back as look_back and not farther', async () => {
    const simulation = await swept();
    for (let hour = 0; hour < 30; hour++) {
      simulation.advance(HOUR);
      await simulation.reconcile();
    }
    simulation.obs.put('backups', 'a/farther.rdb', 'x', '2026-03-14T18:30:00.000Z');
    simulation.obs.put('backups', 'a/within.rdb', 'x', '2026-03-14T19:30:00.000Z');
    simulation.now = Date.parse('2026-03-15T19:01:00.000Z');
    await simulation.reconcile();

    expect(simulation.cloud.tasks.map(({ body }) => JSON.stringify(body['backup_files']))).toEqual([
      expect.stringContaining('a/within.rdb'),
    ]);
  });

  it('comes once in each length of every', async () => {
    const simulation = await swept();

    for (let minute = 0; minute < 120; minute += 5) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile();
    }

    expect(simulation.obs.listed).toEqual(['backups/a/', 'backups/a/']);
  });

  it('goes on at the next tick where it stopped, and counts all', async () => {
    const simulation = await swept();
    for (let i = 0; i < 2_120; i++) put(simulation, `a/${String(i).padStart(4, '0')}.txt`);
    put(simulation, 'a/9999.rdb');
    simulation.advance(HOUR);

    await simulation.reconcile({ timeLimitMs: 240_000 });
    const first = simulation.cloud.tasks.length;
    simulation.advance(5 * 60_000);
    await simulation.reconcile({ timeLimitMs: 240_000 });

    expect([first, simulation.cloud.tasks.length]).toEqual([0, 1]);
    expect(simulation.lines.filter((line) => line.includes('"looked":2121'))).toHaveLength(1);
  });

  it('ends a tick in time when the ledger is slow, and goes on at the next one', async () => {
    const simulation = await swept();
    for (let i = 0; i < 12; i++) put(simulation, `a/${i}.rdb`);
    simulation.advance(HOUR);
    const slow = {
      turn: async () => {
        simulation.advance(400);
      },
    };

    const { value } = await simulation.reconcile(slow);
    const inFirst = value?.runs.length ?? 0;
    for (let tick = 0; tick < 8; tick++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile(slow);
    }

    expect(inFirst).toBeGreaterThan(0);
    expect(inFirst).toBeLessThan(12);
    expect(await simulation.store.list('runs/', { limit: 1_000 })).toHaveLength(12);
    expect(simulation.smn.published.map(({ subject }) => subject)).toEqual([
      'import-a: 12 objects of bucket backups had no run',
    ]);
  });

  it('tries again when the bucket could not be listed', async () => {
    const simulation = await swept();
    put(simulation, 'a/dump.rdb');
    simulation.obs.failures.push(listFailure('unknown'));
    simulation.advance(HOUR);

    await simulation.reconcile();
    simulation.advance(5 * 60_000);
    await simulation.reconcile();

    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('stays within the budget of the job', async () => {
    const simulation = await swept(await sweptJobs((yaml) => yaml.replace('runs: 1000', 'runs: 2')));
    for (const name of ['1', '2', '3']) put(simulation, `a/${name}.rdb`);
    simulation.advance(HOUR);

    const { value } = await simulation.reconcile();

    expect(value?.runs.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.tasks).toHaveLength(3);
  });

  it('makes one task and tells it, wherever it is killed', async () => {
    const run = async (crash?: Crash): Promise<number> => {
      const simulation = await swept();
      const event = put(simulation, 'a/dump.rdb');
      simulation.advance(HOUR);
      const { calls } = await simulation.reconcile(crash ? { crash } : {});
      simulation.advance(2 * 60_000);
      await simulation.notify([event]);
      const open = await simulation.settle();
      const at = crash ? `killed ${crash.effect} call ${crash.at}` : 'not killed';
      expect({ at, tasks: simulation.cloud.tasks.length, open }).toEqual({ at, tasks: 1, open: 0 });
      const ids = new Set(simulation.smn.published.map(({ message }) => /^Report: (.*);/mu.exec(message)?.[1]));
      // Killed before it was found, its notification was faster than the next sweep.
      if (simulation.smn.published.length > 0)
        expect({ at, ids: [...ids] }).toEqual({ at, ids: [expect.stringMatching(/^import-a-.*-missed$/)] });
      return calls;
    };

    const calls = await run();
    for (let at = 1; at <= calls; at++) {
      await run({ at, effect: 'before' });
      await run({ at, effect: 'after' });
    }
    expect(calls).toBeGreaterThan(20);
  });
});

describe('a sweep that misses many objects', () => {
  /** Counts appends to the lists of sweeps, and refuses what OBS would refuse. */
  function limited(most: number) {
    const appends = new Map<string, number>();
    const reads = new Map<string, number>();
    const sabotage = (store: LedgerStore): LedgerStore => ({
      ...store,
      read: async (list) => {
        reads.set(list, (reads.get(list) ?? 0) + 1);
        return store.read(list);
      },
      append: async (list, position, text) => {
        const count = appends.get(list) ?? 0;
        if (list.includes('/found-') && count >= most) {
          throw new LedgerError(`ledger append ${list}: 409 ObjectNotAppendable`, { temporary: false });
        }
        const next = await store.append(list, position, text);
        if (next !== 'stale') appends.set(list, count + 1);
        return next;
      },
    });
    const ofFound = (counts: Map<string, number>) =>
      [...counts].filter(([list]) => list.includes('/found-')).map(([, count]) => count);
    return { sabotage, appends: () => ofFound(appends), reads: () => ofFound(reads) };
  }

  async function missing(count: number, sabotage?: (store: LedgerStore) => LedgerStore, from?: Jobs) {
    const simulation = new Simulation(sabotage ? { sabotage } : {});
    simulation.jobs = from ?? (await sweptJobs((yaml) => yaml.replace('runs: 1000', 'runs: 1')));
    await simulation.reconcile();
    for (let i = 0; i < count; i++) {
      const key = `a/${String(i).padStart(6, '0')}.rdb`;
      simulation.put(key, `content ${i}`);
    }
    simulation.advance(HOUR);
    return simulation;
  }

  async function pass(simulation: Simulation): Promise<{ isDone: boolean; isReported: boolean; looked: number }> {
    const names = await simulation.store.list('sweeps/', { limit: 1_000 });
    const name = names.find((entry) => entry.name.endsWith('/pass'))?.name ?? '';
    return JSON.parse((await simulation.store.get(name)) ?? '{}');
  }

  it('advances at each tick and ends, counts each once, and appends once for each hundred', async () => {
    const { sabotage, appends, reads } = limited(60);
    const simulation = await missing(2_150, sabotage);

    const looked: number[] = [];
    for (let tick = 0; tick < 2; tick++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile({ timeLimitMs: 3_600_000 });
      looked.push((await pass(simulation)).looked);
    }

    expect(looked).toEqual([2_000, 2_150]);
    expect(await pass(simulation)).toMatchObject({ isDone: true, isReported: true });
    expect(await simulation.store.list('runs/', { limit: 3_000 })).toHaveLength(2_150);
    // 22 pages and the report; read when it is opened, once in a tick.
    expect([appends(), reads()]).toEqual([[23], [2]]);
    expect(simulation.smn.published).toEqual([
      expect.objectContaining({
        subject: 'import-a: 2150 objects of bucket backups had no run',
        message: expect.stringContaining('a/000019.rdb and 2130 more\n'),
      }),
    ]);
  });

  it('counts each once when there is time for few of them in a tick', async () => {
    const { sabotage, appends } = limited(60);
    const simulation = await missing(70, sabotage);
    // Each call takes so long that there is time for one object or two in a tick.
    const slow = { timeLimitMs: 240_000, turn: async () => simulation.advance(1_000) };

    for (let tick = 0; tick < 200; tick++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile(slow);
      if ((await pass(simulation)).isReported) break;
    }

    expect(appends()).toHaveLength(1);
    expect(simulation.smn.published.map(({ subject }) => subject)).toEqual([
      'import-a: 70 objects of bucket backups had no run',
    ]);
  });

  it('goes on with a list that an older version has nearly filled', async () => {
    const { sabotage } = limited(10_000);
    const simulation = await missing(120, sabotage);
    let isFilled = false;
    const { put } = simulation.store;
    simulation.store.put = async (name, text) => {
      await put(name, text);
      const written = name.endsWith('/pass') ? JSON.parse(text) : { isDone: true };
      if (isFilled || written.isDone) return;
      isFilled = true;
      const line = (i: number) => ({
        id: `old-${i}`,
        at: 1,
        by: 'old',
        type: 'found',
        key: `a/0-${i}.rdb`,
        version: 'v',
      });
      const lines = Array.from({ length: 9_700 }, (_, i) => `${JSON.stringify(line(i))}\n`).join('');
      await simulation.store.append(name.replace(/pass$/, `found-${written.at}`), 0, lines);
    };

    await simulation.reconcile({ timeLimitMs: 900_000 });

    expect(await pass(simulation)).toMatchObject({ isDone: true, isReported: true, looked: 120 });
    expect(simulation.smn.published.map(({ subject }) => subject)).toEqual([
      'import-a: 9820 objects of bucket backups had no run',
    ]);
  });

  it('looks at its objects and starts them in parallel, eight at a time', async () => {
    const simulation = await missing(20);
    const underWay = { looks: 0, starts: 0 };
    const most = { looks: 0, starts: 0 };

    await simulation.reconcile({
      timeLimitMs: 240_000,
      turn: async (what) => {
        const kind = what.startsWith('ledger.read runs/')
          ? 'looks'
          : what.startsWith('ledger.put open/')
            ? 'starts'
            : undefined;
        if (!kind) return;
        underWay[kind] += 1;
        most[kind] = Math.max(most[kind], underWay[kind]);
        await new Promise<void>((resolve) => setImmediate(resolve));
        underWay[kind] -= 1;
      },
    });

    expect(most).toEqual({ looks: 8, starts: 8 });
    expect(await simulation.store.list('runs/', { limit: 100 })).toHaveLength(20);
  });

  it('looks through a bucket of many keys over as many ticks as that takes', async () => {
    const simulation = await missing(0);
    for (let i = 0; i < 4_500; i++) {
      simulation.obs.put('backups', `a/${String(i).padStart(6, '0')}.rdb`, `old ${i}`, '2020-01-01T00:00:00.000Z');
    }
    simulation.obs.put('backups', 'a/zzz.rdb', 'new', new Date(simulation.now - HOUR / 2).toISOString());
    // Each page of a thousand keys takes most of a tick.
    const { listSince } = simulation.obs;
    simulation.obs.listSince = (bucket, prefix, since, most, after, goesOn) =>
      listSince.call(simulation.obs, bucket, prefix, since, most, after, (upTo) => {
        simulation.advance(4_000);
        return goesOn?.(upTo) ?? true;
      });

    for (let tick = 0; tick < 8; tick++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile({ timeLimitMs: 15_000 });
    }

    expect(await simulation.ledgerText()).toContain('obs://backups/a/zzz.rdb');
  });

  it('has another job wait no longer than a tick', async () => {
    const two = await sweptJobs(
      (yaml) => `${yaml.replace('runs: 1000', 'runs: 1')}
  import-z:
    on: { object_created: { bucket: backups, key: "z/**" } }
    preflight: off
    sweep: { every: 1h, look_back: 24h }
    backup_import: { target_instance: cache-a }
`,
    );
    const simulation = await missing(2_200, undefined, two);
    simulation.obs.put('backups', 'z/one.rdb', 'z', new Date(simulation.now - HOUR / 2).toISOString());

    await simulation.reconcile({ timeLimitMs: 900_000 });
    simulation.advance(5 * 60_000);
    await simulation.reconcile({ timeLimitMs: 900_000 });

    expect((await simulation.ledgerText()).includes('obs://backups/z/one.rdb')).toBe(true);
  });
});

describe('a sweep that is killed', () => {
  it('has another job wait for two ticks at most, whichever kills the process', async () => {
    const simulation = new Simulation({
      jobs: await sweptJobs((yaml) =>
        yaml.replace(
          'jobs:',
          `jobs:
  import-z:
    on: { object_created: { bucket: backups, key: "z/**" } }
    preflight: off
    sweep: { every: 1h, look_back: 24h }
    backup_import: { target_instance: cache-a }`,
        ),
      ),
    });
    await simulation.reconcile();
    for (const key of ['a/one.rdb', 'z/one.rdb']) {
      simulation.put(key);
    }
    simulation.advance(HOUR);
    const { listSince } = simulation.obs;
    simulation.obs.listSince = async (bucket, prefix, ...rest) => {
      if (prefix === 'z/') simulation.advance(HOUR);
      return listSince.call(simulation.obs, bucket, prefix, ...rest);
    };

    for (let tick = 0; tick < 4; tick++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile();
    }

    expect(await simulation.ledgerText()).toContain('obs://backups/a/one.rdb');
    simulation.put('a/two.rdb', 'two');
    simulation.advance(HOUR + 5 * 60_000);
    for (let tick = 0; tick < 4; tick++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile();
    }
    expect(await simulation.ledgerText()).toContain('obs://backups/a/two.rdb');
  });

  it('gets on although reading is so slow that a tick is over before all of a page is read', async () => {
    const simulation = new Simulation({ jobs: await sweptJobs() });
    await simulation.reconcile();
    for (let i = 0; i < 100; i++) {
      simulation.put(`a/${100 + i}.rdb`, `${i}`);
    }
    simulation.advance(HOUR);

    for (let tick = 0; tick < 3; tick++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile({ turn: async () => simulation.advance(1_000) });
    }

    expect((await simulation.store.list('runs/', { limit: 100 })).length).toBeGreaterThan(0);
  });

  it('starts an object later whose first record could not be written, however long that lasts', async () => {
    let isFailing = true;
    const simulation = new Simulation({
      sabotage: (store) => ({
        ...store,
        append: async (list, ...rest) => {
          if (isFailing && list.startsWith('runs/')) throw new LedgerError('ledger append: 403', { temporary: false });
          return store.append(list, ...rest);
        },
      }),
    });
    simulation.jobs = await sweptJobs();
    await simulation.reconcile();
    simulation.put('a/one.rdb', 'one');
    simulation.advance(HOUR);
    for (let tick = 0; tick < 3; tick++) {
      await simulation.reconcile();
      simulation.advance(5 * 60_000);
    }
    // Else the orphaned marker and the window of the sweep would do the same.
    simulation.advance(3 * 24 * HOUR);
    await simulation.reconcile();
    simulation.advance(HOUR);
    isFailing = false;

    await simulation.reconcile();

    expect(simulation.cloud.tasks).toHaveLength(1);
  });
});

describe('a sweep after a long outage', () => {
  it('finds what landed right after the last pass looked, however long ago that was', async () => {
    const simulation = new Simulation({ jobs: await sweptJobs() });
    await simulation.reconcile();
    simulation.advance(HOUR);
    await simulation.reconcile();
    simulation.obs.put('backups', 'a/landed.rdb', 'x', new Date(simulation.now - 60_000).toISOString());
    simulation.advance(30 * 24 * HOUR);

    await simulation.reconcile();

    expect(simulation.cloud.tasks).toHaveLength(1);
  });
});

describe('a sweep that meets a record that cannot be read', () => {
  const BAD = ['{"id":"half', '{"id":"x","at":1,"by":"somebody","type":"hello"}\n', 'null\n'];

  async function damaged(bad: string): Promise<{ simulation: Simulation; list: string; object: ObjectTrigger }> {
    const simulation = new Simulation({
      jobs: await sweptJobs((yaml) => yaml.replace('on: [missed]', 'on: [missed, parked]')),
    });
    await simulation.reconcile();
    simulation.advance(HOUR);
    const object = simulation.put('a/1.rdb', 'one');
    const run = fingerprint('import-a', occurrenceOf(object));
    const list = `runs/import-a/${run}`;
    await simulation.store.append(list, 0, bad);
    simulation.put('a/2.rdb', 'two');
    simulation.advance(HOUR);
    return { simulation, list, object };
  }

  it.each(BAD)('passes over it, starts the others, and says so once and at each tick (%j)', async (bad) => {
    const { simulation, list } = await damaged(bad);

    for (let tick = 0; tick < 4; tick++) {
      await simulation.reconcile();
      simulation.advance(5 * 60_000);
    }

    expect(simulation.cloud.tasks.map(({ body }) => JSON.stringify(body['backup_files']))).toEqual([
      expect.stringContaining('a/2.rdb'),
    ]);
    const told = simulation.smn.published.filter(({ subject }) => subject.includes('cannot be read'));
    expect(told).toHaveLength(1);
    expect(told[0]?.subject).toContain(`import-a: a record cannot be read: ledger ${list}: `);
    expect(told[0]?.message).toContain('Object: obs://backups/a/1.rdb\n');
    expect(simulation.lines.filter((line) => line.includes('a record cannot be read; its run')).length).toBeGreaterThan(
      2,
    );
  });

  it('starts it when its record was taken away, however much later', async () => {
    const { simulation, list } = await damaged('no record\n');
    await simulation.reconcile();
    simulation.advance(10 * 24 * HOUR);
    await simulation.store.remove(list);

    await simulation.reconcile();

    expect(simulation.cloud.tasks.map(({ body }) => JSON.stringify(body['backup_files']))).toContainEqual(
      expect.stringContaining('a/1.rdb'),
    );
    expect(await simulation.store.list('open-unreadable/', { limit: 10 })).toEqual([]);
  });

  it('starts nothing of a job that is swept no more', async () => {
    const { simulation, list } = await damaged('no record\n');
    await simulation.reconcile();
    await simulation.settle();
    await simulation.store.remove(list);
    simulation.jobs = await sweptJobs((yaml) => yaml.replace(/ {4}sweep:.*\n/, ''));
    simulation.advance(HOUR);

    await simulation.reconcile();

    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(await simulation.store.list('open-unreadable/', { limit: 10 })).toEqual([]);
  });

  it('reports it when the topic answers again', async () => {
    const { simulation } = await damaged('no record\n');
    simulation.smn.failing = 3;

    for (let tick = 0; tick < 6; tick++) {
      await simulation.reconcile();
      simulation.advance(5 * 60_000);
    }

    expect(simulation.smn.published.filter(({ subject }) => subject.includes('cannot be read'))).toHaveLength(1);
  });

  it('looks at an object again that could not be read for now', async () => {
    let failing = 2;
    const simulation = new Simulation({
      sabotage: (store) => ({
        ...store,
        read: async (list) => {
          if (list.startsWith('runs/') && failing-- > 0) throw new LedgerError('ledger read: 503', { temporary: true });
          return store.read(list);
        },
      }),
    });
    simulation.jobs = await sweptJobs();
    await simulation.reconcile();
    simulation.put('a/1.rdb', 'one');
    simulation.advance(HOUR);

    for (let tick = 0; tick < 4; tick++) {
      await simulation.reconcile();
      simulation.advance(5 * 60_000);
    }

    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(simulation.smn.published.filter(({ subject }) => subject.includes('cannot be read'))).toEqual([]);
  });

  it.each(['found', 'pass'])('goes on when it is its own %s', async (what) => {
    const simulation = new Simulation({ jobs: await sweptJobs((yaml) => yaml.replace('runs: 1000', 'runs: 1')) });
    await simulation.reconcile();
    simulation.advance(HOUR);
    for (let i = 0; i < 620; i++) {
      const key = `a/${String(i).padStart(4, '0')}.rdb`;
      simulation.put(key, `x${i}`);
    }
    simulation.advance(HOUR);
    await simulation.reconcile({ timeLimitMs: 900_000 });
    const names = (await simulation.store.list('sweeps/', { limit: 10 })).map(({ name }) => name);
    const name = names.find((one) => one.includes(what)) ?? '';
    if (what === 'pass') await simulation.store.put(name, '{"at":');
    else await simulation.store.append(name, (await simulation.store.read(name)).position, 'no record\n');

    for (let tick = 0; tick < 3; tick++) {
      simulation.advance(5 * 60_000);
      await simulation.reconcile({ timeLimitMs: 900_000 });
    }

    expect(await simulation.store.list('runs/', { limit: 1_000 })).toHaveLength(620);
    const { isDone } = JSON.parse(
      (await simulation.store.get(names.find((one) => one.endsWith('/pass')) ?? '')) ?? '{}',
    );
    expect(isDone).toBe(true);
  });

  it('leaves an object alone whose record hangs, and goes on with the others', async () => {
    const { simulation, list } = await damaged('no record\n');
    await simulation.store.remove(list);
    jest.useFakeTimers();
    try {
      const tick = simulation.reconcile({
        turn: (what) => (what === `ledger.read ${list}` ? new Promise<never>(() => undefined) : Promise.resolve()),
      });
      // It is found, noted, and checked again in the same tick: twice a tenth of the minute.
      await jest.advanceTimersByTimeAsync(12_000);
      await tick;
    } finally {
      jest.useRealTimers();
    }

    expect(simulation.cloud.tasks).toHaveLength(1);
    simulation.advance(5 * 60_000);
    await simulation.reconcile();
    expect(await simulation.store.list('runs/', { limit: 10 })).toHaveLength(2);
  });
});
