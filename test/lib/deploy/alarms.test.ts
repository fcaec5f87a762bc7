import fc from 'fast-check';
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
      condition: { period: 1200, filter: 'min', comparison_operator: '>=', value: 1, count: 3 },
    });
    expect(await row('mig-dev-errors-webhook')).toMatchObject({
      metric: {
        namespace: 'SYS.FunctionGraph',
        metric_name: 'failcount',
        dimensions: [{ name: 'package-functionname', value: 'default-mig-dev-webhook' }],
      },
      condition: { period: 1200, filter: 'sum', comparison_operator: '>=', value: 2, count: 1 },
    });
    expect(await row('mig-dev-errors-reconcile')).toMatchObject({ condition: { period: 300, value: 1, count: 2 } });
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

  it('of another deployment with the same names are neither adopted nor deleted', async () => {
    // Stage `b-dev` of service `mig-a` would be named as stage `dev` of service `mig-a-b`.
    const of = (name: string) => withAlarms().replace('service: mig', `service: ${name}`);
    await service.writeService(of('mig-a'));
    await service.run('deploy:deploy', { stage: 'b-dev' });
    const before = await rows();
    await service.writeService(of('mig-a-b'));

    await service.run('deploy:deploy', { stage: 'dev' });
    expect(await rows()).toHaveLength(24);
    expect(new Set((await rows()).map(({ alarm_name: name }) => name)).size).toBe(12);

    await service.run('remove:remove', { yes: true, stage: 'dev' });
    expect(await rows()).toEqual(before);
  });

  it('are created even if the response is lost and another deployment has rules with the same names', async () => {
    await service.run('deploy:deploy');
    for (const { alarm_id: id } of await rows()) await ces('PUT', `alarms/${id}`, { alarm_description: 'mine' });
    cloud.faults.add({ operation: 'CreateAlarm', kind: 'reset' });

    await service.run('deploy:deploy');

    const made = (await rows()).filter(({ alarm_description: text }) => text !== 'mine');
    expect(made.map(({ alarm_name: name }) => name)).toEqual(NAMES);
  });

  it('belong to the enterprise project of the functions', async () => {
    const id = '11111111-2222-3333-4444-555555555555';
    await service.writeService(withAlarms(`\n  enterpriseProject: ${id}`));

    await service.run('deploy:deploy');

    expect((await rows()).map((one) => one['enterprise_project_id'])).toEqual(NAMES.map(() => id));
    expect(await service.run('deploy:deploy')).toContain('alarm rules: 12 unchanged');
  });

  it('are one warning when the endpoint of Cloud Eye is malformed, and the functions are deployed', async () => {
    const other = await makeService(api.url, {
      ...KEYS,
      CACHE_PASSWORD: PASSWORD,
      HUAWEICLOUD_CES_ENDPOINT: 'ces.example.com/v1',
    });
    await other.writeJobs(JOBS_FILE);
    await other.writeService(withAlarms());

    expect(await other.run('deploy:deploy')).toContain('not all alarm rules are set; the functions are not affected');
    expect([...api.functions.keys()]).toHaveLength(4);
    expect(process.exitCode).toBeUndefined();
    await other.remove();
  });

  it.each([
    ['an error', { kind: 'error' }],
    ['throttling', { kind: 'throttled' }],
    ['an operation that is not there', { kind: 'error', status: 404, code: 'APIGW.0101' }],
    ['a page instead of a list', { kind: 'html' }],
    ['half of a list', { kind: 'cut_json' }],
    ['nothing', { kind: 'no_id' }],
  ] as const)(
    'are one warning for %s, in deploy, diff, info and remove',
    async (_what, fault) => {
      // Makes the packages that the deploy uses.
      await service.run('diff:diff');
      process.exitCode = undefined;
      await service.run('deploy:deploy');
      for (const [hook, says] of [
        ['deploy:deploy', 'not all alarm rules are set'],
        ['diff:diff', 'alarm rules are not compared'],
        ['info:info', 'the state of the alarm rules is not known'],
        ['remove:remove', 'not all alarm rules are deleted'],
      ] as const) {
        cloud.faults.clear();
        cloud.faults.add({ operation: 'ListAlarms', times: 20, ...fault });
        const printed = await service.run(hook, { yes: true });
        expect(printed.split('\n').filter((line) => line.includes(says))).toHaveLength(1);
        expect(printed).not.toContain(KEYS.HUAWEICLOUD_SDK_SK);
      }
      expect(process.exitCode).toBeUndefined();
      expect(writes()).toEqual([12, 0, 0, 0]);
    },
    60_000,
  );

  it('are left alone by the deploy of one function', async () => {
    await service.run('deploy:deploy');
    await service.writeService(withAlarms().replace('night-shift', 'day-shift'));

    await service.run('deploy:function:deploy', { function: 'schedule' });

    expect(writes()).toEqual([12, 0, 0, 0]);
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

  it.each([
    ['deploy:deploy', 'not all alarm rules are set'],
    ['remove:remove', 'not all alarm rules are deleted'],
  ] as const)('that are no longer in the file, and only partly deleted by %s, are one warning', async (hook, says) => {
    await service.run('deploy:deploy');
    await service.writeService(serviceYaml());
    cloud.faults.add({ operation: 'DeleteAlarm', kind: 'forbidden', skip: 3 });

    const printed = await service.run(hook, { yes: true });

    expect(printed).toContain(`${says}; the functions are not affected: mig-dev-run-parked: delete alarm rule: `);
    expect(printed).toContain('deploy/policies/deployer-*.json');
    expect((await rows()).map(({ alarm_name: name }) => name)).toEqual(NAMES.slice(3));
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
    ['1m', [300, 3], [1200, 3]],
    ['5m', [300, 3], [1200, 3]],
    ['6m', [1200, 1], [1200, 3]],
    ['15m', [1200, 3], [1200, 3]],
    ['20m', [1200, 3], [1200, 3]],
    ['30m', [3600, 2], [3600, 1]],
    ['1h', [3600, 3], [3600, 1]],
    ['2h', [14_400, 2], [14_400, 1]],
    ['1d', [86_400, 3], [86_400, 1]],
  ])('miss ticks every %s after %j, and tell of waiting runs after %j', (reconcileEvery, tick, wait) => {
    const [noTick, ...others] = rules({ reconcileEvery });
    const waiting = others.find(({ name }) => name === 'mig-dev-runs-waiting');

    expect([noTick?.condition.period, noTick?.condition.count]).toEqual(tick);
    expect([waiting?.condition.period, waiting?.condition.count]).toEqual(wait);
  });

  it('never miss a tick before three intervals and 15 minutes are over, and have at most five periods', () => {
    const minutes = fc.integer({ min: 1, max: 60 }).map((count) => [`${count}m`, count * 60] as const);
    const hours = fc.integer({ min: 1, max: 24 }).map((count) => [`${count}h`, count * 3600] as const);
    fc.assert(
      fc.property(fc.oneof(minutes, hours), ([reconcileEvery, seconds]) => {
        const all = rules({ reconcileEvery });
        const { period = 0, count = 0 } = all[0]?.condition ?? {};

        expect(period).toBeGreaterThanOrEqual(seconds);
        expect(period * count).toBeGreaterThanOrEqual(Math.max(900, 3 * seconds));
        for (const { condition } of all) expect(condition.count).toBeLessThanOrEqual(5);
      }),
    );
  });

  it('use the interval that userData names, for a timer of reconcile that was made in another way', () => {
    expect(rules({ userData: { RECONCILE_EVERY: '1h' } })[0]?.condition).toMatchObject({ period: 3600, count: 3 });
  });

  it.each([
    [undefined, 2],
    [3, 2],
    [2, 2],
    [1, 1],
    [0, 1],
  ])('with %s retries of the platform tell of %d failed attempts', (maxAsyncRetryAttempts, value) => {
    const own = maxAsyncRetryAttempts === undefined ? {} : { maxAsyncRetryAttempts };
    const functions = new Map([...file().functions, ['schedule', { name: 'mig-dev-schedule', ...own }]]);
    const all = alarmRules({ ...file(), functions }, { cloudEye: { namespace: 'MIGRATIONS.PROD' } });

    expect(all.at(-1)?.condition).toMatchObject({ period: 1200, value, count: 1 });
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
