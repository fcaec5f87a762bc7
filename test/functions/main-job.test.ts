import { createRequire } from 'node:module';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { fakePlatform } from '../fakes/platform-context.ts';
import { buildForTest } from '../fixtures/built-functions.ts';
import { eventFile } from '../fixtures/event-file.ts';
import { SERVER_JOB_YAML } from '../fixtures/jobs.ts';
import { putBackup } from '../fixtures/put-backup.ts';

const INSTANCE = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const SOURCE = '6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a';
const NETWORK = `
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7`;
const LANDED = '{ bucket: backup-inbox-prod, key: "**/*.rdb" }';
/** Every trigger with every action. */
const JOBS = `
version: 1
region: ap-southeast-3
targets:
  staging-cache: { id: ${INSTANCE}, password: { user_data: STAGING_CACHE_PASSWORD } }
jobs:
  import:
    on: { object_created: ${LANDED}, schedule: { rate: 1d }, request: {} }
    backup_import:
      target_instance: staging-cache
      backup_files: { file_source: self_build_obs, bucket_name: redis-backups, files: [ { file_name: a.rdb } ] }
  move-cache:
    on: { object_created: ${LANDED}, schedule: { rate: 1d }, request: {} }
    online_migration:
      name: session-cache${NETWORK}
${SERVER_JOB_YAML.replace('on: { request: {},', `on: { object_created: ${LANDED}, request: {},`)}`;

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

describe('each trigger creates each kind of task', () => {
  let built: Awaited<ReturnType<typeof buildForTest>>;
  let cloud: LocalCloud;
  beforeAll(async () => {
    built = await buildForTest(JOBS);
  });
  afterAll(() => built.remove());
  beforeEach(async () => {
    cloud = await startLocalCloud({
      accounts: [
        {
          accessKey: 'AK-1',
          secretKey: 'SK-secret-1',
          securityToken: 'TOKEN-secret-1',
          projectId: '0123456789abcdef0123456789abcdef',
          domainId: 'fedcba9876543210fedcba9876543210',
        },
      ],
      instances: [{ id: INSTANCE, name: 'staging-cache', password: 'Redis!Pass-1' }],
      sources: [{ id: SOURCE, name: 'web-01', osType: 'LINUX' }],
      clock: new Clock({ frozenAt: Date.parse('2026-03-14T00:00:00Z') }),
      obs: { buckets: [{ name: 'redis-backups' }] },
    });
    await putBackup(cloud, 'redis-backups', 'a.rdb');
  });
  afterEach(() => cloud.close());

  async function invoke(name: string, event: unknown): Promise<unknown> {
    const { handler } = createRequire(import.meta.url)(built.folderOf(name)) as { handler: Handler };
    const userData = {
      HUAWEICLOUD_DCS_ENDPOINT: cloud.url,
      HUAWEICLOUD_SMS_ENDPOINT: cloud.url,
      HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl,
      STAGING_CACHE_PASSWORD: 'Redis!Pass-1',
      LOG_LEVEL: 'error',
    };
    return handler(event, fakePlatform({ userData }));
  }
  const created = (kind: string, name: RegExp) => ({
    outcome: 'created',
    task: { kind, name: expect.stringMatching(name), id: expect.any(String) },
  });
  const THREE = [
    created('backup_import', /^import-[0-9a-f]{12}$/),
    created('online_migration', /^session-cache-[0-9a-f]{12}$/),
    created('server_migration', /^web_01_[0-9a-f]{8}$/),
  ];
  const taskNames = () => cloud.tasks().map(({ service, name }) => `${service} ${name.replace(/[0-9a-f]{8,12}$/, '')}`);

  it('an object, whose redelivery by another route returns the same tasks', async () => {
    const first = (await invoke('backup-landed', eventFile('obs-legacy-put'))) as { runs: object[] };
    expect(first.runs).toMatchObject(THREE);

    const again = await invoke('backup-landed', eventFile('obs-legacy-put'));
    const eventGrid = await invoke('backup-landed', eventFile('obs-eventgrid-object-created'));

    const existing = { runs: THREE.map(({ task }) => ({ outcome: 'existing', task })) };
    expect(again).toMatchObject(existing);
    expect(eventGrid).toMatchObject(existing);
    expect(taskNames()).toEqual(['DCS import-', 'DCS session-cache-', 'SMS web_01_']);
  });

  it('a tick', async () => {
    const result = await invoke('schedule', { ...eventFile('timer'), user_event: 'import,move-cache,move-web-01' });

    expect(result).toMatchObject({ runs: THREE });
    expect(taskNames()).toEqual(['DCS import-', 'DCS session-cache-', 'SMS web_01_']);
  });

  it('a request', async () => {
    const responses = [];
    for (const job of ['import', 'move-cache', 'move-web-01']) {
      const event = { ...eventFile('apig-plain-body-post'), path: `/jobs/${job}/runs`, body: '' };
      responses.push((await invoke('webhook', event)) as { statusCode: number; body: string });
    }

    expect(responses.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
    expect(responses.map(({ body }) => JSON.parse(body))).toMatchObject(THREE);
    expect(taskNames()).toEqual(['DCS import-', 'DCS session-cache-', 'SMS web_01_']);
  });

  it('adopts the task of a create call whose response was lost', async () => {
    cloud.faults.add({ operation: 'CreateMigrationTask', kind: 'reply_lost' });

    const result = await invoke('schedule', { ...eventFile('timer'), user_event: 'import' });

    expect(result).toMatchObject({ runs: [{ outcome: 'created' }] });
    expect(cloud.tasks()).toHaveLength(1);
    expect(cloud.requests.filter(({ operation }) => operation === 'CreateMigrationTask')).toHaveLength(1);
  });

  it('fails, with the result in the error, if a run has to wait and there is no ledger', async () => {
    cloud.faults.add({ operation: 'CreateMigrationTask', kind: 'forbidden' });

    await expect(invoke('schedule', { ...eventFile('timer'), user_event: 'import,move-cache' })).rejects.toThrow(
      /^of 2 runs: 1 waiting: \{"runs":\[\{"job":"import".*"code":"DCS.2007".*\{"job":"move-cache".*"outcome":"created".*\}\]\}$/,
    );
  });

  it('refuses an event of another kind, and describes it', async () => {
    await expect(invoke('backup-landed', eventFile('timer'))).rejects.toThrow(
      'event: received an object (keys: version, time, trigger_type, trigger_name, user_event), expected an OBS event',
    );
  });

  it('exports an async function, as the platform requires', () => {
    for (const name of ['backup-landed', 'schedule', 'webhook']) {
      const { handler } = createRequire(import.meta.url)(built.folderOf(name));

      expect(Object.getPrototypeOf(handler).constructor.name).toBe('AsyncFunction');
    }
  });
});
