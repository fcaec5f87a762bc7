import { makeServices } from '../../../lib/cloud/services.ts';
import { Secret } from '../../../lib/kernel/secret.ts';
import { readSettings } from '../../../lib/kernel/settings.ts';
import type { CloudParts } from '../../../lib/platform/invocation.ts';
import { ScriptedCloud } from '../../fakes/scripted-cloud.ts';

const SK = 'sk-of-the-test-7Uio6PznpdUKGpownRZlmVmHc';
const PROJECT_ID = '0123456789abcdef0123456789abcdef';
const DOMAIN_ID = 'fedcba9876543210fedcba9876543210';

describe('makeServices', () => {
  const cloud = new ScriptedCloud(SK);

  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  beforeEach(() => cloud.reset());

  const makeParts = (parts: Partial<CloudParts> = {}): CloudParts => ({
    settings: readSettings(
      (name) => (name.endsWith('_ENDPOINT') ? cloud.endpoint : undefined) ?? { HUAWEICLOUD_DOMAIN_ID: DOMAIN_ID }[name],
    ),
    jobs: { version: 1, region: 'ap-southeast-3', settleSeconds: 60, targets: new Map(), jobs: new Map() },
    region: 'ap-southeast-3',
    credentials: () => ({ accessKey: 'AKOFTHESERVICES', secretKey: new Secret(SK) }),
    projectId: () => PROJECT_ID,
    remainingMs: () => 60_000,
    ...parts,
  });

  it('makes each service once, on first use', async () => {
    let asked = 0;
    const services = makeServices(
      makeParts({
        credentials: () => {
          asked += 1;
          return { accessKey: 'AKOFTHESERVICES', secretKey: new Secret(SK) };
        },
      }),
    );
    expect(asked).toBe(0);

    const [first, second] = await Promise.all([services.dcsFollow(), services.dcsFollow()]);

    expect(first).toBe(second);
    expect(asked).toBe(1);
  });

  it('sends each call to the configured endpoint, in its project or account', async () => {
    const services = makeServices(makeParts());
    const calls: (() => Promise<unknown>)[] = [
      async () => (await services.dcs()).listMigrationTasks('n'),
      async () => (await services.dcsInstances()).showInstance('i'),
      async () => (await services.dcsFollow()).showJob('j'),
      async () => (await services.ecs()).listDisks('e'),
      async () => (await services.smn()).publish('urn:smn:ap-southeast-3:p:t', 's', 'm'),
      async () => (await services.ces()).sendMetrics('A.B', [{ name: 'n', at: 1, value: 1, dimensions: {} }]),
      async () => (await services.sms()).listTasks('s'),
      async () => (await services.smsServers()).showServer('s'),
      async () => (await services.smsFollow()).showTask('t'),
      async () => (await services.iam()).findProjectId('n'),
    ];

    for (const call of calls) {
      cloud.respondWith({ status: 400, json: { error_code: 'X.1' } });
      await expect(call()).rejects.toMatchObject({ outcome: 'rejected', cloudCode: 'X.1' });
    }

    expect(cloud.seen.map(({ headers }) => headers['x-project-id'] ?? headers['x-domain-id'])).toEqual([
      ...Array.from({ length: 6 }, () => PROJECT_ID),
      ...Array.from({ length: 4 }, () => DOMAIN_ID),
    ]);
    expect(cloud.seen.every(({ signed }) => signed)).toBe(true);
  });

  it('calls OBS at the configured endpoint', async () => {
    cloud.respondWith({
      status: 404,
      text: '<Error><Code>NoSuchKey</Code></Error>',
      headers: { 'x-amz-request-id': 'r' },
    });

    await expect((await makeServices(makeParts()).obs()).readStart('bucket', 'key', 9)).rejects.toMatchObject({
      cloudCode: 'NoSuchKey',
    });
    expect(cloud.seen).toMatchObject([{ method: 'GET', path: '/bucket/key' }]);
  });

  it('fails when keys or project are missing, but only for services that need them', async () => {
    const services = makeServices(
      makeParts({
        projectId: () => {
          throw new Error('no project');
        },
      }),
    );

    await expect(services.ecs()).rejects.toThrow('no project');
    await expect(services.iam()).resolves.toBeDefined();
  });
});
