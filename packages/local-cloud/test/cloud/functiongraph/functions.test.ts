import { createHash } from 'node:crypto';
import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { makePackage } from './package.ts';

const ROOT = `/v2/${ACCOUNT.projectId}/fgs/functions`;
const URN = `urn:fss:ap-southeast-3:${ACCOUNT.projectId}:function:default:landed`;
const FILE = makePackage({ 'index.js': 'exports.handler = async () => 1;' });
const OTHER_FILE = makePackage({ 'index.js': 'exports.handler = async () => 2;' });
const SETTINGS = {
  func_name: 'landed',
  runtime: 'Node.js20.15',
  handler: 'index.handler',
  memory_size: 256,
  timeout: 30,
};
const CODE = { code_type: 'zip', code_filename: 'index.zip', func_code: { file: FILE } };
const BODY = { ...SETTINGS, ...CODE, package: 'default' };

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31, 2, 3, 4) }),
    obs: { buckets: [{ name: 'packages' }] },
  });
});
afterEach(() => cloud.close());

const create = (body: unknown = BODY) => call(cloud, 'POST', ROOT, body);
const send = (method: string, path: string, body?: unknown) =>
  call(cloud, method, `${ROOT}/${encoded(URN + path)}`, body);
/** Encodes colons and exclamation marks as a client does. */
const encoded = (text: string) => text.replaceAll(':', '%3A').replaceAll('!', '%21');
const sha512 = (base64: string) => createHash('sha512').update(Buffer.from(base64, 'base64')).digest('hex');
const variables = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`NAME_${index}`, 'x'])));

