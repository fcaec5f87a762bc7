import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { Clock } from '../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from './caller.ts';

const TASKS = `/v2/${ACCOUNT.projectId}/migration-tasks`;

describe('startLocalCloud', () => {
  let cloud: LocalCloud;

  beforeEach(async () => {
    cloud = await startLocalCloud({ accounts: [ACCOUNT], clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }) });
  });
  afterEach(() => cloud.close());

  it('accepts a request signed by the official SDK', async () => {
    const endpoint = `${cloud.url}${TASKS}`;
    const request = {
      endpoint,
      method: 'GET',
      headers: { 'content-type': 'application/json', 'X-Project-Id': ACCOUNT.projectId },
      queryParams: { name: 'a b', limit: 3 },
    };
    const credential = { getAk: () => ACCOUNT.accessKey, getSk: () => ACCOUNT.secretKey };
    const headers = AKSKSigner.sign(request as never, credential as never) as Record<string, string>;

    const response = await fetch(`${endpoint}?limit=3&name=a%20b`, { headers });

    expect(await response.json()).toEqual({ count: 0, migration_tasks: [] });
  });

  it('returns the error body of the gateway for a wrong signature', async () => {
    const { status, json } = await call(cloud, 'GET', TASKS, undefined, { secretKey: 'wrong' });

    expect(status).toBe(401);
    expect(Object.keys(json).sort()).toEqual(['error_code', 'error_msg', 'request_id']);
    expect(json).toMatchObject({
      error_code: 'APIGW.0301',
      error_msg: expect.stringMatching(/verify aksk signature fail, canonicalRequest:GET\|\/v2\//),
    });
  });

  it('locks an access key for five minutes after more than five failures in a row', async () => {
    for (let failure = 0; failure < 6; failure += 1) await call(cloud, 'GET', TASKS, undefined, { secretKey: 'wrong' });

    expect((await call(cloud, 'GET', TASKS)).status).toBe(401);
    cloud.clock.advance(299_999);
    expect((await call(cloud, 'GET', TASKS)).status).toBe(401);
    cloud.clock.advance(1);
    expect((await call(cloud, 'GET', TASKS)).status).toBe(200);
  });

  it('does not lock after five failures, or when a correct signature comes in between', async () => {
    const fail = async (times: number) => {
      for (let i = 0; i < times; i += 1) await call(cloud, 'GET', TASKS, undefined, { secretKey: 'wrong' });
    };
    await fail(5);
    expect((await call(cloud, 'GET', TASKS)).status).toBe(200);
    await fail(5);
    expect((await call(cloud, 'GET', TASKS)).status).toBe(200);
  });

  it.each([
    ['an unknown path', 'GET', '/v2/nothing', 404, 'APIGW.0101'],
    ['a path that cannot be decoded', 'GET', '/v3/tasks/%zz', 400, 'APIGW.0201'],
    ['a method that SMS does not support', 'PUT', '/v3/tasks', 404, 'APIGW.0101'],
    ['a method that is not allowed', 'PUT', TASKS, 405, 'DCS.5001'],
    ['a malformed project ID', 'GET', '/v2/x/migration-tasks', 400, 'DCS.4002'],
    ['a foreign project', 'GET', '/v2/ffffffffffffffffffffffffffffffff/migration-tasks', 401, 'DCS.1004'],
  ])('refuses %s', async (_name, method, path, status, code) => {
    expect(await call(cloud, method, path)).toMatchObject({ status, json: { error_code: code } });
  });

  it('refuses an X-Project-Id other than the project in the path', async () => {
    const headers = { 'x-project-id': 'ffffffffffffffffffffffffffffffff' };
    expect(await call(cloud, 'GET', TASKS, undefined, { headers })).toMatchObject({
      status: 401,
      json: { error_code: 'DCS.1004' },
    });
  });

  it('accepts a signed request without X-Project-Id', async () => {
    expect((await call(cloud, 'GET', TASKS, undefined, { headers: { 'x-project-id': undefined } })).status).toBe(200);
  });

  it('records each request without secrets', async () => {
    await call(cloud, 'POST', `/v2/${ACCOUNT.projectId}/migration-task`, { target_instance: { password: 'geheim' } });

    expect(cloud.requests).toMatchObject([
      {
        operation: 'CreateMigrationTask',
        status: 400,
        body: { target_instance: { password: '***' } },
        headerNames: expect.arrayContaining(['authorization', 'x-sdk-date']),
      },
    ]);
    expect(JSON.stringify(cloud.requests)).not.toContain('geheim');
  });

  it('refuses a body of more than 500 levels', async () => {
    const path = `/v2/${ACCOUNT.projectId}/migration-task`;
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

    expect((await call(cloud, 'POST', path, nested(500))).json['error_code']).toBe('DCS.4800');
    for (const levels of [501, 50_000])
      expect((await call(cloud, 'POST', path, nested(levels))).json['error_code']).toBe('DCS.4005');
  });

  it('refuses a body of more than 12 MB', async () => {
    const path = `/v2/${ACCOUNT.projectId}/migration-task`;
    expect(await call(cloud, 'POST', path, 'x'.repeat(12 * 1024 * 1024 + 1))).toMatchObject({
      status: 413,
      json: { error_code: 'APIGW.0201' },
    });
  });

  it('refuses to start with a project ID that is not 32 hex digits', async () => {
    await expect(startLocalCloud({ accounts: [{ ...ACCOUNT, projectId: 'p' }] })).rejects.toThrow('32 hex digits');
  });

  it('finds the project of a region and the account', async () => {
    expect((await call(cloud, 'GET', '/v3/projects?name=ap-southeast-3')).json).toMatchObject({
      projects: [{ id: ACCOUNT.projectId, name: 'ap-southeast-3' }],
    });
    expect((await call(cloud, 'GET', '/v3/projects?name=eu-west-0')).json).toMatchObject({ projects: [] });
    expect((await call(cloud, 'GET', '/v3/auth/domains')).json).toMatchObject({ domains: [{ id: ACCOUNT.domainId }] });
  });
});
