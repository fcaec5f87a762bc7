import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { makePackage } from './package.ts';

const ROOT = `/v2/${ACCOUNT.projectId}/fgs`;
const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:alerts`;
const urnOf = (name: string) => `urn:fss:ap-southeast-3:${ACCOUNT.projectId}:function:default:${name}`;

const TIMER = { name: 'nightly', schedule_type: 'Cron', schedule: '0 0 2 * * ?', user_event: 'job-1' };
const OBS = { bucket: 'backups', events: ['s3:ObjectCreated:*'], prefix: 'prod/', suffix: '.rdb' };
const EVENTGRID = {
  trigger_name: 'landed',
  channel_id: 'c1',
  channel_name: 'default',
  source_name: 'HC.OBS.DWR',
  agency: 'eg',
  bucket: 'backups',
  event_types: ['OBS:DWR:ObjectCreated:PUT', 'OBS:DWR:ObjectCreated:CompleteMultipartUpload'],
  Key_encode: true,
  prefix: 'prod/',
  suffix: '.rdb',
};
const SMN = { topic_urn: TOPIC };
const APIG = {
  name: 'webhook',
  type: 1,
  path: '/jobs',
  protocol: 'HTTPS',
  req_method: 'ANY',
  group_id: 'group1',
  match_mode: 'SWA',
  env_name: 'RELEASE',
  env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
  auth: 'IAM',
  func_info: { timeout: 5000 },
};
const DEDICATED = { ...APIG, instance_id: 'gateway1' };
const SAMPLES: Readonly<Record<string, object>> = { TIMER, OBS, EVENTGRID, SMN, APIG, DEDICATEDGATEWAY: DEDICATED };

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    obs: { buckets: [{ name: 'backups' }] },
    topics: [TOPIC],
  });
  for (const name of ['one', 'two']) {
    await call(cloud, 'POST', `${ROOT}/functions`, {
      func_name: name,
      package: 'default',
      runtime: 'Node.js20.15',
      handler: 'index.handler',
      memory_size: 128,
      timeout: 3,
      code_type: 'zip',
      code_filename: 'a.zip',
      func_code: { file: makePackage({ 'index.js': '' }) },
    });
  }
});
afterEach(() => cloud.close());

const send = (method: string, path: string, body?: unknown) =>
  call(cloud, method, `${ROOT}/triggers/${path.replaceAll(':', '%3A').replaceAll('!', '%21')}`, body);
const add = (type: string, data: object, urn = urnOf('one'), rest: object = {}) =>
  send('POST', urn, { trigger_type_code: type, event_data: data, ...rest });
const list = async (urn = urnOf('one')) => JSON.parse((await send('GET', urn)).text) as Record<string, unknown>[];
/** The time that the deletion of a trigger takes. */
const pass = async (ms: number) => {
  cloud.clock.advance(ms);
  await list();
};

describe('CreateFunctionTrigger', () => {
  it.each(Object.entries(SAMPLES))('creates an active %s trigger, which is then listed', async (type, data) => {
    const { status, json } = await add(type, data);

    expect(status).toBe(201);
    expect(json).toMatchObject({
      trigger_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      trigger_type_code: type,
      trigger_status: 'ACTIVE',
      event_data: data,
      created_time: '2026-01-31T00:00:00+00:00',
    });
    expect(await list()).toEqual([json]);
    expect((await send('GET', `${urnOf('one')}/${type}/${json['trigger_id']}`)).json).toEqual(json);
  });

  it('returns the URL of an API', async () => {
    const { json } = await add('APIG', APIG);

    expect(json['event_data']).toMatchObject({
      triggerid: json['trigger_id'],
      api_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      invoke_url: 'https://group1.apig.ap-southeast-3.huaweicloudapis.com/jobs',
      func_info: { timeout: 5000, invocation_type: 'sync', function_urn: `${urnOf('one')}:latest` },
    });
  });

  it.each<[string, object, string]>([
    ['TIMER', { schedule_type: 'Rate', schedule: '60m' }, 'a rate'],
    ['TIMER', { schedule: '@every 1h30m' }, 'an interval'],
    ['TIMER', { schedule: 'CRON_TZ=Europe/Berlin 0 0 2 * * MON-FRI' }, 'a time zone'],
    ['OBS', { prefix: undefined, suffix: '' }, 'no prefix and no suffix'],
    ['OBS', { events: ['s3:ObjectCreated:Put', 's3:ObjectRemoved:*'] }, 'several events'],
    ['EVENTGRID', { Key_encode: undefined, channel_name: undefined }, 'no encoding of keys'],
    ['APIG', { path: '/jobs/{job}/runs', match_mode: 'NORMAL' }, 'a path with a parameter'],
    ['APIG', { func_info: { timeout: 60000, invocation_type: 'async' } }, 'an asynchronous backend'],
  ])('accepts %s with %j (%s)', async (type, changes) => {
    expect((await add(type, { ...SAMPLES[type], ...changes })).status).toBe(201);
  });

  it.each<[string, object, number, string]>([
    ['TIMER', { name: undefined }, 400, 'FSS.1109'],
    ['TIMER', { name: '1st' }, 400, 'FSS.1109'],
    ['TIMER', { name: 'n'.repeat(65) }, 400, 'FSS.1109'],
    ['TIMER', { schedule_type: 'cron' }, 400, 'FSS.1109'],
    ['TIMER', { schedule: '0 2 * * *', schedule_type: 'Rate' }, 400, 'FSS.1109'],
    ['TIMER', { schedule: '61m', schedule_type: 'Rate' }, 400, 'FSS.1109'],
    ['TIMER', { schedule: '0 0 25 * * ?' }, 400, 'FSS.1109'],
    ['TIMER', { user_event: { job: 'a' } }, 400, 'FSS.1109'],
    ['TIMER', { cron: 'x' }, 400, 'FSS.1109'],
    ['OBS', { bucket: undefined }, 400, 'FSS.1106'],
    ['OBS', { bucket: 'elsewhere' }, 406, 'FSS.1151'],
    ['OBS', { events: [] }, 400, 'FSS.1106'],
    ['OBS', { events: ['ObjectCreated:Put'] }, 400, 'FSS.1106'],
    ['OBS', { prefix: 'p'.repeat(1025) }, 400, 'FSS.1106'],
    ['OBS', { key: '**' }, 400, 'FSS.1106'],
    ['EVENTGRID', { trigger_name: undefined }, 400, 'FSS.0400'],
    ['EVENTGRID', { event_types: ['OBS:DWR:ObjectCreated:Put'] }, 400, 'FSS.0400'],
    ['EVENTGRID', { source_name: 'HC.OBS' }, 400, 'FSS.0400'],
    ['EVENTGRID', { agency: undefined }, 400, 'FSS.0400'],
    ['EVENTGRID', { key_encode: true }, 400, 'FSS.0400'],
    ['EVENTGRID', { bucket: 'elsewhere' }, 406, 'FSS.1151'],
    ['SMN', { topic_urn: '' }, 400, 'FSS.1102'],
    ['SMN', { topic_urn: `${TOPIC}2` }, 404, 'FSS.1171'],
    ['APIG', { func_info: undefined }, 400, 'FSS.1107'],
    ['APIG', { func_info: { timeout: 60001 } }, 400, 'FSS.1107'],
    ['APIG', { func_info: undefined, function_info: { timeout: 5000 } }, 400, 'FSS.1107'],
    ['APIG', { path: 'jobs' }, 400, 'FSS.1107'],
    ['APIG', { auth: 'CUSTOM' }, 400, 'FSS.1107'],
    ['APIG', { type: 3 }, 400, 'FSS.1107'],
    ['APIG', { instance_id: 'gateway1' }, 400, 'FSS.1107'],
    ['DEDICATEDGATEWAY', { instance_id: undefined }, 400, 'FSS.1107'],
    ['KAFKA', {}, 400, 'FSS.1101'],
    ['toString', {}, 400, 'FSS.1101'],
  ])('refuses %s with %j', async (type, changes, status, code) => {
    expect(await add(type, { ...SAMPLES[type], ...changes })).toMatchObject({ status, json: { error_code: code } });
    expect(await list()).toEqual([]);
  });

  it.each(['OBS', 'EVENTGRID', 'SMN', 'APIG'])('refuses a disabled %s trigger', async (type) => {
    expect(await add(type, SAMPLES[type] ?? {}, urnOf('one'), { trigger_status: 'DISABLED' })).toMatchObject({
      status: 400,
      json: { error_code: 'FSS.1318' },
    });
  });

  it.each<[string, object, number | string, number | string]>([
    ['TIMER', { schedule: '0 0 3 * * ?' }, 'FSS.1148', 201],
    ['OBS', {}, 'FSS.1145', 'FSS.1145'],
    ['OBS', { prefix: 'prod/eu/' }, 'FSS.1108', 'FSS.1108'],
    ['OBS', { prefix: '', suffix: '' }, 'FSS.1108', 'FSS.1108'],
    ['OBS', { events: ['s3:ObjectCreated:Put'], suffix: '' }, 'FSS.1108', 'FSS.1108'],
    ['OBS', { prefix: 'test/' }, 201, 201],
    ['OBS', { suffix: '.aof' }, 201, 201],
    ['OBS', { events: ['s3:ObjectRemoved:*'] }, 201, 201],
    ['EVENTGRID', { prefix: 'other/' }, 'FSS.1307', 'FSS.1307'],
    ['EVENTGRID', { trigger_name: 'other' }, 201, 201],
    ['SMN', {}, 'FSS.1141', 201],
    ['APIG', { path: '/other' }, 'FSS.1146', 'FSS.1146'],
    ['APIG', { name: 'other', req_method: 'POST' }, 'FSS.1147', 'FSS.1147'],
    ['APIG', { name: 'other', path: '/jobs/' }, 'FSS.1147', 'FSS.1147'],
    ['APIG', { name: 'other', match_mode: 'NORMAL' }, 201, 201],
    ['APIG', { name: 'other', group_id: 'group2' }, 201, 201],
    ['APIG', { group_id: 'group2' }, 201, 201],
  ])(
    'handles a second %s that differs in %j: %j for the same function, %j for another one',
    async (type, changes, same, other) => {
      await add(type, SAMPLES[type] ?? {});
      const outcome = ({ status, json }: Awaited<ReturnType<typeof add>>) => json['error_code'] ?? status;
      const second = { ...SAMPLES[type], ...changes };

      expect(outcome(await add(type, second, urnOf('two')))).toBe(other);
      if (other === 201) await call(cloud, 'DELETE', `${ROOT}/functions/${urnOf('two').replaceAll(':', '%3A')}`);
      expect(outcome(await add(type, second))).toBe(same);
    },
  );

  it('accepts 10 triggers for a version', async () => {
    for (let index = 1; index <= 10; index++)
      expect((await add('TIMER', { ...TIMER, name: `t${index}` })).status).toBe(201);

    expect(await add('TIMER', { ...TIMER, name: 't11' })).toMatchObject({
      status: 400,
      json: { error_code: 'FSS.1306' },
    });
    expect((await add('TIMER', TIMER, urnOf('two'))).status).toBe(201);
  });

  it('creates a trigger for an alias, which then cannot be deleted', async () => {
    const aliases = `${ROOT}/functions/${urnOf('one').replaceAll(':', '%3A')}/aliases`;
    await call(cloud, 'POST', aliases, { name: 'live', version: 'latest' });

    expect((await add('TIMER', TIMER, `${urnOf('one')}:!live`)).status).toBe(201);
    expect(await list()).toEqual([]);
    expect(await list(`${urnOf('one')}:!live`)).toHaveLength(1);
    expect(await call(cloud, 'DELETE', `${aliases}/live`)).toMatchObject({
      status: 403,
      json: { error_code: 'FSS.1154' },
    });
  });
});

describe('UpdateTrigger', () => {
  it('disables and enables a timer', async () => {
    const { trigger_id: id } = (await add('TIMER', TIMER)).json;

    for (const trigger_status of ['DISABLED', 'ACTIVE']) {
      const { json } = await send('PUT', `${urnOf('one')}/TIMER/${id}`, { trigger_status });
      expect(json).toMatchObject({ trigger_status });
      expect(await list()).toMatchObject([{ trigger_status, event_data: TIMER }]);
    }
  });

  it('refuses other types', async () => {
    const { trigger_id: id } = (await add('OBS', OBS)).json;

    expect(await send('PUT', `${urnOf('one')}/OBS/${id}`, { trigger_status: 'DISABLED' })).toMatchObject({
      status: 400,
      json: { error_code: 'FSS.1318' },
    });
  });
});

describe('DeleteFunctionTrigger', () => {
  it.each([
    ['TIMER', 'FSS.1140', 'FSS.1148'],
    ['OBS', 'FSS.1136', 'FSS.1145'],
    ['EVENTGRID', 'FSS.1131', 'FSS.1307'],
    ['SMN', 'FSS.1132', 'FSS.1141'],
    ['APIG', 'FSS.1138', 'FSS.1146'],
  ])('deletes a %s trigger after a delay, during which it still conflicts', async (type, gone, taken) => {
    const data = SAMPLES[type] ?? {};
    const { trigger_id: id } = (await add(type, data)).json;
    const path = `${urnOf('one')}/${type}/${id}`;

    expect((await send('DELETE', path)).status).toBe(204);
    await pass(4999);
    expect(await list()).toHaveLength(1);
    expect((await add(type, data)).json).toMatchObject({ error_code: taken });
    expect(await send('DELETE', path)).toMatchObject({ status: 404, json: { error_code: gone } });
    await pass(1);
    expect(await list()).toEqual([]);
    expect(await send('GET', path)).toMatchObject({ status: 404, json: { error_code: gone } });
    expect((await add(type, data)).status).toBe(201);
  });

  it('does not find a trigger under another type or function', async () => {
    const { trigger_id: id } = (await add('TIMER', TIMER)).json;

    expect((await send('DELETE', `${urnOf('one')}/OBS/${id}`)).status).toBe(404);
    expect((await send('DELETE', `${urnOf('two')}/TIMER/${id}`)).status).toBe(404);
  });

  it('deletes all triggers of a function', async () => {
    await add('TIMER', TIMER);
    await add('OBS', OBS);
    await add('TIMER', TIMER, urnOf('two'));

    expect((await send('DELETE', urnOf('one'))).status).toBe(204);
    await pass(5000);

    expect(await list()).toEqual([]);
    expect(await list(urnOf('two'))).toHaveLength(1);
  });

  it('is deleted with its function immediately', async () => {
    await add('OBS', OBS);
    await call(cloud, 'DELETE', `${ROOT}/functions/${urnOf('one').replaceAll(':', '%3A')}`);

    expect((await add('OBS', OBS, urnOf('two'))).status).toBe(201);
  });
});
