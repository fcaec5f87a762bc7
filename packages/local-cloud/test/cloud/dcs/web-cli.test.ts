import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT } from '../caller.ts';
import { dcsCaller, migrate, redis } from './dcs-caller.ts';

const NOW = Date.UTC(2026, 0, 31);
const CACHE = '11111111-1111-1111-1111-111111111111';
const OPEN = '22222222-2222-2222-2222-222222222222';
const CLUSTER = '33333333-3333-3333-3333-333333333333';
const OLD = '44444444-4444-4444-4444-444444444444';
const BUSY = '55555555-5555-5555-5555-555555555555';
const UNKNOWN = '99999999-9999-9999-9999-999999999999';

let cloud: LocalCloud;
const dcs = dcsCaller(() => cloud);

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: NOW }),
    instances: [
      {
        id: CACHE,
        name: 'cache',
        password: 'secret-1',
        keys: [
          { name: 'greeting', value: 'hello' },
          { name: 'session:1', value: 'x', expiresAt: NOW + 90_000 },
          { name: 'queue', type: 'list', elements: 3 },
          { name: 'other', db: 1, value: 'y' },
        ],
      },
      { id: OPEN, name: 'open' },
      { id: CLUSTER, name: 'cluster', cacheMode: 'cluster' },
      { id: OLD, name: 'old', engineVersion: '3.0' },
      { id: BUSY, name: 'busy', status: 'RESTARTING' },
    ],
  });
});
afterEach(() => cloud.close());

const login = (id: string, body: object = {}) => dcs.post(`/instances/${id}/webcli/auth`, body);
const run = (id: string, body: object) => dcs.post(`/instances/${id}/webcli/command`, body);
const logoff = (id: string, body: object) => dcs.post(`/instances/${id}/webcli/logout`, body);
const inCache = async (command: string, database = 0) =>
  (await redis(cloud, CACHE, [command], { password: 'secret-1', database }))[0];

describe('LoginWebCli', () => {
  it('returns a client ID and the number of databases', async () => {
    expect(await login(CACHE, { password: 'secret-1' })).toMatchObject({
      status: 200,
      json: { client_id: expect.stringMatching(/^[0-9a-f-]{36}$/), databases: 256 },
    });
    expect((await login(CLUSTER)).json['databases']).toBe(1);
  });

  it.each<[string, string, object, number, string]>([
    ['a wrong password', CACHE, { password: 'x' }, 400, 'DCS.4080'],
    ['no password', CACHE, {}, 400, 'DCS.4845'],
    ['a password that the instance does not have', OPEN, { password: 'x' }, 400, 'DCS.4850'],
    ['an unknown field', OPEN, { user: 'x' }, 400, 'DCS.4800'],
    ['Redis 3.0', OLD, {}, 400, 'DCS.4008'],
    ['a restarting instance', BUSY, {}, 400, 'DCS.4111'],
    ['an unknown instance', UNKNOWN, {}, 404, 'DCS.3022'],
    ['a malformed ID', 'x', {}, 400, 'DCS.4061'],
  ])('refuses %s', async (_name, id, body, status, code) => {
    expect(await login(id, body)).toMatchObject({ status, json: { error_code: code } });
  });
});

