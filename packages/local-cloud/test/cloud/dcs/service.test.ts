import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { CloudEvent } from '../../../src/cloud/operation.ts';
import { ACCOUNT, call } from '../caller.ts';

const BASE = `/v2/${ACCOUNT.projectId}`;
const OPEN = '11111111-1111-1111-1111-111111111111';
const LOCKED = '22222222-2222-2222-2222-222222222222';
const BUSY = '33333333-3333-3333-3333-333333333333';
const UNKNOWN = '99999999-9999-9999-9999-999999999999';

const IMPORT = {
  task_name: 'restore-staging',
  migration_type: 'backupfile_import',
  migration_method: 'full_amount_migration',
  backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'dump.rdb' }] },
  target_instance: { id: OPEN },
};
const ONLINE = {
  name: 'session-cache',
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
};
const CONFIGURE = {
  migration_method: 'incremental_migration',
  resume_mode: 'auto',
  bandwidth_limit_mb: '10',
  source_instance: { addrs: '10.0.0.1:6379', password: 'source-secret' },
  target_instance: { id: LOCKED, password: 'target-secret' },
};

let cloud: LocalCloud;
let events: CloudEvent[];

beforeEach(async () => {
  events = [];
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [
      {
        id: OPEN,
        name: 'open',
        backups: [
          { id: 'b-good', status: 'succeed' },
          { id: 'b-bad', status: 'failed' },
        ],
      },
      { id: LOCKED, name: 'locked', password: 'target-secret' },
      { id: BUSY, name: 'busy', status: 'RESTARTING' },
    ],
    objectExists: (_bucket, key) => key !== 'missing.rdb',
    onEvent: (event) => events.push(event),
  });
});
afterEach(() => cloud.close());

const post = (path: string, body?: unknown) => call(cloud, 'POST', `${BASE}${path}`, body);
const get = (path: string) => call(cloud, 'GET', `${BASE}${path}`);
const createImport = async (changes: object = {}) =>
  String((await post('/migration-task', { ...IMPORT, ...changes })).json['id']);
const createOnline = async () => String((await post('/migration/instance', ONLINE)).json['instance_id']);
const statusOf = async (id: string) => (await get(`/migration-task/${id}`)).json['status'];

