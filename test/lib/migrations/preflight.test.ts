import { type CloudError, RunError } from '../../../lib/kernel/errors.ts';
import type { PlannedTask } from '../../../lib/migrations/action.ts';
import { IMPORT_MERGES } from '../../../lib/migrations/backup-import/preflight.ts';
import { preflight } from '../../../lib/migrations/preflight.ts';
import { DEFAULT_TASK_POLICIES, type TaskPolicies } from '../../../lib/migrations/task-policies.ts';
import { dcsFailure, FakeDcsInstances } from '../../fakes/fake-dcs-instances.ts';
import { FakeObs, obsRefusal } from '../../fakes/fake-obs.ts';
import { SMALL_RDB } from '../../fixtures/rdb.ts';

const PASSWORD = { user_data: 'PASSWORD' };
const READS = ['ShowInstance', 'ListBackupRecords'];
const MERGES = `target_instance: ${IMPORT_MERGES}`;

interface World {
  readonly dcs: FakeDcsInstances;
  readonly obs: FakeObs;
}

/** An instance to import into, one to take from, and a good file. */
function world(): World {
  const dcs = new FakeDcsInstances();
  dcs.add('staging');
  dcs.add('prod');
  dcs.records.set('prod', [{ id: 'b-1', status: 'succeed', createdAt: '2026-02-01T02:00:00Z', format: 'rdb' }]);
  const obs = new FakeObs();
  put(obs, 'dump.rdb', SMALL_RDB);
  return { dcs, obs };
}

function put(obs: FakeObs, key: string, content: string): void {
  obs.put('backups', key, content, '2026-02-03T02:00:00Z');
}

/** The response to every read. */
function answers(obs: FakeObs, refusal: CloudError): void {
  obs.readStart = async () => {
    throw refusal;
  };
}

/** An RDB of that many bytes, with a key larger than what is looked at. */
function rdbOf(size: number): string {
  const [start, end] = ['REDIS0009\xfe\x00\x00\x01k\x80\x00\x10\x00\x00', `\xff${'\0'.repeat(8)}`];
  return start + 'x'.repeat(size - start.length - end.length) + end;
}

function ofFiles(...names: string[]): PlannedTask {
  const files = names.map((name) => ({ file_name: name }));
  return {
    kind: 'backup_import',
    name: 'restore-0123456789ab',
    target: 'staging',
    body: {
      backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files },
      target_instance: { id: 'staging', password: PASSWORD },
    },
    warnings: [],
  };
}

function ofLatest(changes: Partial<PlannedTask> = {}): PlannedTask {
  const plan = ofFiles();
  return {
    ...plan,
    body: { ...plan.body, backup_files: { file_source: 'backup_record' } },
    latestBackup: { instanceId: 'prod', copyFirst: false },
    ...changes,
  };
}

function ofBackup(id: string): PlannedTask {
  const plan = ofFiles();
  return { ...plan, body: { ...plan.body, backup_files: { file_source: 'backup_record', backup_id: id } } };
}

function online(source: unknown, target: unknown): PlannedTask {
  return {
    kind: 'online_migration',
    name: 'move-0123456789ab',
    body: {},
    warnings: [],
    configure: { migration_method: 'full_amount_migration', source_instance: source, target_instance: target },
  };
}

const BOTH = online({ id: 'prod', password: PASSWORD }, { id: 'staging', password: PASSWORD });

function wishing(planned: PlannedTask, wish: TaskPolicies['preflight']): PlannedTask {
  return { ...planned, policies: { ...DEFAULT_TASK_POLICIES, preflight: wish } };
}

async function run({ dcs, obs }: World, planned: PlannedTask): Promise<readonly string[]> {
  return (await preflight({ dcsInstances: async () => dcs, obs: async () => obs }, planned)).warnings;
}

