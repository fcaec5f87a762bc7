import { Clock } from '../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from './caller.ts';
import { tokenOf, unsigned, WITH_USER } from './unsigned.ts';

const PROJECT = ACCOUNT.projectId;
const TOPIC = `urn:smn:ap-southeast-3:${PROJECT}:alerts`;
const TASKS = `/v2/${PROJECT}/migration-tasks`;

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [WITH_USER],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31, 2, 3, 4) }),
    servers: [{ id: 's-1', name: 's', disks: [] }],
    topics: [TOPIC],
    agencies: [{ id: 'a-1', name: 'a', trusts: 'op_svc_cff' }],
  });
});
afterEach(() => cloud.close());

const get = (path: string, headers: object) => unsigned(cloud, 'GET', path, { 'x-project-id': PROJECT, ...headers });
const wrongCredentials = (reason: string) => ({
  status: 401,
  json: { error_code: 'APIGW.0301', error_msg: `Incorrect IAM authentication information: ${reason}` },
});

describe('X-Auth-Token', () => {
  it.each([
    ['DCS', TASKS],
    ['SMS', '/v3/tasks'],
    ['ECS', `/v1/${PROJECT}/cloudservers/s-1`],
    ['SMN', `/v2/${PROJECT}/notifications/topics/${TOPIC}/subscriptions`],
    ['FunctionGraph', `/v2/${PROJECT}/fgs/functions`],
    ['IAM', '/v3/projects'],
  ])('is accepted instead of a signature by %s', async (_service, path) => {
    expect((await get(path, { 'x-auth-token': await tokenOf(cloud) })).status).toBe(200);
  });

  it.each([
    ['SMS', '/v3/tasks'],
    ['IAM', '/v3/projects'],
    ['IAM', `/v3/projects/${PROJECT}`],
    ['IAM', `/v3.0/OS-AGENCY/projects/${PROJECT}/agencies/a-1/roles`],
  ])('may be for an account at %s, which is a global service', async (_service, path) => {
    const token = await tokenOf(cloud, { domain: { name: 'acme' } });

    expect((await unsigned(cloud, 'GET', path, { 'x-auth-token': token })).status).toBe(200);
  });

  it.each([
    ['DCS', TASKS, 401],
    ['ECS', `/v1/${PROJECT}/cloudservers/s-1`, 403],
    ['FunctionGraph', `/v2/${PROJECT}/fgs/functions`, 403],
  ])('must be for the project at %s', async (_service, path, status) => {
    expect((await get(path, { 'x-auth-token': await tokenOf(cloud, { domain: { name: 'acme' } }) })).status).toBe(
      status,
    );
  });

  it('is refused when it is missing, was never issued, or has expired', async () => {
    const token = await tokenOf(cloud);

    expect(await get(TASKS, {})).toMatchObject(wrongCredentials('x-auth-token not found'));
    expect(await get(TASKS, { 'x-auth-token': `${token}x` })).toMatchObject(wrongCredentials('decrypt token fail'));
    cloud.clock.advance(86_399_999);
    expect((await get(TASKS, { 'x-auth-token': token })).status).toBe(200);
    cloud.clock.advance(1);
    expect(await get(TASKS, { 'x-auth-token': token })).toMatchObject(
      wrongCredentials('token expires, expires_at: 2026-02-01T02:03:04.000000Z'),
    );
  });

  it('wins over an Authorization header that is no signature, and loses to one that is', async () => {
    const token = await tokenOf(cloud);

    expect((await get(TASKS, { 'x-auth-token': token, authorization: 'Bearer x' })).status).toBe(200);
    expect((await call(cloud, 'GET', TASKS, undefined, { headers: { 'x-auth-token': 'MIIx' } })).status).toBe(200);
    expect(
      await call(cloud, 'GET', TASKS, undefined, { headers: { 'x-auth-token': token }, secretKey: 'x' }),
    ).toMatchObject({
      status: 401,
    });
  });

  it('does not lock an access key, however often it is wrong', async () => {
    for (let failure = 0; failure < 7; failure += 1) await get(TASKS, { 'x-auth-token': 'MIIx' });

    expect((await call(cloud, 'GET', TASKS)).status).toBe(200);
  });

  it('is recorded by name only', async () => {
    const token = await tokenOf(cloud);
    await get(TASKS, { 'x-auth-token': token });

    expect(cloud.requests.at(-1)?.headerNames).toContain('x-auth-token');
    expect(JSON.stringify(cloud.requests)).not.toContain(token);
  });
});
