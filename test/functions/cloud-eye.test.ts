import { Readable } from 'node:stream';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { buildForTest } from '../fixtures/built-functions.ts';
import { putBackup } from '../fixtures/put-backup.ts';
import { runBundles } from '../fixtures/run-bundles.ts';

const INSTANCE = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const JOBS = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
cloud_eye: { namespace: MIGRATIONS.PROD }
targets:
  staging-cache: { id: ${INSTANCE}, password: { user_data: STAGING_CACHE_PASSWORD } }
jobs:
  nightly:
    on: { schedule: { rate: 1d } }
    backup_import:
      target_instance: staging-cache
      backup_files: { file_source: self_build_obs, bucket_name: redis-backups, files: [ { file_name: a.rdb } ] }
  missing:
    on: { schedule: { rate: 1d } }
    backup_import:
      target_instance: staging-cache
      backup_files: { file_source: self_build_obs, bucket_name: redis-backups, files: [ { file_name: bad.rdb } ] }
`;

describe('functions with cloud_eye', () => {
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
      obs: { buckets: [{ name: 'redis-backups' }, { name: 'ops-ledger' }] },
    });
    await putBackup(cloud, 'redis-backups', 'a.rdb');
  });
  afterEach(() => cloud.close());

  /** @returns what the function returned or failed with, as text */
  async function invoke(name: string, userEvent: string): Promise<string> {
    const userData = {
      HUAWEICLOUD_DCS_ENDPOINT: cloud.url,
      HUAWEICLOUD_CES_ENDPOINT: cloud.url,
      HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl,
      STAGING_CACHE_PASSWORD: 'Redis!Pass-1',
      MIGRATIONS_STAGE: 'prod.eu',
      LOG_LEVEL: 'error',
    };
    const event = {
      version: 'v1.0',
      time: '2026-03-14T02:00:00Z',
      trigger_type: 'TIMER',
      trigger_name: 'daily',
      user_event: userEvent,
    };
    const context = {
      remainingMs: 60_000,
      userData,
      accessKey: 'AK-1',
      secretKey: 'SK-secret-1',
      token: 'TOKEN-secret-1',
    };
    return runBundles([{ folder: built.folderOf(name), context, events: [event] }]);
  }

  const metrics = () =>
    cloud
      .requestsOf('CreateMetricData')
      .flatMap(({ body }) => body as { metric: { metric_name: string; dimensions: unknown }; value: number }[])
      .map(({ metric, value }) => [metric.metric_name, value]);

  it('report each invocation, and each event once', async () => {
    await invoke('reconcile', '');
    await invoke('schedule', 'nightly');
    await invoke('schedule', 'nightly');
    await invoke('reconcile', '');

    expect(metrics()).toEqual(
      expect.arrayContaining([
        ['ticks', 1],
        ['runs_open', 0],
        ['runs_received', 1],
        ['runs_created', 1],
        ['runs_existing', 1],
        ['tasks_under_way', 1],
      ]),
    );
    expect(cloud.requestsOf('CreateMetricData')[0]?.body).toMatchObject([
      { metric: { namespace: 'MIGRATIONS.PROD', dimensions: [{ name: 'stage', value: 'prod_eu' }] } },
      ...Array(7).fill({}),
    ]);
    expect(cloud.requestsOf('CreateMetricData').map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(cloud.events()).toEqual([]);
  });

  it('report an event although the handler fails, and do not fail because of Cloud Eye', async () => {
    const attributes = { contentType: undefined, metadata: {} };
    await cloud.obs.put('redis-backups', 'bad.rdb', Readable.from([Buffer.from('not a backup')]), attributes);
    expect(await invoke('schedule', 'missing')).toContain('1 rejected');

    expect(cloud.events().map(({ event_name: name, detail }) => [name, detail['resource_name']])).toContainEqual([
      'run_failed',
      'missing',
    ]);
    cloud.faults.add({ operation: 'CreateMetricData', kind: 'forbidden' });
    expect(await invoke('reconcile', '')).toContain('"left":0');
  });
});