const REFUSALS: [title: string, planned: PlannedTask, change: (at: World) => void, problems: string[]][] = [
  [
    'a target that does not exist',
    ofFiles('dump.rdb'),
    ({ dcs }) => dcs.instances.delete('staging'),
    ['target_instance.id: DCS instance not found in this region and project'],
  ],
  [
    'a target that will not become RUNNING by itself',
    ofFiles('dump.rdb'),
    ({ dcs }) => dcs.add('staging', { status: 'FROZEN' }),
    ['target_instance.id: instance name of staging is FROZEN, but must be RUNNING'],
  ],
  [
    'a target with SSL on',
    ofFiles('dump.rdb'),
    ({ dcs }) => dcs.add('staging', { sslEnabled: true }),
    ['target_instance.id: instance name of staging has SSL enabled; disable it to migrate data'],
  ],
  [
    'a password for a target that has none',
    ofFiles('dump.rdb'),
    ({ dcs }) => dcs.add('staging', { passwordFree: true }),
    ['target_instance.password: instance name of staging needs no password; leave it out'],
  ],
  [
    'no password for a target that has one',
    { ...ofFiles('dump.rdb'), body: { ...ofFiles('dump.rdb').body, target_instance: { id: 'staging' } } },
    () => undefined,
    ['target_instance.password: instance name of staging has a password; give it as { user_data: NAME }'],
  ],
  [
    'a file of another kind by its name',
    ofFiles('dump.rdb.bak'),
    ({ obs }) => put(obs, 'dump.rdb.bak', SMALL_RDB),
    [
      'backup_files.files.0.file_name: "dump.rdb.bak" is not a backup: its name must end with one of .rdb, .aof, .zip, .tar.gz',
    ],
  ],
  [
    'a single gzip',
    ofFiles('dump.rdb.gz'),
    ({ obs }) => put(obs, 'dump.rdb.gz', '\x1f\x8b'),
    [
      'backup_files.files.0.file_name: "dump.rdb.gz" is not a backup: its name must end with one of .rdb, .aof, .zip, .tar.gz',
    ],
  ],
  [
    'an empty file',
    ofFiles('dump.rdb'),
    ({ obs }) => put(obs, 'dump.rdb', ''),
    ['backup_files.files.0.file_name: "dump.rdb" is empty'],
  ],
  [
    'an rdb that is a zip',
    ofFiles('dump.rdb'),
    ({ obs }) => put(obs, 'dump.rdb', 'PK\x03\x04'),
    ['backup_files.files.0.file_name: "dump.rdb" is not a valid rdb file: it starts like zip data'],
  ],
  [
    'an rdb that is an error page',
    ofFiles('dump.rdb'),
    ({ obs }) => put(obs, 'dump.rdb', '<html>'),
    ['backup_files.files.0.file_name: "dump.rdb" is not a valid rdb file: it does not start like a backup'],
  ],
  [
    'an rdb that is cut off within its mark',
    ofFiles('dump.rdb'),
    ({ obs }) => put(obs, 'dump.rdb', 'REDI'),
    ['backup_files.files.0.file_name: "dump.rdb" is not a valid rdb file: it does not start like a backup'],
  ],
  [
    'a file in a bucket that does not exist, once for all its files',
    ofFiles('dump.rdb', 'other.rdb'),
    ({ obs }) => answers(obs, obsRefusal(404, 'NoSuchBucket')),
    ['backup_files.bucket_name: bucket backups was not found'],
  ],
  [
    'a bucket of another region',
    ofFiles('dump.rdb'),
    ({ obs }) => answers(obs, obsRefusal(301, 'PermanentRedirect')),
    ['backup_files.bucket_name: bucket backups is not in this region'],
  ],
  [
    'a bucket that redirects without a code',
    ofFiles('dump.rdb'),
    ({ obs }) => answers(obs, obsRefusal(307)),
    ['backup_files.bucket_name: bucket backups is not in this region'],
  ],
  ...['InvalidObjectState', 'ObjectNotRestored'].map((code): (typeof REFUSALS)[number] => [
    `an archived file (${code})`,
    ofFiles('dump.rdb'),
    ({ obs }) => answers(obs, obsRefusal(403, code)),
    [
      'backup_files.files.0.file_name: "dump.rdb" is archived and cannot be read: restore it in OBS, or use a file in the Standard or Warm storage class',
    ],
  ]),
  [
    'an archived file and one that is missing, both',
    ofFiles('gone.rdb', 'dump.rdb'),
    ({ obs }) => {
      const { readStart } = obs;
      obs.readStart = async (bucket, key, bytes) => {
        if (key === 'dump.rdb') throw obsRefusal(403, 'InvalidObjectState');
        return readStart.call(obs, bucket, key, bytes);
      };
    },
    [
      'backup_files.files.1.file_name: "dump.rdb" is archived and cannot be read: restore it in OBS, or use a file in the Standard or Warm storage class',
      'backup_files.files.0.file_name: "gone.rdb" is not in bucket backups',
    ],
  ],
  [
    'an aof that is a gzip',
    ofFiles('appendonly.aof'),
    ({ obs }) => put(obs, 'appendonly.aof', '\x1f\x8b\x08'),
    ['backup_files.files.0.file_name: "appendonly.aof" is not a valid aof file: it starts like gzip data'],
  ],
  [
    'a zip that is an rdb',
    ofFiles('dump.zip'),
    ({ obs }) => put(obs, 'dump.zip', SMALL_RDB),
    ['backup_files.files.0.file_name: "dump.zip" is not a valid zip file: it starts like rdb data'],
  ],
  [
    'a tar.gz that is a plain tar',
    ofFiles('dump.tar.gz'),
    ({ obs }) => put(obs, 'dump.tar.gz', 'dump.rdb\0\0\0'),
    ['backup_files.files.0.file_name: "dump.tar.gz" is not a valid gzip file: it does not start like a backup'],
  ],
  [
    'two bad files of three and a bad target, all at once',
    ofFiles('a.rdb', 'dump.rdb', 'b.txt'),
    ({ dcs, obs }) => {
      put(obs, 'a.rdb', '');
      put(obs, 'b.txt', 'x');
      dcs.add('staging', { status: 'FROZEN', sslEnabled: true });
    },
    [
      'target_instance.id: instance name of staging is FROZEN, but must be RUNNING',
      'target_instance.id: instance name of staging has SSL enabled; disable it to migrate data',
      'backup_files.files.0.file_name: "a.rdb" is empty',
      'backup_files.files.2.file_name: "b.txt" is not a backup: its name must end with one of .rdb, .aof, .zip, .tar.gz',
    ],
  ],
  [
    'a backup of the target that has failed',
    ofBackup('b-9'),
    ({ dcs }) => dcs.records.set('staging', [{ id: 'b-9', status: 'failed', createdAt: '2026-02-01T02:00:00Z' }]),
    ['backup_files.backup_id: the backup is failed; only one with status succeed can be imported'],
  ],
  [
    'a backup first of a single-node target',
    { ...ofFiles('dump.rdb'), backupTargetFirst: true },
    ({ dcs }) => dcs.add('staging', { cacheMode: 'single' }),
    ['backup_target_first: instance name of staging is single-node; such instances have no backups'],
  ],
  [
    'the latest backup of an instance that does not exist',
    ofLatest(),
    ({ dcs }) => dcs.instances.delete('prod'),
    ['backup_files.latest_of: DCS instance prod was not found in this region and project'],
  ],
  [
    'the latest backup of an instance without one that is usable',
    ofLatest(),
    ({ dcs }) => dcs.records.set('prod', [{ id: 'b', status: 'backuping', createdAt: '2026-02-01T02:00:00Z' }]),
    ['backup_files.latest_of: instance name of prod has no backup with status succeed'],
  ],
  [
    'the latest backup of a newer version',
    ofLatest(),
    ({ dcs }) => dcs.add('prod', { engineVersion: '7.0' }),
    [
      "backup_files.latest_of: the target has Redis 6.0, which is older than the source's 7.0: data can only be migrated to the same version or a newer one",
    ],
  ],
  [
    'a copy of a single-node instance that is not running',
    ofLatest({ latestBackup: { instanceId: 'prod', copyFirst: true } }),
    ({ dcs }) => dcs.add('prod', { cacheMode: 'single', status: 'ERROR' }),
    [
      'backup_files.copy_first: instance name of prod is single-node; such instances have no backups',
      'backup_files.copy_first: instance name of prod is ERROR, but must be RUNNING',
    ],
  ],
  [
    'an online source that does not exist',
    BOTH,
    ({ dcs }) => dcs.instances.delete('prod'),
    ['configure.source_instance.id: DCS instance not found in this region and project'],
  ],
  [
    'an online source with SSL on',
    BOTH,
    ({ dcs }) => dcs.add('prod', { sslEnabled: true }),
    ['configure.source_instance.id: instance name of prod has SSL enabled; disable it to migrate data'],
  ],
  [
    'an online target that is being restored and needs no password',
    BOTH,
    ({ dcs }) => dcs.add('staging', { status: 'RESTORING', passwordFree: true }),
    [
      'configure.target_instance.password: instance name of staging needs no password; leave it out',
      'configure.target_instance.id: instance name of staging is RESTORING, but must be RUNNING',
    ],
  ],
  [
    'an online source without its password',
    online({ id: 'prod' }, { id: 'staging', password: PASSWORD }),
    () => undefined,
    ['configure.source_instance.password: instance name of prod has a password; give it as { user_data: NAME }'],
  ],
  [
    'an online target of an older version',
    BOTH,
    ({ dcs }) => dcs.add('staging', { engineVersion: '5.0' }),
    [
      "configure.target_instance.id: the target has Redis 5.0, which is older than the source's 6.0: data can only be migrated to the same version or a newer one",
    ],
  ],
];

