import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeServices } from '../../../../lib/cloud/services.ts';
import { parseTimerEvent } from '../../../../lib/events/timer-event.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import { readSettings } from '../../../../lib/kernel/settings.ts';
import type { AllServices } from '../../../../lib/ports/services.ts';
import { reconcile } from '../../../../lib/runs/follow/reconcile.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { startTickRuns } from '../../../../lib/runs/start/tick-runs.ts';
import { Clock } from '../../../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { FunctionHost } from '../../../../packages/local-cloud/src/functiongraph/function-host.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';
import { buildForTest } from '../../../fixtures/built-functions.ts';
import { eventFile } from '../../../fixtures/event-file.ts';
import { loadYaml } from '../../../fixtures/jobs.ts';
import { type ReceivedChange, type RecordingProxy, startRecordingProxy } from '../../../fixtures/recording-proxy.ts';
import { runBin } from '../../../fixtures/run-bin.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

const PROJECT_ID = '0123456789abcdef0123456789abcdef';
const TOPIC = `urn:smn:ap-southeast-3:${PROJECT_ID}:migrations`;
const STAGING = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const PROD = '4b1e0c0a-9d0e-4f4c-8a55-aa2f5b1c9d0e';
const SOURCE = '6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a';
const TEMPLATE = '5c2a7e90-38d1-4b6f-a04e-91d3c7f8b256';
const BACKUP = { id: 'b9f1c0de-9d0e-4f4c-8a55-aa2f5b1c9d0e', status: 'succeed' } as const;
/** Every character that JSON escapes, and some that it does not. */
const PASSWORD = 'Redis!"\\/Pass-ä1';
const JOBS = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  staging-cache: { id: ${STAGING}, password: { user_data: STAGING_CACHE_PASSWORD } }
jobs:
  restore-staging:
    on: { object_created: { bucket: backup-inbox-prod, key: "**/*.rdb" } }
    preflight: off
    notify: { smn: "${TOPIC}", on: [started] }
    backup_import: { target_instance: staging-cache, description: 'Grüße, "{{ object.key }}" \\ 备份' }
  nightly:
    on: { schedule: { rate: 1d } }
    backup_import: { target_instance: staging-cache, backup_files: { latest_of: ${PROD} } }
  fresh:
    on: { schedule: { rate: 1d } }
    backup_import: { target_instance: staging-cache, backup_target_first: true, backup_files: { latest_of: ${PROD}, copy_first: true } }
  refused:
    on: { schedule: { rate: 1d } }
    backup_import: { target_instance: { id: 99999999-bdba-43c1-8069-3ff17a1a79d5 }, backup_files: { backup_id: ${BACKUP.id} } }
  move-cache:
    on: { request: { accepts: [description] } }
    preflight: off
    online_migration:
      name: session-cache
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7
      configure:
        migration_method: full_amount_migration
        resume_mode: auto
        source_instance: { id: ${PROD} }
        target_instance: staging-cache
  move-web-01:
    on: { request: {} }
    server_migration:
      name: web_01
      source_server: { id: ${SOURCE} }
      target: { region: ap-southeast-3, template: ${TEMPLATE} }
      start: true
