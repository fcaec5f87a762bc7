import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handler as backupLanded } from '../../functions/backup-landed.ts';
import { handler as reconcile } from '../../functions/reconcile.ts';
import { handler as schedule } from '../../functions/schedule.ts';
import { handler as webhook } from '../../functions/webhook.ts';
import { TRANSIENT_FAILURES, type TransientFailure } from '../../lib/kernel/transient-failures.ts';
import type { RunsResult } from '../../lib/runs/report/run-result.ts';
import type { Fault } from '../../packages/local-cloud/src/cloud/faults.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { fakePlatform } from '../fakes/platform-context.ts';
import { INSTANCE, landedEvent, PASSWORD, SOURCE } from '../fixtures/deployed.ts';
import { putBackup } from '../fixtures/put-backup.ts';

const PROJECT = '0123456789abcdef0123456789abcdef';
const OTHER = { ...INSTANCE, id: '6ee92e54-1e4a-4a5c-9b0f-0d6a5a3f9b21', name: 'cache-b' };
const ECS = {
  id: '0f7c2a55-63d1-4d0c-8d8e-7a1b5c9e2f30',
  name: 'web-01-target',
  disks: [{ id: 'b7a4f1d2-9c3e-4c58-a6f0-2d5e8b1c4a77', sizeGb: 50 }],
};
const BACKUP = {
  id: 'b0f5e1a2-0000-4000-8000-000000000001',
  createdAt: Date.parse('2026-03-13T02:00:00Z'),
  status: 'succeed' as const,
};

/** Each job can be started by each function. */
const job = (name: string, action: string) => `
  ${name}:
    on:
      object_created: { bucket: backups, key: "${name}/**" }
      schedule: { rate: 1d }
      request: { accepts: [description, target_instance, backup_files] }
${action}`;
const JOBS = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: runs/ } }
targets:
  cache-a: { id: ${INSTANCE.id}, password: { user_data: CACHE_PASSWORD } }
  cache-b: { id: ${OTHER.id}, password: { user_data: CACHE_PASSWORD } }
  cache-c: { id: ${INSTANCE.id}, password: { csms: cache, key: password } }
