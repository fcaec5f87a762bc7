import { makeServices } from '../../lib/cloud/services.ts';
import { parseObjectEvent } from '../../lib/events/object-event.ts';
import type { TickTrigger, Trigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import { readSettings, SETTINGS } from '../../lib/kernel/settings.ts';
import { startRun } from '../../lib/runs/start/start-run.ts';
import { fakeRun } from '../fakes/run-deps.ts';
import { type Script, ScriptedCloud } from '../fakes/scripted-cloud.ts';
import { eventFile } from '../fixtures/event-file.ts';
import { JOBS_YAML, loadYaml, SERVER_JOB_YAML } from '../fixtures/jobs.ts';

const SK = 'sk-of-the-test';
const DCS_LIST: Script = { status: 200, json: { count: 0, migration_tasks: [] } };
const SMS_LIST: Script = { status: 200, json: { count: 0, tasks: [] } };

const tick = (job: string): TickTrigger => ({
  kind: 'tick',
  name: 't',
  time: '2026-03-14T02:00:00+08:00',
  jobs: [job],
});
const [landed] = parseObjectEvent(eventFile('obs-legacy-put'), SETTINGS.OBJECT_KEYS.fallback) as Trigger[];

interface Operation {
  readonly operation: string;
  readonly job: string;
  readonly trigger: Trigger;
  /** Responses before the operation is called. */
  readonly before: readonly Script[];
  readonly serviceCode: string;
}
const CREATES: readonly Operation[] = [
  {
    operation: 'CreateMigrationTask',
    job: 'restore-staging',
    trigger: landed as Trigger,
    before: [DCS_LIST],
    serviceCode: 'DCS.4800',
  },
  {
    operation: 'CreateOnlineMigrationTask',
    job: 'move-session-cache',
    trigger: tick('move-session-cache'),
    before: [DCS_LIST],
    serviceCode: 'DCS.4013',
  },
  {
    operation: 'CreateTask',
    job: 'move-web-01',
    trigger: tick('move-web-01'),
    before: [SMS_LIST],
    serviceCode: 'SMS.9001',
  },
];
const LISTS: readonly Operation[] = [
  {
    operation: 'ListMigrationTask',
    job: 'restore-staging',
    trigger: landed as Trigger,
    before: [],
    serviceCode: 'DCS.4800',
  },
  { operation: 'ListTasks', job: 'move-web-01', trigger: tick('move-web-01'), before: [], serviceCode: 'SMS.9001' },
];

const inServiceShape = (code: string) => ({ error_code: code, error_msg: 'no', error_ext_msg: null });
const inGatewayShape = { error_code: 'APIGW.0301', error_msg: 'no', request_id: 'gateway-request-1' };

/** Documented on every operation's page; what each means for a run differs between asking and creating. */
const STATUSES = [400, 401, 403, 404, 500] as const;
const cases = (operations: readonly Operation[]) =>
  operations.flatMap((operation) =>
    STATUSES.flatMap((status) => [
      {
        ...operation,
        status,
        shape: 'service',
        json: inServiceShape(operation.serviceCode),
        code: operation.serviceCode,
      },
      { ...operation, status, shape: 'gateway', json: inGatewayShape, code: 'APIGW.0301' },
    ]),
  );

/** Of keys and rights, whatever the status; else a refusal is final. */
const waits = (status: number, code: string) => status === 401 || status === 403 || code === 'APIGW.0301';

describe('a documented error', () => {
  const cloud = new ScriptedCloud(SK);
  let jobs: Jobs;
  let keys = 0;
  beforeAll(async () => {
    await cloud.start();
    // What is looked at before a create call has tests of its own; here the calls are scripted one by one.
    const yaml = (JOBS_YAML + SERVER_JOB_YAML).replace(
      /^( {4})(backup_import|online_migration|server_migration):/gm,
      '$1preflight: off\n$1$2:',
    );
    ({ jobs } = await loadYaml(yaml));
  });
  afterAll(() => cloud.stop());

  async function run({ job: name, trigger, before }: Operation, responses: readonly Script[]) {
    cloud.reset();
    cloud.respondWith(...before, ...responses);
    const settings = readSettings(
      (setting) => ({ HUAWEICLOUD_DCS_ENDPOINT: cloud.endpoint, HUAWEICLOUD_SMS_ENDPOINT: cloud.endpoint })[setting],
    );
    const fake = fakeRun();
    keys += 1;
    const services = makeServices({
      settings,
      jobs,
      region: 'ap-southeast-3',
      // Keys that were refused rest for five minutes, so each case has its own.
      credentials: () => ({ accessKey: `AK${keys}`, secretKey: new Secret(SK) }),
      projectId: () => '0123456789abcdef0123456789abcdef',
      remainingMs: () => 60_000,
    });
    const job = jobs.jobs.get(name);
    if (!job) throw new Error(`the fixture has no ${name}`);
    return startRun({ jobs, job, trigger }, { ...fake.deps, services });
  }
  const sent = (method: string) => cloud.seen.filter((request) => request.method === method).length;

  it.each(cases(CREATES))(
    '$status of $operation in the $shape shape is judged, and the call is not sent again',
    async ({ status, json, code, ...operation }) => {
      const response: Script = { status, json, headers: { 'x-request-id': 'cloud-request-1' } };
      const emptyLists = Array.from({ length: 6 }, () => operation.before[0] as Script);

      const result = await run(operation, [response, ...emptyLists]);

      expect(result).toMatchObject({
        outcome: status === 500 ? 'unknown' : waits(status, code) ? 'waiting' : 'rejected',
        reason: { code, status, request_id: 'cloud-request-1' },
      });
      expect(sent('POST')).toBe(1);
    },
  );

  it.each(cases(LISTS))(
    '$status of $operation in the $shape shape creates nothing',
    async ({ status, json, code, ...operation }) => {
      const responses = Array.from({ length: 12 }, (): Script => ({ status, json }));

      const result = await run(operation, responses);

      const outcome = status === 500 || waits(status, code) ? 'waiting' : 'rejected';
      expect(result).toMatchObject({ outcome, reason: { code, status } });
      expect(sent('POST')).toBe(0);
    },
  );

  it('keeps what SMS says about parameters, details and permissions', async () => {
    const json = {
      error_code: 'SMS.9004',
      error_msg: 'no permission',
      encoded_authorization_message: 'ENCODED',
      error_param: ['sms:server:createTask'],
      details: [{ error_code: 'SMS.0204', error_msg: 'needs VPC rights' }],
    };

    const result = await run(CREATES[2] as Operation, [{ status: 403, json }]);

    expect(result.reason).toMatchObject({
      code: 'SMS.9004',
      status: 403,
      params: ['sms:server:createTask'],
      details: [{ code: 'SMS.0204', message: 'needs VPC rights' }],
      encoded_authorization_message: 'ENCODED',
    });
  });

  it('refuses a server migration whose source server has another task, and names that task', async () => {
    const tasks = [{ id: '11111111-2222-3333-4444-555555555555', name: 'by_hand', state: 'RUNNING' }];

    const result = await run({ ...(CREATES[2] as Operation), before: [] }, [
      { status: 200, json: { count: 1, tasks } },
      { status: 200, json: { count: 1, tasks: [] } },
    ]);

    expect(result).toMatchObject({ outcome: 'rejected', reason: { code: 'source_has_task' } });
    for (const part of ['11111111-2222-3333-4444-555555555555', 'by_hand', 'RUNNING'])
      expect(result.reason?.message).toContain(part);
    expect(sent('POST')).toBe(0);
  });

  it('asks once with keys that were refused, and then no more', async () => {
    const unauthorised: Script = { status: 401, json: inGatewayShape };
    const operation = LISTS[0] as Operation;
    await run(operation, [unauthorised]);
    keys -= 1;

    const second = await run(operation, [unauthorised]);

    expect(second).toMatchObject({ outcome: 'waiting', reason: { code: 'keys_refused' } });
    expect(cloud.seen).toHaveLength(0);
  });
});
