import type { Job } from '../../../lib/jobs/job.ts';
import {
  fulfils,
  planDemonstration,
  sampleKey,
  sampleSet,
  taskOfSource,
} from '../../../lib/local-system/demonstration.ts';
import { DEFAULT_POLICIES, makeJob, makeJobs } from '../../fixtures/jobs.ts';

describe('sampleKey', () => {
  it.each([
    ['prod/**/*.rdb', 'prod/sample.rdb'],
    ['prod/**', 'prod/sample'],
    ['*', 'sample'],
    ['a?/{rdb,aof}/x.*', 'as/rdb/x.sample'],
    ['exact.rdb', 'exact.rdb'],
  ])('guesses a key for %s', (glob, key) => {
    expect(sampleKey(glob)).toBe(key);
  });

  it('is undefined for a glob that is too complex', () => {
    expect(sampleKey('[0-9]/!(x).rdb')).toBeUndefined();
  });
});

const plan = (...jobs: Parameters<typeof makeJob>[0][]) =>
  planDemonstration({
    system: {} as never,
    jobs: makeJobs(jobs.map(makeJob)),
    now: () => new Date('2026-03-14T01:02:03Z'),
  });
const landed = { object_created: { bucket: 'x', key: 'p/*.rdb' } };
const request = { accepts: [] };

describe('planDemonstration', () => {
  it('has a step for each trigger: an object, delivered twice, then other tasks, then imports', () => {
    const steps = plan(
      { name: 'a', on: { request, schedule: { rate: '1h' } } },
      { name: 's', on: { request }, kind: 'server_migration' },
      { name: 'b', on: landed },
    );

    expect(steps.map((step) => [step.job, step.what])).toEqual([
      ['b', 'an object lands: x/p/sample.rdb'],
      ['b', 'the same event is delivered again'],
      ['s', 'a caller sends POST /jobs/s/runs'],
      ['a', 'the timer a ticks'],
      ['a', 'a caller sends POST /jobs/a/runs'],
      ['b', 'an object lands: x/p/sample.rdb, and the response to CreateMigrationTask is lost'],
    ]);
  });

  it('uploads all files of a set, then its marker', () => {
    const set = { by: 'p/{set}/', complete: { marker: '_OK' }, deadlineMs: 60_000 };
    const [step, ...rest] = plan({ name: 'b', on: { object_created: { bucket: 'x', key: 'p/**/*.rdb', set } } });

    expect(rest).toEqual([]);
    expect(step?.complete).toEqual(expect.any(Function));
    expect(step).toMatchObject({
      what: 'the objects of a set land: x/p/20260314T010203000Z/ shard-1.rdb, shard-2.rdb, shard-3.rdb, _OK',
      files: [
        'p/20260314T010203000Z/shard-1.rdb',
        'p/20260314T010203000Z/shard-2.rdb',
        'p/20260314T010203000Z/shard-3.rdb',
      ],
    });
  });

  it('expects no task of a dry_run job, and delivers none of its events again', () => {
    const policies = { ...DEFAULT_POLICIES.policies, dryRun: true };

    expect(plan({ name: 'b', on: landed, policies })).toMatchObject([{ job: 'b', outcome: 'dry_run' }]);
  });

  it('has no second delivery and no lost response if no object lands', () => {
    const steps = plan({ name: 'a', on: { request }, kind: 'online_migration' });

    expect(steps.map(({ what }) => what)).toEqual(['a caller sends POST /jobs/a/runs']);
  });
});

describe('taskOfSource', () => {
  const job: Pick<Job, 'kind' | 'fields'> = { kind: 'server_migration', fields: { source_server: { id: 's1' } } };
  const tasks = [{ name: 'other' }, { name: 'web_01', sourceServerId: 's1' }];

  it('is the existing task of the source server', () => {
    expect(taskOfSource(job, tasks)).toEqual({ name: 'web_01', sourceServerId: 's1' });
  });

  it.each([
    ['another server', { ...job, fields: { source_server: { id: 's2' } } }],
    ['no server', { ...job, fields: {} }],
    ['another kind of task', { ...job, kind: 'backup_import' as const }],
  ])('is undefined for %s', (_name, other) => {
    expect(taskOfSource(other, tasks)).toBeUndefined();
  });
});

describe('sampleSet', () => {
  const now = new Date('2026-03-14T01:02:03Z');

  it("has as many files as the set's count", () => {
    expect(sampleSet('a/*/*.rdb', { by: 'a/{set}/', complete: { count: 2 } }, now)).toEqual([
      'a/20260314T010203000Z/shard-1.rdb',
      'a/20260314T010203000Z/shard-2.rdb',
    ]);
  });

  it.each([
    ['that the files of a set do not match', 'b/*.rdb'],
    ['that names one file', 'a/*/dump.rdb'],
  ])('is undefined for a glob %s', (_name, glob) => {
    expect(sampleSet(glob, { by: 'a/{set}/', complete: {} }, now)).toBeUndefined();
  });
});

describe('fulfils', () => {
  const task = { kind: 'backup_import', id: 't1', name: 'a-1' };

  it.each([
    ['a created task that is there', { job: 'a', outcome: 'created', task }, true, true],
    ['a missing task', { job: 'a', outcome: 'created', task: { ...task, id: 't2' } }, true, false],
    ['another job', { job: 'b', outcome: 'created', task }, true, false],
    ['a refused run', { job: 'a', outcome: 'rejected', reason: { code: 'x', message: '' } }, true, false],
    [
      'a task of an earlier start',
      { job: 'a', outcome: 'rejected', reason: { code: 'source_has_task', message: '' } },
      true,
      true,
    ],
    [
      'one that did not exist before',
      { job: 'a', outcome: 'rejected', reason: { code: 'source_has_task', message: '' } },
      false,
      false,
    ],
  ])('%s', (_name, run, earlierTasks, expected) => {
    expect(fulfils({ job: 'a' }, run, [{ id: 't1', name: 'a-1' }], earlierTasks)).toBe(expected);
  });

  it('not a duplicate task', () => {
    const twice = [
      { id: 't1', name: 'a-1' },
      { id: 't2', name: 'a-1' },
    ];

    expect(fulfils({ job: 'a' }, { job: 'a', outcome: 'created', task }, twice, true)).toBe(false);
  });

  it('only an existing task if the event is delivered again', () => {
    const again = { job: 'a', outcome: 'existing' } as const;
    const tasks = [{ id: 't1', name: 'a-1' }];

    expect(fulfils(again, { job: 'a', outcome: 'existing', task }, tasks, true)).toBe(true);
    expect(fulfils(again, { job: 'a', outcome: 'created', task }, tasks, true)).toBe(false);
  });

  it('only what would be sent if the job has dry_run', () => {
    const dry = { job: 'a', outcome: 'dry_run' } as const;
    const reason = { code: 'dry_run', message: '' };

    expect(fulfils(dry, { job: 'a', outcome: 'skipped', reason }, [], true)).toBe(true);
    expect(fulfils(dry, { job: 'a', outcome: 'skipped' }, [], true)).toBe(false);
    expect(fulfils(dry, { job: 'a', outcome: 'created', task }, [{ id: 't1', name: 'a-1' }], true)).toBe(false);
  });
});
