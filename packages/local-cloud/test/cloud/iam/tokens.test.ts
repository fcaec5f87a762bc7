import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { PROJECT_SCOPE, passwordBody, type TokenScope, tokenOf, unsigned, WITH_USER } from '../unsigned.ts';

const TOKENS = '/v3/auth/tokens';
const HOUR_MS = 3_600_000;
const FOREIGN = 'ffffffffffffffffffffffffffffffff';
const DOMAIN = { id: ACCOUNT.domainId, name: 'acme' };

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [
      WITH_USER,
      {
        ...ACCOUNT,
        accessKey: 'AK2',
        secretKey: 'SK2',
        securityToken: 'T2',
        projectId: FOREIGN,
        domainId: FOREIGN,
        domainName: 'other',
      },
    ],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31, 2, 3, 4) }),
    agencies: [
      { id: 'a-1', name: 'for-acme', trusts: 'acme' },
      { id: 'a-2', name: 'for-functions', trusts: 'op_svc_cff' },
    ],
  });
});
afterEach(() => cloud.close());

const login = (body: object, query = '', headers: object = {}) =>
  unsigned(cloud, 'POST', `${TOKENS}${query}`, { body, ...headers });
const identity = (method: string, value: object | undefined, scope: TokenScope = PROJECT_SCOPE) => ({
  auth: { identity: { methods: [method], ...(value === undefined ? {} : { [method]: value }) }, scope },
});
const refusal = (code: number, title: string) => ({ status: code, json: { error: { code, title } } });

describe('POST /v3/auth/tokens with a password', () => {
  it('returns a token for the project in a header, and its details in the documented format', async () => {
    const { status, headers, json } = await login(passwordBody(), '?nocatalog=true');

    expect(status).toBe(201);
    expect(headers.get('x-subject-token')).toMatch(/^MII[\w-]{500,}$/);
    expect(json).toEqual({
      token: {
        methods: ['password'],
        expires_at: '2026-02-01T02:03:04.000000Z',
        issued_at: '2026-01-31T02:03:04.000000Z',
        user: { id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'mover', domain: DOMAIN, password_expires_at: '' },
        project: { id: ACCOUNT.projectId, name: 'ap-southeast-3', domain: DOMAIN },
        roles: [{ id: '0', name: 'te_admin' }],
      },
    });
  });

  it('has a catalog with the addresses of the services, unless nocatalog is not empty', async () => {
    const { json } = await login(passwordBody(), '?nocatalog=');

    expect((json['token'] as { catalog: unknown }).catalog).toContainEqual({
      id: expect.any(String),
      name: 'dcs',
      type: 'dcs',
      endpoints: [
        {
          id: expect.any(String),
          interface: 'public',
          region: 'ap-southeast-3',
          region_id: 'ap-southeast-3',
          url: `${cloud.url}/v2/${ACCOUNT.projectId}`,
        },
      ],
    });
  });

  it.each<[string, TokenScope, object]>([
    ['a project by its ID', { project: { id: ACCOUNT.projectId } }, { project: { id: ACCOUNT.projectId } }],
    ['an account', { domain: { name: 'acme' } }, { domain: DOMAIN }],
    ['a project rather than an account', { ...PROJECT_SCOPE, domain: { name: 'acme' } }, { project: {} }],
  ])('is for %s', async (_what, scope, expected) => {
    expect((await login(passwordBody(scope))).json['token']).toMatchObject(expected);
  });

  it('is for no project and no account without a scope', async () => {
    const { token } = (
      await login({ auth: { identity: (passwordBody() as { auth: { identity: object } }).auth.identity } })
    ).json;

    expect(token).not.toHaveProperty('project');
    expect(token).not.toHaveProperty('domain');
  });

  it.each([
    ['password', { password: 'wrong' }],
    ['user', { name: 'nobody' }],
    ['account', { domain: { name: 'other' } }],
    ['user ID', { id: FOREIGN }],
  ])('refuses a wrong %s', async (_what, user) => {
    expect(await login(passwordBody(PROJECT_SCOPE, user))).toMatchObject({
      status: 401,
      json: { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } },
    });
  });

  it.each<[string, object, number, string]>([
    ['an unknown project', passwordBody({ project: { name: 'eu-west-0' } }), 404, 'Not Found'],
    ["another account's project", passwordBody({ project: { id: FOREIGN } }), 404, 'Not Found'],
    ['another account', passwordBody({ domain: { id: FOREIGN } }), 404, 'Not Found'],
    ['an empty project', passwordBody({ project: {} }), 404, 'Not Found'],
    ['a user without a domain', passwordBody(PROJECT_SCOPE, { domain: undefined }), 400, 'Bad Request'],
    ['an unknown field', { auth: {}, tenant: 'x' }, 400, 'Bad Request'],
    ['an unknown method', identity('saml2', {}), 400, 'Bad Request'],
    ['a method without its object', identity('password', undefined), 400, 'Bad Request'],
    ['two methods', { auth: { identity: { methods: ['password', 'token'] } } }, 400, 'Bad Request'],
    [
      'a virtual MFA device, which no user has',
      { auth: { identity: { methods: ['password', 'totp'], totp: { user: { id: 'u', passcode: '1' } } } } },
      401,
      'Unauthorized',
    ],
  ])('refuses %s', async (_what, body, code, title) => {
    expect(await login(body)).toMatchObject(refusal(code, title));
  });

  it('refuses an unknown query parameter', async () => {
    expect(await login(passwordBody(), '?catalog=no')).toMatchObject(refusal(400, 'Bad Request'));
  });

  it('records neither passwords nor keys nor tokens', async () => {
    await login(passwordBody());
    await login(identity('hw_ak_sk', { access: { key: 'AK1' }, secret: { key: 'hidden-key' } }));
    await login(identity('token', { id: 'hidden-token' }));

    expect(cloud.requests).toHaveLength(3);
    expect(JSON.stringify(cloud.requests)).not.toContain('hidden');
  });
});