jobs:${job(
  'stored',
  `    backup_import:
      target_instance: cache-c
      backup_files: { file_source: self_build_obs, bucket_name: backups, files: [ { file_name: fixed.rdb } ] }`,
)}${job(
  'file',
  `    backup_import:
      target_instance: cache-a
      backup_files: { file_source: self_build_obs, bucket_name: backups, files: [ { file_name: fixed.rdb } ] }`,
)}${job(
  'latest',
  `    backup_import:
      target_instance: cache-a
      backup_files: { file_source: backup_record, latest_of: cache-b, copy_first: true }`,
)}${job(
  'server',
  `    server_migration:
      name: web_01
      source_server: { id: ${SOURCE.id} }
      use_public_ip: false
      confirm_format: true
      target: { region: ap-southeast-3, server: ${ECS.id} }`,
).replace(/accepts: .*\]/, '')}
`;

interface Case {
  readonly row: Pick<TransientFailure, 'kind' | 'of'>;
  readonly title: string;
  readonly job: 'file' | 'stored' | 'latest' | 'server';
  /** Code of the reason. */
  readonly code: string;
  /** The webhook's status without a ledger; absent if the job needs one, like every job that reads its source instance. */
  readonly status?: 429 | 503;
  readonly begin: (cloud: LocalCloud) => unknown;
}

const respondsWith = (operation: string, status: number, code: string) => (cloud: LocalCloud) => {
  const fault: Fault = {
    operation,
    kind: 'error',
    status,
    code,
    times: 50,
    ...(operation === 'ShowServer' ? { service: 'SMS' } : {}),
  };
  cloud.faults.add(fault);
};
const called = (
  kind: TransientFailure['kind'],
  of: TransientFailure['of'],
  [operation, response, code]: readonly [string, number, string],
  status: 429 | 503,
): Case => ({
  row: { kind, of },
  title: `${operation} responds with ${response} ${code}`,
  job: 'file',
  code,
  status,
  begin: respondsWith(operation, response, code),
});

const CASES: readonly Case[] = [
  called('keys', 'run', ['ShowInstance', 401, 'APIGW.0301'], 503),
  called('keys', 'run', ['ListMigrationTask', 401, 'DCS.1002'], 503),
  called('rights', 'run', ['ShowInstance', 403, 'DCS.2007'], 503),
  called('rights', 'run', ['ListMigrationTask', 403, 'DCS.2007'], 503),
  called('rights', 'run', ['CreateMigrationTask', 403, 'DCS.2007'], 503),
  called('quota', 'run', ['CreateMigrationTask', 400, 'DCS.4035'], 503),
  called('throttling', 'cloud', ['ShowInstance', 429, 'APIGW.0308'], 429),
  called('busy', 'target', ['ShowInstance', 400, 'DCS.4104'], 429),
  ...['RESTARTING', 'RESTORING', 'EXTENDING'].map(
    (state): Case => ({
      row: { kind: 'busy', of: 'target' },
      title: `the target is ${state}`,
      job: 'file',
      code: 'instance_busy',
      status: 429,
      begin: (cloud) => cloud.setInstance({ ...INSTANCE, status: state }),
    }),
  ),
  {
    row: { kind: 'busy', of: 'run' },
    title: 'the source instance is RESTARTING',
    job: 'latest',
    code: 'source_busy',
    begin: (cloud) => cloud.setInstance({ ...OTHER, status: 'RESTARTING', backups: [BACKUP] }),
  },
  {
    row: { kind: 'agent', of: 'run' },
    title: 'the Agent is not connected',
    job: 'server',
    code: 'agent_absent',
    status: 429,
    begin: (cloud) => cloud.setSource({ ...SOURCE, connected: false }),
  },
  { ...called('agent', 'run', ['CreateTask', 400, 'SMS.6603'], 429), job: 'server' },
  { ...called('rights', 'run', ['ShowServer', 403, 'SMS.9004'], 503), job: 'server' },
  {
    row: { kind: 'file', of: 'run' },
    title: 'the file named in the jobs file does not exist',
    job: 'file',
    code: 'file_missing',
    status: 429,
    begin: (cloud) => cloud.obs.remove('backups', 'fixed.rdb', undefined),
  },
  {
    row: { kind: 'busy', of: 'target' },
    title: 'the target server restarts',
    job: 'server',
    code: 'instance_busy',
    status: 429,
    begin: (cloud) => cloud.setServer({ ...ECS, status: 'REBOOT' }),
  },
  called('unavailable', 'cloud', ['ShowInstance', 503, 'DCS.5000'], 429),
  ...(
    [
      [403, 'CSMS.0403'],
      [400, 'CSMS.0106'],
      [404, 'CSMS.0005'],
      [503, 'CSMS.0001'],
    ] as const
  ).map(
    ([response, cloudCode]): Case => ({
      ...called('secret', 'run', ['ShowSecretVersion', response, cloudCode], 429),
      job: 'stored',
      code: 'secret_unavailable',
    }),
  ),
  {
    ...called('secret', 'run', ['ShowSecretVersion', 0, 'secret_unavailable'], 429),
    title: 'ShowSecretVersion breaks the connection',
    job: 'stored',
    begin: (cloud) => cloud.faults.add({ operation: 'ShowSecretVersion', kind: 'reset', times: 50 }),
  },
];

const FINAL: readonly Case[] = [
  called('busy', 'target', ['CreateMigrationTask', 400, 'DCS.4999'], 429),
  called('busy', 'target', ['ShowInstance', 400, 'DCS.4999'], 429),
  called('busy', 'target', ['ListMigrationTask', 404, 'APIGW.0101'], 429),
  {
    ...called('busy', 'target', ['', 0, 'preflight'], 429),
    title: 'the target is FROZEN',
    begin: (cloud) => cloud.setInstance({ ...INSTANCE, status: 'FROZEN' }),
  },
];

describe('a transient failure', () => {
  let folder: string;
  let cloud: LocalCloud;
  let number = 0;
  let isRecorded = true;
  const ledger = () => join(folder, `ledger-${number}`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'transient-failures-'));
    await writeFile(join(folder, 'recorded.yml'), JOBS);
    await writeFile(join(folder, 'bare.yml'), JOBS.replace(/^ledger: .*\n/m, '').replace(', copy_first: true', ''));
  });
  beforeEach(async () => {
    number += 1;
    // Refused keys are blocked for five minutes, so each attempt has its own.
    const accounts = [0, 1, 2, 3, 4].map((more) => ({
      ...keys(number + more),
      projectId: PROJECT,
      domainId: 'd0'.repeat(16),
    }));
    cloud = await startLocalCloud({ accounts, obs: { buckets: [{ name: 'backups' }] } });
    await recover();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    number += 5;
    await cloud.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  function keys(i: number) {
    return { accessKey: `AK-${i}`, secretKey: 'SK-secret-1', securityToken: 'TOKEN-secret-1' };
  }

  async function recover(): Promise<void> {
    cloud.faults.clear();
    cloud.setInstance(INSTANCE);
    cloud.setInstance({ ...OTHER, backups: [BACKUP] });
    cloud.setSource(SOURCE);
    cloud.setServer(ECS);
    cloud.setSecret({ name: 'cache', text: JSON.stringify({ password: PASSWORD }) });
    await putBackup(cloud, 'backups', 'fixed.rdb');
  }

  function context(keysOf = number) {
    const { accessKey, secretKey, securityToken: token } = keys(keysOf);
    const userData = {
      MIGRATIONS_FILE: join(folder, isRecorded ? 'recorded.yml' : 'bare.yml'),
      HUAWEICLOUD_DCS_ENDPOINT: cloud.url,
      HUAWEICLOUD_SMS_ENDPOINT: cloud.url,
      HUAWEICLOUD_ECS_ENDPOINT: cloud.url,
      HUAWEICLOUD_CSMS_ENDPOINT: cloud.url,
      HUAWEICLOUD_IAM_ENDPOINT: cloud.url,
      HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl,
      CACHE_PASSWORD: PASSWORD,
      WEBHOOK_ANSWER_SECONDS: '30',
      LOG_LEVEL: 'error',
      ...(isRecorded ? { MIGRATIONS_LEDGER_FOLDER: ledger() } : {}),
    };
    return fakePlatform({ userData, keys: { accessKey, secretKey, token } });
  }

  const FUNCTIONS = {
    'backup-landed': (name: string) =>
      backupLanded(landedEvent({ key: `${name}/one.rdb`, eTag: `e${number}` }), context()),
    schedule: (name: string) => schedule(tickOf(name, number), context()),
  } as const;

  const ask = (name: string, body: object = {}) =>
    webhook(
      {
        httpMethod: 'POST',
        path: `/jobs/${name}/runs`,
        headers: { 'content-type': 'application/json', 'idempotency-key': `key-${number}` },
        queryStringParameters: {},
        pathParameters: {},
        requestContext: { requestId: `gateway-${number}`, apiId: 'x', stage: 'RELEASE' },
        body: JSON.stringify(body),
        isBase64Encoded: false,
      },
      context(),
    ) as Promise<{ statusCode: number; headers: Record<string, string>; body: string }>;

  const runsOf = async (given: Promise<unknown>) => ((await given) as RunsResult).runs;
  const failureOf = async (given: Promise<unknown>) => {
    const error = await given.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const [, text] = /^[^{]*(\{.*\})$/.exec(String((error as Error | undefined)?.message)) ?? [];
    if (text === undefined) throw new Error('it did not fail for its runs', { cause: error });
    return (JSON.parse(text) as RunsResult).runs;
  };

  it('has a case for each row of the table', () => {
    const rows = (of: readonly Pick<TransientFailure, 'kind' | 'of'>[]) => [
      ...new Set(of.map((row) => `${row.kind} of ${row.of}`)),
    ];

    expect(rows(CASES.map(({ row }) => row)).sort()).toEqual(rows(TRANSIENT_FAILURES).sort());
  });

  const STARTS = Object.entries(FUNCTIONS);

  describe.each(CASES)('$row.kind of the $row.of: $title', ({ job: name, code, status, begin }) => {
    it.each(STARTS)('waits with a ledger, started by %s', async (_function, start) => {
      isRecorded = true;
      await begin(cloud);

      expect(await runsOf(start(name))).toMatchObject([{ job: name, outcome: 'waiting', reason: { code } }]);
    });

    it('gets a 202 from the webhook with a ledger', async () => {
      isRecorded = true;
      await begin(cloud);

      const response = await ask(name);

      expect(response).toMatchObject({ statusCode: 202 });
      expect(JSON.parse(response.body)).toMatchObject({ outcome: 'waiting', reason: { code } });
    });

    if (status !== undefined) {
      it.each(STARTS)('fails %s without one, so that it is delivered again', async (_function, start) => {
        isRecorded = false;
        await begin(cloud);

        expect(await failureOf(start(name))).toMatchObject([{ job: name, outcome: 'waiting', reason: { code } }]);
      });

      it(`gets a ${status} from the webhook without one`, async () => {
        isRecorded = false;
        await begin(cloud);

        const response = await ask(name);

        expect(response).toMatchObject({ statusCode: status, headers: { 'retry-after': '30' } });
        expect(JSON.parse(response.body)).toMatchObject({ code, run: { outcome: 'waiting' } });
      });
    }

    it('ends with a task at a tick of reconcile once the failure has passed', async () => {
      isRecorded = true;
      await begin(cloud);
      await FUNCTIONS.schedule(name);
      await recover();

      const later = Date.now() + 31_000;
      jest.spyOn(Date, 'now').mockImplementation(() => later);
      // Refused keys are blocked; these are new.
      await reconcile({ trigger_type: 'TIMER' }, context(number + 1));

      const begun = code === 'source_busy' ? cloud.requestsOf('CopyInstance') : cloud.tasks();
      expect(begun).toHaveLength(1);
    });
  });

  const FILE = { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'gone.rdb' }] };

  it.each([true, false])('does not apply to what the caller named, with a ledger: %s', async (hasLedger) => {
    isRecorded = hasLedger;
    respondsWith('ShowInstance', 403, 'DCS.2007')(cloud);

    const denied = await ask('file', { target_instance: 'cache-b' });
    number += 1;
    cloud.faults.clear();
    const missing = await ask('file', { backup_files: FILE });

    expect(denied.statusCode).toBe(502);
    expect(JSON.parse(denied.body)).toMatchObject({ code: 'DCS.2007', run: { outcome: 'rejected' } });
    expect(missing.statusCode).toBe(404);
    expect(JSON.parse(missing.body)).toMatchObject({ code: 'file_missing', run: { outcome: 'rejected' } });
  });

  it.each([
    ['ShowInstance', 403, 'DCS.2007'],
    ['CreateMigrationTask', 403, 'DCS.2007'],
    ['CreateMigrationTask', 400, 'DCS.4035'],
  ])(
    'of %s (%i %s) occurs once for the ten records of an event, and once more for the next event',
    async (...fault) => {
      isRecorded = false;
      respondsWith(...fault)(cloud);
      const events = Array.from({ length: 10 }, (_, i) => landedEvent({ key: `file/${i}.rdb`, minute: i }));
      const event = { Records: events.flatMap((one) => (one as { readonly Records: readonly unknown[] }).Records) };

      const first = await failureOf(backupLanded(event, context()));
      const asked = cloud.requestsOf(fault[0]).length;
      await failureOf(backupLanded(event, context()));

      expect(first.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual(
        Array(10).fill(['waiting', fault[2]]),
      );
      expect([asked, cloud.requestsOf(fault[0]).length]).toEqual([1, 2]);
    },
  );

  it('of one target does not affect runs of another, and successful responses are not cached', async () => {
    isRecorded = false;
    respondsWith('ShowInstance', 403, 'DCS.2007')(cloud);

    const first = await ask('file');
    number += 1;
    cloud.faults.clear();
    const second = await ask('file', { target_instance: 'cache-b' });

    expect([first.statusCode, second.statusCode]).toEqual([503, 201]);
  });

  describe.each(FINAL)('a failure that is not in the table is final: $title', ({ job: name, code, begin }) => {
    it.each([true, false])('with a ledger: %s', async (hasLedger) => {
      isRecorded = hasLedger;
      for (const start of Object.values(FUNCTIONS)) {
        number += 1;
        cloud.faults.clear();
        await begin(cloud);
        expect(await failureOf(start(name))).toMatchObject([{ outcome: 'rejected', reason: { code } }]);
      }
      number += 1;
      await begin(cloud);
      const { statusCode } = await ask(name);
      expect([409, 502]).toContain(statusCode);
    });
  });
});

function tickOf(name: string, number: number) {
  const time = new Date(Date.parse('2026-03-14T02:20:00Z') + number * 60_000).toISOString();
  return { version: 'v1.0', time, trigger_type: 'TIMER', trigger_name: name, user_event: name };
}
