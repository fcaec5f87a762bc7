import { Clock } from '../../../src/cloud/clock.ts';
import type { LocalInstance } from '../../../src/cloud/dcs/instances.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { dcsCaller, migrate, redis } from './dcs-caller.ts';

const SOURCE = '11111111-1111-1111-1111-111111111111';
const TARGET = '22222222-2222-2222-2222-222222222222';
const UNKNOWN = '99999999-9999-9999-9999-999999999999';

let cloud: LocalCloud;
const dcs = dcsCaller(() => cloud);

const start = async (source: Partial<LocalInstance> = {}, target: Partial<LocalInstance> = {}) => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [
      { id: SOURCE, name: 'source', ip: '192.168.0.10', keys: 3, ...source },
      { id: TARGET, name: 'target', ip: '192.168.0.20', ...target },
    ],
  });
};
afterEach(() => cloud.close());

const sides = (source: object = {}, target: object = {}) =>
  migrate(cloud, { id: SOURCE, ...source }, { id: TARGET, ...target });
const exchange = (id: string, body: object = {}) => dcs.post(`/migration-task/${id}/exchange-ip`, body);
const rollback = (id: string) => dcs.post(`/migration-task/${id}/rollback-ip`);
const task = async (id: string) => (await dcs.get(`/migration-task/${id}`)).json;
const addresses = async () => {
  const [source, target] = [await dcs.get(`/instances/${SOURCE}`), await dcs.get(`/instances/${TARGET}`)];
  return [source.json, target.json].map(({ ip, domain_name: name }) => `${ip} ${String(name).split('.')[0]}`);
};
const OWN = ['192.168.0.10 redis-11111111', '192.168.0.20 redis-22222222'];

describe('ExchangeInstanceIp', () => {
  it('exchanges the addresses within a minute, in which both instances are read-only', async () => {
    await start();
    const id = await sides();
    expect((await task(id))['task_status']).toBeNull();

    expect(
      await exchange(id, { exchanged_ip: ['192.168.0.10', '192.168.0.20'], is_exchange_domain: false }),
    ).toMatchObject({
      status: 204,
      text: '',
    });

    expect((await task(id))['task_status']).toBe('EXCHANGING');
    expect(await redis(cloud, SOURCE, ['set a 1', 'dbsize'])).toEqual([
      "READONLY You can't write against a read only replica.",
      '3',
    ]);
    cloud.clock.advance(59_999);
    expect(await addresses()).toEqual(OWN);
    cloud.clock.advance(1);
    expect((await task(id))['task_status']).toBe('EXCHANGE_SUCCESS');
    expect(await addresses()).toEqual(['192.168.0.20 redis-11111111', '192.168.0.10 redis-22222222']);
    expect((await dcs.get('/instances?ip=192.168.0.10')).json).toMatchObject({ instances: [{ instance_id: TARGET }] });
  });

  it('ends the synchronization', async () => {
    await start();
    const id = await sides();
    await exchange(id);
    cloud.clock.advance(60_000);

    expect(await redis(cloud, SOURCE, ['set late 1'])).toEqual(['OK']);
    expect(await redis(cloud, TARGET, ['exists late', 'dbsize'])).toEqual(['0', '3']);
    expect((await dcs.get(`/migration-task/${id}/stats`)).json['is_migrating']).toBe(false);
  });

  it('exchanges the domain names only on request', async () => {
    await start();
    const id = await sides();
    await exchange(id, { is_exchange_domain: true });
    cloud.clock.advance(60_000);

    expect(await addresses()).toEqual(['192.168.0.20 redis-22222222', '192.168.0.10 redis-11111111']);
  });

  it('accepts an empty body, as Terraform sends', async () => {
    await start();
    expect((await exchange(await sides(), {})).status).toBe(204);
  });

  it('leaves the address of the replica alone', async () => {
    await start();
    const replica = async () =>
      ((await dcs.get(`/instances/${SOURCE}/logical-nodes`)).json['nodes'] as { node_ip: string }[])[1]?.node_ip;
    const id = await sides();
    const before = await replica();
    await exchange(id);
    cloud.clock.advance(60_000);

    expect(await replica()).toBe(before);
  });

  it.each<[string, object]>([
    ['a foreign address', { exchanged_ip: ['192.168.0.10', '192.168.0.30'] }],
    ['an address that is a number', { exchanged_ip: [1] }],
    ['a flag that is a string', { is_exchange_domain: 'true' }],
    ['an unknown field', { x: 1 }],
  ])('refuses %s', async (_name, body) => {
    await start();
    const id = await sides();
    expect(await exchange(id, body)).toMatchObject({ status: 400, json: { error_code: 'DCS.4800' } });
    expect((await task(id))['task_status']).toBeNull();
  });

  it.each<[string, Partial<LocalInstance>, Partial<LocalInstance>, string]>([
    ['a Redis Cluster as the source', { cacheMode: 'cluster' }, {}, 'DCS.4007'],
    ['a Redis Cluster as the target', {}, { cacheMode: 'cluster' }, 'DCS.4007'],
    ['Redis 3.0', { engineVersion: '3.0' }, {}, 'DCS.4008'],
    ['public access', {}, { enablePublicIp: true }, 'DCS.4026'],
    ['different ports', {}, { port: 6380 }, 'DCS.4026'],
  ])('refuses %s', async (_name, source, target, code) => {
    await start(source, target);
    const id = await sides();
    expect(await exchange(id)).toMatchObject({ status: 400, json: { error_code: code } });
  });

  it.each(['proxy', 'single', 'ha_rw_split'] as const)('accepts the type %s', async (cacheMode) => {
    await start({ cacheMode }, { cacheMode });
    expect((await exchange(await sides())).status).toBe(204);
  });

  it('refuses different passwords, and accepts equal ones', async () => {
    await start({ password: 'one' }, { password: 'two' });
    const id = await sides({ password: 'one' }, { password: 'two' });
    expect(await exchange(id)).toMatchObject({ status: 400, json: { error_code: 'DCS.4026' } });

    cloud.setInstance({ id: TARGET, name: 'target', password: 'one' });
    expect((await exchange(id)).status).toBe(204);
  });

  it('refuses a self-hosted source', async () => {
    await start();
    const id = await migrate(cloud, { addrs: '10.0.0.1:6379' }, { id: TARGET });
    expect(await exchange(id)).toMatchObject({ status: 400, json: { error_code: 'DCS.4007' } });
  });

  it('refuses a task that is still in its full phase', async () => {
    await start();
    const id = await sides();
    await dcs.post('/migration-task/batch-stop', { migration_tasks: [id] });
    cloud.clock.advance(10_000);
    await dcs.post('/migration-tasks/batch-restart', { migration_tasks: [id] });

    cloud.clock.advance(59_999);
    expect((await exchange(id)).json['error_code']).toBe('DCS.4957');
    cloud.clock.advance(1);
    expect((await exchange(id)).status).toBe(204);
  });

  it('refuses a task that is stopped, and a second exchange', async () => {
    await start();
    const id = await sides();
    await exchange(id);
    expect((await exchange(id)).json['error_code']).toBe('DCS.4957');
    cloud.clock.advance(60_000);
    expect((await exchange(id)).json['error_code']).toBe('DCS.4957');

    await dcs.post(`/migration-task/${id}/stop`);
    cloud.clock.advance(10_000);
    expect((await exchange(id)).json['error_code']).toBe('DCS.4957');
    expect((await exchange(UNKNOWN)).json['error_code']).toBe('DCS.4133');
    expect((await exchange('x')).json['error_code']).toBe('DCS.4070');
  });

  it('cannot be interrupted by a stop', async () => {
    await start();
    const id = await sides();
    await exchange(id);
    expect(await dcs.post(`/migration-task/${id}/stop`)).toMatchObject({
      status: 400,
      json: { error_code: 'DCS.4957' },
    });
    cloud.clock.advance(60_000);
    expect((await dcs.post(`/migration-task/${id}/stop`)).status).toBe(200);
  });
});

