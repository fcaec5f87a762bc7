import { type Agencies, makeAgencies } from '../../../../lib/cloud/programs/agencies.ts';
import { makeKeysGuard } from '../../../../lib/cloud/transport/keys-guard.ts';
import { startLocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { PROJECT_ID, SCRIPTED_SK, scriptedOptions } from '../../../contracts/scripted-options.ts';
import { ScriptedCloud } from '../../../fakes/scripted-cloud.ts';

describe('makeAgencies', () => {
  const cloud = new ScriptedCloud(SCRIPTED_SK);
  let iam: Agencies;

  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  beforeEach(() => {
    cloud.reset();
    iam = makeAgencies(scriptedOptions(cloud));
  });

  it('finds the account of the keys', async () => {
    cloud.respondWith({ status: 200, json: { domains: [{ id: 'd-1', name: 'us' }] } });

    expect(await iam.findAccountId()).toBe('d-1');
    expect(cloud.seen).toMatchObject([{ method: 'GET', path: '/v3/auth/domains', signed: true }]);
  });

  it('finds the agency with exactly this name', async () => {
    const agencies = [
      { id: 'a-2', name: 'migrations-2' },
      { id: 'a-1', name: 'migrations', trust_domain_name: 'op_svc_cff', expire_time: null },
    ];
    cloud.respondWith({ status: 200, json: { agencies } });

    expect(await iam.findAgency('d-1', 'migrations')).toEqual({ id: 'a-1', name: 'migrations', trusts: 'op_svc_cff' });
    expect(cloud.seen).toMatchObject([
      { method: 'GET', path: '/v3.0/OS-AGENCY/agencies', query: { domain_id: 'd-1', name: 'migrations' } },
    ]);
  });

  it('finds nothing among other agencies', async () => {
    cloud.respondWith({ status: 200, json: { agencies: [{ id: 'a-2', name: 'migrations-2' }] } });

    expect(await iam.findAgency('d-1', 'migrations')).toBeUndefined();
  });

  it('lists grants by scope', async () => {
    for (const id of ['p', 'g', 'e']) cloud.respondWith({ status: 200, json: { roles: [{ id, name: 'x' }] } });

    expect(await iam.listGrants('d-1', 'a-1', PROJECT_ID)).toEqual({
      project: ['p'],
      global: ['g'],
      everywhere: ['e'],
    });
    expect(cloud.seen.map(({ path }) => path)).toEqual([
      `/v3.0/OS-AGENCY/projects/${PROJECT_ID}/agencies/a-1/roles`,
      '/v3.0/OS-AGENCY/domains/d-1/agencies/a-1/roles',
      '/v3.0/OS-INHERIT/domains/d-1/agencies/a-1/roles/inherited_to_projects',
    ]);
  });

  it('reads the statements of a permission, and whether they are limited', async () => {
    const Statement = [
      { Effect: 'Allow', Action: ['dcs:*:*'], Resource: ['*'], Condition: {} },
      { Effect: 'Allow', Action: ['obs:*:*'], Resource: ['OBS:*:*:bucket:b'] },
      { Effect: 'Deny', Action: ['smn:*:*'], Condition: { StringEquals: { 'g:UserName': ['x'] } } },
      { Effect: 'Allow', Action: ['iam:*:*'], Resource: { uri: ['/iam/agencies/1'] } },
      {},
    ];
    cloud.respondWith({ status: 200, json: { role: { display_name: 'Ours', policy: { Version: '1.1', Statement } } } });

    expect(await iam.showPermission('r-1')).toEqual({
      id: 'r-1',
      name: 'Ours',
      version: '1.1',
      statements: [
        { effect: 'Allow', actions: ['dcs:*:*'], isLimited: false },
        { effect: 'Allow', actions: ['obs:*:*'], isLimited: true },
        { effect: 'Deny', actions: ['smn:*:*'], isLimited: true },
        { effect: 'Allow', actions: ['iam:*:*'], isLimited: true },
        { effect: '', actions: [], isLimited: false },
      ],
    });
  });

  it('returns undefined for a permission that does not exist', async () => {
    cloud.respondWith({ status: 404, json: { error: { code: '404', message: 'x', title: 'Not Found' } } });

    expect(await iam.showPermission('r-1')).toBeUndefined();
  });

  it.each<[string, (iam: Agencies) => Promise<unknown>]>([
    ['accounts', (client) => client.findAccountId()],
    ['agencies', (client) => client.findAgency('d', 'n')],
    ['grants', (client) => client.listGrants('d', 'a', 'p')],
  ])('does not treat a response without a list as an empty list: %s', async (_what, ask) => {
    cloud.respondWith({ status: 200, json: {} });

    await expect(ask(iam)).rejects.toMatchObject({ outcome: 'unknown', cloudCode: 'not_a_list' });
  });

  it.each(['a/../b', ''])('refuses %j as part of a path', async (id) => {
    await expect(iam.showPermission(id)).rejects.toMatchObject({ outcome: 'not_sent', cloudCode: 'bad_id' });
    await expect(iam.listGrants('d', id, 'p')).rejects.toMatchObject({ outcome: 'not_sent', cloudCode: 'bad_id' });
    expect(cloud.seen).toEqual([]);
  });

  it('reads from the local cloud', async () => {
    const account = { accessKey: 'LOCALAK', secretKey: 'local-secret', projectId: PROJECT_ID, domainId: 'd1' };
    const policy = { id: 'p-1', name: 'Ours', statements: [{ actions: ['dcs:*:*'] }] };
    const local = await startLocalCloud({
      accounts: [account],
      agencies: [{ id: 'a-1', name: 'migrations', trusts: 'op_svc_cff', everywhere: [policy] }],
    });
    const client = makeAgencies({
      endpoint: local.url,
      credentials: account,
      remainingMs: () => 5_000,
      keysGuard: makeKeysGuard(() => 0),
    });

    try {
      expect(await client.findAccountId()).toBe('d1');
      expect(await client.findAgency('d1', 'migrations')).toEqual({
        id: 'a-1',
        name: 'migrations',
        trusts: 'op_svc_cff',
      });
      expect(await client.listGrants('d1', 'a-1', PROJECT_ID)).toEqual({
        project: [],
        global: [],
        everywhere: ['p-1'],
      });
      expect(await client.showPermission('p-1')).toMatchObject({ name: 'Ours', version: '1.1' });
      expect(await client.showPermission('p-2')).toBeUndefined();
    } finally {
      await local.close();
    }
  });
});
