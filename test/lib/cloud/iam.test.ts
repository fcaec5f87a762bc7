import { makeIamService } from '../../../lib/cloud/iam.ts';
import { makeKeysGuard } from '../../../lib/cloud/transport/keys-guard.ts';
import { startLocalCloud } from '../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { SCRIPTED_SK, scriptedOptions } from '../../contracts/scripted-options.ts';
import { ScriptedCloud } from '../../fakes/scripted-cloud.ts';

describe('makeIamService', () => {
  const cloud = new ScriptedCloud(SCRIPTED_SK);

  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  beforeEach(() => cloud.reset());

  it('finds the project with exactly this name, with one signed request', async () => {
    const projects = [
      { id: 'p-2', name: 'cn-south-1_dev' },
      { id: 'p-1', name: 'cn-south-1' },
    ];
    cloud.respondWith({ status: 200, json: { projects } });
    const iam = makeIamService({ ...scriptedOptions(cloud), domainId: '0123456789abcdef0123456789abcdef' });

    await expect(iam.findProjectId('cn-south-1')).resolves.toBe('p-1');
    expect(cloud.seen).toMatchObject([
      {
        method: 'GET',
        path: '/v3/projects',
        query: { name: 'cn-south-1' },
        headers: { 'x-domain-id': '0123456789abcdef0123456789abcdef' },
        signed: true,
      },
    ]);
  });

  it.each([
    ['an empty list', []],
    ['a list of other projects', [{ id: 'p-2', name: 'cn-south-1_dev' }]],
  ])('finds nothing in %s', async (_, projects) => {
    cloud.respondWith({ status: 200, json: { projects } });

    await expect(makeIamService(scriptedOptions(cloud)).findProjectId('cn-south-1')).resolves.toBeUndefined();
  });

  it.each([
    ['a response without a list', { status: 200, json: {} }, { outcome: 'unknown', cloudCode: 'not_a_list' }],
    ['a refusal', { status: 403, json: { error: { code: 403, message: 'Forbidden' } } }, { outcome: 'rejected' }],
  ])('does not treat %s as a missing project', async (_, script, known) => {
    cloud.respondWith(script);

    await expect(makeIamService(scriptedOptions(cloud)).findProjectId('cn-south-1')).rejects.toMatchObject(known);
  });

  it('finds the project of the local cloud', async () => {
    const account = {
      accessKey: 'LOCALAK',
      secretKey: 'local-secret',
      projectId: '0123456789abcdef0123456789abcdef',
      domainId: 'fedcba9876543210fedcba9876543210',
    };
    const local = await startLocalCloud({ accounts: [account], region: 'cn-south-1' });
    const iam = makeIamService({
      endpoint: local.url,
      credentials: account,
      remainingMs: () => 5_000,
      keysGuard: makeKeysGuard(() => 0),
    });

    try {
      expect(await iam.findProjectId('cn-south-1')).toBe('0123456789abcdef0123456789abcdef');
      expect(await iam.findProjectId('cn-north-4')).toBeUndefined();
    } finally {
      await local.close();
    }
  });
});