describe('RollbackExchangeInstanceIp', () => {
  it('restores the addresses and ends the task in SUCCESS', async () => {
    await start();
    const id = await sides();
    await exchange(id, { is_exchange_domain: true });
    cloud.clock.advance(60_000);

    expect(await rollback(id)).toMatchObject({ status: 204, text: '' });

    expect((await task(id))['task_status']).not.toBe('EXCHANGE_SUCCESS');
    cloud.clock.advance(60_000);
    expect(await task(id)).toMatchObject({ task_status: 'ROLLBACK_SUCCESS', status: 'SUCCESS' });
    expect(await addresses()).toEqual(OWN);
  });

  it('leaves the keys of the target as they are, though the source has others', async () => {
    await start();
    const id = await sides();
    await exchange(id);
    cloud.clock.advance(60_000);
    await redis(cloud, SOURCE, ['set late 1']);
    await rollback(id);
    cloud.clock.advance(60_000);

    expect(await redis(cloud, TARGET, ['exists late', 'dbsize'])).toEqual(['0', '3']);
  });

  it('refuses a task without a complete exchange', async () => {
    await start();
    const id = await sides();
    expect((await rollback(id)).json['error_code']).toBe('DCS.4957');
    await exchange(id);
    expect((await rollback(id)).json['error_code']).toBe('DCS.4957');
    cloud.clock.advance(60_000);
    expect((await rollback(id)).status).toBe(204);
    expect((await rollback(id)).json['error_code']).toBe('DCS.4957');
    cloud.clock.advance(60_000);
    expect((await rollback(id)).json['error_code']).toBe('DCS.4957');
    expect((await rollback(UNKNOWN)).json['error_code']).toBe('DCS.4133');
  });

  it('lets the task be configured and exchanged again', async () => {
    await start();
    const id = await sides();
    await exchange(id);
    cloud.clock.advance(60_000);
    await rollback(id);
    cloud.clock.advance(60_000);

    const sidesOfTask = { source_instance: { id: SOURCE }, target_instance: { id: TARGET } };
    const body = { migration_method: 'incremental_migration', resume_mode: 'auto', ...sidesOfTask };
    expect((await dcs.post(`/migration/${id}/task`, body)).status).toBe(200);
    cloud.clock.advance(60_000);
    expect((await task(id))['task_status']).toBeNull();
    expect((await exchange(id)).status).toBe(204);
  });
});
