import type { ObjectTrigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { LedgerError } from '../../lib/ports/ledger-error.ts';
import { listFailure } from '../fakes/fake-obs.ts';
import { TOPIC } from './followed-jobs.ts';
import { setJobs } from './set-jobs.ts';
import { type Crash, Simulation } from './simulation.ts';

const MINUTE = 60_000;

const WAYS = [
  { way: 'a marker', complete: '{ marker: _SUCCESS }' },
  { way: 'a count', complete: '{ count: 3 }' },
  { way: 'quiet', complete: '{ quiet: 5m }' },
] as const;

function filesOf(simulation: Simulation): unknown[] {
  return simulation.cloud.tasks.map(({ body }) => body['backup_files']);
}

const ALL_THREE = {
  file_source: 'self_build_obs',
  bucket_name: 'backups',
  files: [{ file_name: 'prod/day-1/a.rdb' }, { file_name: 'prod/day-1/b.rdb' }, { file_name: 'prod/day-1/c.rdb' }],
};

/** Three shards, in another order than that of their keys, and the marker where the job has one. */
function putSet(simulation: Simulation, complete: string): ObjectTrigger[] {
  const shards = ['prod/day-1/b.rdb', 'prod/day-1/c.rdb', 'prod/day-1/a.rdb'].map((key) => simulation.put(key));
  return complete.includes('marker') ? [...shards, simulation.put('prod/day-1/_SUCCESS', '')] : shards;
}

describe.each(WAYS)('a set that is complete by $way', ({ complete }) => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await setJobs(complete);
  });

  it('becomes one task with all its files, in the order of their keys', async () => {
    const simulation = new Simulation({ jobs });

    for (const event of putSet(simulation, complete)) await simulation.notify([event]);
    await simulation.settle();

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
    expect(simulation.cloud.tasks[0]?.name).toMatch(/^set-day-1-[0-9a-f]{12}$/);
    expect(simulation.smn.published).toEqual([]);
  });

  it('has no file of a probe', async () => {
    const simulation = new Simulation({ jobs });
    const probed = simulation.put('prod/day-1/.migrations-probe/20260101T000000Z-0000000a/a b+c%-.rdb');

    await simulation.notify([probed]);
    for (const event of putSet(simulation, complete)) await simulation.notify([event]);
    await simulation.settle();

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
  });

  it('counts a file once that is delivered twice', async () => {
    const simulation = new Simulation({ jobs });
    const events = putSet(simulation, complete);

    for (const event of events) await simulation.notify([event, event]);
    await simulation.settle();
    const { value } = await simulation.notify(events);

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
    expect(value?.map(({ outcome, task }) => [outcome, task?.id])).toEqual(events.map(() => ['existing', 'task-1']));
  });

  it('becomes one task when all its files land at once', async () => {
    const simulation = new Simulation({ jobs });

    await Promise.all(putSet(simulation, complete).map((event) => simulation.notify([event])));
    await simulation.settle();

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
  });

  it('becomes one task wherever an invocation is killed', async () => {
    const run = async (killed: number, crash?: Crash): Promise<number> => {
      const simulation = new Simulation({ jobs });
      const events = putSet(simulation, complete);
      let calls = 0;
      for (const [i, event] of events.entries()) {
        const end = await simulation.notify([event], crash && i === killed ? { crash } : {});
        if (i === killed) calls = end.calls;
      }
      simulation.advance(10 * MINUTE);
      const tick = await simulation.reconcile(crash && killed === events.length ? { crash } : {});
      if (killed === events.length) calls = tick.calls;
      // The platform delivers again what it saw fail.
      const dead = events[killed];
      if (crash && dead) await simulation.notify([dead]);
      const open = await simulation.settle();
      const at = crash ? `killed ${crash.effect} call ${crash.at} of ${killed}` : 'not killed';
      expect({ at, open, files: filesOf(simulation) }).toEqual({ at, open: 0, files: [ALL_THREE] });
      expect({ at, sets: await openSets(simulation) }).toEqual({ at, sets: 0 });
      return calls;
    };

    for (let killed = 0; killed <= 4; killed++) {
      const calls = await run(killed);
      for (let at = 1; at <= calls; at++) {
        await run(killed, { at, effect: 'before' });
        await run(killed, { at, effect: 'after' });
      }
    }
  });

  it('is found by a sweep when no notification came', async () => {
    const swept = await setJobs(complete, (yaml) =>
      yaml.replace('preflight: off', 'preflight: off\n    sweep: { every: 1h, look_back: 24h }'),
    );
    const simulation = new Simulation({ jobs: swept });
    await simulation.reconcile();
    putSet(simulation, complete);

    for (let tick = 0; tick < 30; tick++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile();
    }

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
    expect(simulation.smn.published).toHaveLength(1);
  });

  it('starts nothing and says so when a file comes too late', async () => {
    const simulation = new Simulation({ jobs });
    for (const event of putSet(simulation, complete)) await simulation.notify([event]);
    await simulation.settle();
    simulation.advance(10 * MINUTE);
    await simulation.reconcile();

    const { value } = await simulation.notify([simulation.put('prod/day-1/d.rdb')]);
    await simulation.reconcile();
    await simulation.reconcile();

    const message = 'obs://backups/prod/day-1/d.rdb arrived after its set was over; it is not imported';
    expect(value).toEqual([{ job: 'import-set', outcome: 'skipped', reason: { code: 'late_member', message } }]);
    expect(filesOf(simulation)).toEqual([ALL_THREE]);
    expect(simulation.smn.published.map(({ subject }) => subject)).toEqual([
      'import-set: too late for its set: obs://backups/prod/day-1/d.rdb',
    ]);
    expect(await openSets(simulation)).toBe(0);
  });
});

