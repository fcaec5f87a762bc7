import { alarmNames, alarmRules } from '../../../lib/deploy/alarm-rules.ts';
import type { ServiceFile } from '../../../lib/deploy/service-file.ts';
import { cloudEyeEvent } from '../../../lib/runs/report/cloud-eye-events.ts';
import { Clock } from '../../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { call } from '../../../packages/local-cloud/test/cloud/caller.ts';
import { FakeFunctionGraph } from '../../fakes/fake-functiongraph.ts';
import {
  JOBS,
  jobsYaml,
  KEYS,
  makeService,
  PASSWORD,
  type Service,
  serviceYaml,
} from '../../fixtures/deploy-harness.ts';

const PROJECT = '0605767a3300d5762fb7c0186d9e1779';
const TOPIC = `urn:smn:ap-southeast-3:${PROJECT}:night-shift`;
const ACCOUNT = {
  accessKey: KEYS.HUAWEICLOUD_SDK_AK,
  secretKey: KEYS.HUAWEICLOUD_SDK_SK,
  projectId: PROJECT,
  domainId: '5f3e1d0c2b4a49788c6d7e8f90a1b2c3',
};
const LEDGER = 'ledger: { obs: { bucket: ops-ledger, prefix: m/ } }';
const JOBS_FILE = jobsYaml(JOBS, `${LEDGER}\ncloud_eye: { namespace: MIGRATIONS.PROD }`);
const withAlarms = (more = '') => serviceYaml({ provider: `  alarms: { smn: "${TOPIC}" }${more}` });
const WRITES = ['CreateAlarm', 'UpdateAlarm', 'UpdateAlarmAction', 'DeleteAlarm'];
const NAMES = [
  'mig-dev-no-tick',
  'mig-dev-reconcile-late',
  'mig-dev-rights-refused',
  'mig-dev-run-parked',
  'mig-dev-run-stuck',
  'mig-dev-run-failed',
  'mig-dev-objects-missed',
  'mig-dev-runs-waiting',
  'mig-dev-errors-backup-landed',
  'mig-dev-errors-schedule',
  'mig-dev-errors-webhook',
  'mig-dev-errors-reconcile',
];

let api: FakeFunctionGraph;
let cloud: LocalCloud;
let service: Service;

beforeEach(async () => {
  api = await FakeFunctionGraph.start();
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock: new Clock({ frozenAt: Date.UTC(2026, 0, 31) }),
    topics: [TOPIC],
  });
  service = await makeService(api.url, { ...KEYS, CACHE_PASSWORD: PASSWORD, HUAWEICLOUD_CES_ENDPOINT: cloud.url });
  await service.writeJobs(JOBS_FILE);
  await service.writeService(withAlarms());
});
afterEach(async () => {
  await service.remove();
  await cloud.close();
  await api.close();
  process.exitCode = undefined;
});

type Row = Record<string, unknown> & { readonly alarm_id: string; readonly alarm_name: string };
const ces = (method: string, path: string, body?: unknown) =>
  call(cloud, method, `/V1.0/${PROJECT}/${path}`, body, { account: ACCOUNT });
async function rows(): Promise<Row[]> {
  return (await ces('GET', 'alarms?order=asc')).json['metric_alarms'] as Row[];
}
const row = async (name: string) => (await rows()).find((one) => one.alarm_name === name) as Row;
const writes = () => WRITES.map((operation) => cloud.requestsOf(operation).length);

