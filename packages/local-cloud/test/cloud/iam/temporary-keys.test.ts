import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { makeSdk } from '../obs/sdk.ts';
import { tokenOf, unsigned, WITH_USER } from '../unsigned.ts';

const KEYS = '/v3.0/OS-CREDENTIAL/securitytokens';
const TASKS = `/v2/${ACCOUNT.projectId}/migration-tasks`;

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [WITH_USER],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31, 2, 3, 4) }),
    agencies: [
      { id: 'a-1', name: 'for-acme', trusts: 'acme' },
      { id: 'a-2', name: 'for-functions', trusts: 'op_svc_cff' },
    ],
    obs: { buckets: [{ name: 'backups' }] },
  });
});
afterEach(() => cloud.close());

interface Credential {
  readonly access: string;
  readonly secret: string;
  readonly securitytoken: string;
  readonly expires_at: string;
}

const body = (method: string, value?: object, more: object = {}) => ({
  auth: { identity: { methods: [method], ...(value === undefined ? {} : { [method]: value }), ...more } },
});
const create = async (sent: object, headers: object = {}) => unsigned(cloud, 'POST', KEYS, { body: sent, ...headers });
const withToken = async (sent: object) => create(sent, { 'x-auth-token': await tokenOf(cloud) });
const accountOf = ({ access, secret, securitytoken }: Credential) => ({
  ...ACCOUNT,
  accessKey: access,
  secretKey: secret,
  securityToken: securitytoken,
});

describe('POST /v3.0/OS-CREDENTIAL/securitytokens', () => {
  it('returns keys that are valid for 15 minutes, for all services and OBS', async () => {
    const { status, json } = await withToken(body('token'));
    const credential = json['credential'] as Credential;
    const account = accountOf(credential);
    const obs = await makeSdk(cloud.obsUrl, account);

    expect(status).toBe(201);
    expect(credential).toEqual({
      access: expect.stringMatching(/^[A-Z0-9]{20}$/),
      secret: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      securitytoken: expect.any(String),
      expires_at: '2026-01-31T02:18:04.000000Z',
    });
    expect((await obs('headBucket', { Bucket: 'backups' })).CommonMsg.Status).toBe(200);
    cloud.clock.advance(899_999);
    expect((await call(cloud, 'GET', TASKS, undefined, { account })).status).toBe(200);
    cloud.clock.advance(1);
    expect(await call(cloud, 'GET', TASKS, undefined, { account })).toMatchObject({
      status: 401,
      json: { error_code: 'APIGW.0301' },
    });
    expect((await obs('headBucket', { Bucket: 'backups' })).CommonMsg.Status).toBe(403);
  });

  it('does not accept temporary keys without their security token', async () => {
    const { json } = await withToken(body('token'));
    const { securityToken: _, ...account } = accountOf(json['credential'] as Credential);

    expect((await call(cloud, 'GET', TASKS, undefined, { account })).status).toBe(401);
  });

  it.each([900, 86_400])('accepts a period of %d seconds', async (seconds) => {
    expect((await withToken(body('token', { duration_seconds: seconds }))).status).toBe(201);
  });

  it('takes the token from the body, or a signature instead of a token', async () => {
    expect((await create(body('token', { id: await tokenOf(cloud) }))).status).toBe(201);
    expect((await call(cloud, 'POST', KEYS, body('token'))).status).toBe(201);
  });

  it('returns project-level keys for a token of an account', async () => {
    const { json } = await create(body('token'), {
      'x-auth-token': await tokenOf(cloud, { domain: { name: 'acme' } }),
    });

    expect(
      (await call(cloud, 'GET', TASKS, undefined, { account: accountOf(json['credential'] as Credential) })).status,
    ).toBe(200);
  });

  it('returns keys of an agency that trusts the caller', async () => {
    const agency = {
      agency_name: 'for-acme',
      domain_name: 'acme',
      duration_seconds: 3600,
      session_user: { name: 'night-job' },
    };
    const policy = { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['obs:object:*'] }] };

    expect((await withToken(body('assume_role', agency, { policy }))).json['credential']).toMatchObject({
      expires_at: '2026-01-31T03:03:04.000000Z',
    });
    expect(cloud.requests.at(-1)?.operation).toBe('CreateTemporaryAccessKeyByAgency');
  });

  it.each<[string, object, number]>([
    ['a period below 15 minutes', body('token', { duration_seconds: 899 }), 400],
    ['a period above 24 hours', body('token', { duration_seconds: 86_401 }), 400],
    ['an unknown method', body('password'), 400],
    ['two methods', { auth: { identity: { methods: ['token', 'assume_role'] } } }, 400],
    ['an unknown field', { auth: { identity: { methods: ['token'] }, scope: {} } }, 400],
    ['an agency without its object', body('assume_role'), 400],
    ['a policy of another version', body('token', {}, { policy: { Version: '1.0', Statement: [] } }), 400],
    [
      'an agency that trusts a service',
      body('assume_role', { agency_name: 'for-functions', domain_name: 'acme' }),
      403,
    ],
    ['an unknown agency', body('assume_role', { agency_name: 'nobody', domain_name: 'acme' }), 404],
  ])('refuses %s', async (_what, sent, status) => {
    expect(await withToken(sent)).toMatchObject({ status, json: { error: { code: status } } });
  });

  it('refuses an unknown token in the body, and nobody', async () => {
    expect(await create(body('token', { id: 'MIIx' }))).toMatchObject({ status: 401, json: { error: { code: 401 } } });
    expect(await create(body('token'))).toMatchObject({ status: 401, json: { error_code: 'APIGW.0301' } });
  });
});
