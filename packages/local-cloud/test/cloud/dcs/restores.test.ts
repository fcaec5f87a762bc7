import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { dcsCaller, redis } from './dcs-caller.ts';

const CACHE = '11111111-1111-1111-1111-111111111111';
const SINGLE = '33333333-3333-3333-3333-333333333333';
const UNKNOWN = '99999999-9999-9999-9999-999999999999';

let cloud: LocalCloud;
const dcs = dcsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [
      {
        id: CACHE,
        name: 'cache',
        keys: 2,
        backups: [
          { id: 'b-1', status: 'succeed', remark: 'nightly', keys: [{ name: 'old', value: '1' }] },
          { id: 'b-2', status: 'failed' },
          { id: 'b-3', status: 'backuping' },
        ],
      },
      { id: SINGLE, name: 'single', cacheMode: 'single', backups: [{ id: 'b-4', status: 'succeed' }] },
    ],
  });
});
afterEach(() => cloud.close());

const restore = (body: object, id = CACHE) => dcs.post(`/instances/${id}/restores`, body);
const records = (query = '') => dcs.get(`/instances/${CACHE}/restores${query}`);
const statusOf = async () => (await dcs.get(`/instances/${CACHE}`)).json['status'];

describe('RestoreInstance', () => {
  it('replaces the keys; meanwhile the instance is RESTORING and refuses clients', async () => {
    const { status, json } = await restore({ backup_id: 'b-1', remark: 'undo' });

    expect(status).toBe(200);
    expect(json).toEqual({ restore_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await statusOf()).toBe('RESTORING');
    expect(await dcs.post(`/instances/${CACHE}/webcli/auth`, {})).toMatchObject({
      status: 400,
      json: { error_code: 'DCS.4097' },
    });
    cloud.clock.advance(64_999);
    expect(await statusOf()).toBe('RESTORING');
    cloud.clock.advance(1);
    expect(await statusOf()).toBe('RUNNING');
    expect(await redis(cloud, CACHE, ['scan 0'])).toEqual(['old']);
  });

  it('restores what a backup contained when it was taken', async () => {
    const { json } = await dcs.post(`/instances/${CACHE}/backups`, {});
    cloud.clock.advance(305_000);
    await redis(cloud, CACHE, ['flushall']);
    await restore({ backup_id: json['backup_id'] });
    cloud.clock.advance(65_000);

    expect(await redis(cloud, CACHE, ['dbsize'])).toEqual(['2']);
  });

  it('keeps the keys when it fails', async () => {
    cloud.script({ stage: 'restore', outcome: 'fail', task: 'undo' });
    await restore({ backup_id: 'b-1', remark: 'undo' });
    cloud.clock.advance(65_000);

    expect((await records()).json).toMatchObject({
      restore_record_response: [{ status: 'failed', error_code: 'dcs.08.0007' }],
    });
    expect(await statusOf()).toBe('RUNNING');
    expect(await redis(cloud, CACHE, ['dbsize'])).toEqual(['2']);
  });

  it.each<[string, object, string]>([
    ['no backup', {}, 'DCS.4800'],
    ['an unknown field', { backup_id: 'b-1', x: 1 }, 'DCS.4800'],
    ['a remark of 129 characters', { backup_id: 'b-1', remark: 'x'.repeat(129) }, 'DCS.4800'],
    ['an unknown backup', { backup_id: 'x' }, 'DCS.4031'],
    ['a backup of another instance', { backup_id: 'b-4' }, 'DCS.4031'],
    ['a failed backup', { backup_id: 'b-2' }, 'DCS.4087'],
  ])('refuses %s', async (_name, body, code) => {
    expect(await restore(body)).toMatchObject({ status: 400, json: { error_code: code } });
    expect(await statusOf()).toBe('RUNNING');
  });

  it('accepts a remark of 128 characters', async () => {
    expect((await restore({ backup_id: 'b-1', remark: 'x'.repeat(128) })).status).toBe(200);
  });

  it('refuses a single-node instance, an unknown one and a busy one', async () => {
    expect((await restore({ backup_id: 'b-4' }, SINGLE)).json['error_code']).toBe('DCS.4095');
    expect(await restore({ backup_id: 'b-1' }, UNKNOWN)).toMatchObject({ status: 404 });
    await restore({ backup_id: 'b-1' });
    expect((await restore({ backup_id: 'b-1' })).json['error_code']).toBe('DCS.4097');
  });
});

describe('ListRestoreRecords', () => {
  it('returns 204 when there are none', async () => {
    expect(await records()).toMatchObject({ status: 204, text: '' });
  });

  it('returns the documented fields', async () => {
    const { json } = await restore({ backup_id: 'b-1', remark: 'undo' });
    cloud.clock.advance(5_000);

    expect((await records()).json).toEqual({
      restore_record_response: [
        {
          backup_id: 'b-1',
          restore_id: json['restore_id'],
          backup_name: 'b-1',
          updated_at: '2026-01-31T00:00:05.000Z',
          restore_remark: 'undo',
          created_at: '2026-01-31T00:00:00.000Z',
          progress: '50.00',
          error_code: '',
          restore_name: 'restore_20260131000000',
          backup_remark: 'nightly',
          status: 'restoring',
        },
      ],
      total_num: 1,
    });
  });

  it('supports pages and filters by time', async () => {
    await restore({ backup_id: 'b-1' });
    expect((await records('?offset=1')).json).toEqual({ restore_record_response: [], total_num: 1 });
    expect((await records('?begin_time=20260131000001')).status).toBe(204);
    expect((await records('?limit=0')).status).toBe(400);
  });
});

describe('DeleteBackupFile', () => {
  const remove = (id: string, instance = CACHE) => dcs.delete(`/instances/${instance}/backups/${id}`);
  const ids = async () =>
    ((await dcs.get(`/instances/${CACHE}/backups`)).json['backup_record_response'] as { backup_id: string }[]).map(
      ({ backup_id: id }) => id,
    );

  it('removes the record, of the start or taken later', async () => {
    expect(await remove('b-1')).toMatchObject({ status: 204, text: '' });
    expect(await ids()).toEqual(['b-2', 'b-3']);

    const { json } = await dcs.post(`/instances/${CACHE}/backups`, {});
    cloud.clock.advance(305_000);
    expect((await remove(String(json['backup_id']))).status).toBe(204);
    expect(await ids()).toEqual(['b-2', 'b-3']);
  });

  it('refuses an unknown record, one of another instance and one that is running', async () => {
    expect((await remove('x')).json['error_code']).toBe('DCS.4031');
    expect((await remove('b-4')).json['error_code']).toBe('DCS.4031');
    expect((await remove('b-3')).json['error_code']).toBe('DCS.4096');
    expect((await remove('b-1', UNKNOWN)).status).toBe(404);
  });

  it('refuses while the instance is being restored', async () => {
    await restore({ backup_id: 'b-1' });
    expect((await remove('b-1')).json['error_code']).toBe('DCS.4097');
  });
});