describe('alarm rules of a deploy', () => {
  it('are created after the functions, and the second deploy changes nothing', async () => {
    const printed = await service.run('deploy:deploy');

    expect((await rows()).map(({ alarm_name: name }) => name)).toEqual(NAMES);
    expect(printed.indexOf('mig-dev-no-tick: create alarm rule')).toBeGreaterThan(
      printed.indexOf('mig-dev-reconcile: create function'),
    );
    expect(writes()).toEqual([12, 0, 0, 0]);

    expect(await service.run('deploy:deploy')).toContain('alarm rules: 12 unchanged');
    expect(writes()).toEqual([12, 0, 0, 0]);
  });

  it('are shown by diff as long as they differ, and diff writes nothing', async () => {
    const diff = async () => (await service.run('diff:diff')).split('\n').filter((line) => line.includes('alarm rule'));

    expect(await diff()).toEqual(NAMES.map((name) => `${name}: create alarm rule`));
    expect(process.exitCode).toBe(2);
    expect(writes()).toEqual([0, 0, 0, 0]);

    await service.run('deploy:deploy');
    process.exitCode = undefined;
    expect(await diff()).toEqual([]);
    expect(process.exitCode).toBeUndefined();
    expect(writes()).toEqual([12, 0, 0, 0]);
  }, 30_000);

  it('watch ticks, events, waiting runs and failed invocations', async () => {
    await service.run('deploy:deploy');
    const notify = [{ type: 'notification', notificationList: [TOPIC] }];

    expect(await row('mig-dev-no-tick')).toMatchObject({
      alarm_description: 'Made by serverless deploy of mig, stage dev: reconcile does not tick',
      metric: { namespace: 'MIGRATIONS.PROD', metric_name: 'ticks', dimensions: [{ name: 'stage', value: 'dev' }] },
      condition: { period: 300, filter: 'sum', comparison_operator: '<', value: 1, count: 3 },
      alarm_level: 1,
      alarm_actions: notify,
      insufficientdata_actions: notify,
    });
    const parked = await row('mig-dev-run-parked');
    expect(parked).toMatchObject({
      alarm_type: 'EVENT.CUSTOM',
      metric: { namespace: 'MIGRATIONS.PROD', metric_name: 'run_parked' },
      condition: { period: 0, filter: 'average', comparison_operator: '>=', value: 1, count: 1 },
      alarm_level: 2,
      alarm_actions: notify,
    });
    expect(parked).not.toHaveProperty('insufficientdata_actions');
    expect(await row('mig-dev-runs-waiting')).toMatchObject({
      metric: { metric_name: 'runs_waiting', dimensions: [{ name: 'stage', value: 'dev' }] },
      condition: { period: 300, filter: 'min', comparison_operator: '>=', value: 1, count: 12 },
    });
    expect(await row('mig-dev-errors-webhook')).toMatchObject({
      metric: {
        namespace: 'SYS.FunctionGraph',
        metric_name: 'failcount',
        dimensions: [{ name: 'package-functionname', value: 'default-mig-dev-webhook' }],
      },
      condition: { period: 300, filter: 'sum', comparison_operator: '>=', value: 1, count: 1 },
    });
  });

  it('are changed when they differ, created again when what they watch differs, and deleted when they are no longer wanted', async () => {
    await service.run('deploy:deploy');
    await service.writeService(withAlarms().replace('night-shift', 'day-shift'));
    expect(await service.run('deploy:deploy')).toContain(
      `mig-dev-no-tick: topics: ["${TOPIC}"] -> ["${TOPIC.replace('night', 'day')}"]`,
    );
    expect(writes()).toEqual([12, 12, 0, 0]);

    await service.writeJobs(JOBS_FILE.replace('MIGRATIONS.PROD', 'MIGRATIONS.TEST'));
    await service.run('deploy:deploy');
    // Those on functions watch what they did.
    expect(writes()).toEqual([20, 12, 0, 8]);
    expect(await rows()).toHaveLength(12);

    await service.writeService(serviceYaml());
    await service.run('deploy:deploy');
    expect(await rows()).toEqual([]);
  });

  it('stay disabled when somebody disabled them, even when they are changed or created again, and a deploy says so', async () => {
    await service.run('deploy:deploy');
    const { alarm_id: id } = await row('mig-dev-run-failed');
    await ces('PUT', `alarms/${id}/action`, { alarm_enabled: false });

    expect(await service.run('deploy:deploy')).toContain('mig-dev-run-failed: alarm rule is disabled, and stays so');
    expect(writes()).toEqual([12, 0, 1, 0]);
    expect(await service.run('info:info')).toMatch(/mig-dev-run-failed +ok, disabled/);

    await service.writeJobs(JOBS_FILE.replace('MIGRATIONS.PROD', 'MIGRATIONS.TEST'));
    await service.run('deploy:deploy');
    expect(await row('mig-dev-run-failed')).toMatchObject({ alarm_enabled: false });
    expect(await row('mig-dev-run-stuck')).toMatchObject({ alarm_enabled: true });
  });

  it('are put back when somebody deleted or changed them', async () => {
    await service.run('deploy:deploy');
    await ces('DELETE', `alarms/${(await row('mig-dev-no-tick')).alarm_id}`);
    const { alarm_id: id } = await row('mig-dev-run-stuck');
    await ces('PUT', `alarms/${id}`, { alarm_level: 4, alarm_action_enabled: false });
    const before = writes();

    await service.run('deploy:deploy');

    expect(writes().map((count, i) => count - (before[i] ?? 0))).toEqual([1, 1, 0, 0]);
    expect(await row('mig-dev-run-stuck')).toMatchObject({ alarm_level: 2, alarm_action_enabled: true });
  });

  it('of others are never touched: another name, another stage, or a description that is not of a deploy', async () => {
    await service.run('deploy:deploy');
    const { alarm_id: id, ...ours } = await row('mig-dev-run-parked');
    const body = Object.fromEntries(
      ['alarm_description', 'metric', 'condition', 'alarm_type', 'alarm_actions'].map((key) => [key, ours[key]]),
    );
    for (const other of [
      { ...body, alarm_name: 'mig-dev-run-parked-2' },
      { ...body, alarm_name: 'mig-dev-2-run-parked' },
      { ...body, alarm_name: 'mig-dev-run-parked', alarm_description: 'by hand' },
    ]) {
      expect((await ces('POST', 'alarms', other)).status).toBe(201);
    }

    await service.run('remove:remove', { yes: true });

    expect((await rows()).map(({ alarm_name: name }) => name)).toEqual([
      'mig-dev-run-parked-2',
      'mig-dev-2-run-parked',
      'mig-dev-run-parked',
    ]);
    expect(id).not.toBe('');
  });

  it('are found on the second page of a hundred rules', async () => {
    const other = {
      metric: { namespace: 'OTHER.APP', metric_name: 'other' },
      alarm_type: 'EVENT.CUSTOM',
      condition: { period: 0, filter: 'average', comparison_operator: '>=', value: 1, count: 1 },
      alarm_action_enabled: false,
    };
    for (let i = 0; i < 95; i += 1) await ces('POST', 'alarms', { ...other, alarm_name: `other-${i}` });
    await service.run('deploy:deploy');

    expect(await service.run('deploy:deploy')).toContain('alarm rules: 12 unchanged');
    expect(cloud.requestsOf('CreateAlarm')).toHaveLength(95 + 12);
    expect(cloud.requestsOf('ListAlarms')).toHaveLength(3);
  });

  it('are one warning without the right, and the functions are deployed', async () => {
    cloud.faults.add({ operation: 'ListAlarms', kind: 'forbidden' });

    const printed = await service.run('deploy:deploy');

    expect(printed).toContain('not all alarm rules are set; the functions are not affected: alarm rules: list: ');
    expect(printed).toContain('deploy/policies/deployer-*.json');
    expect(printed.match(/alarm rule/g)).toHaveLength(2);
    expect([...api.functions.keys()]).toHaveLength(4);
    expect(process.exitCode).toBeUndefined();
  });

  it('are one warning when Cloud Eye does not respond, for deploy, diff, info and remove', async () => {
    await cloud.close();

    expect(await service.run('deploy:deploy')).toContain('not all alarm rules are set; the functions are not affected');
    expect(await service.run('info:info')).toContain('the state of the alarm rules is not known');
    expect(await service.run('remove:remove', { yes: true })).toContain('not all alarm rules are deleted');
    expect(process.exitCode).toBeUndefined();
  });

  it('are created once when the response is lost, and completed by the next deploy after a failure', async () => {
    cloud.faults.add({ operation: 'CreateAlarm', kind: 'reply_lost' });
    cloud.faults.add({ operation: 'CreateAlarm', kind: 'forbidden', skip: 5 });

    expect(await service.run('deploy:deploy')).toContain('not all alarm rules are set');
    expect((await rows()).map(({ alarm_name: name }) => name)).toEqual(NAMES.slice(0, 6));

    await service.run('deploy:deploy');
    expect((await rows()).map(({ alarm_name: name }) => name)).toEqual(NAMES);
  });

  it('are not looked for without cloud_eye', async () => {
    await service.writeJobs(jobsYaml(JOBS));
    await service.writeService(serviceYaml());

    await service.run('deploy:deploy');
    await service.run('info:info');

    expect(cloud.requests).toEqual([]);
  });

  it('are not made for a stage whose topic is empty, and then a refused list is not mentioned', async () => {
    await service.writeService(serviceYaml({ provider: '  alarms: { smn: "" }' }));
    cloud.faults.add({ operation: 'ListAlarms', kind: 'forbidden' });

    expect(await service.run('deploy:deploy')).not.toContain('alarm');
    expect(writes()).toEqual([0, 0, 0, 0]);
  });

  it('have states, which info lists', async () => {
    await service.run('deploy:deploy');
    await ces('DELETE', `alarms/${(await row('mig-dev-run-stuck')).alarm_id}`);
    await ces('POST', 'events', [
      {
        event_name: 'run_parked',
        event_source: 'MIGRATIONS.PROD',
        time: cloud.clock.now(),
        detail: { event_state: 'incident', event_level: 'Major' },
      },
    ]);

    const printed = await service.run('info:info');

    expect(printed).toMatch(/alarm rules\n {2}mig-dev-no-tick +ok\n/);
    expect(printed).toMatch(/mig-dev-run-parked +alarm\n/);
    expect(printed).toMatch(/mig-dev-run-stuck +not deployed/);
    expect(await service.run('info:info', { function: 'webhook' })).not.toContain('alarm');
  });
});