describe('POST /v3/auth/tokens with another method', () => {
  it('exchanges a token for one with another scope and the same expiry', async () => {
    const id = await tokenOf(cloud);
    cloud.clock.advance(HOUR_MS);

    expect((await login(identity('token', { id }, { domain: { name: 'acme' } }))).json['token']).toMatchObject({
      methods: ['token'],
      domain: DOMAIN,
      issued_at: '2026-01-31T03:03:04.000000Z',
      expires_at: '2026-02-01T02:03:04.000000Z',
    });
  });

  it('refuses an unknown and an expired token', async () => {
    const id = await tokenOf(cloud);
    cloud.clock.advance(24 * HOUR_MS);

    expect(await login(identity('token', { id }))).toMatchObject(refusal(401, 'Unauthorized'));
    expect(await login(identity('token', { id: 'MIIx' }))).toMatchObject(refusal(401, 'Unauthorized'));
  });

  it('exchanges an access key for a token, with the security token of temporary keys', async () => {
    const keys = { access: { key: 'AK1' }, secret: { key: 'SK1' } };
    const temporary = { access: { key: 'AK2' }, secret: { key: 'SK2' } };

    expect((await login(identity('hw_ak_sk', keys))).status).toBe(201);
    expect((await login(identity('hw_ak_sk', { ...temporary, security_token: 'T2' }))).status).toBe(201);
    expect(await login(identity('hw_ak_sk', temporary))).toMatchObject(refusal(401, 'Unauthorized'));
    expect(await login(identity('hw_ak_sk', { ...keys, secret: { key: 'SK2' } }))).toMatchObject(
      refusal(401, 'Unauthorized'),
    );
    expect(await login(identity('hw_ak_sk', { ...keys, access: { key: 'AK9' } }))).toMatchObject(
      refusal(401, 'Unauthorized'),
    );
  });

  it('returns a token of an agency to a caller that the agency trusts', async () => {
    const token = await tokenOf(cloud);
    const body = identity('assume_role', { domain_name: 'acme', agency_name: 'for-acme' });

    expect((await login(body, '?nocatalog=1', { 'x-auth-token': token })).json['token']).toMatchObject({
      methods: ['assume_role'],
      user: { name: 'acme/for-acme', domain: DOMAIN },
      assumed_by: { user: { name: 'mover', domain: DOMAIN } },
      project: { id: ACCOUNT.projectId },
    });
  });

  it.each<[string, object, number, string]>([
    ['an unknown agency', { domain_name: 'acme', agency_name: 'nobody' }, 404, 'Not Found'],
    ['an unknown account', { domain_name: 'nobody', agency_name: 'for-acme' }, 404, 'Not Found'],
    ['an agency that trusts a service', { domain_id: ACCOUNT.domainId, xrole_name: 'for-functions' }, 403, 'Forbidden'],
    ['an agency without its account', { agency_name: 'for-acme' }, 400, 'Bad Request'],
    ['an account without an agency', { domain_name: 'acme' }, 400, 'Bad Request'],
  ])('refuses %s', async (_what, agency, code, title) => {
    const token = await tokenOf(cloud);
    expect(await login(identity('assume_role', agency), '', { 'x-auth-token': token })).toMatchObject(
      refusal(code, title),
    );
  });

  it.each([
    ['KeystoneCreateUserTokenByPassword', ['password']],
    ['KeystoneCreateUserTokenByPasswordAndMfa', ['password', 'totp']],
    ['KeystoneCreateUserTokenByPasswordAndMfa', ['totp', 'password']],
    ['KeystoneCreateScopedToken', ['token']],
    ['KeystoneCreateAgencyToken', ['assume_role']],
    ['KeystoneCreateUserTokenByPassword', ['hw_ak_sk']],
    ['KeystoneCreateUserTokenByPassword', 'token'],
  ])('is %s for the methods %j', async (name, methods) => {
    await login({ auth: { identity: { methods } } });

    expect(cloud.requests.at(-1)?.operation).toBe(name);
  });

  it('has faults of its own', async () => {
    cloud.faults.add({ operation: 'KeystoneCreateScopedToken', kind: 'forbidden' });

    expect((await login(passwordBody())).status).toBe(201);
    expect(await login(identity('token', { id: 'x' }))).toMatchObject({
      status: 403,
      json: { error_code: 'IAM.0002' },
    });
  });

  it('refuses a token of an agency to nobody', async () => {
    const body = identity('assume_role', { domain_name: 'acme', agency_name: 'for-acme' });

    expect(await login(body)).toMatchObject({ status: 401, json: { error_code: 'APIGW.0301' } });
  });
});

