import type { ObjectTrigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { listFailure } from '../fakes/fake-obs.ts';
import { type Crash, Simulation } from './simulation.ts';

const HOUR = 60 * 60_000;
const TOPIC = 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:migrations';

async function sweptJobs(change: (yaml: string) => string = (yaml) => yaml): Promise<Jobs> {
  const yaml = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  cache-a: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
jobs:
  import-a:
    on: { object_created: { bucket: backups, key: "a/**/*.rdb" } }
    limit: { runs: 1000, per: 1h }
    preflight: off
    sweep: { every: 1h, look_back: 24h }
    notify: { smn: "${TOPIC}", on: [missed] }
    backup_import: { target_instance: cache-a }
`;
  return (await parseJobs(change(yaml), 'yaml')).jobs;
}

describe.each([{ versioned: false }, { versioned: true }])('a sweep of a bucket ($versioned)', ({ versioned }) => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await sweptJobs();
  });

  /** A simulation in which the first sweep has been. */
  async function swept(from: Jobs = jobs): Promise<Simulation> {
    const simulation = new Simulation({ versioned });
    simulation.jobs = from;
    await simulation.reconcile();
    return simulation;
  }

  function put(simulation: Simulation, key: string, content = 'one'): ObjectTrigger {
    return simulation.obs.put('backups', key, content, new Date(simulation.now).toISOString());
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
        subject: 'import-a: 1 object of bucket backups had not been announced',
        message: expect.stringContaining('Objects: a/x/dump.rdb\n'),
      },
    ]);
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
    const simulation = new Simulation({ versioned });
    simulation.jobs = jobs;
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
    for (let i = 0; i < 620; i++) put(simulation, `a/${String(i).padStart(4, '0')}.txt`);
    put(simulation, 'a/9999.rdb');
    simulation.advance(HOUR);

    await simulation.reconcile();
    const first = simulation.cloud.tasks.length;
    simulation.advance(5 * 60_000);
    await simulation.reconcile();

    expect([first, simulation.cloud.tasks.length]).toEqual([0, 1]);
    expect(simulation.lines.filter((line) => line.includes('"looked":621'))).toHaveLength(1);
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
      'import-a: 12 objects of bucket backups had not been announced',
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