describe('alarmRules', () => {
  const file = (provider: object = {}): ServiceFile => ({
    service: 'mig',
    stage: 'dev',
    provider: { region: 'ap-southeast-3', alarms: { smn: TOPIC }, ...provider },
    functions: new Map([['reconcile', { name: 'mig-dev-reconcile' }]]),
  });
  const rules = (provider?: object) => alarmRules(file(provider), { cloudEye: { namespace: 'MIGRATIONS.PROD' } });

  it.each([
    ['1m', 300, 12],
    ['5m', 300, 12],
    ['6m', 1200, 3],
    ['20m', 1200, 3],
    ['1h', 3600, 1],
    ['2h', 14_400, 1],
    ['30d', 86_400, 1],
  ])('watch ticks every %s in periods of %d s', (reconcileEvery, period, count) => {
    const [tick] = rules({ reconcileEvery });
    const waiting = rules({ reconcileEvery }).find(({ name }) => name === 'mig-dev-runs-waiting');

    expect(tick?.condition.period).toBe(period);
    expect(waiting?.condition).toMatchObject({ period, count });
  });

  it('have the dimensions that the functions send', () => {
    const [tick] = rules({ userData: { MIGRATIONS_STAGE: '_v1.0' } });

    expect(tick?.metric.dimensions).toEqual({ stage: 'xv1_0' });
    expect(rules({ package: 'tools' }).at(-1)?.metric.dimensions).toEqual({
      'package-functionname': 'tools-mig-dev-reconcile',
    });
  });

  it('have the levels of the events, and descriptions and names within the limits', () => {
    const levels = { Critical: 1, Major: 2, Minor: 3, Info: 4 };
    const events = rules().filter(({ isOnEvents }) => isOnEvents);

    expect(events).toHaveLength(6);
    for (const { metric, level } of events) {
      const name = metric.name as Parameters<typeof cloudEyeEvent>[0];
      expect(level).toBe(levels[cloudEyeEvent(name, { at: 0, content: '' }).level]);
    }
    for (const { name, description } of rules()) {
      expect(description.length).toBeLessThanOrEqual(256);
      expect(alarmNames(file()).has(name)).toBe(true);
    }
  });
});
