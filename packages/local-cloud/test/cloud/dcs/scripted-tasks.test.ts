import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { Script } from '../../../src/cloud/scripts.ts';
import { ACCOUNT, call } from '../caller.ts';

const BASE = `/v2/${ACCOUNT.projectId}`;
const CACHE = '11111111-1111-1111-1111-111111111111';
const IMPORT = {
  task_name: 'restore-staging',
  migration_type: 'backupfile_import',
  migration_method: 'full_amount_migration',
  backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'dump.rdb' }] },
  target_instance: { id: CACHE },
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
  source_instance: { addrs: '10.0.0.1:6379' },
  target_instance: { id: CACHE },
};

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [{ id: CACHE, name: 'cache' }],
  });
});
afterEach(() => cloud.close());

const post = (path: string, body?: unknown) => call(cloud, 'POST', `${BASE}${path}`, body);
const get = (path: string) => call(cloud, 'GET', `${BASE}${path}`);
const entries = async () => (await get('/migration-tasks')).json['migration_tasks'] as Record<string, unknown>[];
const createImport = async () => String((await post('/migration-task', IMPORT)).json['id']);
const createOnline = async () => (await post('/migration/instance', ONLINE)).json as Record<string, string>;
const configured = async () => {
  const { instance_id: id = '' } = await createOnline();
  cloud.clock.advance(30_000);
  await post(`/migration/${id}/task`, CONFIGURE);
  return id;
};
const statsOf = async (id: string) => (await get(`/migration-task/${id}/stats`)).json;

describe('the statistics of an online task', () => {
  it('grow in the full phase and shrink to an offset of 0 in the incremental phase', async () => {
    const id = await configured();
    expect(await statsOf(id)).toEqual({
      full_migration_progress: 0,
      offset: 1024,
      source_dbsize: 1000,
      target_dbsize: 0,
      target_input_kbps: 1.5,
      target_ops: 10,
      is_migrating: true,
    });
    cloud.clock.advance(15_000);
    expect(await statsOf(id)).toMatchObject({ full_migration_progress: 25, target_dbsize: 250, offset: 1024 });
    cloud.clock.advance(45_000);
    expect(await statsOf(id)).toMatchObject({ full_migration_progress: 100, target_dbsize: 1000, offset: 1024 });
    cloud.clock.advance(30_000);
    expect(await statsOf(id)).toMatchObject({ offset: 512 });
    cloud.clock.advance(30_000);
    expect(await statsOf(id)).toMatchObject({ offset: 0, is_migrating: true });
  });

  it('do not change after the task is stopped', async () => {
    const id = await configured();
    cloud.clock.advance(90_000);
    await post(`/migration-task/${id}/stop`);
    cloud.clock.advance(600_000);

    expect(await statsOf(id)).toMatchObject({ offset: 512, is_migrating: false, target_ops: 0 });
  });

  it('are 0 before the task is configured', async () => {
    const { instance_id: id = '' } = await createOnline();
    cloud.clock.advance(60_000);
    expect(await statsOf(id)).toMatchObject({ full_migration_progress: 0, offset: 0, is_migrating: false });
  });
});

describe('a script for an import', () => {
  it.each<[Script['outcome'], string]>([
    ['fail', 'FAILED'],
    ['stuck', 'MIGRATING'],
    ['unknown_state', 'RECOVERING'],
    ['released', 'RELEASED'],
  ])('with outcome %s leaves the task %s', async (outcome, status) => {
    cloud.script({ stage: 'import', outcome, message: 'disk full' });
    await createImport();
    cloud.clock.advance(86_400_000);

    expect(await entries()).toMatchObject([{ status, error_message: outcome === 'fail' ? 'disk full' : '' }]);
  });

  it('with outcome deleted removes the task', async () => {
    cloud.script({ stage: 'import', outcome: 'deleted' });
    const id = await createImport();
    cloud.clock.advance(30_000);

    expect(await entries()).toEqual([]);
    expect((await get(`/migration-task/${id}`)).json).toMatchObject({ error_code: 'DCS.4133' });
  });

  it('takes effect at the given time, with the given state', async () => {
    cloud.script({ stage: 'import', outcome: 'fail', afterMs: 7_000, state: 'MIGRATION_FAILED' });
    await createImport();

    cloud.clock.advance(6_999);
    expect(await entries()).toMatchObject([{ status: 'MIGRATING' }]);
    cloud.clock.advance(1);
    expect(await entries()).toMatchObject([{ status: 'MIGRATION_FAILED' }]);
  });

  it('applies to the given task, and to the given number of tasks', async () => {
    cloud.script({ stage: 'import', outcome: 'fail', task: 'another' });
    cloud.script({ stage: 'import', outcome: 'fail', operation: 'CreateMigrationTask', task: 'restore', times: 2 });
    for (const _ of [1, 2, 3]) {
      await createImport();
      cloud.clock.advance(60_000);
    }

    expect(await entries()).toMatchObject([{ status: 'SUCCESS' }, { status: 'FAILED' }, { status: 'FAILED' }]);
  });
});

