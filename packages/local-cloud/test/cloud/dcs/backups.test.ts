import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { CloudEvent } from '../../../src/cloud/operation.ts';
import { ACCOUNT, call } from '../caller.ts';

const BASE = `/v2/${ACCOUNT.projectId}`;
const CACHE = '11111111-1111-1111-1111-111111111111';
const CLUSTER = '22222222-2222-2222-2222-222222222222';
const SINGLE = '33333333-3333-3333-3333-333333333333';
const BUSY = '44444444-4444-4444-4444-444444444444';
const UNKNOWN = '99999999-9999-9999-9999-999999999999';
const IMPORT = {
  task_name: 'restore-staging',
  migration_type: 'backupfile_import',
  migration_method: 'full_amount_migration',
  backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'dump.rdb' }] },
  target_instance: { id: CACHE },
};

let cloud: LocalCloud;
let events: CloudEvent[];

beforeEach(async () => {
  events = [];
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [
      { id: CACHE, name: 'cache', usedMemory: 3 },
      {
        id: CLUSTER,
        name: 'cluster',
        cacheMode: 'cluster',
        ip: '192.168.0.20',
        backups: [
          { id: 'b-2', status: 'succeed', createdAt: Date.UTC(2026, 0, 29, 2), type: 'auto', sizeBytes: 4096 },
          { id: 'b-1', status: 'succeed', createdAt: Date.UTC(2026, 0, 28, 2), type: 'auto' },
          { id: 'b-3', status: 'failed', createdAt: Date.UTC(2026, 0, 30, 2) },
        ],
      },
      { id: SINGLE, name: 'single', cacheMode: 'single' },
      { id: BUSY, name: 'busy', status: 'EXTENDING' },
    ],
    onEvent: (event) => events.push(event),
  });
});
afterEach(() => cloud.close());

const post = (path: string, body?: unknown) => call(cloud, 'POST', `${BASE}${path}`, body);
const get = (path: string) => call(cloud, 'GET', `${BASE}${path}`);
const copy = (id: string, body: object = {}) => post(`/instances/${id}/backups`, body);
const records = async (id: string, query = '') =>
  (await get(`/instances/${id}/backups${query}`)).json['backup_record_response'] as Record<string, unknown>[];

describe('ListBackupRecords', () => {
  it('returns 204 without a body when there are none', async () => {
    expect(await get(`/instances/${CACHE}/backups`)).toMatchObject({ status: 204, text: '' });
    expect((await get(`/instances/${CLUSTER}/backups?begin_time=20260131000000`)).status).toBe(204);
  });

  it('returns the documented fields', async () => {
    expect((await get(`/instances/${CLUSTER}/backups?limit=1`)).json).toEqual({
      total_num: 3,
      backup_record_response: [
        {
          backup_id: 'b-2',
          backup_name: 'b-2',
          instance_id: CLUSTER,
          size: 4096,
          backup_type: 'auto',
          backup_format: 'rdb',
          status: 'succeed',
          is_support_restore: 'TRUE',
          progress: '100.00',
          created_at: '2026-01-29T02:00:00.000Z',
          updated_at: '2026-01-29T02:00:00.000Z',
          execution_at: '2026-01-29T02:00:00.000Z',
          period: null,
          remark: '',
          error_code: '',
        },
      ],
    });
  });

  it('supports pages and filters by time', async () => {
    const ids = async (query: string) => (await records(CLUSTER, query)).map((record) => record['backup_id']);

    expect(await ids('?limit=2&offset=1')).toEqual(['b-1', 'b-3']);
    expect(await ids('?offset=3')).toEqual([]);
    expect(await ids('?begin_time=20260129020000')).toEqual(['b-2', 'b-3']);
    expect(await ids('?end_time=20260129015959')).toEqual(['b-1']);
  });

  it.each(['?limit=0', '?limit=1001', '?offset=-1', '?begin_time=2026-01-29', '?beginTime=20260129020000'])(
    'refuses %s',
    async (query) => {
      expect(await get(`/instances/${CLUSTER}/backups${query}`)).toMatchObject({
        status: 400,
        json: { error_code: 'DCS.4800' },
      });
    },
  );

  it('refuses an unknown instance', async () => {
    expect(await get(`/instances/${UNKNOWN}/backups`)).toMatchObject({
      status: 404,
      json: { error_code: 'DCS.3022' },
    });
  });
});