describe('CreateMigrationTask', () => {
  it('returns 32 hex digits and the name of the target instance', async () => {
    const { status, json } = await post('/migration-task', IMPORT);

    expect(status).toBe(200);
    expect(json).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'open', status: 'MIGRATING', error: '' });
  });

  it('reaches SUCCESS after a minute', async () => {
    const id = await createImport();

    cloud.clock.advance(59_999);
    expect(await statusOf(id)).toBe('MIGRATING');
    cloud.clock.advance(1);
    expect(await statusOf(id)).toBe('SUCCESS');
    expect(events.map(({ kind, status }) => [kind, status])).toEqual([
      ['task_created', 'MIGRATING'],
      ['task_changed', 'SUCCESS'],
    ]);
  });

  it('fails later, with the reason in the list and in the logs, when the object is missing', async () => {
    const id = await createImport({
      backup_files: { ...IMPORT.backup_files, files: [{ file_name: 'missing.rdb' }] },
    });
    cloud.clock.advance(60_000);

    expect((await get('/migration-tasks')).json).toMatchObject({
      migration_tasks: [
        { status: 'FAILED', error_message: 'The backup file missing.rdb does not exist in the bucket backups.' },
      ],
    });
    expect((await get(`/migration-task/${id}/logs?log_level=ERROR`)).json).toMatchObject({
      log_num: 1,
      migration_logs: [{ log_level: 'ERROR', created_at: '2026-01-31T00:01:00.000Z' }],
    });
  });

  it('imports a backup record and returns its ID nested', async () => {
    const id = await createImport({ backup_files: { file_source: 'backup_record', backup_id: 'b-good' } });

    expect((await get(`/migration-task/${id}`)).json['backup_files']).toEqual({
      file_source: 'backup_record',
      backup_record: { backup_id: 'b-good' },
    });
  });

  it('accepts one migration to an instance at a time', async () => {
    await createImport();
    expect(await post('/migration-task', IMPORT)).toMatchObject({ status: 400, json: { error_code: 'DCS.4017' } });

    cloud.clock.advance(60_000);
    expect((await post('/migration-task', IMPORT)).status).toBe(200);
    expect(cloud.tasks()).toHaveLength(2);
  });

  it.each<[string, object, number, string]>([
    ['an unknown field', { fileName: 'x' }, 400, 'DCS.4800'],
    ['an unknown nested field', { target_instance: { id: OPEN, instance_id: OPEN } }, 400, 'DCS.4800'],
    ['no name', { task_name: undefined }, 400, 'DCS.4800'],
    ['a name of 3 characters', { task_name: 'abc' }, 400, 'DCS.4800'],
    ['a name of 65 characters', { task_name: `a${'b'.repeat(64)}` }, 400, 'DCS.4800'],
    ['a name that starts with a digit', { task_name: '1abc' }, 400, 'DCS.4800'],
    ['a name with a dot', { task_name: 'abc.d' }, 400, 'DCS.4800'],
    ['a description of 1025 characters', { description: 'x'.repeat(1025) }, 400, 'DCS.4011'],
    ['no migration_type', { migration_type: undefined }, 400, 'DCS.4800'],
    ['online_migration', { migration_type: 'online_migration' }, 400, 'DCS.4800'],
    ['an unknown method', { migration_method: 'full' }, 400, 'DCS.4800'],
    ['no backup_files', { backup_files: undefined }, 400, 'DCS.4800'],
    ['an unknown file_source', { backup_files: { ...IMPORT.backup_files, file_source: 'obs' } }, 400, 'DCS.4800'],
    ['no bucket', { backup_files: { ...IMPORT.backup_files, bucket_name: undefined } }, 400, 'DCS.4800'],
    ['no file', { backup_files: { ...IMPORT.backup_files, files: [] } }, 400, 'DCS.4800'],
    ['a file without a name', { backup_files: { ...IMPORT.backup_files, files: [{}] } }, 400, 'DCS.4800'],
    ['a record without an id', { backup_files: { file_source: 'backup_record' } }, 400, 'DCS.4800'],
    ['a failed record', { backup_files: { file_source: 'backup_record', backup_id: 'b-bad' } }, 400, 'DCS.4087'],
    ['a network_type that is a number', { network_type: 1 }, 400, 'DCS.4800'],
    ['an unknown field of the source', { source_instance: { addrs: '10.0.0.1:6379', x: '1' } }, 400, 'DCS.4800'],
    ['a multi-DB flag that is a string', { target_instance: { id: OPEN, proxy_multi_db: 'true' } }, 400, 'DCS.4800'],
    ['a source without addrs', { source_instance: {} }, 400, 'DCS.4800'],
    ['no target', { target_instance: undefined }, 400, 'DCS.4800'],
    ['a port that is a number', { target_instance: { id: OPEN, port: 6379 } }, 400, 'DCS.4800'],
    ['a malformed ID', { target_instance: { id: 'x' } }, 400, 'DCS.4061'],
    ['an unknown instance', { target_instance: { id: UNKNOWN } }, 404, 'DCS.3022'],
    ['a restarting instance', { target_instance: { id: BUSY } }, 400, 'DCS.4111'],
    ['no password', { target_instance: { id: LOCKED } }, 400, 'DCS.4845'],
    ['a wrong password', { target_instance: { id: LOCKED, password: 'x' } }, 400, 'DCS.4080'],
    ['an unexpected password', { target_instance: { id: OPEN, password: 'x' } }, 400, 'DCS.4850'],
  ])('refuses %s', async (_name, changes, status, code) => {
    const response = await post('/migration-task', { ...IMPORT, ...changes });

    expect(response).toMatchObject({ status, json: { error_code: code, error_ext_msg: null } });
    expect(cloud.tasks()).toEqual([]);
  });

  it.each<[string, object]>([
    ['a name of 4 characters', { task_name: 'a-_1' }],
    ['a name of 64 characters', { task_name: `a${'b'.repeat(63)}` }],
    ['a description of 1024 characters', { description: 'x'.repeat(1024) }],
    [
      'a file name without an extension',
      { backup_files: { ...IMPORT.backup_files, files: [{ file_name: 'fileName' }] } },
    ],
    ['the right password', { target_instance: { id: LOCKED, password: 'target-secret' } }],
    ['the obsolete fields', { network_type: 'vpc', source_instance: { addrs: '10.0.0.1:6379' } }],
    ['any network_type', { network_type: 'eip' }],
    [
      'every row of the table of the source',
      {
        source_instance: {
          addrs: '10.0.0.1:6379',
          password: 'x',
          task_status: '',
          id: UNKNOWN,
          ip: '10.0.0.1',
          port: '6379',
          name: 'source',
          proxy_multi_db: false,
          db: '0',
        },
      },
    ],
    [
      'every row of the table of the target',
      {
        target_instance: {
          id: OPEN,
          name: 'open',
          password: '',
          task_status: '',
          ip: '192.168.0.10',
          port: '6379',
          addrs: '192.168.0.10:6379',
          proxy_multi_db: true,
          db: '0',
        },
      },
    ],
  ])('accepts %s', async (_name, changes) => {
    expect((await post('/migration-task', { ...IMPORT, ...changes })).status).toBe(200);
  });

  it.each<[string, string | undefined, string]>([
    ['an empty body', undefined, 'DCS.4004'],
    ['a body that is not JSON', '{', 'DCS.4005'],
    ['an array', '[]', 'DCS.4005'],
  ])('refuses %s', async (_name, body, code) => {
    expect(await post('/migration-task', body)).toMatchObject({ status: 400, json: { error_code: code } });
  });

  it('refuses a body that is not declared as JSON', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect(await call(cloud, 'POST', `${BASE}/migration-task`, IMPORT, { headers })).toMatchObject({
      status: 400,
      json: { error_code: 'DCS.4005' },
    });
  });
});

