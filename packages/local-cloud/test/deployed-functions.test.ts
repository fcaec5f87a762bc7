import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LocalRegion, startLocalRegion } from '../src/local-region.ts';
import type { RegionEvent } from '../src/region-event.ts';
import { makeClient } from './cloud/functiongraph/client.ts';
import { makePackage } from './cloud/functiongraph/package.ts';

const CODE = `
exports.initializer = (context, callback) => callback(null, '');
exports.handler = async (event, context) => {
  console.log('seen', context.getVersion());
  if (event.fail) throw new Error('as requested');
  const body = { marker: 'A', event, plain: context.getUserData('COLOR'), secret: context.getUserData('PASSWORD'),
    dcs: context.getUserData('HUAWEICLOUD_DCS_ENDPOINT'), key: context.getSecurityAccessKey() };
  return event.httpMethod ? { statusCode: 200, headers: {}, body: JSON.stringify(event.pathParameters), isBase64Encoded: false } : body;
};
`;
const PROJECT_ID = '0605767a3300d5762fb7c0186d9e1779';
const URN = `urn:fss:ap-southeast-3:${PROJECT_ID}:function:default:landed`;
const CONFIG = {
  func_name: 'landed',
  runtime: 'Node.js20.15',
  handler: 'index.handler',
  initializer_handler: 'index.initializer',
  initializer_timeout: 10,
  memory_size: 256,
  timeout: 30,
  user_data: '{"COLOR":"red","HUAWEICLOUD_DCS_ENDPOINT":"https://dcs.example.com"}',
  encrypted_user_data: '{"PASSWORD":"hidden-value"}',
  app_xrole: 'migrations',
};

