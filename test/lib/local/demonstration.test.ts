import { fulfils, planDemonstration, requestBody, sampleKey } from '../../../lib/local/demonstration.ts';
import { glance } from '../../../lib/local/jobs-glance.ts';

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

  it('gives none for a glob that is too special', () => {
    expect(sampleKey('[0-9]/!(x).rdb')).toBeUndefined();
  });
});

describe('planDemonstration', () => {
  it('has a step for each trigger: objects, then ticks, then requests', () => {
    const on = { request: {}, schedule: { rate: '1h' } };
    const found = glance({
      jobs: { a: { on }, b: { on: { object_created: { bucket: 'x', key: 'p/*.rdb' } }, backup_import: {} } },
    });

    const steps = planDemonstration({ system: {} as never, glance: found, now: () => new Date(0) });

    expect(steps.map((step) => [step.job, step.what])).toEqual([
      ['b', 'an object lands: x/p/sample.rdb'],
      ['b', 'the same event is delivered again'],
      ['a', 'the timer a ticks'],
      ['a', 'a caller asks: POST /jobs/a/runs'],
      ['b', 'an object lands: x/p/sample.rdb, and the answer to CreateMigrationTask is lost'],
    ]);
  });

  it('has no second delivery and no lost answer where no object lands', () => {
    const found = glance({ jobs: { a: { on: { request: {} }, online_migration: {} } } });

    const steps = planDemonstration({ system: {} as never, glance: found, now: () => new Date(0) });

    expect(steps.map(({ what }) => what)).toEqual(['a caller asks: POST /jobs/a/runs']);
  });
});

describe('requestBody', () => {
  it('names a file where the job leaves that to the caller', () => {
    const found = glance({ jobs: { b: { on: { object_created: { bucket: 'x', key: '*' } } } } });

    expect(requestBody(false, { glance: found })).toEqual({});
    expect(requestBody(true, { glance: found })).toEqual({
      backup_files: {
        file_source: 'self_build_obs',
        bucket_name: 'x',
        files: [{ file_name: 'asked-for/sample.rdb' }],
      },
    });
  });
});

describe('fulfils', () => {
  const task = { kind: 'backup_import', id: 't1', name: 'a-1' };

  it.each([
    ['a created task that is there', { job: 'a', outcome: 'created', task }, true, true],
    ['a task that is not there', { job: 'a', outcome: 'created', task: { ...task, id: 't2' } }, true, false],
    ['another job', { job: 'b', outcome: 'created', task }, true, false],
    ['a refused run', { job: 'a', outcome: 'rejected', reason: { code: 'x', message: '' } }, true, false],
    [
      'a task of an earlier start',
      { job: 'a', outcome: 'rejected', reason: { code: 'source_has_task', message: '' } },
      true,
      true,
    ],
    [
      'one where there was none',
      { job: 'a', outcome: 'rejected', reason: { code: 'source_has_task', message: '' } },
      false,
      false,
    ],
  ])('%s', (_name, run, earlierTasks, expected) => {
    expect(fulfils({ job: 'a' }, run, [{ id: 't1', name: 'a-1' }], earlierTasks)).toBe(expected);
  });

  it('not a task that is there twice', () => {
    const twice = [
      { id: 't1', name: 'a-1' },
      { id: 't2', name: 'a-1' },
    ];

    expect(fulfils({ job: 'a' }, { job: 'a', outcome: 'created', task }, twice, true)).toBe(false);
  });

  it('only an existing task where the event is delivered again', () => {
    const again = { job: 'a', outcome: 'existing' } as const;
    const tasks = [{ id: 't1', name: 'a-1' }];

    expect(fulfils(again, { job: 'a', outcome: 'existing', task }, tasks, true)).toBe(true);
    expect(fulfils(again, { job: 'a', outcome: 'created', task }, tasks, true)).toBe(false);
  });
});
