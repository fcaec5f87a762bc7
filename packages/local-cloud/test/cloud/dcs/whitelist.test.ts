import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { dcsCaller, migrate } from './dcs-caller.ts';

const CACHE = '11111111-1111-1111-1111-111111111111';
const OTHER = '22222222-2222-2222-2222-222222222222';
const OLD = '44444444-4444-4444-4444-444444444444';
const UNKNOWN = '99999999-9999-9999-9999-999999999999';

let cloud: LocalCloud;
const dcs = dcsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    instances: [
      { id: CACHE, name: 'cache' },
      { id: OTHER, name: 'other' },
      { id: OLD, name: 'old', engineVersion: '3.0' },
    ],
  });
});
afterEach(() => cloud.close());

const show = (id = CACHE) => dcs.get(`/instance/${id}/whitelist`);
const update = (body: object, id = CACHE) => dcs.put(`/instance/${id}/whitelist`, body);
const group = (group_name: string, ip_list: readonly unknown[]) => ({ group_name, ip_list });
const list = (...whitelist: readonly object[]) => ({ enable_whitelist: true, whitelist });
const addresses = (count: number) => Array.from({ length: count }, (_, index) => `10.0.0.${index + 1}`);

describe('the whitelist of an instance', () => {
  it('is off and empty at first', async () => {
    expect((await show()).json).toEqual({ instance_id: CACHE, enable_whitelist: false, whitelist: [] });
  });

  it('is replaced as a whole', async () => {
    await update(list(group('first', ['10.0.0.1'])));
    expect(await update(list(group('second', ['10.0.1.0/24'])))).toMatchObject({ status: 204, text: '' });

    expect((await show()).json).toEqual({
      instance_id: CACHE,
      enable_whitelist: true,
      whitelist: [{ group_name: 'second', ip_list: ['10.0.1.0/24'] }],
    });
    expect((await show(OTHER)).json['whitelist']).toEqual([]);
  });

  it.each<[string, object]>([
    ['4 groups', list(group('a', []), group('b', []), group('c', []), group('d', []))],
    ['20 addresses', list(group('a', addresses(20)))],
    ['addresses separated by commas', list(group('a', ['10.0.0.1,10.0.0.2']))],
    ['an IPv6 range', list(group('a', ['2001:db8::/32']))],
    ['the ID of the instance', { ...list(), instance_id: CACHE }],
    ['a list that is off', { enable_whitelist: false, whitelist: [] }],
  ])('accepts %s', async (_name, body) => {
    expect((await update(body)).status).toBe(204);
  });

  it.each<[string, object]>([
    ['5 groups', list(...['a', 'b', 'c', 'd', 'e'].map((name) => group(name, [])))],
    ['two groups of one name', list(group('a', []), group('a', []))],
    ['21 addresses in all', list(group('a', addresses(20)), group('b', ['10.0.1.1']))],
    ['21 addresses separated by commas', list(group('a', [addresses(21).join(',')]))],
    ['an address twice', list(group('a', ['10.0.0.1']), group('b', ['10.0.0.1']))],
    ['0.0.0.0', list(group('a', ['0.0.0.0']))],
    ['0.0.0.0/0', list(group('a', ['0.0.0.0/0']))],
    ['a range of 33 bits', list(group('a', ['10.0.0.0/33']))],
    ['a host name', list(group('a', ['example.com']))],
    ['two slashes', list(group('a', ['10.0.0.0/8/8']))],
    ['a number', list(group('a', [1]))],
    ['no enable_whitelist', { whitelist: [] }],
    ['no whitelist', { enable_whitelist: true }],
    ['an unknown field', { ...list(), x: 1 }],
  ])('refuses %s, and stays as it is', async (_name, body) => {
    expect(await update(body)).toMatchObject({ status: 400, json: { error_code: 'DCS.4800' } });
    expect((await show()).json['enable_whitelist']).toBe(false);
  });

  it('does not exist for Redis 3.0 and for an unknown instance', async () => {
    expect((await show(OLD)).json['error_code']).toBe('DCS.4008');
    expect((await update(list(), OLD)).json['error_code']).toBe('DCS.4008');
    expect((await show(UNKNOWN)).status).toBe(404);
  });

  it.each<[string, string[], string]>([
    ['fails a migration without the address of its machine', ['10.0.0.1'], 'FAILED'],
    ['admits the machine by its address', ['192.168.1.17'], 'INCRMIGEATING'],
    ['admits the machine by a range', ['192.168.0.0/16'], 'INCRMIGEATING'],
  ])('%s', async (_name, ips, status) => {
    await update(list(group('a', ips)), OTHER);
    const id = await migrate(cloud, { id: CACHE }, { id: OTHER });

    expect((await dcs.get(`/migration-task/${id}`)).json).toMatchObject({
      status,
      ecs_tenant_private_ip: '192.168.1.17',
    });
    const { json } = await dcs.get('/migration-tasks');
    const reason = status === 'FAILED' ? `The whitelist of the instance ${OTHER} does not admit 192.168.1.17.` : '';
    expect(json).toMatchObject({ migration_tasks: [{ error_message: reason }] });
  });
});