describe('CreateFunction', () => {
  it('returns the URN of the latest version and the sent fields', async () => {
    const { status, json } = await create({ ...BODY, user_data: '{"COLOR":"red"}', app_xrole: 'migrations' });

    expect(status).toBe(200);
    expect(json).toMatchObject({
      func_urn: `${URN}:latest`,
      func_name: 'landed',
      package: 'default',
      version: 'latest',
      namespace: ACCOUNT.projectId,
      domain_id: ACCOUNT.domainId,
      memory_size: 256,
      timeout: 30,
      user_data: '{"COLOR":"red"}',
      app_xrole: 'migrations',
      digest: sha512(FILE),
      code_size: Buffer.from(FILE, 'base64').length,
      last_modified: '2026-01-31T02:03:04+00:00',
    });
  });

  it('returns only the names of encrypted variables, and records neither them nor code', async () => {
    const { json } = await create({ ...BODY, encrypted_user_data: '{"PASSWORD":"hidden-value"}' });

    expect(json['encrypted_user_data']).toBe('{"PASSWORD":"******"}');
    expect(cloud.requests[0]?.body).toMatchObject({ encrypted_user_data: '***', func_code: '***' });
    expect(JSON.stringify(cloud.requests)).not.toContain('hidden-value');
  });

  it.each<[string, object]>([
    ['a name of 60 characters', { func_name: `a${'-'.repeat(58)}9` }],
    ['the minimum timeout', { timeout: 3 }],
    ['the maximum timeout', { timeout: 259200 }],
    ['the maximum memory', { memory_size: 10240 }],
    ['20 variables of each kind', { user_data: variables(20), encrypted_user_data: variables(20) }],
    ['4 KB of variables', { user_data: JSON.stringify({ A: 'x'.repeat(4088) }) }],
    ['512 characters of description', { description: 'x'.repeat(512) }],
    ['an empty string for an initializer', { initializer_handler: '', initializer_timeout: 0 }],
    [
      'inline code',
      { code_type: 'inline', code_filename: undefined, func_code: { file: btoa('exports.handler = 1') } },
    ],
  ])('accepts %s', async (_name, changes) => {
    expect((await create({ ...BODY, ...changes })).status).toBe(200);
  });

  it.each<[string, object, number, string]>([
    ['a name of 61 characters', { func_name: `a${'b'.repeat(60)}` }, 400, 'FSS.1002'],
    ['a name that starts with a digit', { func_name: '1a' }, 400, 'FSS.1002'],
    ['a name that ends in a hyphen', { func_name: 'a-' }, 400, 'FSS.1002'],
    ['no name', { func_name: undefined }, 400, 'FSS.1002'],
    ['no package', { package: undefined }, 400, 'FSS.1004'],
    ['another runtime', { runtime: 'Python3.9' }, 400, 'FSS.1005'],
    ['no runtime', { runtime: undefined }, 400, 'FSS.1005'],
    ['an unsupported memory size', { memory_size: 300 }, 400, 'FSS.1007'],
    ['memory as a string', { memory_size: '256' }, 400, 'FSS.1007'],
    ['2 seconds', { timeout: 2 }, 400, 'FSS.1008'],
    ['259201 seconds', { timeout: 259201 }, 400, 'FSS.1008'],
    ['a handler without a dot', { handler: 'index' }, 400, 'FSS.1003'],
    ['a handler with two dots', { handler: 'a.b.c' }, 400, 'FSS.1003'],
    ['a handler with a missing file', { handler: 'main.handler' }, 400, 'FSS.1003'],
    [
      'an initializer whose file is not in the code',
      { initializer_handler: 'a.b', initializer_timeout: 9 },
      400,
      'FSS.1003',
    ],
    ['an initializer without a timeout', { initializer_handler: 'index.b' }, 400, 'FSS.0400'],
    ['301 seconds for an initializer', { initializer_timeout: 301 }, 400, 'FSS.0400'],
    ['variables that are not JSON', { user_data: 'COLOR=red' }, 400, 'FSS.1009'],
    ['variables in an array', { user_data: '[]' }, 400, 'FSS.1009'],
    ['a variable that is not a string', { user_data: '{"A":1}' }, 400, 'FSS.1009'],
    ['a variable with a hyphen', { user_data: '{"A-B":"x"}' }, 400, 'FSS.1009'],
    ['a reserved variable', { encrypted_user_data: '{"RUNTIME_X":"x"}' }, 400, 'FSS.1009'],
    ['21 variables', { user_data: variables(21) }, 400, 'FSS.1017'],
    ['over 4 KB of variables', { user_data: JSON.stringify({ A: 'x'.repeat(4089) }) }, 400, 'FSS.1018'],
    ['513 characters of description', { description: 'x'.repeat(513) }, 400, 'FSS.1019'],
    ['an unknown field', { memory: 256 }, 400, 'FSS.0400'],
    ['a field that every object has', { constructor: 'x' }, 400, 'FSS.0400'],
    ['a field that only updates have', { strategy_config: { concurrency: 1 } }, 400, 'FSS.1026'],
    ['an unknown code type', { code_type: 'tar' }, 400, 'FSS.1006'],
    ['a jar', { code_type: 'jar' }, 400, 'FSS.1006'],
    ['a zip without a file name', { code_filename: undefined }, 400, 'FSS.1013'],
    ['a zip without code', { func_code: {} }, 400, 'FSS.1012'],
    [
      'a URL together with a zip',
      { code_url: 'https://packages.obs.ap-southeast-3.myhuaweicloud.com/a.zip' },
      400,
      'FSS.1010',
    ],
    ['code that is not Base64', { func_code: { file: 'a*b=' } }, 400, 'FSS.1011'],
    ['code that is not a ZIP archive', { func_code: { file: btoa('no zip') } }, 400, 'FSS.1011'],
    ['a truncated ZIP archive', { func_code: { file: FILE.slice(0, -40) } }, 400, 'FSS.1011'],
    ['inline code over 10 KB', { code_type: 'inline', func_code: { file: btoa('x'.repeat(10241)) } }, 413, 'FSS.1072'],
  ])('refuses %s', async (_name, changes, status, code) => {
    expect(await create({ ...BODY, ...changes })).toMatchObject({ status, json: { error_code: code } });
    expect(cloud.functions()).toEqual([]);
  });

  it('refuses a package over 50 MB', async () => {
    const file = Buffer.alloc(50 * 1024 * 1024 + 1).toString('base64');

    expect(await create({ ...BODY, func_code: { file } })).toMatchObject({
      status: 413,
      json: { error_code: 'FSS.1071' },
    });
  });

  it('accepts a package from a bucket, and refuses a missing one', async () => {
    const data = (async function* () {
      yield Buffer.from(FILE, 'base64');
    })();
    await cloud.obs.put('packages', 'v1/code.zip', data, { contentType: 'application/zip', metadata: {} });
    const from = (key: string) => ({
      ...SETTINGS,
      package: 'default',
      code_type: 'obs',
      code_url: `https://packages.obs.ap-southeast-3.myhuaweicloud.com/${key}`,
    });

    expect(await create(from('missing.zip'))).toMatchObject({ status: 404, json: { error_code: 'FSS.1054' } });
    expect(await create(from('v1/code.zip'))).toMatchObject({ status: 200, json: { digest: sha512(FILE) } });
  });

  it('refuses a second function with the same name in the same package', async () => {
    await create();

    expect(await create()).toMatchObject({ status: 409, json: { error_code: 'FSS.1061' } });
    expect((await create({ ...BODY, package: 'other' })).status).toBe(200);
  });

  it('creates only one of two concurrent requests', async () => {
    const responses = await Promise.all([create(), create()]);

    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it("requires a signature and the credentials' own project", async () => {
    expect((await call(cloud, 'POST', ROOT, BODY, { secretKey: 'other' })).json).toMatchObject({
      error_code: 'APIGW.0301',
    });
    const foreign = `/v2/${'f'.repeat(32)}/fgs/functions`;
    expect(await call(cloud, 'POST', foreign, BODY)).toMatchObject({ status: 403, json: { error_code: 'FSS.0403' } });
  });

  it('has created the function when only the response is lost', async () => {
    cloud.faults.add({ operation: 'CreateFunction', kind: 'reply_lost' });

    await expect(create()).rejects.toThrow();
    expect(cloud.functions()).toHaveLength(1);
  });
});

describe('a function', () => {
  beforeEach(async () => {
    await create({ ...BODY, description: 'first', user_data: '{"COLOR":"red"}' });
  });

  it('returns its configuration, with and without a version in the URN', async () => {
    expect((await send('GET', '/config')).json).toMatchObject({ func_urn: `${URN}:latest`, description: 'first' });
    expect((await send('GET', ':latest/config')).json).toMatchObject({ func_urn: `${URN}:latest` });
  });

  it.each([
    ['another function', URN.replace('landed', 'other'), 404, 'FSS.1051'],
    ['another version', `${URN}:v1`, 404, 'FSS.1052'],
    ['another alias', `${URN}:!live`, 404, 'FSS.1053'],
    ['another project', URN.replace(ACCOUNT.projectId, 'f'.repeat(32)), 403, 'FSS.0403'],
    ['a name', 'landed', 400, 'FSS.1309'],
  ])('is not %s', async (_name, urn, status, code) => {
    expect(await call(cloud, 'GET', `${ROOT}/${encoded(urn)}/config`)).toMatchObject({
      status,
      json: { error_code: code },
    });
  });

  it('returns the digest of its code, but not the code', async () => {
    expect((await send('GET', '/code')).json).toMatchObject({ digest: sha512(FILE), func_code: {} });
  });

  it('accepts new code, and refuses unchanged code', async () => {
    const code = { ...CODE, func_code: { file: OTHER_FILE } };

    expect(await send('PUT', '/code', CODE)).toMatchObject({ status: 409, json: { error_code: 'FSS.0409' } });
    expect(await send('PUT', '/code', code)).toMatchObject({ status: 200, json: { digest: sha512(OTHER_FILE) } });
    expect(await send('PUT', '/code', code)).toMatchObject({ status: 409 });
  });

  it('keeps fields that an update omits, and clears those that it empties', async () => {
    await send('PUT', '/config', { ...SETTINGS, timeout: 60, description: '' });

    expect((await send('GET', '/config')).json).toMatchObject({
      timeout: 60,
      description: '',
      user_data: '{"COLOR":"red"}',
    });
  });

  it.each<[string, object, string]>([
    ['no name', { func_name: undefined }, 'FSS.1002'],
    ['no runtime', { runtime: undefined }, 'FSS.1005'],
    ['no timeout', { timeout: undefined }, 'FSS.1008'],
    ['no handler', { handler: undefined }, 'FSS.1003'],
    ['no memory', { memory_size: undefined }, 'FSS.1007'],
    ['another name', { func_name: 'other' }, 'FSS.1002'],
    ['another runtime', { runtime: 'Node.js18.15' }, 'FSS.1005'],
    ['a missing handler', { handler: 'main.handler' }, 'FSS.1003'],
    ['a field that only creation has', { package: 'default' }, 'FSS.1004'],
    ['too many concurrent requests', { strategy_config: { concurrent_num: 1001 } }, 'FSS.1026'],
    ['an unsupported storage size', { ephemeral_storage: 1024 }, 'FSS.0400'],
  ])('refuses an update with %s', async (_name, changes, code) => {
    expect(await send('PUT', '/config', { ...SETTINGS, ...changes })).toMatchObject({
      status: 400,
      json: { error_code: code },
    });
  });

  it.each([
    [-1, 200],
    [0, 200],
    [1000, 200],
    [-2, 400],
    [1001, 400],
  ])('returns for %j instances %j', async (max_instance_num, status) => {
    expect((await send('PUT', '/config-max-instance', { max_instance_num })).status).toBe(status);
  });

  it('is listed page by page', async () => {
    await create({ ...BODY, func_name: 'another' });
    await create({ ...BODY, func_name: 'landed-too' });
    const list = (query: string) => call(cloud, 'GET', `${ROOT}${query}`);

    expect((await list('?maxitems=2')).json).toMatchObject({
      functions: [{ func_name: 'another' }, { func_name: 'landed' }],
      next_marker: 2,
      count: 3,
    });
    expect((await list('?marker=2&maxitems=2')).json).toMatchObject({
      functions: [{ func_name: 'landed-too' }],
      next_marker: 3,
    });
    expect((await list('?func_name=landed')).json).toMatchObject({ count: 2 });
    expect((await list('?package_name=other')).json).toMatchObject({ functions: [], count: 0 });
    expect(await list('?maxitems=401')).toMatchObject({ status: 400, json: { error_code: 'FSS.1001' } });
    expect(await list('?marker=x')).toMatchObject({ status: 400, json: { error_code: 'FSS.1001' } });
  });

  it('is deleted with all versions, or one version at a time, but latest cannot be deleted alone', async () => {
    await send('POST', '/versions', { version: 'v1' });

    expect(await send('DELETE', ':latest')).toMatchObject({ status: 400, json: { error_code: 'FSS.1015' } });
    expect((await send('DELETE', ':v1')).status).toBe(204);
    expect(await send('GET', ':v1/config')).toMatchObject({ status: 404 });
    expect((await send('DELETE', '')).status).toBe(204);
    expect(await send('GET', '/config')).toMatchObject({ status: 404, json: { error_code: 'FSS.1051' } });
    expect(await send('DELETE', '')).toMatchObject({ status: 404 });
  });

  it('has tags', async () => {
    const tags = `/v2/${ACCOUNT.projectId}/functions/${encoded(URN)}/tags`;

    expect(
      (await call(cloud, 'POST', `${tags}/create`, { tags: [{ key: 'a', value: '1' }, { key: 'b' }] })).status,
    ).toBe(204);
    expect((await call(cloud, 'DELETE', `${tags}/delete`, { action: 'delete', tags: [{ key: 'a' }] })).status).toBe(
      204,
    );
    expect((await call(cloud, 'GET', tags)).json).toEqual({ tags: [{ key: 'b', value: '' }], sys_tags: [] });
    expect((await call(cloud, 'POST', `${tags}/create`, { tags: [] })).status).toBe(400);
  });

  it('returns the location of its log once logging is enabled', async () => {
    expect(await send('GET', '/lts-log-detail')).toMatchObject({ status: 404 });
    await send('PUT', '/config', {
      ...SETTINGS,
      enable_lts_log: true,
      log_config: { group_id: 'g', group_name: 'group' },
    });

    expect((await send('GET', '/lts-log-detail')).json).toMatchObject({
      group_id: 'g',
      group_name: 'group',
      stream_name: 'landed',
    });
  });

  it('cannot be invoked without a runner', async () => {
    expect(await send('POST', '/invocations', {})).toMatchObject({ status: 500, json: { error_code: 'LOCAL.0001' } });
  });

  it('refuses an asynchronous event over 256 KB', async () => {
    expect(await send('POST', '/invocations-async', { x: 'y'.repeat(256 * 1024) })).toMatchObject({
      status: 413,
      json: { error_code: 'FSS.1201' },
    });
  });
});

describe('versions and aliases', () => {
  beforeEach(async () => {
    await create();
  });
  const change = () => send('PUT', '/config', { ...SETTINGS, description: String(cloud.requests.length) });

  it('are published when something has changed, named after the time', async () => {
    expect((await send('POST', '/versions', { description: 'one' })).json).toMatchObject({
      func_urn: `${URN}:v20260131-020304`,
      version: 'v20260131-020304',
      version_description: 'one',
    });
    expect(await send('POST', '/versions', {})).toMatchObject({ status: 409, json: { error_code: 'FSS.1062' } });
    expect(await send('POST', '/versions', { version: 'v2' })).toMatchObject({
      status: 400,
      json: { error_code: 'FSS.1016' },
    });
    await change();
    expect((await send('POST', '/versions', { version: 'v2' })).status).toBe(200);
    expect((await send('GET', '/versions')).json).toMatchObject({
      versions: [{ version: 'latest' }, { version: 'v20260131-020304' }, { version: 'v2' }],
      count: 3,
    });
  });

  it("are refused with a digest that does not match the code's", async () => {
    expect(await send('POST', '/versions', { digest: 'abc' })).toMatchObject({ status: 400 });
    expect((await send('POST', '/versions', { digest: sha512(FILE) })).status).toBe(200);
  });

  it('are at most 20, including latest', async () => {
    for (let index = 1; index <= 19; index++) {
      await change();
      expect((await send('POST', '/versions', { version: `v${index}` })).status).toBe(200);
    }
    await change();
    expect(await send('POST', '/versions', { version: 'v20' })).toMatchObject({
      status: 400,
      json: { error_code: 'FSS.1313' },
    });
  });

  it('do not change after publication', async () => {
    await send('POST', '/versions', { version: 'v1' });

    expect(await send('PUT', ':v1/config', SETTINGS)).toMatchObject({ status: 400, json: { error_code: 'FSS.1015' } });
  });

  it('an alias points to a version, and can be changed to another', async () => {
    await send('POST', '/versions', { version: 'v1' });
    await change();
    await send('POST', '/versions', { version: 'v2' });

    expect((await send('POST', '/aliases', { name: 'live', version: 'v1' })).json).toMatchObject({
      alias_urn: `${URN}:!live`,
      version: 'v1',
    });
    expect(
      (await send('PUT', '/aliases/live', { version: 'v2', additional_version_weights: { v1: 10 } })).json,
    ).toMatchObject({
      version: 'v2',
      additional_version_weights: { v1: 10 },
    });
    expect((await send('GET', ':!live/config')).json).toMatchObject({ version: 'v2' });
    expect((await send('GET', '/aliases')).text).toContain('"name":"live"');
    expect(await send('DELETE', ':v1')).toMatchObject({ status: 403, json: { error_code: 'FSS.1094' } });
    expect(await send('DELETE', ':v2')).toMatchObject({ status: 428, json: { error_code: 'FSS.0428' } });
    expect((await send('DELETE', '/aliases/live')).status).toBe(204);
    expect(await send('GET', '/aliases/live')).toMatchObject({ status: 404, json: { error_code: 'FSS.1053' } });
  });

  it.each<[string, object, number, string]>([
    ['of a missing version', { name: 'next', version: 'v9' }, 404, 'FSS.1052'],
    ['with the same name', { name: 'live', version: 'latest' }, 409, 'FSS.1063'],
    ['of the same version', { name: 'next', version: 'v1' }, 409, 'FSS.1066'],
    ['without a version', { name: 'next' }, 400, 'FSS.1014'],
    ['with an invalid name', { name: '1', version: 'latest' }, 400, 'FSS.1014'],
    [
      'with a weight above 100',
      { name: 'next', version: 'latest', additional_version_weights: { v1: 101 } },
      400,
      'FSS.1092',
    ],
    [
      'with its own version as the additional one',
      { name: 'next', version: 'latest', additional_version_weights: { latest: 1 } },
      400,
      'FSS.1093',
    ],
    [
      'with an unknown additional version',
      { name: 'next', version: 'latest', additional_version_weights: { v9: 1 } },
      400,
      'FSS.1091',
    ],
  ])('refuses an alias %s', async (_name, body, status, code) => {
    await send('POST', '/versions', { version: 'v1' });
    await send('POST', '/aliases', { name: 'live', version: 'v1' });

    expect(await send('POST', '/aliases', body)).toMatchObject({ status, json: { error_code: code } });
  });
});

describe('asynchronous settings', () => {
  const topic = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:failures`;
  const onFailure = (destination: string, param: unknown) => ({
    destination_config: {
      on_failure: { destination, param: typeof param === 'string' ? param : JSON.stringify(param) },
    },
  });
  const put = (body: unknown) => send('PUT', '/async-invoke-config', body);

  beforeEach(async () => {
    await create({ ...BODY, xrole: 'migrations' });
    cloud.setTopic(topic);
  });

  it('are shown, and deleted', async () => {
    expect(await send('GET', '/async-invoke-config')).toMatchObject({ status: 404 });
    expect((await put({ max_async_retry_attempts: 3, max_async_event_age_in_seconds: 86400 })).json).toEqual({
      func_urn: `${URN}:latest`,
      max_async_retry_attempts: 3,
      max_async_event_age_in_seconds: 86400,
      destination_config: {},
      enable_async_status_log: false,
      created_time: '2026-01-31T02:03:04+00:00',
      last_modified: '2026-01-31T02:03:04+00:00',
    });
    expect((await send('GET', ':latest/async-invoke-config')).status).toBe(200);
    expect((await send('DELETE', '/async-invoke-config')).status).toBe(204);
    expect(await send('GET', '/async-invoke-config')).toMatchObject({ status: 404 });
  });

  it('default to one retry and an hour', async () => {
    expect((await put({})).json).toMatchObject({ max_async_retry_attempts: 1, max_async_event_age_in_seconds: 3600 });
  });

  it.each<[string, object]>([
    ['a topic', onFailure('SMN', { topic_urn: topic })],
    ['a bucket', onFailure('OBS', { bucket: 'packages', prefix: 'failed/', expires: 365 })],
    ['a function', onFailure('FunctionGraph', { func_urn: URN })],
  ])('accept %s as a destination', async (_name, body) => {
    expect((await put(body)).status).toBe(200);
  });

  it.each<[string, object, number]>([
    ['4 attempts', { max_async_retry_attempts: 4 }, 400],
    ['an age of 0', { max_async_event_age_in_seconds: 0 }, 400],
    ['an age over a day', { max_async_event_age_in_seconds: 86401 }, 400],
    ['Kafka as a destination', onFailure('KAFKA', {}), 400],
    ['a param that is not JSON', onFailure('SMN', topic), 400],
    ['a missing topic', onFailure('SMN', { topic_urn: `${topic}-2` }), 404],
    ['a missing bucket', onFailure('OBS', { bucket: 'other' }), 400],
    ['an expiry over 365 days', onFailure('OBS', { bucket: 'packages', expires: 366 }), 400],
    ['a missing function', onFailure('FunctionGraph', { func_urn: `${URN}x` }), 404],
  ])('refuse %s', async (_name, body, status) => {
    expect((await put(body)).status).toBe(status);
  });

  it('refuse a destination without an agency', async () => {
    await send('PUT', '/config', { ...SETTINGS, xrole: '' });

    expect((await put(onFailure('SMN', { topic_urn: topic }))).status).toBe(400);
  });
});
