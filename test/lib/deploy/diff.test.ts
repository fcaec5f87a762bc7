import { FakeFunctionGraph } from '../../fakes/fake-functiongraph.ts';
import { JOBS, jobsYaml, makeService, PASSWORD, type Service, serviceYaml } from '../../fixtures/deploy-harness.ts';

describe('diff', () => {
  let api: FakeFunctionGraph;
  let service: Service;

  beforeAll(async () => {
    api = await FakeFunctionGraph.start();
    service = await makeService(api.url);
    // The packages that diff compares with are built.
    await service.run('diff:diff');
    await service.run('deploy:deploy');
  }, 60_000);
  beforeEach(async () => {
    process.exitCode = 0;
    await service.writeJobs(jobsYaml(JOBS));
    await service.writeService(serviceYaml());
    api.handsOutCode = true;
    api.forget();
  });
  afterAll(async () => {
    process.exitCode = 0;
    await service.remove();
    await api.close();
  });

  /** Its lines without the heading, and its exit code. */
  const diff = async () => {
    const lines = (await service.run('diff:diff')).split('\n').slice(1);
    expect(api.changes).toEqual([]);
    const code = process.exitCode;
    process.exitCode = 0;
    return { lines: lines.filter((line) => !line.startsWith('created ')), code };
  };

  it('says that nothing would change', async () => {
    expect(await diff()).toEqual({ lines: ['nothing would change'], code: 0 });
  }, 30_000);

  it('names the settings that change, with the old and the new value, but no variable with its value', async () => {
    await service.writeService(
      serviceYaml({ provider: `  userData: { LOG_LEVEL: debug, NOTE: ${PASSWORD} }` })
        .replace('agency: migrations', 'agency: others')
        .replace(
          'schedule: { timeout: 60 }',
          'schedule: { timeout: 90, memorySize: 8192, maxInstances: 5, maxAsyncRetryAttempts: 2 }',
        ),
    );

    const { lines, code } = await diff();

    expect(lines.filter((line) => line.startsWith('mig-dev-schedule: '))).toEqual(
      [
        'update configuration',
        'memorySize: 256 -> 8192',
        'timeout: 60 -> 90',
        'userData.LOG_LEVEL is added',
        'userData.NOTE is added',
        'agency: migrations -> others',
        'executionAgency: migrations -> others',
        'maxInstances: none -> 5',
        'set asynchronous configuration',
        'maxAsyncRetryAttempts: 3 -> 2',
      ].map((line) => `mig-dev-schedule: ${line}`),
    );
    expect(lines.join('\n')).not.toContain('hunter2');
    expect(code).toBe(2);
  }, 30_000);

  it('names the log that the service has, which it returns in other fields', async () => {
    const logs = (group: string) => serviceYaml({ provider: `  logs: { groupId: ${group}, streamId: stream-1 }` });
    const held = api.functions.get('mig-dev-schedule');
    const { config } = held ?? {};
    if (held) {
      held.config = { ...held.config, enable_lts_log: true, log_group_id: 'group-1', log_stream_id: 'stream-1' };
    }
    await service.writeService(logs('group-2'));

    const { lines } = await diff();
    if (held && config) held.config = config;

    expect(lines.filter((line) => /(schedule|webhook): logs: .*\{/.test(line))).toEqual([
      'mig-dev-schedule: logs: {"group_id":"group-1","stream_id":"stream-1"} -> {"group_id":"group-2","stream_id":"stream-1"}',
      'mig-dev-webhook: logs: none -> {"group_id":"group-2","stream_id":"stream-1"}',
    ]);
  }, 30_000);

  it('says that encrypted values change, without them', async () => {
    const other = await makeService(api.url, {
      HUAWEICLOUD_SDK_AK: 'a',
      HUAWEICLOUD_SDK_SK: 's',
      CACHE_PASSWORD: 'another-password',
    });

    const lines = (await other.run('diff:diff')).split('\n');
    await other.remove();

    expect(lines).toContain('mig-dev-webhook: encryptedUserData: values change');
    expect(lines.join('\n')).not.toContain('another-password');
  }, 30_000);

  it('names the triggers that change, old and new', async () => {
    await service.writeJobs(
      jobsYaml({
        ...JOBS,
        landed: '{ object_created: { bucket: backups, key: "prod/**/*.aof" } }',
        nightly: '{ schedule: { cron: "0 30 2 * * ?" } }',
        second: JOBS.hourly,
      }),
    );
    await service.writeService(serviceYaml().replace('{ groupId: g1 }', '{ groupId: g1, auth: IAM }'));

    await expect(service.run('diff:diff')).rejects.toThrow(/--replace-api/);
    const printed = await service.run('diff:diff', { 'replace-api': true });

    for (const line of [
      'mig-dev-backup-landed: OBS backups/prod/*.rdb -> OBS backups/prod/*.aof',
      'mig-dev-schedule: TIMER cron-25312518b703 (0 0 2 * * ?) -> TIMER cron-f1fc2908a3b6 (0 30 2 * * ?)',
      'mig-dev-schedule: user_event: "hourly" -> "hourly,second"',
      'mig-dev-webhook: auth: "APP" -> "IAM"',
    ]) {
      expect(printed.split('\n')).toContain(line);
    }
  }, 30_000);

  it('names the jobs that are added, removed and changed, once for all functions', async () => {
    const { hourly: _, ...others } = JOBS;
    await service.writeJobs(
      jobsYaml({ ...others, nightly: '{ schedule: { cron: "0 30 2 * * ?" } }', added: '{ request: {} }' }).replace(
        'targets: { cache: {',
        'targets: { spare: { id: 5e37b3be-950a-48e1-b498-65b63d336481 }, cache: {',
      ),
    );

    const { lines } = await diff();

    expect(lines.filter((line) => line.startsWith('jobs'))).toEqual([
      'jobs: job nightly changes (on)',
      'jobs: job hourly is removed',
      'jobs: job added is added',
      'jobs: target spare is added',
    ]);
  }, 30_000);

  it('says that jobs were not compared if the service does not hand out the code', async () => {
    api.handsOutCode = false;
    await service.writeJobs(jobsYaml({ ...JOBS, added: '{ request: {} }' }));

    const { lines, code } = await diff();

    expect(lines).toContain('jobs: not compared: the service does not hand out the deployed jobs file');
    expect(code).toBe(2);
  }, 30_000);
});