describe('an online task', () => {
  it('is created, configured, kept in sync and stopped', async () => {
    const { json } = await post('/migration/instance', ONLINE);
    const id = String(json['instance_id']);
    expect(await statusOf(id)).toBe('CREATING');
    expect((await get(`/jobs/${json['job_id']}`)).json['status']).toBe('INIT');
    cloud.clock.advance(2_000);
    expect((await get(`/jobs/${json['job_id']}`)).json['status']).toBe('RUNNING');

    cloud.clock.advance(28_000);
    expect(await statusOf(id)).toBe('RUNNING');
    expect((await get(`/jobs/${json['job_id']}`)).json['status']).toBe('SUCCESS');

    const configured = await post(`/migration/${id}/task`, CONFIGURE);
    expect(configured.json).toEqual({ id, name: 'session-cache', status: 'FULLMIGRATING', error: '' });
    expect((await get(`/migration-task/${id}/stats`)).json).toMatchObject({ offset: 1024, is_migrating: true });

    cloud.clock.advance(3_600_000);
    expect(await statusOf(id)).toBe('INCRMIGEATING');
    expect((await get(`/migration-task/${id}/stats`)).json).toMatchObject({ offset: 0, is_migrating: true });

    expect((await post(`/migration-task/${id}/stop`)).json['status']).toBe('TERMINATING');
    cloud.clock.advance(10_000);
    expect(await statusOf(id)).toBe('TERMINATED');
  });

  it('ends in SUCCESS without the incremental phase, and can then be configured again', async () => {
    const id = await createOnline();
    cloud.clock.advance(30_000);
    const full = { ...CONFIGURE, migration_method: 'full_amount_migration' };
    await post(`/migration/${id}/task`, full);
    cloud.clock.advance(60_000);

    expect(await statusOf(id)).toBe('SUCCESS');
    expect((await post(`/migration/${id}/task`, full)).status).toBe(200);
  });

  it('cannot be configured while it is being created', async () => {
    const id = await createOnline();
    expect(await post(`/migration/${id}/task`, CONFIGURE)).toMatchObject({
      status: 400,
      json: { error_code: 'DCS.4957' },
    });
  });

  it('shows passwords in the detail, but never in the list', async () => {
    const id = await createOnline();
    cloud.clock.advance(30_000);
    await post(`/migration/${id}/task`, CONFIGURE);

    expect((await get(`/migration-task/${id}`)).json).toMatchObject({
      source_instance: { password: 'source-secret' },
      target_instance: { password: 'target-secret' },
    });
    expect((await get('/migration-tasks')).text).not.toContain('secret');
  });

  it.each<[string, object, string]>([
    ['an unknown field', { start: true }, 'DCS.4800'],
    ['no name', { name: undefined }, 'DCS.4800'],
    ['no vpc', { vpc_id: undefined }, 'DCS.4800'],
    ['a malformed VPC ID', { vpc_id: 'x' }, 'DCS.4013'],
    ['a malformed subnet ID', { subnet_id: 'x' }, 'DCS.4016'],
    ['a malformed security group ID', { security_group_id: 'x' }, 'DCS.4014'],
    ['a long description', { description: 'x'.repeat(1025) }, 'DCS.4011'],
  ])('is refused with %s', async (_name, changes, code) => {
    expect(await post('/migration/instance', { ...ONLINE, ...changes })).toMatchObject({
      status: 400,
      json: { error_code: code },
    });
  });

  it.each<[string, object, number, string]>([
    ['an unknown field', { x: 1 }, 400, 'DCS.4800'],
    ['no resume_mode', { resume_mode: undefined }, 400, 'DCS.4800'],
    ['an unknown resume_mode', { resume_mode: 'never' }, 400, 'DCS.4800'],
    ['bandwidth 0', { bandwidth_limit_mb: '0' }, 400, 'DCS.4800'],
    ['bandwidth 10241', { bandwidth_limit_mb: 10241 }, 400, 'DCS.4800'],
    ['bandwidth 1.5', { bandwidth_limit_mb: '1.5' }, 400, 'DCS.4800'],
    ['a source without id and addrs', { source_instance: { password: 'x' } }, 400, 'DCS.4800'],
    ['an unknown source', { source_instance: { id: UNKNOWN } }, 404, 'DCS.3022'],
    ['a wrong password', { target_instance: { id: LOCKED, password: 'x' } }, 400, 'DCS.4080'],
  ])('cannot be configured with %s', async (_name, changes, status, code) => {
    const id = await createOnline();
    cloud.clock.advance(30_000);

    expect(await post(`/migration/${id}/task`, { ...CONFIGURE, ...changes })).toMatchObject({
      status,
      json: { error_code: code },
    });
    expect(await statusOf(id)).toBe('RUNNING');
  });

  it.each<[string, object]>([
    ['a number as in the example', { bandwidth_limit_mb: 123 }],
    ['the maximum bandwidth', { bandwidth_limit_mb: '10240' }],
    ['the minimum bandwidth', { bandwidth_limit_mb: 1 }],
  ])('can be configured with %s', async (_name, changes) => {
    const id = await createOnline();
    cloud.clock.advance(30_000);
    expect((await post(`/migration/${id}/task`, { ...CONFIGURE, ...changes })).status).toBe(200);
  });

  it('changes its resume mode', async () => {
    const id = await createOnline();
    const update = (body: object) => call(cloud, 'PUT', `${BASE}/migration-task/${id}`, body);

    expect((await update({ resume_mode: 'manual' })).status).toBe(200);
    expect((await get(`/migration-task/${id}`)).json['resume_mode']).toBe('manual');
    expect((await update({ resume_mode: 'x' })).status).toBe(400);
  });
});