describe('ExecuteCommandMobilization', () => {
  it.each<[string, string]>([
    ['dbsize', '3'],
    ['DBSIZE', '3'],
    ['scan 0', 'greeting\nsession:1\nqueue'],
    ['scan 0 match session:* count 100', 'session:1'],
    ['scan 0 type list', 'queue'],
    ['scan 0 count 0', 'ERR syntax error'],
    ['get greeting', 'hello'],
    ['get missing', 'nil'],
    ['get queue', 'WRONGTYPE Operation against a key holding the wrong kind of value'],
    ['strlen greeting', '5'],
    ['mget greeting missing', 'hello\nnil'],
    ['exists greeting queue missing', '2'],
    ['type queue', 'list'],
    ['type missing', 'none'],
    ['llen queue', '3'],
    ['ttl greeting', '-1'],
    ['ttl missing', '-2'],
    ['pttl session:1', '90000'],
    ['ttl session:1', '90'],
    ['time', `${NOW / 1000}\n0`],
    ['get', "ERR wrong number of arguments for 'get' command"],
    ['dbsize 1', "ERR wrong number of arguments for 'dbsize' command"],
    ['info keyspace', '# Keyspace\r\ndb0:keys=3,expires=1,avg_ttl=90000\r\ndb1:keys=1,expires=0,avg_ttl=0\r\n'],
    ['info nothing', ''],
  ])('answers %s', async (command, expected) => {
    expect(await inCache(command)).toBe(expected);
  });

  it('shows the version and the memory in INFO', async () => {
    const info = await inCache('info');
    expect(info).toContain('redis_version:6.0\r\n');
    expect(info).toContain('maxmemory:1073741824\r\n');
    expect(info).toContain('# Keyspace\r\n');
  });

  it('reads the database that is named', async () => {
    expect(await inCache('dbsize', 1)).toBe('1');
    expect(await inCache('get other', 1)).toBe('y');
    expect(await inCache('get other')).toBe('nil');
  });

  it('does not see a key that has expired', async () => {
    cloud.clock.advance(89_999);
    expect(await inCache('exists session:1')).toBe('1');
    cloud.clock.advance(1);
    expect(await inCache('exists session:1')).toBe('0');
    expect(await inCache('dbsize')).toBe('2');
  });

  it('changes keys', async () => {
    const commands = ['set a 1', 'expire a 5', 'ttl a', 'del a b', 'dbsize', 'flushdb', 'dbsize', 'info keyspace'];
    expect(await redis(cloud, CACHE, commands, { password: 'secret-1' })).toEqual([
      'OK',
      '1',
      '5',
      '1',
      '3',
      'OK',
      '0',
      '# Keyspace\r\ndb1:keys=1,expires=0,avg_ttl=0\r\n',
    ]);
    await redis(cloud, CACHE, ['flushall'], { password: 'secret-1' });
    expect(await inCache('dbsize', 1)).toBe('0');
  });

  it.each([
    'keys *',
    'KEYS *',
    'config set maxmemory 1',
    'debug sleep 1',
    'select 1',
    'multi',
    'cluster reset',
    'zrem a b',
  ])('refuses %s, which Web CLI disables', async (command) => {
    const { json } = await login(OPEN);
    expect(await run(OPEN, { client_id: json['client_id'], command })).toMatchObject({
      status: 400,
      json: { error_code: 'DCS.4800', error_msg: expect.stringContaining('is disabled in Web CLI') },
    });
  });

  it('says that a command is not simulated', async () => {
    const { json } = await login(OPEN);
    expect(await run(OPEN, { client_id: json['client_id'], command: 'hgetall a' })).toMatchObject({
      status: 400,
      json: { error_msg: 'Invalid parameter command in the request: hgetall is not simulated by the local cloud.' },
    });
  });

  it.each<[string, object]>([
    ['no client ID', { client_id: undefined }],
    ['an unknown client ID', { client_id: UNKNOWN }],
    ['no command', { command: undefined }],
    ['an empty command', { command: '' }],
    ['database 256', { database: 256 }],
    ['database -1', { database: -1 }],
    ['a database that is a string', { database: '0' }],
    ['an unknown field', { x: 1 }],
  ])('refuses %s', async (_name, changes) => {
    const { json } = await login(OPEN);
    const body = { client_id: json['client_id'], command: 'dbsize', database: 0, ...changes };
    expect(await run(OPEN, body)).toMatchObject({ status: 400, json: { error_code: 'DCS.4800' } });
  });

  it('accepts database 255, but a Redis Cluster has only database 0', async () => {
    const open = (await login(OPEN)).json['client_id'];
    expect((await run(OPEN, { client_id: open, command: 'dbsize', database: 255 })).status).toBe(200);
    const cluster = (await login(CLUSTER)).json['client_id'];
    expect((await run(CLUSTER, { client_id: cluster, command: 'dbsize', database: 1 })).status).toBe(400);
  });

  it('accepts a client ID only for its instance', async () => {
    const { json } = await login(OPEN);
    expect((await run(CLUSTER, { client_id: json['client_id'], command: 'dbsize' })).status).toBe(400);
  });

  it('ends a session after 5 minutes without a command', async () => {
    const client_id = (await login(OPEN)).json['client_id'];
    cloud.clock.advance(299_999);
    expect((await run(OPEN, { client_id, command: 'ping' })).status).toBe(200);
    cloud.clock.advance(299_999);
    expect((await run(OPEN, { client_id, command: 'ping' })).json).toEqual({ response: 'PONG' });
    cloud.clock.advance(300_000);
    expect((await run(OPEN, { client_id, command: 'ping' })).status).toBe(400);
  });

  it('does not record client IDs', async () => {
    const client_id = String((await login(OPEN)).json['client_id']);
    await run(OPEN, { client_id, command: 'ping' });
    expect(JSON.stringify(cloud.requests)).not.toContain(client_id);
  });
});

