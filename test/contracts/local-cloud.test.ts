import { makeServices } from '../../lib/cloud/services.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import { readSettings } from '../../lib/kernel/settings.ts';
import type { AllServices } from '../../lib/ports/services.ts';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';

const ACCOUNT = {
  accessKey: 'LOCALAK',
  secretKey: 'local-secret-key',
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'fedcba9876543210fedcba9876543210',
};
const INSTANCE = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const SOURCE_INSTANCE = '0f1c2b3a-bdba-43c1-8069-3ff17a1a79d5';
const ABSENT = '11111111-2222-4333-8444-555555555555';
const SERVER = '998af54b-5762-4041-abc1-f98a2c27b3a2';
const SOURCE = '7b1f8a58-1b5c-4a0e-9d5e-2f1f0f6f3c11';
const TEMPLATE = 'a1b2c3d4-1b5c-4a0e-9d5e-2f1f0f6f3c11';
const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:migrations`;
const NETWORK = {
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
};

// Our services and the local cloud were written from the documentation one without the other: here they meet.
describe('the services against the local cloud', () => {
  let cloud: LocalCloud;
  let services: AllServices;

  beforeEach(async () => {
    cloud = await startLocalCloud({
      accounts: [ACCOUNT],
      region: 'cn-south-1',
      clock: new Clock({ standsAt: Date.parse('2026-01-31T00:00:00.000Z') }),
      instances: [
        { id: INSTANCE, name: 'staging', password: 'Redis!Pass-1' },
        { id: SOURCE_INSTANCE, name: 'prod' },
      ],
      sources: [{ id: SOURCE, name: 'web', osType: 'LINUX' }],
      templates: [
        {
          id: TEMPLATE,
          name: 'web',
          region: 'cn-south-1',
          vpc: { id: 'autoCreate' },
          nics: [{ id: 'autoCreate' }],
          security_groups: [{ id: 'autoCreate' }],
          disk: [{ index: 0, name: 'system', disktype: 'SAS', size: 40 }],
          target_password: 'hunter2',
        },
      ],
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
    });
    services = makeServices({
      settings: readSettings((name) => (name.endsWith('_ENDPOINT') ? cloud.url : undefined)),
      jobs: { version: 1, region: 'cn-south-1', settleSeconds: 60, targets: new Map(), jobs: new Map() },
      region: 'cn-south-1',
      credentials: () => ({ accessKey: ACCOUNT.accessKey, secretKey: new Secret(ACCOUNT.secretKey) }),
      projectId: () => ACCOUNT.projectId,
      remainingMs: () => 60_000,
    });
  });

  afterEach(() => cloud.close());

  it('see DCS instances', async () => {
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
    await expect(dcs.showInstance(ABSENT)).resolves.toBeUndefined();
  });

  it('take a backup of an instance, once, and find it by its remark', async () => {
    const dcs = await services.dcsInstances();
    await expect(dcs.listBackupRecords(INSTANCE)).resolves.toEqual([]);

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

  it('configure, follow, stop and delete an online migration', async () => {
    const follow = await services.dcsFollow();
    const { id } = await (await services.dcs()).createOnlineMigrationTask({ name: 'move-cache', ...NETWORK });
    cloud.clock.advance(30_000);
    await expect(follow.listAllMigrationTasks()).resolves.toMatchObject([
      { id, name: 'move-cache', status: 'RUNNING' },
    ]);

    const configured = await follow.setOnlineMigrationTask(id, {
      migration_method: 'incremental_migration',
      resume_mode: 'auto',
      source_instance: { id: SOURCE_INSTANCE },
      target_instance: { id: INSTANCE, password: new Secret('Redis!Pass-1') },
    });
    expect(configured).toEqual({ status: 'FULLMIGRATING' });
    await expect(follow.showStats(id)).resolves.toMatchObject({ fullProgress: 0, offset: 1024, sourceKeys: 1000 });
    await expect(follow.deleteTask(id)).rejects.toMatchObject({ outcome: 'rejected', cloudCode: 'DCS.4957' });
    cloud.clock.advance(120_000);
    await expect(follow.showStats(id)).resolves.toMatchObject({ fullProgress: 100, offset: 0, targetKeys: 1000 });

    await follow.stopTask(id);
    cloud.clock.advance(10_000);
    await expect(follow.listAllMigrationTasks()).resolves.toMatchObject([{ id, status: 'TERMINATED' }]);
    await follow.deleteTask(id);
    await follow.deleteTask(id);
    await expect(follow.listAllMigrationTasks()).resolves.toEqual([]);
    await expect(follow.showStats(id)).resolves.toBeUndefined();
    await expect(follow.listErrorLogs(id)).resolves.toEqual([]);
  });

  it('read why a migration failed', async () => {
    const follow = await services.dcsFollow();
    cloud.script({ stage: 'full', outcome: 'fail', message: 'the key user:1 is too large' });
    const { id } = await (await services.dcs()).createOnlineMigrationTask({ name: 'move-cache', ...NETWORK });
    cloud.clock.advance(30_000);
    await follow.setOnlineMigrationTask(id, {
      migration_method: 'full_amount_migration',
      resume_mode: 'manual',
      source_instance: { id: SOURCE_INSTANCE },
      target_instance: { id: INSTANCE, password: new Secret('Redis!Pass-1') },
    });
    cloud.clock.advance(60_000);

    await expect(follow.listErrorLogs(id)).resolves.toEqual([expect.stringContaining('the key user:1 is too large')]);
  });

  it('see a source server, a template and an existing target', async () => {
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
    await expect(sms.showServer(ABSENT)).resolves.toBeUndefined();
    await expect(sms.showTemplate(TEMPLATE)).resolves.toEqual({
      id: TEMPLATE,
      name: 'web',
      region: 'cn-south-1',
      hasPublicIp: false,
      disks: [{ sizeGb: 40 }],
      incomplete: ['image_id'],
    });
    await expect(sms.showTemplate(ABSENT)).resolves.toBeUndefined();
    await expect(ecs.showServer(SERVER)).resolves.toEqual({
      id: SERVER,
      name: 'web-new',
      status: 'ACTIVE',
      fixedIps: ['192.168.0.25'],
      floatingIps: ['203.0.113.7'],
    });
    await expect(ecs.showServer(ABSENT)).resolves.toBeUndefined();
    await expect(ecs.listDisks(SERVER)).resolves.toEqual([
      { id: 'v-1', bootIndex: 0, device: '/dev/vda', sizeGb: 40 },
      { id: 'v-2', bootIndex: 1, device: '/dev/vdb', sizeGb: 100 },
    ]);
  });

  it('start, follow and stop a server migration', async () => {
    const follow = await services.smsFollow();
    const { disks } = (await (await services.smsServers()).showServer(SOURCE)) ?? { disks: [] };
    const [{ name, size, used_size } = {}] = disks;
    const { id } = await (await services.sms()).createTask({
      name: 'web_01',
      type: 'MIGRATE_FILE',
      os_type: 'LINUX',
      source_server: { id: SOURCE },
      target_server: { name: 'web', vm_id: '', disks: [{ name, size, used_size, physical_volumes: [] }] },
      region_name: 'cn-south-1',
      region_id: 'cn-south-1',
      project_name: 'cn-south-1',
      project_id: await (await services.iam()).findProjectId('cn-south-1'),
      vm_template_id: TEMPLATE,
      exist_server: false,
      auto_start: false,
    });
    await expect(follow.showTask(id)).resolves.toMatchObject({ id, name: 'web_01', state: 'READY' });

    await follow.updateTaskStatus(id, 'start');
    cloud.clock.advance(3_000);
    await expect(follow.showTask(id)).resolves.toMatchObject({ state: 'RUNNING', subtask: expect.any(String) });

    await follow.updateTaskStatus(id, 'stop');
    cloud.clock.advance(10_000);
    await expect(follow.listAllTasks()).resolves.toEqual([{ id, name: 'web_01', state: 'ABORT' }]);
    await expect(follow.showTask('no-such-task')).resolves.toBeUndefined();
  });

  it('publish a message', async () => {
    const smn = await services.smn();

    const id = await smn.publish(TOPIC, 'restored', 'all good');

    expect(cloud.messages()).toMatchObject([{ id, topicUrn: TOPIC, subject: 'restored', message: 'all good' }]);
    await expect(smn.publish(`${TOPIC}-other`, 's', 'm')).rejects.toMatchObject({
      outcome: 'rejected',
      cloudCode: 'SMN.0006',
    });
  });
});