describe('CopyInstance', () => {
  it('progresses from waiting through backuping to succeed', async () => {
    const { status, json } = await copy(CACHE, { remark: 'run 1', backup_format: 'aof' });

    expect(status).toBe(200);
    expect(json).toEqual({ backup_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await records(CACHE)).toMatchObject([
      { backup_id: json['backup_id'], status: 'waiting', remark: 'run 1', backup_format: 'aof', progress: '0.00' },
    ]);
    cloud.clock.advance(5_000);
    expect(await records(CACHE)).toMatchObject([{ status: 'backuping', is_support_restore: 'FALSE' }]);
    cloud.clock.advance(299_999);
    expect(await records(CACHE)).toMatchObject([{ status: 'backuping' }]);
    cloud.clock.advance(1);
    expect(await records(CACHE)).toMatchObject([
      {
        status: 'succeed',
        size: 3145728,
        created_at: '2026-01-31T00:00:00.000Z',
        updated_at: '2026-01-31T00:05:05.000Z',
      },
    ]);
    expect(events.map(({ kind, status: state }) => [kind, state])).toEqual([
      ['backup_created', 'waiting'],
      ['backup_changed', 'backuping'],
      ['backup_changed', 'succeed'],
    ]);
  });

  it('creates a record that can be imported only after it has succeeded', async () => {
    const backup_id = (await copy(CLUSTER)).json['backup_id'];
    const body = { ...IMPORT, backup_files: { file_source: 'backup_record', backup_id } };

    expect((await post('/migration-task', body)).json).toMatchObject({ error_code: 'DCS.4087' });
    cloud.clock.advance(305_000);
    expect((await post('/migration-task', body)).status).toBe(200);
  });

  it('lets an instance run one job at a time', async () => {
    await copy(CACHE);
    expect((await copy(CACHE)).json).toMatchObject({ error_code: 'DCS.4096' });
    expect((await post('/migration-task', IMPORT)).json).toMatchObject({ error_code: 'DCS.4096' });

    cloud.clock.advance(305_000);
    expect((await post('/migration-task', IMPORT)).status).toBe(200);
    expect((await copy(CACHE)).json).toMatchObject({ error_code: 'DCS.4017' });
  });

  it.each<[string, string, object, number, string]>([
    ['a single-node instance', SINGLE, {}, 400, 'DCS.4095'],
    ['an instance that is being scaled', BUSY, {}, 400, 'DCS.4113'],
    ['an unknown instance', UNKNOWN, {}, 404, 'DCS.3022'],
    ['a remark of 129 characters', CACHE, { remark: 'x'.repeat(129) }, 400, 'DCS.4800'],
    ['another format', CACHE, { backup_format: 'zip' }, 400, 'DCS.4800'],
    ['an unknown field', CACHE, { name: 'x' }, 400, 'DCS.4800'],
  ])('refuses %s', async (_name, id, body, status, code) => {
    expect(await copy(id, body)).toMatchObject({ status, json: { error_code: code } });
  });

  it('accepts a remark of 128 characters', async () => {
    expect((await copy(CACHE, { remark: 'x'.repeat(128) })).status).toBe(200);
  });

  it('can be scripted to fail', async () => {
    cloud.script({ stage: 'backup', outcome: 'fail', task: 'run 1', code: 'dcs.08.0008' });
    await copy(CACHE, { remark: 'run 1' });
    cloud.clock.advance(305_000);

    expect(await records(CACHE)).toMatchObject([{ status: 'failed', error_code: 'dcs.08.0008' }]);
  });
});

describe('ListBackupFileLinks', () => {
  const links = (backup: string, body: object = { expiration: 300 }) =>
    post(`/instances/${CLUSTER}/backups/${backup}/links`, body);

  it('returns a file for each shard of a cluster', async () => {
    expect((await links('b-2')).json).toMatchObject({
      bucket_name: 'dcs-backups',
      links: [
        { file_name: 'redis_192.168.0.20_6379_0-5460_20260129020000.rdb' },
        { file_name: 'redis_192.168.0.20_6379_5461-10922_20260129020000.rdb' },
        { file_name: 'redis_192.168.0.20_6379_10923-16383_20260129020000.rdb' },
      ],
    });
  });

  it.each<[string, string, object, string]>([
    ['299 seconds', 'b-2', { expiration: 299 }, 'DCS.4800'],
    ['86401 seconds', 'b-2', { expiration: 86401 }, 'DCS.4800'],
    ['no seconds', 'b-2', {}, 'DCS.4800'],
    ['an unknown record', 'x', { expiration: 300 }, 'DCS.4031'],
    ['a failed record', 'b-3', { expiration: 300 }, 'DCS.4087'],
  ])('refuses %s', async (_name, backup, body, code) => {
    expect(await links(backup, body)).toMatchObject({ status: 400, json: { error_code: code } });
  });
});