describe('LogoffWebCli', () => {
  it('ends the session', async () => {
    const client_id = (await login(OPEN)).json['client_id'];
    expect(await logoff(OPEN, { client_id })).toMatchObject({ status: 204, text: '' });
    expect((await run(OPEN, { client_id, command: 'ping' })).status).toBe(400);
    expect(await logoff(OPEN, { client_id })).toMatchObject({ status: 400, json: { error_code: 'DCS.4800' } });
    expect((await logoff(OPEN, {})).status).toBe(400);
  });
});

describe('the keys of a target', () => {
  it('are those of the source after the full phase of an online migration', async () => {
    await redis(cloud, OPEN, ['set greeting overwritten', 'set kept 1']);
    const id = await migrate(cloud, { id: CACHE, password: 'secret-1' }, { id: OPEN });

    expect(await redis(cloud, OPEN, ['get greeting', 'get kept', 'dbsize'])).toEqual(['hello', '1', '3']);
    expect((await dcs.get(`/migration-task/${id}/stats`)).json).toMatchObject({ source_dbsize: 3, target_dbsize: 4 });
  });

  it('follow the source in the incremental phase, but FLUSHALL is not replicated', async () => {
    await migrate(cloud, { id: CACHE, password: 'secret-1' }, { id: OPEN });
    await redis(cloud, CACHE, ['set late 1', 'del greeting'], { password: 'secret-1' });
    expect(await redis(cloud, OPEN, ['get late', 'exists greeting'])).toEqual(['1', '0']);

    await redis(cloud, CACHE, ['flushall'], { password: 'secret-1' });
    expect(await redis(cloud, OPEN, ['get late'])).toEqual(['1']);
  });

  it('do not follow the source after a stop', async () => {
    const id = await migrate(cloud, { id: CACHE, password: 'secret-1' }, { id: OPEN });
    await dcs.post(`/migration-task/${id}/stop`);
    await redis(cloud, CACHE, ['set late 1'], { password: 'secret-1' });
    expect(await redis(cloud, OPEN, ['exists late'])).toEqual(['0']);
  });

  it('are 1000 if the content of the source is not defined, and the source has them too', async () => {
    await migrate(cloud, { id: CLUSTER }, { id: OPEN });
    expect(await redis(cloud, CLUSTER, ['dbsize'])).toEqual(['1000']);
    expect(await redis(cloud, OPEN, ['dbsize'])).toEqual(['1000']);
  });

  it('are 1000 after the migration of a self-hosted source, merged into database 0 of a cluster', async () => {
    await migrate(cloud, { addrs: '10.0.0.1:6379' }, { id: CLUSTER });
    expect(await redis(cloud, CLUSTER, ['dbsize'])).toEqual(['1000']);
  });
});