async function openSets({ store }: Simulation): Promise<number> {
  return (await store.list('open-sets/', { limit: 100 })).length;
}

describe('a set whose run could not be recorded', () => {
  it('is started at a later tick', async () => {
    const trouble = { on: true };
    const simulation = new Simulation({
      jobs: await setJobs('{ count: 3 }'),
      sabotage: (store) => ({
        ...store,
        append: async (list, position, text) => {
          if (trouble.on && list.startsWith('runs/')) throw new LedgerError('ledger append: 403', { temporary: false });
          return store.append(list, position, text);
        },
      }),
    });
    await simulation.notify(putSet(simulation, ''));
    expect(simulation.cloud.creates).toEqual([]);
    trouble.on = false;

    simulation.advance(5 * MINUTE);
    await simulation.reconcile();

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
  });
});

describe('a set that is not complete', () => {
  it('waits, is reported once after its deadline, and then starts nothing any more', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ count: 3 }') });
    const { value } = await simulation.notify([simulation.put('prod/day-1/a.rdb')]);
    simulation.advance(5 * 60 * MINUTE);
    await simulation.reconcile();
    expect(simulation.smn.published).toEqual([]);

    simulation.advance(60 * MINUTE);
    await simulation.reconcile();
    await simulation.reconcile();
    const late = await simulation.notify([simulation.put('prod/day-1/b.rdb'), simulation.put('prod/day-1/c.rdb')]);

    expect(value).toEqual([
      {
        job: 'import-set',
        outcome: 'waiting',
        reason: { code: 'set_incomplete', message: 'set obs://backups/prod/day-1/: 1 file found of 3' },
      },
    ]);
    expect(late.value?.map(({ reason }) => reason?.code)).toEqual(['late_member', 'late_member']);
    expect(simulation.cloud.tasks).toEqual([]);
    expect(simulation.smn.published).toEqual([
      {
        topic: TOPIC,
        subject: 'import-set: incomplete set: obs://backups/prod/day-1/',
        message: `A set of job import-set was not complete in time. Nothing was imported.

Set: obs://backups/prod/day-1/
Objects: prod/day-1/a.rdb
Time: given up 2026-03-14T18:00:00.460Z
Why: set obs://backups/prod/day-1/: 1 file found of 3
What to do: find out why the rest was not uploaded, then upload the whole set under another prefix
Report: 450910d3484efe1c7baf9fa056535c86-missed; it may be sent twice, then with the same id
`,
      },
    ]);
  });

  it('is reported though the invocation that recorded its only file died and was not repeated', async () => {
    const jobs = await setJobs('{ count: 3 }');
    const run = async (crash?: Crash): Promise<number> => {
      const simulation = new Simulation({ jobs });
      const { calls } = await simulation.notify([simulation.put('prod/day-1/a.rdb')], crash ? { crash } : {});
      simulation.advance(6 * 60 * MINUTE);
      await simulation.reconcile();
      const recorded = await simulation.store.list('sets/', { limit: 10 });
      expect({ crash, reports: simulation.smn.published.length }).toEqual({ crash, reports: recorded.length });
      return calls;
    };

    const calls = await run();
    for (let at = 1; at <= calls; at++) {
      await run({ at, effect: 'before' });
      await run({ at, effect: 'after' });
    }
  });

  it('is reported at a later tick when the topic could not be reached', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ count: 3 }') });
    await simulation.notify([simulation.put('prod/day-1/a.rdb')]);
    simulation.advance(6 * 60 * MINUTE);
    simulation.smn.failing = 1;

    await simulation.reconcile();
    expect([simulation.smn.published.length, await openSets(simulation)]).toEqual([0, 1]);
    await simulation.reconcile();

    expect([simulation.smn.published.length, await openSets(simulation)]).toEqual([1, 0]);
  });

  it('is forgotten a day later when the topic can never be reached', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ count: 3 }') });
    await simulation.notify([simulation.put('prod/day-1/a.rdb')]);
    simulation.advance(6 * 60 * MINUTE);
    simulation.smn.failing = 1_000;
    await simulation.reconcile();

    simulation.advance(24 * 60 * MINUTE);
    await simulation.reconcile();

    expect(await openSets(simulation)).toBe(0);
  });

  it('is given up when its job is gone from the jobs file', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ count: 3 }') });
    await simulation.notify([simulation.put('prod/day-1/a.rdb')]);
    simulation.jobs = { ...simulation.jobs, jobs: new Map() };

    await simulation.reconcile();

    expect(await openSets(simulation)).toBe(0);
  });
});

