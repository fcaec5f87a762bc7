import { makeDcsService } from '../../../../lib/cloud/dcs/dcs.ts';
import { ThinDcsClient } from '../../../../lib/cloud/dcs/thin-dcs-client.ts';
import { makePlanningCloud, type PlanningCloud } from '../../../../lib/cloud/programs/planning-cloud.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import { readSettings } from '../../../../lib/kernel/settings.ts';
import type { CloudParts } from '../../../../lib/platform/invocation.ts';
import { ScriptedCloud } from '../../../fakes/scripted-cloud.ts';

const SK = 'sk-of-the-test-7Uio6PznpdUKGpownRZlmVmHc';
const TOKEN = 'token-of-the-test-0123456789';
const PROJECT_ID = '0123456789abcdef0123456789abcdef';
const ID = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const TOPIC = `urn:smn:ap-southeast-3:${PROJECT_ID}:migrations`;

describe('makePlanningCloud', () => {
  const cloud = new ScriptedCloud(SK);
  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  beforeEach(() => cloud.reset());

  const parts = (): CloudParts => ({
    settings: readSettings((name) => (name.endsWith('_ENDPOINT') ? cloud.endpoint : undefined)),
    jobs: { version: 1, region: 'ap-southeast-3', settleSeconds: 60, targets: new Map(), jobs: new Map() },
    region: 'ap-southeast-3',
    credentials: () => ({ accessKey: 'AKOFAPLAN', secretKey: new Secret(SK), securityToken: new Secret(TOKEN) }),
    projectId: () => PROJECT_ID,
    remainingMs: () => 60_000,
  });

  type Change = (services: PlanningCloud['services']) => Promise<unknown>;
  const CHANGES: readonly [string, string, Change][] = [
    ['POST', `/v2/${PROJECT_ID}/migration-task`, async (s) => (await s.dcs()).createMigrationTask({ a: 1 })],
    ['POST', `/v2/${PROJECT_ID}/migration/instance`, async (s) => (await s.dcs()).createOnlineMigrationTask({ a: 1 })],
    [
      'POST',
      `/v2/${PROJECT_ID}/instances/${ID}/backups`,
      async (s) => (await s.dcsInstances()).copyInstance(ID, 'run'),
    ],
    [
      'POST',
      `/v2/${PROJECT_ID}/migration/${ID}/task`,
      async (s) => (await s.dcsFollow()).setOnlineMigrationTask(ID, {}),
    ],
    ['POST', `/v2/${PROJECT_ID}/migration-task/${ID}/stop`, async (s) => (await s.dcsFollow()).stopTask(ID)],
    ['DELETE', `/v2/${PROJECT_ID}/migration-tasks/delete`, async (s) => (await s.dcsFollow()).deleteTask(ID)],
    ['POST', '/v3/tasks', async (s) => (await s.sms()).createTask({ a: 1 })],
    ['POST', `/v3/tasks/${ID}/action`, async (s) => (await s.smsFollow()).updateTaskStatus(ID, 'start')],
    [
      'POST',
      `/v2/${PROJECT_ID}/notifications/topics/${TOPIC}/publish`,
      async (s) => (await s.smn()).publish(TOPIC, 's', 'm'),
    ],
  ];

  it.each(CHANGES)('holds back %s %s, with reads and without', async (method, path, change) => {
    for (const reads of [true, false]) {
      const planning = makePlanningCloud(parts(), { reads });

      const held = await planning.hold(() => change(planning.services));

      expect([held.method, held.url]).toEqual([method, `${cloud.endpoint}${path}`]);
    }
    expect(cloud.seen).toEqual([]);
  });

  it('returns the exact body, and the headers without the signature', async () => {
    const planning = makePlanningCloud(parts(), { reads: false });

    const held = await planning.hold(async () =>
      (await planning.services.dcs()).createMigrationTask({ b: 'ü"\\', a: [1.5] }),
    );

    expect(held.body).toBe('{"b":"ü\\"\\\\","a":[1.5]}');
    expect(held.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      host: new URL(cloud.endpoint).host,
      'user-agent': 'huaweicloud-migration-functions',
      'X-Project-Id': PROJECT_ID,
    });
    expect(JSON.stringify(held)).not.toMatch(new RegExp(`${SK}|${TOKEN}|AKOFAPLAN`));
  });

  it('returns the same request that would be sent', async () => {
    cloud.respondWith({ status: 200, json: { id: ID, name: 'n', status: 'CREATED' } });
    const body = { task_name: 'n', target_instance: { id: ID, password: new Secret('p"ä') } };
    const planning = makePlanningCloud(parts(), { reads: false });
    const held = await planning.hold(async () => (await planning.services.dcs()).createMigrationTask(body));

    await makeDcsService({
      endpoint: cloud.endpoint,
      credentials: { accessKey: 'AKOFAPLAN', secretKey: new Secret(SK) },
      projectId: PROJECT_ID,
      remainingMs: () => 60_000,
      loadClient: async () => ThinDcsClient,
    }).createMigrationTask(body);

    expect(cloud.seen.map(({ method, path, body: sent }) => [method, path, sent])).toEqual([
      [held.method, held.url.slice(cloud.endpoint.length), JSON.parse(held.body ?? '')],
    ]);
  });

  it('sends reads and records them', async () => {
    cloud.respondWith({ status: 200, json: { count: 0, migration_tasks: [] } });
    const planning = makePlanningCloud(parts(), { reads: true });

    await expect((await planning.services.dcs()).listMigrationTasks('n')).resolves.toEqual([]);

    expect(planning.takeReads()).toEqual([
      { method: 'GET', url: expect.stringContaining(`/v2/${PROJECT_ID}/migration-tasks?`) },
    ]);
    expect(planning.takeReads()).toEqual([]);
  });

  it('sends nothing at all without reads', async () => {
    const planning = makePlanningCloud(parts(), { reads: false });
    const heldBack = { outcome: 'not_sent', temporary: false, cloudCode: 'held_back' };

    await expect((await planning.services.dcs()).listMigrationTasks('n')).rejects.toMatchObject(heldBack);
    await expect(planning.services.obs()).rejects.toMatchObject(heldBack);

    expect(cloud.seen).toEqual([]);
    expect(planning.takeReads()).toEqual([]);
  });

  it('throws the error of a call that could not be made into a request', async () => {
    const planning = makePlanningCloud(parts(), { reads: false });

    const call = planning.hold(async () => (await planning.services.dcsFollow()).stopTask('no/id'));

    await expect(call).rejects.toMatchObject({ cloudCode: 'bad_id' });
  });

  it('refuses a call that sends no change', async () => {
    await expect(makePlanningCloud(parts(), { reads: false }).hold(async () => undefined)).rejects.toThrow(
      'a planned call sent no request that changes anything',
    );
  });
});