`;

const KEYS = { accessKey: 'AK-1', secretKey: 'SK-secret-1', securityToken: 'TOKEN-secret-1' };

interface PlannedRun {
  readonly job: string;
  readonly outcome: string;
  readonly task_name: string;
  readonly requests: readonly { readonly method: string; readonly url: string; readonly body?: string }[];
  readonly notes: readonly string[];
  readonly reads: readonly { readonly method: string; readonly url: string }[];
}

describe('npx migrations plan', () => {
  let built: Awaited<ReturnType<typeof buildForTest>>;
  let cloud: LocalCloud;
  let proxy: RecordingProxy;
  let host: FunctionHost;
  let cwd: string;

  beforeAll(async () => {
    built = await buildForTest(JOBS);
  });
  afterAll(() => built.remove());
  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'plan-'));
    await writeFile(path.join(cwd, 'migrations.yml'), JOBS);
    await mkdir(path.join(cwd, 'ledger'));
    cloud = await startLocalCloud({
      accounts: [
        {
          ...KEYS,
          projectId: PROJECT_ID,
          domainId: 'fedcba9876543210fedcba9876543210',
        },
      ],
      instances: [
        { id: STAGING, name: 'staging-cache', password: PASSWORD },
        { id: PROD, name: 'prod-cache', backups: [BACKUP] },
      ],
      sources: [{ id: SOURCE, name: 'web-01', osType: 'LINUX' }],
      templates: [
        {
          id: TEMPLATE,
          name: 'web',
          region: 'ap-southeast-3',
          projectid: PROJECT_ID,
          availability_zone: 'ap-southeast-3a',
          flavor: 's6.large.2',
          vpc: { id: 'autoCreate' },
          nics: [{ id: 'autoCreate' }],
          security_groups: [{ id: 'autoCreate' }],
          disk: [{ index: 0, name: 'system', disktype: 'GPSSD', size: 100 }],
          image_id: 'a1b2c3d4-1b5c-4a0e-9d5e-2f1f0f6f3c11',
          publicip: { type: '5_bgp', bandwidth_size: 5 },
        },
      ],
      topics: [TOPIC],
      clock: new Clock({ frozenAt: Date.parse('2026-03-14T00:00:00Z') }),
    });
    proxy = await startRecordingProxy(cloud.url);
    const userData = {
      ...settings(),
      MIGRATIONS_LEDGER_FOLDER: path.join(cwd, 'ledger'),
      STAGING_CACHE_PASSWORD: PASSWORD,
    };
    const common = { initializer: 'index.initializer', timeoutSeconds: 20, memoryMb: 256, maxInstances: 1, userData };
    host = await FunctionHost.start(
      ['backup-landed', 'schedule', 'webhook', 'reconcile'].map((name) => ({
        ...common,
        name,
        codeFolder: built.folderOf(name),
      })),
      { projectId: PROJECT_ID, credentials: KEYS, onLog: () => undefined },
    );
  });
  afterEach(async () => {
    await host.close();
    await proxy.close();
    await cloud.close();
    await rm(cwd, { recursive: true, force: true });
  });

  const settings = () => ({
    HUAWEICLOUD_DCS_ENDPOINT: proxy.url,
    HUAWEICLOUD_SMS_ENDPOINT: proxy.url,
    HUAWEICLOUD_IAM_ENDPOINT: proxy.url,
    HUAWEICLOUD_SMN_ENDPOINT: proxy.url,
    HUAWEICLOUD_PROJECT_ID: PROJECT_ID,
  });

  async function invoke(name: string, event: unknown = {}): Promise<void> {
    const result = await host.invoke(name, JSON.stringify(event), randomUUID());
    expect(result).toMatchObject({ ok: true });
  }

  function runPlan(event: unknown, ...args: string[]) {
    const keys = {
      HUAWEICLOUD_SDK_AK: 'AK-1',
      HUAWEICLOUD_SDK_SK: 'SK-secret-1',
      HUAWEICLOUD_SDK_SECURITY_TOKEN: 'TOKEN-secret-1',
      MIGRATIONS_LEDGER_FOLDER: path.join(cwd, 'ledger'),
    };
    const env = { ...settings(), ...(args.includes('--live') ? keys : {}) };
    return runCommand(['plan', '-', '--cloud', '--json', ...args], { cwd, env, input: JSON.stringify(event) });
  }

  async function plan(event: unknown, ...args: string[]): Promise<PlannedRun> {
    const end = await runPlan(event, ...args);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const { runs } = JSON.parse(end.stdout) as { runs: PlannedRun[] };
    expect(runs).toHaveLength(1);
    return runs[0] as PlannedRun;
  }

  /** The planned requests with what a plan can't know, and may not show, put in. */
  function filled({ requests }: PlannedRun, known: Readonly<Record<string, string>>): ReceivedChange[] {
    const put = (text: string) =>
      Object.entries(known).reduce(
        (filledIn, [name, value]) => filledIn.replaceAll(`<${name}>`, value),
        text.replaceAll('"***"', JSON.stringify(PASSWORD)),
      );
    return requests.map(({ method, url, body = '' }) => {
      expect(url.startsWith(proxy.url)).toBe(true);
      return { method, url: put(url.slice(proxy.url.length)), body: put(body) };
    });
  }

  const tick = (job: string) => ({ ...eventFile('timer'), user_event: job });
  const ask = (job: string, body = '') => ({ ...eventFile('apig-plain-body-post'), path: `/jobs/${job}/runs`, body });
  const soleTask = () => cloud.tasks().map(({ id }) => id)[0] ?? '';

  it('shows offline, byte for byte, what the cloud receives for an object that landed', async () => {
    const event = eventFile('obs-legacy-encoded-key');
    const planned = await plan(event);
    expect(proxy.reads + proxy.changes.length).toBe(0);

    await invoke('backup-landed', event);
    await invoke('reconcile');

    const [created, reported] = proxy.changes;
    const [first, second] = filled(planned, {});
    expect(created).toEqual(first);
    expect(created?.body).toContain(JSON.stringify(PASSWORD));
    expect(reported).toMatchObject({ method: second?.method, url: second?.url });
    expect(proxy.changes).toHaveLength(2);
    expect(planned.requests).toHaveLength(2);
  });

  it('shows offline the create call and the configuration of an online migration, with a stand-in for the task id', async () => {
    const event = ask('move-cache', JSON.stringify({ description: 'für Order "7"' }));
    const planned = await plan(event);

    await invoke('webhook', event);
    cloud.clock.advance(60_000);
    await invoke('reconcile');

    expect(planned.requests[1]?.url).toBe(`${proxy.url}/v2/${PROJECT_ID}/migration/<task id>/task`);
    expect(proxy.changes).toEqual(filled(planned, { 'task id': soleTask() }));
    expect(proxy.changes).toHaveLength(2);
  });

  it('looks up the newest backup with --live, changes nothing, and shows the exact create call', async () => {
    const planned = await plan(tick('nightly'), '--live');
    expect(proxy.changes).toEqual([]);
    expect(cloud.tasks()).toEqual([]);
    expect(planned.reads.map(({ method }) => method)).toEqual(planned.reads.map(() => 'GET'));
    expect(planned.reads.length).toBe(proxy.reads);

    await invoke('schedule', tick('nightly'));

    expect(proxy.changes).toEqual(filled(planned, {}));
    expect(proxy.changes).toHaveLength(1);
  });

  it('derives a server migration with --live and shows its create call and its start', async () => {
    const planned = await plan(ask('move-web-01'), '--live');
    expect(proxy.changes).toEqual([]);

    await invoke('webhook', ask('move-web-01'));
    cloud.clock.advance(60 * 60_000);
    await invoke('reconcile');

    expect(planned.requests[1]?.url).toBe(`${proxy.url}/v3/tasks/<task id>/action`);
    expect(proxy.changes).toEqual(filled(planned, { 'task id': soleTask() }));
    expect(proxy.changes).toHaveLength(2);
  });

  it('shows the backups that precede an import, in order', async () => {
    const planned = await plan(tick('fresh'), '--live');

    // A run waits half a minute between two looks at a backup: the clock of this ledger is moved.
    let now = Date.now();
    const { jobs } = await loadYaml(JOBS);
    const deps = {
      ...fakeRun().deps,
      services: localServices(jobs),
      secret: () => new Secret(PASSWORD),
      ledger: makeLedger(
        makeMemoryStore(() => now),
        'a-test',
        () => now,
      ),
    };
    await startTickRuns(parseTimerEvent(tick('fresh')), jobs, deps);
    for (let ticks = 0; ticks < 3; ticks++) {
      now += 60_000;
      cloud.clock.advance(60 * 60_000);
      await reconcile(deps, jobs);
    }

    const backup = /"backup_id":"([^"]+)"/.exec(proxy.changes.at(-1)?.body ?? '')?.[1] ?? '';
    expect(proxy.changes).toEqual(filled(planned, { 'id of the backup that was taken': backup }));
    expect(proxy.changes).toHaveLength(3);
  });

  function localServices(jobs: Jobs): AllServices {
    return makeServices({
      settings: readSettings((name) => (name.endsWith('_ENDPOINT') ? proxy.url : undefined)),
      jobs,
      region: jobs.region,
      credentials: () => ({
        accessKey: KEYS.accessKey,
        secretKey: new Secret(KEYS.secretKey),
        securityToken: new Secret(KEYS.securityToken),
      }),
      projectId: () => PROJECT_ID,
      remainingMs: () => 60_000,
    });
  }

  it('reads the running local system, with its keys, if the environment has none', async () => {
    const { accessKey, secretKey, securityToken } = KEYS;
    const system = {
      pid: process.pid,
      project_id: PROJECT_ID,
      region: 'ap-southeast-3',
      cloud_url: proxy.url,
      obs_url: cloud.obsUrl ?? proxy.url,
      gateway_url: proxy.url,
      keys: { access_key: accessKey, secret_key: secretKey, security_token: securityToken },
    };
    await mkdir(path.join(cwd, '.local/ledger'), { recursive: true });
    await writeFile(path.join(cwd, '.local/system.json'), JSON.stringify(system));

    const { code, stdout } = await runBin(['plan', '-', '--live', '--json'], {
      cwd,
      input: JSON.stringify(tick('nightly')),
    });

    const [run] = JSON.parse(stdout).runs;
    expect([code, run.outcome, run.requests[0].url]).toEqual([
      0,
      'planned',
      `${proxy.url}/v2/${PROJECT_ID}/migration-task`,
    ]);
    expect(proxy.changes).toEqual([]);
    expect(proxy.reads).toBe(run.reads.length);
  });

  it('shows with --live that the ledger already has the run, and reads nothing more', async () => {
    const event = eventFile('obs-legacy-put');
    await invoke('backup-landed', event);
    proxy.forget();

    const planned = await plan(event, '--live');

    expect(planned).toMatchObject({
      outcome: 'existing',
      requests: [],
      notes: [
        expect.stringMatching(
          /^the ledger already has this run: \w+; see npx migrations runs show restore-staging [0-9a-f]{32}$/,
        ),
      ],
    });
    expect(proxy.reads).toBe(0);
  });

  it('shows with --live that the task already exists, even if the ledger was lost, and plans nothing', async () => {
    const event = eventFile('obs-legacy-put');
    await invoke('backup-landed', event);
    await rm(path.join(cwd, 'ledger'), { recursive: true });
    await mkdir(path.join(cwd, 'ledger'));

    const planned = await plan(event, '--live');

    expect(planned).toMatchObject({
      outcome: 'existing',
      requests: [],
      notes: [expect.stringContaining(`its task already exists: ${soleTask()}`)],
    });
  });

  it('exits 1 with --live for a run that the ledger has as rejected, because it stays rejected', async () => {
    const event = eventFile('obs-legacy-put');
    cloud.faults.add({ operation: 'CreateMigrationTask', kind: 'error', status: 400, code: 'DCS.4800' });
    await host.invoke('backup-landed', JSON.stringify(event), randomUUID());

    const { code, stdout } = await runPlan(event, '--live');

    expect(code).toBe(1);
    expect(JSON.parse(stdout).runs).toMatchObject([
      { outcome: 'rejected', reason: { code: 'DCS.4800' }, requests: [] },
    ]);
  });

  it('exits 1 with --live for what preflight refuses, with every problem', async () => {
    const { code, stdout } = await runPlan(tick('refused'), '--live');

    expect(code).toBe(1);
    expect(JSON.parse(stdout).runs[0]).toMatchObject({
      outcome: 'rejected',
      reason: { code: 'preflight', problems: [{ pointer: '/target_instance/id' }] },
    });
    expect(proxy.changes).toEqual([]);
  });
});