describe('ListMigrationTask', () => {
  const createMany = async (names: readonly string[]) => {
    for (const name of names) await post('/migration/instance', { ...ONLINE, name });
  };
  const names = async (query: string) => {
    const { json } = await get(`/migration-tasks${query}`);
    return (json['migration_tasks'] as { task_name: string }[]).map((task) => task.task_name);
  };

  it('returns pages of 10, newest first, with the total count', async () => {
    await createMany(['t-01', 't-02', 't-03', 't-04', 't-05', 't-06', 't-07', 't-08', 't-09', 't-10', 't-11']);

    expect(await names('')).toEqual(['t-11', 't-10', 't-09', 't-08', 't-07', 't-06', 't-05', 't-04', 't-03', 't-02']);
    expect(await names('?offset=10')).toEqual(['t-01']);
    expect(await names('?offset=11')).toEqual([]);
    expect(await names('?limit=1&offset=1')).toEqual(['t-10']);
    expect((await get('/migration-tasks?limit=1')).json['count']).toBe(11);
  });

  it('matches parts of names', async () => {
    await createMany(['alpha-1', 'alpha-2', 'beta-1']);
    expect(await names('?name=alpha')).toEqual(['alpha-2', 'alpha-1']);
  });

  it.each(['?limit=0', '?limit=1001', '?offset=-1', '?limit=x', '?limit=1&limit=2', '?status=SUCCESS'])(
    'refuses %s',
    async (query) => {
      expect(await get(`/migration-tasks${query}`)).toMatchObject({ status: 400, json: { error_code: 'DCS.4800' } });
    },
  );

  it('accepts a limit of 1000', async () => {
    expect((await get('/migration-tasks?limit=1000')).status).toBe(200);
  });
});