describe('GET and HEAD /v3/auth/tokens', () => {
  it('return the details of a token, HEAD only its header', async () => {
    const token = await tokenOf(cloud);
    const headers = { 'x-auth-token': token, 'x-subject-token': token };
    const shown = await unsigned(cloud, 'GET', `${TOKENS}?nocatalog=yes`, headers);
    const checked = await unsigned(cloud, 'HEAD', TOKENS, headers);

    expect(shown).toMatchObject({ status: 200, json: { token: { methods: ['password'], user: { name: 'mover' } } } });
    expect(shown.json['token']).not.toHaveProperty('catalog');
    expect(checked).toMatchObject({ status: 200, text: '' });
    expect([shown, checked].map((reply) => reply.headers.get('x-subject-token'))).toEqual([token, token]);
  });

  it('accept a signed request', async () => {
    const headers = { 'x-subject-token': await tokenOf(cloud) };

    expect((await call(cloud, 'GET', TOKENS, undefined, { headers })).status).toBe(200);
  });

  it('do not find an unknown token, an expired one and that of another account', async () => {
    const token = await tokenOf(cloud);
    const other = { accessKey: 'AK2', secretKey: 'SK2', securityToken: 'T2', projectId: FOREIGN, domainId: FOREIGN };
    const validate = (subject: string, account = WITH_USER) =>
      call(cloud, 'GET', TOKENS, undefined, { account, headers: { 'x-subject-token': subject } });

    expect(await validate('MIIx')).toMatchObject(refusal(404, 'Not Found'));
    expect(await validate(token, other)).toMatchObject(refusal(404, 'Not Found'));
    cloud.clock.advance(24 * HOUR_MS - 1);
    expect((await validate(token)).status).toBe(200);
    cloud.clock.advance(1);
    expect(await validate(token)).toMatchObject(refusal(404, 'Not Found'));
  });

  it('refuse a request without a token to validate', async () => {
    expect(await call(cloud, 'GET', TOKENS)).toMatchObject(refusal(400, 'Bad Request'));
  });
});
