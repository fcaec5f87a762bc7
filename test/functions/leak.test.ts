import { type Script, ScriptedCloud } from '../fakes/scripted-cloud.ts';
import { buildForTest } from '../fixtures/built-functions.ts';
import { eventFile } from '../fixtures/event-file.ts';
import { JOBS_YAML, SERVER_JOB_YAML } from '../fixtures/jobs.ts';
import { type BundleRun, runBundles } from '../fixtures/run-bundles.ts';

const SK = 'sk-of-the-test-7Uio6PznpdUKGpownRZlmVmHc';
const TOKEN = 'token-of-the-test-AbCd';
const PASSWORD = 'Redis!Pass-1';
const ECHO = `canonicalRequest:POST|/|x-security-token:${TOKEN}|Authorization: SDK-HMAC-SHA256 Access=AKOFTHETEST, body {"password":"${PASSWORD}"}`;

const refused = (status: number): Script => ({
  status,
  json: {
    error_code: 'APIGW.0301',
    error_msg: `no: ${PASSWORD} ${ECHO}`,
    error_param: [PASSWORD],
    details: [{ error_msg: TOKEN }],
  },
});
const FAILURES: readonly (readonly [string, Script])[] = [
  ...[400, 401, 403, 404, 429, 500].map((status) => [String(status), refused(status)] as const),
  ['HTML', { status: 200, text: `<html>${PASSWORD} ${TOKEN}</html>` }],
  ['a reset', 'reset'],
  ['a hang', 'hang'],
];

const request = (job: string, body?: object) => ({
  ...eventFile('apig-plain-body-post'),
  path: `/jobs/${job}/runs`,
  headers: { 'content-type': 'application/json', 'idempotency-key': 'k-1' },
  body: body ? JSON.stringify(body) : '',
});
const tick = (job: string) => ({ ...eventFile('timer'), user_event: job });
const FILES = { file_source: 'self_build_obs', bucket_name: 'redis-backups', files: [{ file_name: 'a.rdb' }] };

/** The event of each function, and the response of the list before the create call fails. */
const DCS_LIST: Script = { status: 200, json: { count: 0, migration_tasks: [] } };
const INSTANCE: Script = {
  status: 200,
  json: {
    instance_id: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5',
    name: 'staging-cache',
    status: 'RUNNING',
    no_password_access: 'false',
  },
};
const SMS_LIST: Script = { status: 200, json: { count: 0, tasks: [] } };
const CASES = [
  { name: 'backup-landed', event: eventFile('obs-legacy-put'), list: DCS_LIST },
  { name: 'schedule', event: tick('refresh-nightly'), list: DCS_LIST },
  { name: 'schedule', event: tick('move-session-cache'), list: DCS_LIST },
  { name: 'schedule', event: tick('move-web-01'), list: SMS_LIST },
  { name: 'webhook', event: request('import-on-demand', { backup_files: FILES }), list: DCS_LIST },
  { name: 'webhook', event: request('move-session-cache'), list: DCS_LIST },
  { name: 'webhook', event: request('move-web-01'), list: SMS_LIST },
  // A caller that tries to set a password itself.
  {
    name: 'webhook',
    event: request('import-on-demand', { backup_files: { ...FILES, password: PASSWORD } }),
    list: DCS_LIST,
  },
];

describe('a bundle whose calls fail', () => {
  let built: Awaited<ReturnType<typeof buildForTest>>;
  beforeAll(async () => {
    built = await buildForTest(JOBS_YAML + SERVER_JOB_YAML);
  });
  afterAll(() => built.remove());

  const clouds: ScriptedCloud[] = [];
  afterEach(async () => {
    for (const cloud of clouds.splice(0)) await cloud.stop();
  });

  /** One event for a bundle, with its own cloud that responds like this. */
  async function runOf(name: string, event: unknown, scripts: readonly Script[]): Promise<BundleRun> {
    const cloud = new ScriptedCloud(SK);
    await cloud.start();
    clouds.push(cloud);
    cloud.respondWith(...scripts);
    const userData = {
      LOG_LEVEL: 'debug',
      HUAWEICLOUD_DCS_ENDPOINT: cloud.endpoint,
      HUAWEICLOUD_SMS_ENDPOINT: cloud.endpoint,
      HUAWEICLOUD_OBS_ENDPOINT: cloud.endpoint,
      STAGING_CACHE_PASSWORD: PASSWORD,
    };
    // Enough for several that begin at the same time; most of it is kept back for a call that changes something.
    const context = { remainingMs: 3_000, userData, accessKey: 'AKOFTHETEST', secretKey: SK, token: TOKEN };
    return { folder: built.folderOf(name), context, events: [event] };
  }

  it.each(FAILURES)(
    'shows nothing secret: %s, of any function and action',
    async (_failure, script) => {
      const endless = Array.from({ length: 40 }, () => script);
      // The list fails; the list works, then what comes next fails; the target is there too, then creating fails.
      const all = CASES.flatMap(({ name, event, list }) => [
        runOf(name, event, endless),
        runOf(name, event, [list, ...endless]),
        ...(list === DCS_LIST ? [runOf(name, event, [list, INSTANCE, ...endless])] : []),
      ]);

      const printed = await runBundles(await Promise.all(all), { DEBUG: 'DEBUG' });

      expect(printed.match(/event handled/g)).toHaveLength(all.length);
      for (const secret of [SK, TOKEN, PASSWORD]) expect(printed).not.toContain(secret);
      expect(printed).not.toMatch(/\bauthorization\b/i);
    },
    60_000,
  );
});