describe('a script for the creation of an online task', () => {
  it('with outcome fail fails the job with the reason', async () => {
    cloud.script({ stage: 'create_job', outcome: 'fail', message: 'no addresses left' });
    const { job_id: job } = await createOnline();
    cloud.clock.advance(30_000);

    expect(await entries()).toMatchObject([{ status: 'ERROR', error_message: 'no addresses left' }]);
    expect((await get(`/jobs/${job}`)).json).toMatchObject({
      status: 'FAIL',
      fail_reason: 'no addresses left',
      end_time: '1769817615000',
    });
  });

  it('with outcome stuck keeps the job running', async () => {
    cloud.script({ stage: 'create_job', outcome: 'stuck' });
    const { job_id: job } = await createOnline();
    cloud.clock.advance(86_400_000);

    expect(await entries()).toMatchObject([{ status: 'CREATING' }]);
    expect((await get(`/jobs/${job}`)).json).toMatchObject({ status: 'RUNNING', end_time: '' });
  });

  it('with outcome released releases the task while it waits to be configured', async () => {
    cloud.script({ stage: 'create_job', outcome: 'released' });
    const { instance_id: id } = await createOnline();

    cloud.clock.advance(30_000);
    expect(await entries()).toMatchObject([{ status: 'RUNNING' }]);
    cloud.clock.advance(60_000);
    expect(await entries()).toMatchObject([{ status: 'RELEASED', released_at: '202601310001' }]);
    expect((await post(`/migration/${id}/task`, CONFIGURE)).json).toMatchObject({ error_code: 'DCS.4957' });
  });
});

describe('a script for an online migration', () => {
  it('with outcome fail fails the full phase', async () => {
    cloud.script({ stage: 'full', outcome: 'fail', message: 'password changed' });
    const id = await configured();
    cloud.clock.advance(30_000);

    expect(await entries()).toMatchObject([{ status: 'FAILED', error_message: 'password changed' }]);
    expect((await get(`/migration-task/${id}/logs?log_level=ERROR`)).json).toMatchObject({
      migration_logs: [{ message: 'password changed' }],
    });
  });

  it('with outcome stuck stops the progress halfway', async () => {
    cloud.script({ stage: 'full', outcome: 'stuck' });
    const id = await configured();
    cloud.clock.advance(86_400_000);

    expect(await entries()).toMatchObject([{ status: 'FULLMIGRATING' }]);
    expect(await statsOf(id)).toMatchObject({ full_migration_progress: 50, is_migrating: true });
  });

  it('with outcome stuck keeps an incremental migration from reaching an offset of 0', async () => {
    cloud.script({ stage: 'incremental', outcome: 'stuck' });
    const id = await configured();
    cloud.clock.advance(86_400_000);

    expect(await entries()).toMatchObject([{ status: 'INCRMIGEATING' }]);
    expect(await statsOf(id)).toMatchObject({ offset: 512 });
  });

  it('with outcome fail ends an incremental migration, even if added during the full phase', async () => {
    await configured();
    cloud.script({ stage: 'incremental', outcome: 'fail', task: 'session' });

    cloud.clock.advance(60_000);
    expect(await entries()).toMatchObject([{ status: 'INCRMIGEATING' }]);
    cloud.clock.advance(60_000);
    expect(await entries()).toMatchObject([{ status: 'FAILED' }]);
  });

  it('leaves a stuck task that can be stopped and deleted', async () => {
    cloud.script({ stage: 'incremental', outcome: 'stuck' });
    const id = await configured();
    cloud.clock.advance(60_000);

    expect((await post(`/migration-task/${id}/stop`)).json['status']).toBe('TERMINATING');
    cloud.clock.advance(10_000);
    const removed = await call(cloud, 'DELETE', `${BASE}/migration-tasks/delete`, { task_id_list: [id] });
    expect(removed.json).toEqual({ task_id_list: [id] });
    expect(await entries()).toEqual([]);
  });
});

describe('SetOnlineMigrationTask', () => {
  it('is refused while the task is migrating, and after it was stopped', async () => {
    const id = await configured();
    const again = () => post(`/migration/${id}/task`, CONFIGURE);

    expect(await again()).toMatchObject({ status: 400, json: { error_code: 'DCS.4957' } });
    cloud.clock.advance(60_000);
    expect((await again()).json).toMatchObject({ error_code: 'DCS.4957' });
    await post(`/migration-task/${id}/stop`);
    cloud.clock.advance(10_000);
    expect((await again()).json).toMatchObject({ error_code: 'DCS.4957' });
    expect(cloud.requestsOf('SetOnlineMigrationTask')).toHaveLength(4);
  });
});