describe('settings', () => {
  const start = async (options: object) => {
    await cloud.close();
    cloud = await startLocalCloud({
      accounts: [ACCOUNT],
      clock: new Clock({ frozenAt: 0 }),
      instances: [{ id: LOCKED, name: 'locked', password: 'target-secret' }],
      ...options,
    });
  };

  it('can match only exact names', async () => {
    await start({ assume: { 'dcs-name-filter': 'exact' } });
    await createOnline();

    expect((await get('/migration-tasks?name=session')).json['count']).toBe(0);
    expect((await get('/migration-tasks?name=session-cache')).json['count']).toBe(1);
  });

  it('can spell the incremental state correctly', async () => {
    await start({ assume: { 'dcs-incremental-state': 'corrected' } });
    const id = await createOnline();
    cloud.clock.advance(30_000);
    await post(`/migration/${id}/task`, CONFIGURE);
    cloud.clock.advance(60_000);

    expect(await statusOf(id)).toBe('INCRMIGRATING');
  });

  it('can fail an import in the response of the create call', async () => {
    await start({ assume: { 'dcs-import-missing-file': 'at-once' }, objectExists: () => false });
    const target_instance = { id: LOCKED, password: 'target-secret' };

    const { status, json } = await post('/migration-task', { ...IMPORT, target_instance });

    expect(status).toBe(200);
    expect(json).toMatchObject({ status: 'FAILED', error: expect.stringContaining('dump.rdb does not exist') });
    expect(await statusOf(String(json['id']))).toBe('FAILED');
  });

  it('can delay a new task in the list', async () => {
    await start({ assume: { 'dcs-list-lag': 'within-settle' } });
    const id = await createOnline();

    cloud.clock.advance(44_999);
    expect((await get('/migration-tasks')).json['count']).toBe(0);
    expect(await statusOf(id)).toBe('RUNNING');
    cloud.clock.advance(1);
    expect((await get('/migration-tasks')).json['count']).toBe(1);
  });
});