describe('a set that is complete when it is quiet', () => {
  it('waits as long as the bucket has a file that is newer than that, though nobody announced it', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ quiet: 5m }') });
    await simulation.notify([simulation.put('prod/day-1/a.rdb'), simulation.put('prod/day-1/b.rdb')]);
    simulation.advance(4 * MINUTE);
    simulation.put('prod/day-1/c.rdb');
    simulation.advance(2 * MINUTE);
    await simulation.reconcile();
    expect(simulation.cloud.tasks).toEqual([]);

    simulation.advance(4 * MINUTE);
    await simulation.reconcile();

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
  });
});

describe('a set with a marker', () => {
  it('takes the files that the bucket has, though their notifications come after the marker or never', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ marker: _SUCCESS }') });
    const [b, , , marker] = putSet(simulation, 'marker') as [
      ObjectTrigger,
      ObjectTrigger,
      ObjectTrigger,
      ObjectTrigger,
    ];

    await simulation.notify([marker]);
    const { value } = await simulation.notify([b]);

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
    expect(value).toEqual([expect.objectContaining({ outcome: 'existing' })]);
  });

  it('is started at a later tick when the bucket could not be listed', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ marker: _SUCCESS }') });
    simulation.obs.failures.push(listFailure('unknown'));
    const { value } = await simulation.notify(putSet(simulation, 'marker'));
    expect([value?.at(-1)?.outcome, simulation.cloud.tasks.length]).toEqual(['waiting', 0]);

    await simulation.reconcile();

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
  });

  it('takes the files that were announced where the bucket may not be listed', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ marker: _SUCCESS }') });
    simulation.obs.failures.push(listFailure('rejected'));

    await simulation.notify(putSet(simulation, 'marker'));

    expect(filesOf(simulation)).toEqual([ALL_THREE]);
  });

  it('waits for a file when the marker is alone', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ marker: _SUCCESS }') });

    const { value } = await simulation.notify([simulation.put('prod/day-1/_SUCCESS', '')]);

    expect(value?.[0]?.reason).toEqual({
      code: 'set_incomplete',
      message: 'set obs://backups/prod/day-1/: _SUCCESS was found, but no files',
    });
  });

  it('is started again by another marker', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ marker: _SUCCESS }') });
    await simulation.notify(putSet(simulation, 'marker'));
    await simulation.settle();

    await simulation.notify([simulation.put('prod/day-1/_SUCCESS', 'again')]);
    await simulation.settle();

    expect(filesOf(simulation)).toEqual([ALL_THREE, ALL_THREE]);
  });
});

describe('an object of a job with sets', () => {
  it('is skipped when it is in no set', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ count: 3 }') });

    const { value } = await simulation.notify([
      simulation.put('prod/dump.rdb'),
      simulation.put('prod/day-1/notes.txt'),
    ]);

    expect(value?.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual([
      ['skipped', 'no_set'],
      ['skipped', 'no_job_matches'],
    ]);
  });

  it('counts for its own set alone', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ count: 2 }') });

    await simulation.notify([simulation.put('prod/day-1/a.rdb'), simulation.put('prod/day-2/a.rdb')]);
    expect(simulation.cloud.tasks).toEqual([]);
    await simulation.notify([simulation.put('prod/day-2/b.rdb')]);

    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('is taken in its newest version when it comes again before its set is complete', async () => {
    const simulation = new Simulation({ jobs: await setJobs('{ count: 2 }') });
    const old = simulation.put('prod/day-1/a.rdb', 'old');
    simulation.advance(MINUTE);
    await simulation.notify([simulation.put('prod/day-1/a.rdb', 'new'), old, simulation.put('prod/day-1/b.rdb')]);

    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(await simulation.ledgerText()).toContain('{"key":"prod/day-1/a.rdb","version":"etag-of-new"}');
  });
});
