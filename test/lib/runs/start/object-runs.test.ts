import { parseObjectEvent } from '../../../../lib/events/object-event.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { SETTINGS } from '../../../../lib/kernel/settings.ts';
import { startObjectRuns } from '../../../../lib/runs/start/object-runs.ts';
import { FakeObs, obsRefusal } from '../../../fakes/fake-obs.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';
import { eventFile } from '../../../fixtures/event-file.ts';
import { fixtureJobs, JOBS_YAML, loadYaml } from '../../../fixtures/jobs.ts';
import { SMALL_RDB } from '../../../fixtures/rdb.ts';

const records = (event: unknown) => parseObjectEvent(event, SETTINGS.OBJECT_KEYS.fallback);

describe('startObjectRuns', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await fixtureJobs();
  });

  it('turns a landed backup into one import of that file', async () => {
    const { deps, cloud } = fakeRun();

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
    expect(cloud.tasks[0]?.body).toEqual({
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

  it('returns the task of the first delivery for a second one, by another route too', async () => {
    const { deps, cloud } = fakeRun();
    const [first] = await startObjectRuns(records(eventFile('obs-legacy-put')), jobs, deps);

    const again = await startObjectRuns(records(eventFile('obs-legacy-put')), jobs, deps);
    const eventGrid = await startObjectRuns(records(eventFile('obs-eventgrid-object-created')), jobs, deps);

    expect([...again, ...eventGrid]).toEqual([
      { ...first, outcome: 'existing' },
      { ...first, outcome: 'existing' },
    ]);
    expect(cloud.tasks).toHaveLength(1);
  });

  it('creates one task for a record that is in the event twice', async () => {
    const { deps, cloud } = fakeRun();
    const event = eventFile('obs-legacy-put');
    event.Records.push(event.Records[0]);

    const runs = await startObjectRuns(records(event), jobs, deps);

    expect(runs.map(({ outcome }) => outcome)).toEqual(['created', 'existing']);
    expect(cloud.tasks).toHaveLength(1);
  });

  it('makes a new task for new content under the same key', async () => {
    const { deps, cloud } = fakeRun();
    const event = eventFile('obs-legacy-put');
    await startObjectRuns(records(event), jobs, deps);
    event.Records[0].s3.object.eTag = '00000000000000000000000000000000';

    const [run] = await startObjectRuns(records(event), jobs, deps);

    expect(run?.outcome).toBe('created');
    expect(cloud.tasks).toHaveLength(2);
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
      ['skipped', 'no_job_matches', 'obs://backup-inbox-prod/notes.txt: no job matches its bucket and key'],
      ['skipped', 'folder', 'obs://backup-inbox-prod/prod/ is a folder'],
      [
        'skipped',
        'object_removed',
        'obs://backup-inbox-prod/redis-backup-20260314.rdb: ObjectRemoved:Delete, nothing to import',
      ],
      [
        'rejected',
        'event',
        'event at Records[3]: received an object (keys: s3), expected an OBS record with "s3" or "obs"',
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

  describe('without a ledger', () => {
    const KEY = 'redis-backup+20260314.rdb';
    /** The bucket has what is given; the event writes `KEY`. */
    const deliver = async (
      put: (obs: FakeObs) => void,
      change: (object: Record<string, unknown>) => void = () => {},
    ) => {
      const run = fakeRun();
      const obs = new FakeObs();
      put(obs);
      const event = eventFile('obs-legacy-put');
      event.Records[0].s3.object = { key: KEY };
      change(event.Records[0].s3.object);
      const deps = { ...run.deps, services: { ...run.deps.services, obs: async () => obs } };
      const [result] = await startObjectRuns(records(event), jobs, deps);
      const files = run.cloud.tasks.map(({ body }) => body['backup_files']);
      return { result, files, obs };
    };
    const file = (key: string) => ({
      file_source: 'self_build_obs',
      bucket_name: 'backup-inbox-prod',
      files: [{ file_name: key }],
    });
    const TIME = '2026-03-14T02:20:37Z';

    it.each([KEY, 'redis-backup 20260314.rdb'])('imports the key that the bucket has: %s', async (key) => {
      const { result, files } = await deliver((obs) => obs.put('backup-inbox-prod', key, SMALL_RDB, TIME));

      expect(result?.outcome).toBe('created');
      expect(files).toEqual([file(key)]);
    });

    it('waits, so that the event is delivered again, when the object is not there or may not be looked up', async () => {
      const absent = await deliver(() => {});
      const unreadable = await deliver((obs) => obs.readFailures.push(obsRefusal(403, 'AccessDenied')));

      expect([absent, unreadable].map(({ result }) => [result?.outcome, result?.reason?.code])).toEqual([
        ['waiting', 'file_missing'],
        ['waiting', 'key_unreadable'],
      ]);
      expect([...absent.files, ...unreadable.files]).toEqual([]);
    });

    it('starts the current version, and skips the older one', async () => {
      const { result, files } = await deliver(
        (obs) => obs.put('backup-inbox-prod', KEY, SMALL_RDB, TIME, 'new'),
        (object) => Object.assign(object, { eTag: 'old' }),
      );

      expect(result).toMatchObject({ outcome: 'skipped', reason: { code: 'superseded' } });
      expect(files).toEqual([file(KEY)]);
    });

    it('reports a key that is not UTF-8', async () => {
      const { result } = await deliver(
        () => {},
        (object) => Object.assign(object, { key: 'prod/%FF.rdb' }),
      );

      expect(result).toMatchObject({ outcome: 'rejected', reason: { code: 'key_not_utf8' } });
    });
  });
});