describe('a function deployed to the local cloud', () => {
  let home: string;
  let region: LocalRegion<undefined>;
  let events: RegionEvent[];
  let call: ReturnType<typeof makeClient>;

  const start = async () => {
    region = await startLocalRegion({
      region: 'ap-southeast-3',
      stateFolder: home,
      gatewayPort: 0,
      buckets: ['redis-backups'],
      seed: () => ({}),
      makeOwn: () => undefined,
      onEvent: (event) => events.push(event),
      onLog: () => undefined,
    });
    call = makeClient(region.cloud.url, { ...region.keys, projectId: PROJECT_ID });
  };
  const deploy = (marker: string) => ({
    code_type: 'zip',
    code_filename: 'index.zip',
    func_code: { file: makePackage({ 'index.js': CODE.replace("'A'", `'${marker}'`) }) },
  });
  const addTrigger = (type: string, data: object, urn = URN) =>
    call('createFunctionTrigger', {
      function_urn: urn,
      body: { trigger_type_code: type, trigger_status: 'ACTIVE', event_data: data },
    });
  const results = () =>
    events.flatMap((event) => (event.kind === 'result' && event.result.ok ? [JSON.parse(event.result.payload)] : []));
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const drop = async (key: string) => {
    await mkdir(path.join(region.bucketsFolder, 'redis-backups', path.dirname(key)), { recursive: true });
    await writeFile(path.join(region.bucketsFolder, 'redis-backups', key), 'REDIS0011');
  };

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'deployed-'));
    await writeFile(path.join(home, 'project-id'), PROJECT_ID);
    events = [];
    await start();
    await call('createFunction', { body: { ...CONFIG, package: 'default', ...deploy('A') } });
  }, 30_000);

  afterEach(async () => {
    await region.close();
    await rm(home, { recursive: true });
  });

  it('runs with its variables, its agency and the local services, whatever endpoints it was deployed with', async () => {
    const { result, status, log } = await call('invokeFunction', {
      function_urn: URN,
      'X-Cff-Log-Type': 'tail',
      body: { n: 1 },
    });

    expect(status).toBe(200);
    expect(JSON.parse(String(result))).toEqual({
      marker: 'A',
      event: { n: 1 },
      plain: 'red',
      secret: 'hidden-value',
      dcs: region.cloud.url,
      key: region.functionKeys.accessKey,
    });
    expect(log).toMatch(/^Start invoke request '[0-9a-f]{32}', version: latest\nseen latest\nFinish invoke request/);
  });

  it('has no keys without an agency', async () => {
    await call('updateFunctionConfig', { function_urn: URN, body: { ...CONFIG, app_xrole: '' } });

    const { result } = await call('invokeFunction', { function_urn: URN, body: {} });

    expect(JSON.parse(String(result))).toMatchObject({ key: '' });
  });

  it('returns status 500 and the thrown error on failure', async () => {
    expect(await call('invokeFunction', { function_urn: URN, body: { fail: true } })).toMatchObject({
      status: 500,
      result: '{"errorMessage":"as requested","errorType":"Error"}',
      log: '',
    });
  });

  it('runs new code at the next invocation, and published versions unchanged', async () => {
    const { version } = await call('createFunctionVersion', { function_urn: URN, body: {} });
    await call('updateFunctionCode', { function_urn: URN, body: deploy('B') });
    await call('createVersionAlias', { function_urn: URN, body: { name: 'live', version } });

    const marker = async (urn: string) =>
      JSON.parse(String((await call('invokeFunction', { function_urn: urn, body: {} }))['result'])).marker;

    expect(await marker(URN)).toBe('B');
    expect(await marker(`${URN}:${version}`)).toBe('A');
    expect(await marker(`${URN}:!live`)).toBe('A');
    await call('updateVersionAlias', { function_urn: URN, alias_name: 'live', body: { version: 'latest' } });
    expect(await marker(`${URN}:!live`)).toBe('B');
  });

  it('is invoked for a file in a bucket by an OBS trigger', async () => {
    await addTrigger('OBS', {
      bucket: 'redis-backups',
      events: ['s3:ObjectCreated:*'],
      prefix: 'prod/',
      suffix: '.rdb',
    });

    await drop('prod/a b.rdb');
    await until(() => results().length === 1);
    await drop('prod/other.txt');
    await until(() => events.filter(({ kind }) => kind === 'object').length === 2);

    expect(results()).toMatchObject([
      { event: { Records: [{ eventName: 'ObjectCreated:Put', s3: { object: { key: 'prod%2Fa+b.rdb', size: 9 } } }] } },
    ]);
  }, 20_000);

  it('is invoked by EventGrid, with encoded keys if enabled', async () => {
    const subscription = {
      channel_id: 'c1',
      source_name: 'HC.OBS.DWR',
      agency: 'eg',
      bucket: 'redis-backups',
      event_types: ['OBS:DWR:ObjectCreated:PUT'],
    };
    await addTrigger('EVENTGRID', { ...subscription, trigger_name: 'encoded', prefix: 'prod/', Key_encode: true });
    await addTrigger('EVENTGRID', { ...subscription, trigger_name: 'raw', suffix: '.rdb' });

    await drop('prod/a b.rdb');
    await until(() => results().length === 2);

    expect(
      results()
        .map(({ event }) => [event.type, event.source, event.data.obs.object.key])
        .sort(),
    ).toEqual([
      ['OBS:DWR:ObjectCreated:PUT', 'HC.OBS.DWR', 'prod%2Fa+b.rdb'],
      ['OBS:DWR:ObjectCreated:PUT', 'HC.OBS.DWR', 'prod/a b.rdb'],
    ]);
  }, 20_000);

  it('is invoked by a timer until it is disabled', async () => {
    const trigger = { name: 'often', schedule_type: 'Cron', schedule: '* * * * * *', user_event: 'job-1' };
    const { trigger_id } = await addTrigger('TIMER', trigger);

    await until(() => results().length > 0);
    await call('updateTrigger', {
      function_urn: URN,
      trigger_type_code: 'TIMER',
      trigger_id,
      body: { trigger_status: 'DISABLED' },
    });

    expect(results()[0]).toMatchObject({
      event: { trigger_type: 'TIMER', trigger_name: 'often', user_event: 'job-1' },
    });
    expect(region.cloud.functions()[0]?.triggers).toMatchObject([{ status: 'DISABLED' }]);
  }, 20_000);

  it('is invoked for a message by an SMN trigger', async () => {
    const topic = `urn:smn:ap-southeast-3:${PROJECT_ID}:alerts`;
    region.cloud.setTopic(topic);
    await addTrigger('SMN', { topic_urn: topic });

    region.cloud.publish(topic, 'subject', 'text');
    await until(() => results().length === 1);

    expect(results()).toMatchObject([{ event: { record: [{ smn: { topic_urn: topic, message: 'text' } }] } }]);
  });

  const api = {
    name: 'landed-api',
    type: 1,
    path: '/jobs/{job}/runs',
    protocol: 'HTTPS',
    req_method: 'POST',
    group_id: 'local',
    match_mode: 'NORMAL',
    env_name: 'RELEASE',
    env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
    auth: 'NONE',
    func_info: { timeout: 5000 },
  };

  it('responds through the gateway for its method and path', async () => {
    const { event_data } = await addTrigger('APIG', api);
    expect(event_data).toMatchObject({ invoke_url: `${region.gateway.url}/jobs/{job}/runs` });
    const send = (method: string, target: string) => fetch(`${region.gateway.url}${target}`, { method });

    const response = await send('POST', '/jobs/restore/runs');

    expect([response.status, await response.json()]).toEqual([200, { job: 'restore' }]);
    expect((await send('GET', '/jobs/restore/runs')).status).toBe(404);
    expect((await send('POST', '/jobs/restore/runs/1')).status).toBe(404);
  });

  it('runs asynchronously if the API says so, with an immediate response', async () => {
    await addTrigger('DEDICATEDGATEWAY', {
      ...api,
      instance_id: 'gateway-1',
      path: '/later',
      match_mode: 'SWA',
      func_info: { timeout: 5000, invocation_type: 'async' },
    });

    const response = await fetch(`${region.gateway.url}/later/1`, { method: 'POST' });
    await until(() => results().length === 1);

    expect(response.status).toBe(202);
  });

  it('is not retried without asynchronous settings, and as often as configured with them', async () => {
    const topic = `urn:smn:ap-southeast-3:${PROJECT_ID}:failures`;
    region.cloud.setTopic(topic);
    const failures = () => events.filter((event) => event.kind === 'result' && !event.result.ok).length;
    const gaveUp = () => events.flatMap((event) => (event.kind === 'gave_up' ? [event.attempts] : []));

    await call('asyncInvokeFunction', { function_urn: URN, body: { fail: true } });
    await until(() => gaveUp().length === 1);
    await call('updateFunctionAsyncInvokeConfig', {
      function_urn: URN,
      body: {
        max_async_retry_attempts: 1,
        destination_config: { on_failure: { destination: 'SMN', param: JSON.stringify({ topic_urn: topic }) } },
      },
    });
    await call('asyncInvokeFunction', { function_urn: URN, body: { fail: true } });
    await until(() => gaveUp().length === 2);

    expect(gaveUp()).toEqual([1, 2]);
    expect(failures()).toBe(3);
    expect(region.cloud.messages().map(({ message }) => JSON.parse(message))).toMatchObject([
      { request_payload: '{"fail":true}', response_context: { function_error: 'as requested' } },
    ]);
  }, 20_000);

  it('is restored after a restart, with its triggers', async () => {
    await addTrigger('OBS', { bucket: 'redis-backups', events: ['s3:ObjectCreated:*'] });
    await region.close();
    events = [];

    await start();
    const { functions } = await call('listFunctions');
    await drop('later.rdb');
    await until(() => results().length === 1);

    expect(functions).toMatchObject([{ func_name: 'landed' }]);
    expect(results()).toMatchObject([{ secret: 'hidden-value', dcs: region.cloud.url }]);
  }, 20_000);

  it('is removed with its code when it is deleted', async () => {
    await call('deleteFunction', { function_urn: URN });

    expect(region.cloud.functions()).toEqual([]);
    expect(await readFile(path.join(home, 'deployed/functions.json'), 'utf8')).toBe('{"format":1,"functions":[]}');
    await expect(call('invokeFunction', { function_urn: URN, body: {} })).rejects.toMatchObject({
      httpStatusCode: 404,
      errorCode: 'FSS.1051',
    });
  });

  it('gets no events while its number of instances is 0', async () => {
    await call('updateFunctionMaxInstanceConfig', { function_urn: URN, body: { max_instance_num: 0 } });

    await expect(call('invokeFunction', { function_urn: URN, body: {} })).rejects.toMatchObject({
      httpStatusCode: 403,
    });
  });
});
