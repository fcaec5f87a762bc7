import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';

const FOREIGN = 'ffffffffffffffffffffffffffffffff';
const AGENCIES = '/v3.0/OS-AGENCY/agencies';
const inProject = (agency: string, project: string = ACCOUNT.projectId) =>
  `/v3.0/OS-AGENCY/projects/${project}/agencies/${agency}/roles`;
const inDomain = (agency: string, domain: string = ACCOUNT.domainId) =>
  `/v3.0/OS-AGENCY/domains/${domain}/agencies/${agency}/roles`;
const everywhere = (agency: string, domain: string = ACCOUNT.domainId) =>
  `/v3.0/OS-INHERIT/domains/${domain}/agencies/${agency}/roles/inherited_to_projects`;

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT, { ...ACCOUNT, accessKey: 'KEYOFTHEFUNCTIONS', isAgency: true }],
    agencies: [
      {
        id: 'a-1',
        name: 'migrations',
        trusts: 'op_svc_cff',
        project: [{ id: 'p-dcs', name: 'DCS', statements: [{ actions: ['dcs:*:*'] }] }],
        global: [
          {
            id: 'p-obs',
            name: 'OBS',
            version: '1.0',
            statements: [{ effect: 'Deny', actions: ['obs:*:*'], resources: ['OBS:*:*:bucket:x'] }],
          },
        ],
        everywhere: [{ id: 'p-smn', name: 'SMN', statements: [] }],
      },
      { id: 'a-2', name: 'other', trusts: 'op_svc_ecs', expiresAt: '2026-02-01T00:00:00.000000' },
    ],
  });
});
afterEach(() => cloud.close());

const get = (path: string) => call(cloud, 'GET', path);

describe('the local IAM', () => {
  it('lists the agencies of an account, in the documented format', async () => {
    const { status, json } = await get(`${AGENCIES}?domain_id=${ACCOUNT.domainId}`);

    expect(status).toBe(200);
    expect(json['agencies']).toEqual([
      {
        id: 'a-1',
        name: 'migrations',
        domain_id: ACCOUNT.domainId,
        trust_domain_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        trust_domain_name: 'op_svc_cff',
        description: '',
        duration: 'FOREVER',
        expire_time: null,
        create_time: expect.any(String),
      },
      expect.objectContaining({ name: 'other', duration: 'ONEDAY', expire_time: '2026-02-01T00:00:00.000000' }),
    ]);
  });

  it('lists agencies by name and page by page', async () => {
    const names = async (query: string) =>
      ((await get(`${AGENCIES}?domain_id=${ACCOUNT.domainId}${query}`)).json['agencies'] as { name: string }[]).map(
        ({ name }) => name,
      );

    expect(await names('&name=other')).toEqual(['other']);
    expect(await names('&name=nobody')).toEqual([]);
    expect(await names('&page=2&per_page=1')).toEqual(['other']);
  });

  it.each([
    '',
    '?name=migrations',
    `?domain_id=${ACCOUNT.domainId}&page=1`,
    `?domain_id=${ACCOUNT.domainId}&page=1&per_page=501`,
    `?domain_id=${ACCOUNT.domainId}&limit=1`,
  ])('refuses the query %j', async (query) => {
    expect(await get(`${AGENCIES}${query}`)).toMatchObject({ status: 400, json: { error_code: 'IAM.0011' } });
  });

  it('lists permissions granted in the project, globally and in all projects, the last without policies', async () => {
    expect((await get(inProject('a-1'))).json['roles']).toMatchObject([
      {
        id: 'p-dcs',
        display_name: 'DCS',
        policy: { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['dcs:*:*'] }] },
      },
    ]);
    expect((await get(inDomain('a-1'))).json['roles']).toMatchObject([{ id: 'p-obs' }]);
    expect((await get(everywhere('a-1'))).json['roles']).toEqual([
      { id: 'p-smn', name: 'custom_p-smn', links: { self: '' } },
    ]);
    expect((await get(inProject('a-2'))).json['roles']).toEqual([]);
  });

  it('shows one agency as it is listed', async () => {
    const { json } = await get(`${AGENCIES}?domain_id=${ACCOUNT.domainId}&name=other`);

    expect((await get(`${AGENCIES}/a-2`)).json).toEqual({ agency: (json['agencies'] as object[])[0] });
  });

  it('shows a permission with its statements', async () => {
    expect((await get('/v3/roles/p-obs')).json).toMatchObject({
      role: {
        id: 'p-obs',
        display_name: 'OBS',
        policy: {
          Version: '1.0',
          Statement: [{ Effect: 'Deny', Action: ['obs:*:*'], Resource: ['OBS:*:*:bucket:x'] }],
        },
      },
    });
  });

  it.each([
    ['an unknown agency', inProject('a-9'), 404, 'IAM.0004'],
    ['an unknown agency', inDomain('a-9'), 404, 'IAM.0004'],
    ['an unknown agency', `${AGENCIES}/a-9`, 404, 'IAM.0004'],
    ['an unknown agency', everywhere('a-9'), 404, 'IAM.0004'],
    ['an unknown permission', '/v3/roles/p-9', 404, 'IAM.0004'],
    ['another project', inProject('a-1', FOREIGN), 404, 'IAM.0004'],
    ['another account', inDomain('a-1', FOREIGN), 403, 'IAM.0002'],
    ['another account', everywhere('a-1', FOREIGN), 403, 'IAM.0002'],
    ['another account', `${AGENCIES}?domain_id=${FOREIGN}`, 403, 'IAM.0002'],
  ])('refuses %s: %s', async (_what, path, status, code) => {
    expect(await get(path)).toMatchObject({ status, json: { error_code: code } });
  });

  it('lists what the functions have lost: an action is denied, and with their keys FunctionGraph is no longer trusted', async () => {
    const trusts = async () => {
      const { json } = await get(`${AGENCIES}?domain_id=${ACCOUNT.domainId}&name=migrations`);
      return (json['agencies'] as { trust_domain_name: string }[])[0]?.trust_domain_name;
    };
    cloud.situations.add({ subject: 'right', kind: 'revoked', options: { action: 'dcs:migrationTask:create' } });
    const keys = cloud.situations.add({ subject: 'keys', kind: 'revoked', options: {} });

    for (const path of [inProject('a-1'), inDomain('a-1')]) {
      expect((await get(path)).json['roles']).toContainEqual(
        expect.objectContaining({
          display_name: 'revoked',
          policy: expect.objectContaining({
            Statement: [{ Effect: 'Deny', Action: ['dcs:migrationTask:create'] }],
          }),
        }),
      );
    }
    expect(await trusts()).toBe('op_svc_ecs');
    keys.undo();
    expect(await trusts()).toBe('op_svc_cff');
  });

  it('includes an added agency', async () => {
    cloud.setAgency({ id: 'a-3', name: 'new', trusts: 'op_svc_cff' });

    expect((await get(inDomain('a-3'))).status).toBe(200);
  });
});
