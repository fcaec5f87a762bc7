import { parseObjectEvent } from '../../../lib/events/object-event.ts';
import type { Jobs } from '../../../lib/jobs/job.ts';
import { startObjectRuns } from '../../../lib/runs/object-runs.ts';
import { SETTINGS } from '../../../lib/settings.ts';
import { fakeRun } from '../../fakes/run-deps.ts';
import { eventFile } from '../../fixtures/event-file.ts';
import { fixtureJobs, JOBS_YAML, loadYaml } from '../../fixtures/jobs.ts';

const records = (event: unknown) => parseObjectEvent(event, SETTINGS.OBJECT_KEYS.fallback);

describe('startObjectRuns', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await fixtureJobs();
  });

  it('turns a landed backup into one import of that file', async () => {
    const { deps, dcs } = fakeRun();

    const runs = await startObjectRuns(records(eventFile('obs-legacy-put')), jobs, deps);

    expect(runs).toEqual([
      {
        job: 'restore-staging',
        run: 'd207aebff5ae9887f6f2f5d53d642a64',
        outcome: 'created',
        task: {
          kind: 'backup_import',
          id: 'task-1',
          name: 'restore-staging-d207aebff5ae',
          status: 'MIGRATING',
        },
      },
    ]);
    expect(dcs.tasks[0]?.body).toEqual({
      task_name: 'restore-staging-d207aebff5ae',
      migration_type: 'backupfile_import',
      migration_method: 'full_amount_migration',
      backup_files: {
        file_source: 'self_build_obs',
        bucket_name: 'backup-inbox-prod',
        files: [{ file_name: 'redis-backup-20260314.rdb' }],
      },
      target_instance: { id: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5', password: 'value of STAGING_CACHE_PASSWORD' },
    });
  });

  it('answers a second delivery, by another route too, with the task of the first', async () => {
    const { deps, dcs } = fakeRun();
    const [first] = await startObjectRuns(records(eventFile('obs-legacy-put')), jobs, deps);

    const again = await startObjectRuns(records(eventFile('obs-legacy-put')), jobs, deps);
    const eventGrid = await startObjectRuns(records(eventFile('obs-eventgrid-object-created')), jobs, deps);

    expect([...again, ...eventGrid]).toEqual([
      { ...first, outcome: 'existing' },
      { ...first, outcome: 'existing' },
    ]);
    expect(dcs.tasks).toHaveLength(1);
  });

  it('makes one task of a record that stands in the event twice', async () => {
    const { deps, dcs } = fakeRun();
    const event = eventFile('obs-legacy-put');
    event.Records.push(event.Records[0]);

    const runs = await startObjectRuns(records(event), jobs, deps);

    expect(runs.map(({ outcome }) => outcome)).toEqual(['created', 'existing']);
    expect(dcs.tasks).toHaveLength(1);
  });

  it('makes a new task for new content under the same key', async () => {
    const { deps, dcs } = fakeRun();
    const event = eventFile('obs-legacy-put');
    await startObjectRuns(records(event), jobs, deps);
    event.Records[0].s3.object.eTag = '00000000000000000000000000000000';

    const [run] = await startObjectRuns(records(event), jobs, deps);

    expect(run?.outcome).toBe('created');
    expect(dcs.tasks).toHaveLength(2);
  });

  it('skips what starts nothing and says why, and still handles the rest', async () => {
    const { deps } = fakeRun();
    const event = eventFile('obs-legacy-put');
    const [record] = event.Records;
    const change = (object: object, more: object = {}) => ({
      ...record,
      ...more,
      s3: { ...record.s3, object: { ...record.s3.object, ...object } },
    });
    event.Records = [
      change({ key: 'notes.txt' }),
      change({ key: 'prod%2F', size: 0 }),
      change({}, { eventName: 'ObjectRemoved:Delete' }),
      { s3: 1 },
      record,
    ];

    const runs = await startObjectRuns(records(event), jobs, deps);

    expect(runs.map(({ outcome, reason }) => [outcome, reason?.code, reason?.message])).toEqual([
      ['skipped', 'no_job_matches', "obs://backup-inbox-prod/notes.txt: no job's bucket and key match"],
      ['skipped', 'folder', 'obs://backup-inbox-prod/prod/ is a folder'],
      [
        'skipped',
        'object_removed',
        'obs://backup-inbox-prod/redis-backup-20260314.rdb: ObjectRemoved:Delete, nothing to import',
      ],
      [
        'rejected',
        'event',
        'event at Records[3]: received an object with s3, expected an OBS record with "s3" or "obs"',
      ],
      ['created', undefined, undefined],
    ]);
  });

  it('runs every job that matches', async () => {
    const two = await loadYaml(
      JOBS_YAML.replace(
        'jobs:\n',
        'jobs:\n  second:\n    on: { object_created: { bucket: backup-inbox-prod, key: "*.rdb" } }\n    backup_import: { target_instance: staging-cache }\n',
      ),
    );
    const { deps } = fakeRun();

    const runs = await startObjectRuns(records(eventFile('obs-legacy-put')), two.jobs, deps);

    expect(runs.map(({ job, outcome }) => [job, outcome])).toEqual([
      ['second', 'created'],
      ['restore-staging', 'created'],
    ]);
  });
});
