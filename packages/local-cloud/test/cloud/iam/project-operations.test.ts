import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call } from '../caller.ts';
import { tokenOf, unsigned, WITH_USER } from '../unsigned.ts';

const FOREIGN = 'ffffffffffffffffffffffffffffffff';

let cloud: LocalCloud;

beforeEach(async () => {
  cloud = await startLocalCloud({
    accounts: [WITH_USER, { ...ACCOUNT, accessKey: 'AK2', projectId: FOREIGN, domainId: FOREIGN }],
  });
});
afterEach(() => cloud.close());

const get = (path: string) => call(cloud, 'GET', path);

describe('the local IAM', () => {
  it.each(['/v3/projects', '/v3/auth/projects', '/v3/projects?enabled=true&is_domain=false&page=1&per_page=5000'])(
    'lists the projects of the account at %s',
    async (path) => {
      expect((await get(path)).json['projects']).toEqual([
        {
          id: ACCOUNT.projectId,
          name: 'ap-southeast-3',
          domain_id: ACCOUNT.domainId,
          parent_id: ACCOUNT.domainId,
          is_domain: false,
          enabled: true,
          description: '',
          links: { self: '' },
        },
      ]);
    },
  );

  it.each([
    'name=eu-west-0',
    'enabled=false',
    'is_domain=true',
    `domain_id=${FOREIGN}`,
    `parent_id=${FOREIGN}`,
    'page=2',
  ])('lists no project for %s', async (query) => {
    expect(await get(`/v3/projects?${query}`)).toMatchObject({ status: 200, json: { projects: [] } });
  });

  it.each(['per_page=5001', 'page=0', 'enabled=1', 'limit=1', 'name=a&name=b'])(
    'refuses the query %s',
    async (query) => {
      expect(await get(`/v3/projects?${query}`)).toMatchObject({ status: 400, json: { error_code: 'IAM.0011' } });
    },
  );

  it('shows a project of the account, and no other', async () => {
    expect((await get(`/v3/projects/${ACCOUNT.projectId}`)).json).toMatchObject({ project: { id: ACCOUNT.projectId } });
    expect(await get(`/v3/projects/${FOREIGN}`)).toMatchObject({ status: 404, json: { error_code: 'IAM.0004' } });
  });

  it('lists and shows the only region', async () => {
    expect((await get('/v3/regions')).json['regions']).toMatchObject([{ id: 'ap-southeast-3', type: 'public' }]);
    expect((await get('/v3/regions/ap-southeast-3')).json).toMatchObject({ region: { id: 'ap-southeast-3' } });
    expect(await get('/v3/regions/eu-west-0')).toMatchObject({ status: 404, json: { error_code: 'IAM.0004' } });
  });

  it('lists the account by its name', async () => {
    expect((await get('/v3/auth/domains')).json).toMatchObject({ domains: [{ id: ACCOUNT.domainId, name: 'acme' }] });
  });

  it('lists the services with projects only for a token of a project', async () => {
    const names = async (token: string) => {
      const { json } = await unsigned(cloud, 'GET', '/v3/auth/catalog', { 'x-auth-token': token });
      return (json['catalog'] as { name: string }[]).map(({ name }) => name);
    };

    expect(await names(await tokenOf(cloud))).toEqual(['iam', 'sms', 'dcs', 'ecs', 'smn', 'functiongraph']);
    expect(await names(await tokenOf(cloud, { domain: { name: 'acme' } }))).toEqual(['iam', 'sms']);
  });
});
