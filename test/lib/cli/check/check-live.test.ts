import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkSecrets } from '../../../../lib/cli/check/live/check-secrets.ts';
import { LiveFindings } from '../../../../lib/cli/check/live/live-findings.ts';
import { parseJobs } from '../../../../lib/jobs/load-jobs.ts';
import type { LocalAgency } from '../../../../packages/local-cloud/src/cloud/iam/agencies.ts';
import { type LocalCloud, startLocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { SERVER_JOB_YAML } from '../../../fixtures/jobs.ts';
import { runBin } from '../../../fixtures/run-bin.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

const ACCOUNT = {
  accessKey: 'AKOFTHEOPERATOR',
  secretKey: 'sk-of-the-operator-0123456789',
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'fedcba9876543210fedcba9876543210',
};
const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:migrations`;
const STAGING = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const PROD = '5e37b3be-950a-48e1-b498-65b63d336481';
const SOURCE = '6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a';
const TEMPLATE = '5c2a7e90-38d1-4b6f-a04e-91d3c7f8b256';
const PASSWORD = 'instance-password-1';

const FILE = `version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  staging-cache: { id: ${STAGING}, password: { user_data: STAGING_CACHE_PASSWORD } }
jobs:
  restore-staging:
    on: { object_created: { bucket: redis-backups, key: "prod/**/*.rdb" } }
    notify: { smn: "${TOPIC}" }
    backup_import: { target_instance: staging-cache }
  refresh:
    on: { schedule: { rate: 1d } }
    backup_import: { target_instance: staging-cache, backup_files: { latest_of: ${PROD} } }
`;
const AGENCY: LocalAgency = {
  id: 'agency-1',
  name: 'migration-functions',
  trusts: 'op_svc_cff',
  project: [{ id: 'p-1', name: 'ours', statements: [{ actions: ['dcs:*:*', 'SMN:topic:*'] }] }],
  global: [{ id: 'p-2', name: 'ours-global', statements: [{ actions: ['obs:*:*', 'iam:*:*', 'sms:*:*'] }] }],
};
const INSTANCE = {
  id: STAGING,
  name: 'staging',
  password: PASSWORD,
  backups: [{ id: 'b-1', status: 'succeed', createdAt: Date.UTC(2026, 0, 30) }],
} as const;

const PROD_INSTANCE = { ...INSTANCE, id: PROD, name: 'prod' } as const;

interface LiveResult {
  readonly live: {
    readonly findings: {
      level: string;
      path: string;
      line?: number;
      jobs: string[];
      asked: string;
      message: string;
      advice: string;
    }[];
    readonly not_checked: string[];
  };
}

describe('npx migrations check --live', () => {
  let cwd: string;
  let cloud: LocalCloud;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'check-live-'));
    await writeFile(path.join(cwd, 'migrations.yml'), FILE);
    await writeFile(path.join(cwd, 'serverless.yml'), 'provider: { name: huawei, agency: migration-functions }\n');
    cloud = await startLocalCloud({
      accounts: [ACCOUNT],
      instances: [INSTANCE, PROD_INSTANCE],
      topics: [TOPIC],
      agencies: [AGENCY],
      obs: { buckets: [{ name: 'redis-backups' }, { name: 'ops-ledger' }] },
    });
  });
  afterEach(async () => {
    await cloud.close();
    await rm(cwd, { recursive: true, force: true });
  });

  const run = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}, command = runCommand) =>
    command(['check', '--live', ...args], {
      cwd,
      env: {
        HUAWEICLOUD_SDK_AK: ACCOUNT.accessKey,
        HUAWEICLOUD_SDK_SK: ACCOUNT.secretKey,
        HUAWEICLOUD_PROJECT_ID: ACCOUNT.projectId,
        ...Object.fromEntries(
          ['CSMS', 'DCS', 'SMS', 'ECS', 'IAM', 'SMN'].map((name) => [`HUAWEICLOUD_${name}_ENDPOINT`, cloud.url]),
        ),
        HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl,
        ...env,
      },
    });
  const findings = async (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
    const { code, stdout, stderr } = await run(['--json', ...args], env);
    if (stdout === '') throw new Error(stderr);
    return { code, found: (JSON.parse(stdout) as LiveResult).live?.findings ?? [] };
  };

  it('finds no problems if everything exists, with read-only calls', async () => {
    const { code, stdout } = await run([], {}, runBin);

    expect(stdout).toBe(
      [
        'not checked: quotas: no API returns how many migration tasks DCS allows, nor whether the machine of an online migration counts towards the instance quota (ShowQuotaOfTenant)',
        'not checked: quotas: SMS allows 1,000 source servers and 100 simultaneous migrations per account (FAQ), and no API returns how many are left',
        'migrations.yml: 2 jobs, no problems',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(cloud.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
    expect([...new Set(cloud.requests.map(({ operation }) => operation))].sort()).toEqual([
      'GetBucketLifecycle',
      'GetBucketVersioning',
      'KeystoneListAuthDomains',
      'KeystoneShowPermission',
      'ListAgencies',
      'ListAllProjectsPermissionsForAgency',
      'ListBackupRecords',
      'ListDomainPermissionsForAgency',
      'ListObjects',
      'ListProjectPermissionsForAgency',
      'ListSubscriptionsByTopic',
      'ShowInstance',
    ]);
  });

  it.each([
    [404, 'NoSuchKey', 'warning', 'files[0].file_name', '"nightly.rdb" is not in bucket redis-backups'],
    [403, 'InvalidObjectState', 'problem', 'files[0].file_name', '"nightly.rdb" is archived and cannot be read'],
    [404, 'NoSuchBucket', 'problem', 'bucket_name', 'bucket redis-backups was not found'],
    [503, 'SlowDown', 'unknown', 'files[0].file_name', '503 SlowDown'],
  ])('reports for a named file, if OBS returns %i %s: %s', async (status, code, level, field, message) => {
    const named = '{ file_source: self_build_obs, bucket_name: redis-backups, files: [ { file_name: nightly.rdb } ] }';
    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace(`{ latest_of: ${PROD} }`, named));
    cloud.faults.add({ service: 'OBS', operation: 'GetObject', kind: 'error', status, code });

    const { found } = await findings();

    expect(found).toMatchObject([
      { level, path: `jobs.refresh.backup_import.backup_files.${field}`, message: expect.stringContaining(message) },
    ]);
  });

  it('reports a missing instance once, with its line, the jobs, the call and what to do', async () => {
    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace(STAGING, 'd2c8399f-bdba-43c1-8069-3ff17a1a79d6'));
    const { code, found } = await findings();

    expect(code).toBe(1);
    expect(found[0]).toEqual({
      level: 'problem',
      path: 'targets.staging-cache.id',
      line: 5,
      jobs: ['restore-staging', 'refresh'],
      asked: 'DCS ShowInstance for job restore-staging',
      message: 'DCS instance not found in this region and project',
      advice:
        'fix it there, or correct the jobs file; checked in region ap-southeast-3, project 0123456789abcdef0123456789abcdef',
    });
    expect(found.filter(({ path: at }) => at === 'targets.staging-cache.id')).toHaveLength(1);
  });

  it('shows it to people', async () => {
    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace(STAGING, 'd2c8399f-bdba-43c1-8069-3ff17a1a79d6'));
    const { stdout } = await run();

    expect(stdout).toContain(
      'migrations.yml:5: problem: targets.staging-cache.id: DCS instance not found in this region and project (jobs restore-staging, refresh)\n  checked with: DCS ShowInstance',
    );
    expect(stdout).toMatch(/\n {2}to do: fix it there/);
  });

  it.each([
    ['stopped', { status: 'CLOSED' }, 'targets.staging-cache.id', 'instance staging is CLOSED, but must be RUNNING'],
    [
      'without a password',
      { password: undefined },
      'targets.staging-cache.password',
      'instance staging needs no password; leave it out',
    ],
    [
      'without a backup',
      { id: PROD, name: 'prod', backups: [] },
      'jobs.refresh.backup_import.backup_files.latest_of',
      'instance prod has no backup with status succeed',
    ],
  ])('finds an instance %s', async (_what, changes, at, message) => {
    const { password: _, ...others } = { ...INSTANCE, ...changes };
    cloud.setInstance('password' in changes ? others : { ...others, password: PASSWORD });
    const { code, found } = await findings();

    expect(code).toBe(1);
    expect(found).toContainEqual(expect.objectContaining({ level: 'problem', path: at, message }));
  });

  it('finds missing buckets of a job and of the ledger', async () => {
    const text = FILE.replace('redis-backups', 'redis-backupz').replace('ops-ledger', 'ops-ledgers');
    await writeFile(path.join(cwd, 'migrations.yml'), text);
    const { code, found } = await findings();

    expect(code).toBe(1);
    expect(found).toMatchObject([
      { level: 'problem', path: 'ledger.obs.bucket', line: 3, message: 'bucket ops-ledgers was not found' },
      { level: 'problem', path: 'jobs.restore-staging.on.object_created.bucket', line: 8, jobs: ['restore-staging'] },
    ]);
  });

  it('finds a missing topic, and one whose messages nobody receives', async () => {
    cloud.setTopic(TOPIC, [{ protocol: 'email', endpoint: 'a@example.com', status: 0 }]);
    expect((await findings()).found).toMatchObject([
      {
        level: 'problem',
        path: 'jobs.restore-staging.notify.smn',
        line: 9,
        message: 'nobody receives the messages: none of its 1 subscriptions is confirmed',
      },
    ]);

    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace(':migrations"', ':migrationz"'));
    expect((await findings()).found).toMatchObject([{ level: 'problem', message: 'no such topic' }]);

    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace('urn:smn:ap-southeast-3', 'urn:smn:cn-north-4'));
    expect((await findings()).found).toMatchObject([
      { message: 'the topic is in cn-north-4, and can only be reached there' },
    ]);
  });

  it('finds problems of a source server and its template', async () => {
    const job = `jobs:
  web:
    on: { request: {} }
    server_migration: { source_server: { id: ${SOURCE} }, target: { region: ap-southeast-3, template: ${TEMPLATE} } }
`;
    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace(/jobs:[\s\S]*/, job));
    const missing = await findings();
    cloud.setSource({ id: SOURCE, name: 'web', osType: 'LINUX' });
    const noTemplate = await findings();

    expect(missing.code).toBe(1);
    expect(missing.found).toContainEqual(
      expect.objectContaining({
        path: 'jobs.web.server_migration.source_server.id',
        line: 9,
        message: 'source server not found in SMS',
      }),
    );
    expect(noTemplate.found).toMatchObject([
      { path: expect.stringContaining('target'), message: expect.stringContaining('template') },
    ]);
  });

  it('finds problems of either side of an online migration, at their paths in the file', async () => {
    const job = `jobs:
  move:
    on: { request: {} }
    online_migration:
      vpc_id: a
      subnet_id: b
      security_group_id: c
      configure:
        migration_method: full_amount_migration
        resume_mode: auto
        source_instance: { id: 2f9d7c1e-06b4-4a83-b5e8-7d1c3f6a9042 }
        target_instance: staging-cache
`;
    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace(/jobs:[\s\S]*/, job));
    cloud.setInstance({ ...INSTANCE, enableSsl: true });
    const { code, found } = await findings();

    expect(code).toBe(1);
    expect(found).toMatchObject([
      { path: 'targets.staging-cache.id', line: 5, message: expect.stringContaining('has SSL enabled') },
      {
        path: 'jobs.move.online_migration.configure.source_instance.id',
        line: 16,
        message: 'DCS instance not found in this region and project',
      },
    ]);
  });

  it('checks both servers of a migration that the file specifies completely', async () => {
    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace(/jobs:[\s\S]*/, `jobs:${SERVER_JOB_YAML}`));
    const missing = await findings();
    cloud.setSource({ id: SOURCE, name: 'web', osType: 'LINUX', connected: false });
    cloud.setServer({ id: '0f7c2a55-63d1-4d0c-8d8e-7a1b5c9e2f30', name: 'web-target', disks: [] });
    const away = await findings();

    expect(missing.found).toMatchObject([
      { path: 'jobs.move-web-01.server_migration.source_server.id', message: 'source server not found in SMS' },
      {
        path: 'jobs.move-web-01.server_migration.target_server.vm_id',
        message: 'ECS not found in this region and project',
      },
    ]);
    expect(away.found).toMatchObject([
      { message: 'the source server is not connected: make sure that its Agent is running' },
    ]);
  });

  it('reports that the agency is missing, does not trust FunctionGraph, or expires', async () => {
    const other = await findings(['--agency', 'nobody']);
    cloud.setAgency({ ...AGENCY, trusts: 'op_svc_ecs', expiresAt: '2026-12-01T00:00:00.000000' });
    const wrong = await findings();

    expect([other.code, other.found]).toEqual([1, [expect.objectContaining({ message: 'agency nobody: not found' })]]);
    expect(wrong.found).toMatchObject([
      { level: 'problem', message: 'agency migration-functions: it trusts op_svc_ecs' },
      { level: 'warning', message: 'agency migration-functions: it expires at 2026-12-01T00:00:00.000000' },
    ]);
  });

  it('lists each action that the agency lacks, why and by which jobs it is needed, and what to do', async () => {
    cloud.setAgency({
      ...AGENCY,
      project: [
        {
          id: 'p-3',
          name: 'less',
          statements: [{ actions: ['dcs:*:*'] }, { effect: 'Deny', actions: ['dcs:migrationTask:c*'] }],
        },
      ],
    });
    const { code, found } = await findings();

    expect(code).toBe(1);
    expect(found).toMatchObject([
      {
        level: 'problem',
        path: '(document)',
        jobs: ['restore-staging', 'refresh'],
        message:
          'agency migration-functions: less denies dcs:migrationTask:create, which is needed to create the migration task',
        advice: 'remove dcs:migrationTask:create from the Deny of less',
      },
      {
        level: 'problem',
        jobs: ['restore-staging'],
        message:
          'agency migration-functions: no policy allows smn:topic:publish, which is needed to send notifications about runs (notify)',
        advice: expect.stringContaining("in the region's project"),
      },
    ]);
  });

  it('reports that the actions of a system-defined role are unknown', async () => {
    cloud.setAgency({
      ...AGENCY,
      project: [{ id: 'r-1', name: 'DCS Administrator', version: '1.0', statements: [{ actions: ['dcs:dcs:*'] }] }],
    });
    const { code, found } = await findings();

    expect(code).toBe(0);
    expect(found.map(({ level }) => level)).toEqual(found.map(() => 'unknown'));
    expect(found[0]?.message).toContain('it is unknown whether DCS Administrator allows dcs:migrationTask:create');
    expect((await findings(['--strict'])).code).toBe(1);
  });

  it("reports a refusal of the user's keys as unknown, never as missing", async () => {
    for (const operation of ['ShowInstance', 'ListObjects', 'ListSubscriptionsByTopic', 'ListAgencies']) {
      cloud.faults.add({ operation, kind: 'forbidden', times: 9 });
    }
    const { found } = await findings();

    expect(found.map(({ level }) => level)).toEqual(found.map(() => 'unknown'));
    expect(found.map(({ asked }) => asked.split(' ').slice(0, 2).join(' '))).toEqual(
      expect.arrayContaining([
        'DCS ShowInstance',
        'OBS ListObjects',
        'SMN ListSubscriptionsByTopic',
        'IAM ListAgencies',
      ]),
    );
    expect(found[0]?.advice).toContain('your keys are not allowed to read this');
  });

  describe('with secrets in DEW', () => {
    const WITH_SECRETS = FILE.replace('{ user_data: STAGING_CACHE_PASSWORD }', '{ csms: cache, key: password }');
    beforeEach(() => writeFile(path.join(cwd, 'migrations.yml'), WITH_SECRETS));
    const allowSecrets = () => {
      const statements = [{ actions: ['csms:secretVersion:get', 'kms:dek:decrypt', 'dcs:*:*', 'smn:*:*'] }];
      cloud.setAgency({ ...AGENCY, project: [{ id: 'p-1', name: 'ours', statements }] });
    };

    it('finds no problem if the secret exists, and reads no value', async () => {
      cloud.setSecret({ name: 'cache', text: JSON.stringify({ password: PASSWORD }) });
      allowSecrets();

      expect(await findings()).toEqual({ code: 0, found: [] });
      expect(cloud.requestsOf('ShowSecret')).toHaveLength(1);
      expect(cloud.requestsOf('ShowSecretVersion')).toEqual([]);
    });

    it('names a secret that does not exist, and the permissions that the agency lacks', async () => {
      const { code, found } = await findings();

      expect(code).toBe(1);
      expect(found).toMatchObject([
        {
          level: 'problem',
          jobs: ['restore-staging', 'refresh'],
          asked: 'CSMS ShowSecret for cache',
          message: 'DEW has no secret cache',
          advice: 'create it there, or correct csms in the jobs file',
        },
        { message: expect.stringContaining('csms:secretVersion:get, which is needed to read secrets from DEW') },
        { message: expect.stringContaining('kms:dek:decrypt, which is needed to decrypt them') },
      ]);
    });

    it.each(['DISABLED', 'PENDING_DELETE'])('reports a secret that is %s', async (state) => {
      const found = new LiveFindings(() => undefined);
      const { jobs } = await parseJobs(WITH_SECRETS, 'yaml');

      await checkSecrets(async () => ({ state }), jobs, found);

      expect(found.all()).toMatchObject([
        { level: 'problem', message: `secret cache is ${state}: its value cannot be read` },
      ]);
    });

    it('says that the keys may not read about secrets, and which action allows it', async () => {
      cloud.faults.add({ operation: 'ShowSecret', kind: 'forbidden' });
      allowSecrets();

      const { found } = await findings();
      expect(found).toMatchObject([
        {
          level: 'unknown',
          message: expect.stringContaining('403'),
          advice: expect.stringContaining('csms:secret:get'),
        },
      ]);
    });
  });

  it('exits 3 immediately if the cloud does not accept the keys, and prints none', async () => {
    // In a process of its own, which is what knows refused keys for a while.
    const { code, stdout, stderr } = await run([], { HUAWEICLOUD_SDK_SK: 'wrong-secret-key-0123' }, runBin);

    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('DCS refused these keys');
    expect(stderr).not.toContain('wrong-secret-key');
    expect(cloud.requests).toHaveLength(1);
  });

  it('exits 3 without keys, and if the cloud does not respond', async () => {
    const withoutKeys = await runCommand(['check', '--live', '--cloud'], { cwd });
    const { url } = cloud;
    await cloud.close();
    const down = await run();
    cloud = await startLocalCloud({ accounts: [ACCOUNT] });

    expect([withoutKeys.code, withoutKeys.stderr]).toEqual([3, expect.stringContaining('HUAWEICLOUD_SDK_AK')]);
    expect(down.code).toBe(3);
    expect(down.stdout).toContain('could not be checked');
    expect(url).not.toBe(cloud.url);
  });

  it('looks up the project', async () => {
    expect((await findings([], { HUAWEICLOUD_PROJECT_ID: '' })).code).toBe(0);
  });

  it('reports that the agency is not known if it is not given anywhere', async () => {
    await rm(path.join(cwd, 'serverless.yml'));
    const { code, found } = await findings();

    expect(code).toBe(0);
    expect(found).toMatchObject([
      { level: 'unknown', advice: 'give it with --agency, or as provider.agency in serverless.yml' },
    ]);
  });

  it('reports what only a caller provides, and does not check placeholder values', async () => {
    const job = `jobs:
  any:
    on: { request: { accepts: [target_instance, backup_files] } }
    backup_import: {}
`;
    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace(/jobs:[\s\S]*/, job));
    const { found } = await findings();

    expect(found).toMatchObject([
      {
        level: 'unknown',
        path: 'jobs.any.backup_import.target_instance',
        message: 'is only known when the job runs, and was not checked',
      },
    ]);
    expect(cloud.requestsOf('GetObject')).toEqual([]);
  });

  it('makes no calls if the file has problems', async () => {
    await writeFile(path.join(cwd, 'migrations.yml'), FILE.replace('version: 1', 'version: 2'));
    const { code, stderr } = await run();

    expect([code, stderr]).toEqual([1, 'the cloud was not checked, because the file has problems\n']);
    expect(cloud.requests).toEqual([]);
  });

  it('never prints a key or a token', async () => {
    cloud.faults.add({
      operation: 'ShowInstance',
      kind: 'error',
      times: 9,
      message: `Authorization ${ACCOUNT.secretKey}`,
    });
    const { stdout, stderr } = await run(['--json']);

    expect(`${stdout}${stderr}`).not.toContain(ACCOUNT.secretKey);
  });
});

describe('npx migrations check --policy', () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'check-policy-'));
    await writeFile(path.join(cwd, 'migrations.yml'), FILE);
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  it('prints the two policies that IAM requires, and the reason for each action', async () => {
    const { code, stdout } = await runCommand(['check', '--policy'], { cwd });

    expect(code).toBe(0);
    expect(stdout).toContain("# custom policy, scope Project-level services; grant it in the region's project\n{\n");
    expect(stdout).toContain('# smn:topic:publish: to send notifications about runs (notify) (restore-staging)');
  });

  it('prints them as JSON', async () => {
    const { stdout } = await runCommand(['check', '--policy', '--json'], { cwd });
    const { policies, actions } = JSON.parse(stdout);

    expect(policies.global.Statement).toContainEqual({
      Effect: 'Allow',
      Action: ['obs:object:PutObject'],
      Resource: ['OBS:*:*:object:ops-ledger/migrations/*'],
    });
    expect(actions).toContainEqual({
      action: 'dcs:migrationTask:list',
      scope: 'project',
      reason: expect.any(String),
      jobs: ['restore-staging', 'refresh'],
      functions: ['backup-landed', 'schedule', 'reconcile'],
    });
  });

  it('prints only those of one function', async () => {
    const { stdout } = await runCommand(['check', '--policy', '--function', 'backup-landed', '--json'], { cwd });
    const { actions } = JSON.parse(stdout) as { actions: { action: string; functions: string[] }[] };

    expect(actions.every(({ functions }) => functions.includes('backup-landed'))).toBe(true);
    expect(actions.map(({ action }) => action)).not.toContain('smn:topic:publish');
  });

  it('prints one identity policy, with the names of the new IAM', async () => {
    const { stdout } = await runCommand(['check', '--policy', '--v5', '--json'], { cwd });
    const { identity } = JSON.parse(stdout).policies;

    expect(identity.Version).toBe('5.0');
    expect(identity.Statement).toContainEqual({
      Effect: 'Allow',
      Action: ['obs:object:putObject'],
      Resource: ['obs:*:*:object:ops-ledger/migrations/*'],
    });
    expect(identity.Statement).toContainEqual({ Effect: 'Allow', Action: ['dcs:migrationTask:create'] });
    expect(JSON.stringify(identity)).not.toMatch(/:[A-Z][A-Za-z]+"|OBS:/);
  });

  it.each([
    [['--policy', '--live']],
    [['--v5']],
    [['--function', 'webhook']],
    [['--policy', '--function', 'webhok']],
    [['--agency', 'x']],
  ])('exits 2 for %j, an invalid combination', async (args) => {
    expect((await runCommand(['check', ...args], { cwd })).code).toBe(2);
  });
});
