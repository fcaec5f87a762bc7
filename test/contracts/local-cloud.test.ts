import { Readable } from 'node:stream';
import { makeFunctionGraph } from '../../lib/cloud/programs/functiongraph/functiongraph.ts';
import { makeServices } from '../../lib/cloud/services.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import { readSettings } from '../../lib/kernel/settings.ts';
import type { AllServices } from '../../lib/ports/services.ts';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { makePackage } from '../../packages/local-cloud/test/cloud/functiongraph/package.ts';
import { cloudEyePort } from './ports/cloud-eye.ts';
import { dcsInstancesPort } from './ports/dcs-instances.ts';
import { dcsTasksPort } from './ports/dcs-tasks.ts';
import { ecsServersPort } from './ports/ecs-servers.ts';
import { functionGraphPort } from './ports/functiongraph.ts';
import { obsObjectsPort } from './ports/obs-objects.ts';
import { smnTopicPort } from './ports/smn-topic.ts';
import { smsServersPort } from './ports/sms-servers.ts';
import { smsTasksPort } from './ports/sms-tasks.ts';

const ACCOUNT = {
  accessKey: 'LOCALAK',
  secretKey: 'local-secret-key',
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'fedcba9876543210fedcba9876543210',
};
const INSTANCE = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const SOURCE_INSTANCE = '0f1c2b3a-bdba-43c1-8069-3ff17a1a79d5';
const SERVER = '998af54b-5762-4041-abc1-f98a2c27b3a2';
const SOURCE = '7b1f8a58-1b5c-4a0e-9d5e-2f1f0f6f3c11';
const TEMPLATE = 'a1b2c3d4-1b5c-4a0e-9d5e-2f1f0f6f3c11';
const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:migrations`;
const COMPLETE = 'b2c3d4e5-1b5c-4a0e-9d5e-2f1f0f6f3c11';
const INCOMPLETE = {
  id: TEMPLATE,
  name: 'web',
  region: 'cn-south-1',
  vpc: { id: 'autoCreate' },
  nics: [{ id: 'autoCreate' }],
  security_groups: [{ id: 'autoCreate' }],
  disk: [{ index: 0, name: 'system', disktype: 'SAS', size: 40 }],
  target_password: 'hunter2',
};
const NETWORK = {
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
};

// The services and the local cloud were written independently from the documentation; here they are tested together.
describe('the services against the local cloud', () => {
  let cloud: LocalCloud;
  let services: AllServices;

  beforeEach(async () => {
    cloud = await startLocalCloud({
      accounts: [ACCOUNT],
      region: 'cn-south-1',
      clock: new Clock({ frozenAt: Date.parse('2026-01-31T00:00:00.000Z') }),
      instances: [
        { id: INSTANCE, name: 'staging', password: 'Redis!Pass-1' },
        { id: SOURCE_INSTANCE, name: 'prod' },
      ],
      sources: [{ id: SOURCE, name: 'web', osType: 'LINUX' }],
      templates: [INCOMPLETE, { ...INCOMPLETE, id: COMPLETE, image_id: 'image-1' }],
      servers: [
        {
          id: SERVER,
          name: 'web-new',
          floatingIps: ['203.0.113.7'],
          disks: [
            { id: 'v-1', sizeGb: 40 },
            { id: 'v-2', sizeGb: 100 },
          ],
        },
      ],
      topics: [TOPIC],
      objectExists: () => true,
      obs: { buckets: [{ name: 'plain' }, { name: 'versioned', versioning: true }] },
    });
    services = makeServices({
      settings: readSettings((name) =>
        name === 'HUAWEICLOUD_OBS_ENDPOINT' ? cloud.obsUrl : name.endsWith('_ENDPOINT') ? cloud.url : undefined,
      ),
      jobs: { version: 1, region: 'cn-south-1', settleSeconds: 60, targets: new Map(), jobs: new Map() },
      region: 'cn-south-1',
      credentials: () => ({ accessKey: ACCOUNT.accessKey, secretKey: new Secret(ACCOUNT.secretKey) }),
      projectId: () => ACCOUNT.projectId,
      remainingMs: () => 60_000,
    });
  });

  afterEach(() => cloud.close());

  const pass = (ms: number) => cloud.clock.advance(ms);

  dcsTasksPort('DCS tasks', async () => ({
    dcs: await services.dcs(),
    follow: await services.dcsFollow(),
    source: SOURCE_INSTANCE,
    target: INSTANCE,
    password: 'Redis!Pass-1',
    pass,
  }));

  dcsInstancesPort('DCS instances', async () => ({ dcs: await services.dcsInstances(), instance: INSTANCE, pass }));

  smsTasksPort('SMS tasks', async () => ({
    sms: await services.sms(),
    follow: await services.smsFollow(),
    source: SOURCE,
    template: COMPLETE,
    pass,
  }));

  smsServersPort('SMS servers', async () => ({
    sms: await services.smsServers(),
    source: SOURCE,
    template: TEMPLATE,
  }));

  ecsServersPort('ECS servers', async () => ({ ecs: await services.ecs(), server: SERVER }));

  for (const bucket of ['plain', 'versioned']) {
    obsObjectsPort(`objects of a bucket that is ${bucket}`, async () => ({
      obs: await services.obs(),
      bucket,
      versioned: bucket === 'versioned',
      put: async (key, content) => {
        cloud.clock.advance(1000);
        const data = Readable.from([Buffer.from(content)]);
        await cloud.obs.put(bucket, key, data, { contentType: undefined, metadata: {} });
      },
      remove: async (key) => void (await cloud.obs.remove(bucket, key, undefined)),
    }));
  }

  functionGraphPort('FunctionGraph', async () => ({
    api: makeFunctionGraph({
      endpoint: cloud.url,
      credentials: { accessKey: ACCOUNT.accessKey, secretKey: ACCOUNT.secretKey },
      projectId: ACCOUNT.projectId,
      remainingMs: () => 60_000,
    }),
    urn: `urn:fss:cn-south-1:${ACCOUNT.projectId}:function:default:nightly`,
    code: makePackage({ 'index.js': 'exports.handler = async () => 1;' }),
    otherCode: makePackage({ 'index.js': 'exports.handler = async () => 2;' }),
    pass,
  }));

  cloudEyePort('Cloud Eye', async () => ({
    ces: await services.ces(),
    now: cloud.clock.now(),
    events: () => cloud.events().map(({ event_name: name }) => name),
    metrics: () => cloud.requestsOf('CreateMetricData').flatMap(({ body }) => body as unknown[]).length,
  }));

  smnTopicPort('a topic of SMN', async () => ({
    smn: await services.smn(),
    topic: TOPIC,
    published: () => cloud.messages(),
  }));

  it('read DCS instances', async () => {
    const dcs = await services.dcsInstances();

    await expect(dcs.showInstance(INSTANCE)).resolves.toEqual({
      id: INSTANCE,
      name: 'staging',
      status: 'RUNNING',
      engineVersion: '6.0',
      cacheMode: 'ha',
      maxMemoryMb: 1024,
      usedMemoryMb: 16,
      sslEnabled: false,
      passwordFree: false,
    });
  });

  it('create one backup of an instance at a time', async () => {
    const dcs = await services.dcsInstances();

    const { backupId } = await dcs.copyInstance(INSTANCE, 'run 4f1c');
    await expect(dcs.copyInstance(INSTANCE, 'again')).rejects.toMatchObject({ outcome: 'rejected', temporary: true });
    cloud.clock.advance(60 * 60_000);

    await expect(dcs.listBackupRecords(INSTANCE)).resolves.toMatchObject([
      {
        id: backupId,
        status: 'succeed',
        createdAt: '2026-01-31T00:00:00.000Z',
        format: 'rdb',
        sizeBytes: expect.any(Number),
        remark: 'run 4f1c',
      },
    ]);
  });

  /** An online task that has just been configured. */
  const migrating = async (migration_method: string) => {
    const { id } = await (await services.dcs()).createOnlineMigrationTask({ name: 'move-cache', ...NETWORK });
    pass(30_000);
    await (await services.dcsFollow()).setOnlineMigrationTask(id, {
      migration_method,
      resume_mode: 'auto',
      source_instance: { id: SOURCE_INSTANCE },
      target_instance: { id: INSTANCE, password: new Secret('Redis!Pass-1') },
    });
    return id;
  };

  it('read the figures of an online migration', async () => {
    const follow = await services.dcsFollow();
    const id = await migrating('incremental_migration');

    await expect(follow.showStats(id)).resolves.toMatchObject({ fullProgress: 0, offset: 1024, sourceKeys: 1000 });
    cloud.clock.advance(120_000);
    await expect(follow.showStats(id)).resolves.toMatchObject({ fullProgress: 100, offset: 0, targetKeys: 1000 });
  });

  it('read why a migration failed', async () => {
    const follow = await services.dcsFollow();
    cloud.script({ stage: 'full', outcome: 'fail', message: 'the key user:1 is too large' });
    const id = await migrating('full_amount_migration');
    cloud.clock.advance(60_000);

    await expect(follow.listErrorLogs(id)).resolves.toEqual([expect.stringContaining('the key user:1 is too large')]);
  });

  it('read a source server, a template and an existing target', async () => {
    const sms = await services.smsServers();
    const ecs = await services.ecs();

    await expect(sms.showServer(SOURCE)).resolves.toMatchObject({
      id: SOURCE,
      name: 'web',
      osType: 'LINUX',
      state: 'waiting',
      connected: true,
      firmware: 'BIOS',
      initTargetServer: { disks: [{ name: '/dev/vda', size: 42949672960 }] },
      disks: [{ name: '/dev/vda', size: 42949672960, physical_volumes: [{ name: '/dev/vda1' }] }],
    });
    await expect(sms.showTemplate(TEMPLATE)).resolves.toEqual({
      id: TEMPLATE,
      name: 'web',
      region: 'cn-south-1',
      hasPublicIp: false,
      disks: [{ sizeGb: 40 }],
      incomplete: ['image_id'],
    });
    await expect(ecs.showServer(SERVER)).resolves.toEqual({
      id: SERVER,
      name: 'web-new',
      status: 'ACTIVE',
      fixedIps: ['192.168.0.25'],
      floatingIps: ['203.0.113.7'],
    });
  });

  it('find a project by its name', async () => {
    const iam = await services.iam();

    await expect(iam.findProjectId('cn-south-1')).resolves.toBe(ACCOUNT.projectId);
    await expect(iam.findProjectId('cn-north-4')).resolves.toBeUndefined();
  });

  it('do not publish to a topic that does not exist', async () => {
    await expect((await services.smn()).publish(`${TOPIC}-other`, 's', 'm')).rejects.toMatchObject({
      outcome: 'rejected',
      cloudCode: 'SMN.0006',
    });
  });
});