describe('tasks by ID', () => {
  it.each(['', '/stats', '/logs'])('return DCS.4133 for an unknown task: GET ...%s', async (path) => {
    expect(await get(`/migration-task/${UNKNOWN}${path}`)).toMatchObject({
      status: 400,
      json: { error_code: 'DCS.4133' },
    });
  });

  it('return DCS.4070 for a malformed ID', async () => {
    expect(await get('/migration-task/x')).toMatchObject({ status: 400, json: { error_code: 'DCS.4070' } });
  });

  it('have no statistics for an import', async () => {
    const id = await createImport();
    expect(await get(`/migration-task/${id}/stats`)).toMatchObject({ status: 400, json: { error_code: 'DCS.4957' } });
  });

  it('return 204 without a body for a sync-stop', async () => {
    const id = await createImport();
    expect(await post(`/migration-task/${id}/sync-stop`)).toMatchObject({ status: 204, text: '' });
    expect(await statusOf(id)).toBe('TERMINATING');
  });

  it('stay TERMINATED after a stop, past the time of the original end', async () => {
    const id = await createImport();
    await post(`/migration-task/${id}/stop`);
    cloud.clock.advance(3_600_000);
    expect(await statusOf(id)).toBe('TERMINATED');
  });

  it('cannot be stopped after they have ended', async () => {
    const id = await createImport();
    cloud.clock.advance(60_000);
    expect(await post(`/migration-task/${id}/stop`)).toMatchObject({ status: 400, json: { error_code: 'DCS.4957' } });
  });

  it('are stopped and restarted in batches, independently of each other', async () => {
    const id = await createOnline();
    cloud.clock.advance(30_000);
    await post(`/migration/${id}/task`, CONFIGURE);

    expect((await post('/migration-task/batch-stop', { migration_tasks: [id, UNKNOWN] })).json).toEqual({
      migration_tasks: [
        { task_id: id, result: 'success' },
        { task_id: UNKNOWN, result: 'failed', error_code: 'DCS.4133', error_msg: 'Instance job is not found.' },
      ],
    });
    cloud.clock.advance(10_000);
    expect((await post('/migration-tasks/batch-restart', { migration_tasks: [id] })).json).toEqual({
      migration_tasks: [{ task_id: id, result: 'success' }],
    });
    cloud.clock.advance(60_000);
    expect(await statusOf(id)).toBe('INCRMIGEATING');
  });

  it('refuse a batch with a malformed ID', async () => {
    expect(await post('/migration-task/batch-stop', { migration_tasks: ['x'] })).toMatchObject({
      status: 400,
      json: { error_code: 'DCS.4855' },
    });
  });

  it('are deleted after they have ended, ignoring unknown IDs', async () => {
    const id = await createImport();
    const remove = () => call(cloud, 'DELETE', `${BASE}/migration-tasks/delete`, { task_id_list: [id, UNKNOWN] });

    expect(await remove()).toMatchObject({ status: 400, json: { error_code: 'DCS.4957' } });
    cloud.clock.advance(60_000);
    expect((await remove()).json).toEqual({ task_id_list: [id] });
    expect((await get('/migration-tasks')).json['count']).toBe(0);
    expect((await get(`/migration-task/${id}`)).json['error_code']).toBe('DCS.4133');
  });
});

describe('ShowInstance', () => {
  it('returns what a caller checks before a migration', async () => {
    expect((await get(`/instances/${LOCKED}`)).json).toMatchObject({
      instance_id: LOCKED,
      status: 'RUNNING',
      engine_version: '6.0',
      cache_mode: 'ha',
      enable_ssl: false,
      no_password_access: 'false',
    });
    expect((await get(`/instances/${OPEN}`)).json['no_password_access']).toBe('true');
    expect(await get(`/instances/${UNKNOWN}`)).toMatchObject({ status: 404, json: { error_code: 'DCS.3022' } });
  });

  it('returns a changed instance', async () => {
    cloud.setInstance({ id: OPEN, name: 'open', status: 'EXTENDING' });
    expect((await get(`/instances/${OPEN}`)).json['status']).toBe('EXTENDING');
  });
});