describe('preflight', () => {
  it.each(REFUSALS)('refuses %s, before any change', async (_, planned, change, problems) => {
    const at = world();
    change(at);

    const refused: unknown = await run(at, planned).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(RunError);
    expect(refused).toMatchObject({ code: 'preflight' });
    expect((refused as RunError).problems.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(
      problems,
    );
    expect(at.dcs.calls.filter((call) => !READS.includes(call))).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['an rdb', 'dump.rdb', SMALL_RDB],
    ['an rdb in capitals', 'prod/DUMP.RDB', SMALL_RDB],
    ['an aof', 'a.aof', '*2\r\n$6'],
    ['an aof that begins as an rdb', 'a.aof', SMALL_RDB],
    ['an aof that begins with a time', 'a.aof', '#TS:1700000000\r\n'],
  ])('accepts %s', async (_, name, content) => {
    const at = world();
    put(at.obs, name, content);

    expect(await run(at, ofFiles(name))).toEqual([MERGES]);
  });

  it.each<[string, PlannedTask, (at: World) => void, string[]]>([
    ['the latest backup', ofLatest(), () => undefined, [MERGES]],
    ['a copy first', ofLatest({ latestBackup: { instanceId: 'prod', copyFirst: true } }), () => undefined, [MERGES]],
    [
      'the latest backup of the target itself',
      ofLatest({ latestBackup: { instanceId: 'staging', copyFirst: true } }),
      () => undefined,
      [MERGES],
    ],
    [
      'the same version of an instance, one without minor',
      ofLatest(),
      ({ dcs }) => dcs.add('prod', { engineVersion: '6' }),
      [MERGES],
    ],
    ['a version that is not a number', ofLatest(), ({ dcs }) => dcs.add('prod', { engineVersion: 'next' }), [MERGES]],
    ['a backup of somebody else', ofBackup('b-1'), () => undefined, [MERGES]],
    ['an online migration', BOTH, () => undefined, []],
    [
      'an online source by its address',
      online({ addrs: '10.0.0.1:6379' }, { id: 'staging', password: PASSWORD }),
      () => undefined,
      [],
    ],
    ['an online task that somebody else configures', { ...ofFiles(), kind: 'online_migration' }, () => undefined, []],
    ['a server migration', { ...ofFiles(), kind: 'server_migration' }, ({ dcs }) => dcs.instances.clear(), []],
  ])('accepts %s', async (_, planned, change, warnings) => {
    const at = world();
    change(at);

    expect(await run(at, planned)).toEqual(warnings);
  });

  it.each<[string, PlannedTask, (at: World) => void, string]>([
    [
      'a file that may not be seen',
      ofFiles('dump.rdb'),
      ({ obs }) => answers(obs, obsRefusal(403, 'AccessDenied')),
      'backup_files.files[0].file_name: "dump.rdb" was not checked: it does not exist, or this function may not read it',
    ],
    [
      'a file that may not be read',
      ofFiles('dump.rdb'),
      ({ obs }) => answers(obs, obsRefusal(403)),
      'backup_files.files[0].file_name: "dump.rdb" was not checked: OBS GetObject: rejected: 403 (request request-1)',
    ],
    [
      'files larger than the free memory',
      ofFiles('dump.rdb'),
      ({ dcs, obs }) => {
        dcs.add('staging', { maxMemoryMb: 2, usedMemoryMb: 1 });
        put(obs, 'dump.rdb', rdbOf(1048577));
      },
      'backup_files.files: the data to import has 2 MB, but instance name of staging has only 1 of 2 MB free: the migration may fail',
    ],
    [
      'a backup larger than the free memory',
      ofLatest(),
      ({ dcs }) =>
        dcs.records.set('prod', [
          { id: 'b-1', status: 'succeed', createdAt: '2026-02-01T02:00:00Z', sizeBytes: 1048576001 },
        ]),
      'backup_files.latest_of: backup b-1 has 1001 MB, but instance name of staging has only 1000 of 1024 MB free: the migration may fail',
    ],
    [
      'an online source larger than the free memory',
      BOTH,
      ({ dcs }) => dcs.add('prod', { usedMemoryMb: 1001 }),
      'configure.target_instance.id: the source has 1001 MB, but instance name of staging has only 1000 of 1024 MB free: the migration may fail',
    ],
    [
      'an aof into a Redis Cluster',
      ofFiles('a.aof'),
      ({ dcs, obs }) => {
        dcs.add('staging', { cacheMode: 'cluster' });
        put(obs, 'a.aof', '*2\r\n$6');
      },
      'backup_files.files[0].file_name: importing an AOF into a Redis Cluster may fail; an RDB is safer',
    ],
    [
      'files beyond the 64th',
      ofFiles(...Array.from({ length: 65 }, () => 'dump.rdb')),
      () => undefined,
      'backup_files.files: has 65 files; only the first 64 were checked',
    ],
  ])('warns of %s', async (_, planned, change, warning) => {
    const at = world();
    change(at);

    expect((await run(at, planned)).filter((line) => line !== MERGES)).toEqual([warning]);
  });

  it.each<[string, (at: World) => void, string, string]>([
    [
      'a missing file',
      ({ obs }) => answers(obs, obsRefusal(404, 'NoSuchKey')),
      'file_missing',
      '"dump.rdb" is not in bucket backups',
    ],
    [
      'keys that OBS does not know',
      ({ obs }) => answers(obs, obsRefusal(403, 'InvalidAccessKeyId')),
      'keys_refused',
      'OBS does not accept the keys of this function',
    ],
    ['OBS while it is unavailable', ({ obs }) => answers(obs, obsRefusal(503, 'SlowDown')), 'SlowDown', '503 SlowDown'],
  ])('waits for %s, and only warns when the job says warn', async (_, change, code, message) => {
    const at = world();
    change(at);

    const error: unknown = await run(at, ofFiles('dump.rdb')).catch((thrown: unknown) => thrown);
    const warnings = await run(at, wishing(ofFiles('dump.rdb'), 'warn'));

    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(warnings).toEqual([expect.stringContaining(message), MERGES]);
  });

  it('does not warn of files that fit exactly', async () => {
    const at = world();
    at.dcs.add('staging', { maxMemoryMb: 2, usedMemoryMb: 1 });
    put(at.obs, 'dump.rdb', rdbOf(1048576));

    expect(await run(at, ofFiles('dump.rdb'))).toEqual([MERGES]);
  });

  it('only warns when the job says warn', async () => {
    const at = world();
    at.dcs.add('staging', { sslEnabled: true });

    expect(await run(at, wishing(ofFiles('dump.rdb'), 'warn'))).toEqual([
      'target_instance.id: instance name of staging has SSL enabled; disable it to migrate data',
      MERGES,
    ]);
  });

  it('makes no call with preflight: off', async () => {
    const at = world();
    at.dcs.instances.clear();

    expect(await run(at, wishing(ofFiles('dump.rdb'), 'off'))).toEqual([]);
    expect(at.dcs.calls).toEqual([]);
  });

  it('fails with the call when an instance cannot be read', async () => {
    const at = world();
    at.dcs.failures.push(dcsFailure(429));

    await expect(run(at, ofFiles('dump.rdb'))).rejects.toMatchObject({ service: 'DCS', temporary: true });
  });

  it('shows no password and no content', async () => {
    const at = world();
    put(at.obs, 'dump.rdb', 'secret content');
    const planned = ofFiles('dump.rdb');

    const refused = (await run(at, planned).catch((error: unknown) => error)) as RunError;

    expect(JSON.stringify([refused.message, refused.problems])).not.toMatch(/secret|PASSWORD/);
  });
});
