import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventFile } from '../../../fixtures/event-file.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

const TOPIC = 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:migrations';
const PROD = '4b1e0c0a-9d0e-4f4c-8a55-aa2f5b1c9d0e';
const JOBS = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  staging-cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { user_data: STAGING_CACHE_PASSWORD } }
jobs:
  restore-staging:
    on: { object_created: { bucket: backup-inbox-prod, key: "*.rdb" } }
    backup_import: { target_instance: staging-cache }
  look-first:
    on: { object_created: { bucket: inbox, key: "*.rdb" } }
    dry_run: true
    backup_import: { target_instance: staging-cache }
  in-sets:
    on: { object_created: { bucket: sets, key: "a/**", set: { by: "a/{set}/", complete: { marker: _SUCCESS } } } }
    backup_import: { target_instance: staging-cache }
  nightly:
    on: { schedule: { rate: 1d } }
    backup_import: { target_instance: staging-cache, backup_target_first: true, backup_files: { latest_of: ${PROD}, copy_first: true } }
  newest:
    on: { schedule: { rate: 1d } }
    backup_import: { target_instance: staging-cache, backup_files: { latest_of: ${PROD} } }
  move-cache:
    on: { request: { accepts: [description] } }
    stop_when: { offset: 0, for: 10m }
    notify: { smn: "${TOPIC}", on: [started, succeeded, failed] }
    online_migration:
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7
      configure:
        migration_method: incremental_migration
        resume_mode: auto
        source_instance: { addrs: "192.168.10.7:6379" }
        target_instance: staging-cache
  move-web-01:
    on: { request: {} }
    server_migration:
      source_server: { id: 6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a }
      target: { region: ap-southeast-3, template: 5c2a7e90-38d1-4b6f-a04e-91d3c7f8b256 }
`;
const KEYS = {
  HUAWEICLOUD_SDK_AK: 'AK-1',
  HUAWEICLOUD_SDK_SK: 'SK-secret-1',
  HUAWEICLOUD_PROJECT_ID: '0123456789abcdef',
};

describe('npx migrations plan', () => {
  let cwd: string;
  let server: Server;
  /** Nothing may come here. */
  let received: string[];

  beforeAll(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'plan-'));
    await writeFile(path.join(cwd, 'migrations.yml'), JOBS);
    server = createServer((request, response) => {
      received.push(`${request.method} ${request.url}`);
      response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    received = [];
  });
  afterAll(async () => {
    server.close();
    await rm(cwd, { recursive: true, force: true });
  });

  const plan = (event: unknown, env: Record<string, string> = {}, ...args: string[]) =>
    runCommand(['plan', '-', '--cloud', ...args], { cwd, env, input: JSON.stringify(event) });
  const planned = async (event: unknown, env: Record<string, string> = {}, ...args: string[]) => {
    const { code, stdout, stderr } = await plan(event, env, '--json', ...args);
    return { code, stderr, runs: stdout === '' ? [] : JSON.parse(stdout).runs, stdout };
  };
  const tick = (jobs: string) => ({ ...eventFile('timer'), user_event: jobs });
  const ask = (job: string, body = '') => ({ ...eventFile('apig-plain-body-post'), path: `/jobs/${job}/runs`, body });
  const landed = (bucket: string, key: string) => {
    const event = eventFile('obs-legacy-put');
    event.Records[0].s3.bucket.name = bucket;
    event.Records[0].s3.object.key = encodeURIComponent(key);
    return event;
  };
  const urls = ({ requests }: { requests: { method: string; url: string }[] }) =>
    requests.map(({ method, url }) => `${method} ${url.replace(/^https:\/\/(\w+)\.[^/]*/, '$1:')}`);

  it('prints each request as text, with secrets masked and a name in place of the unknown project', async () => {
    const { code, stdout } = await plan(eventFile('obs-legacy-put'), { STAGING_CACHE_PASSWORD: 'hunter2-hunter2' });

    expect(code).toBe(0);
    expect(
      stdout,
    ).toBe(`restore-staging: planned (run d207aebff5ae9887f6f2f5d53d642a64, task restore-staging-d207aebff5ae)

POST https://dcs.ap-southeast-3.myhuaweicloud.com/v2/<project id>/migration-task
accept: application/json
user-agent: huaweicloud-migration-functions
X-Project-Id: <project id>
content-type: application/json
host: dcs.ap-southeast-3.myhuaweicloud.com

{"task_name":"restore-staging-d207aebff5ae","migration_type":"backupfile_import","migration_method":"full_amount_migration","backup_files":{"file_source":"self_build_obs","bucket_name":"backup-inbox-prod","files":[{"file_name":"redis-backup-20260314.rdb"}]},"target_instance":{"id":"d2c8399f-bdba-43c1-8069-3ff17a1a79d5","password":"***"}}
`);
  });

  it('sends nothing without --live, even if there are keys', async () => {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { ...KEYS, HUAWEICLOUD_DCS_ENDPOINT: endpoint, HUAWEICLOUD_OBS_ENDPOINT: endpoint };

    const { code, runs } = await planned(tick('nightly,newest'), env);

    expect([code, runs.length, received]).toEqual([0, 2, []]);
  });

  it('exits 3 with --live if the cloud does not respond, and sends no changing requests', async () => {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const env = { ...KEYS, HUAWEICLOUD_DCS_ENDPOINT: endpoint, MIGRATIONS_LEDGER_FOLDER: cwd };

    const { code, stdout } = await planned(tick('newest'), env, '--live');

    expect(code).toBe(3);
    expect(JSON.parse(stdout).error.message).toMatch(/^DCS ListMigrationTask: unknown: 500/);
    expect(received.length).toBeGreaterThan(0);
    expect(received.every((line) => line.startsWith('GET '))).toBe(true);
  });

  it.each([[['--live']], [['--live', '--local']]])('exits 3 for %j without a cloud to read', async (args) => {
    const { code, stderr } = await runCommand(['plan', '-', ...args], { cwd, input: JSON.stringify(tick('newest')) });

    expect([code, stderr]).toEqual([3, expect.stringContaining('not running here')]);
  });

  it('exits 3 with --live --cloud and no keys', async () => {
    const { code, stderr } = await plan(tick('newest'), {}, '--live');

    expect([code, stderr]).toEqual([3, expect.stringContaining('HUAWEICLOUD_SDK_AK')]);
  });

  it('names values that only the cloud knows', async () => {
    const backup = (await planned(tick('newest'))).runs[0].requests[0].body;
    const server_ = JSON.parse((await planned(ask('move-web-01'))).runs[0].requests[0].body);

    expect(JSON.parse(backup).backup_files.backup_id).toBe(`<id of the newest backup of instance ${PROD}>`);
    expect(server_).toMatchObject({
      region_id: 'ap-southeast-3',
      source_server: { id: '6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a' },
      os_type: '<os_type, from source server 6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a>',
      target_server: '<target_server, from source server 6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a>',
    });
  });

  it('shows the requests of a run in order: copies, create, report, configure, stop, report', async () => {
    const project = { HUAWEICLOUD_PROJECT_ID: 'p1' };

    expect(urls((await planned(tick('nightly'), project)).runs[0])).toEqual([
      `POST dcs:/v2/p1/instances/${PROD}/backups`,
      'POST dcs:/v2/p1/instances/d2c8399f-bdba-43c1-8069-3ff17a1a79d5/backups',
      'POST dcs:/v2/p1/migration-task',
    ]);
    expect(urls((await planned(ask('move-cache'), project)).runs[0])).toEqual([
      'POST dcs:/v2/p1/migration/instance',
      `POST smn:/v2/p1/notifications/topics/${TOPIC}/publish`,
      'POST dcs:/v2/p1/migration/<task id>/task',
      'POST dcs:/v2/p1/migration-task/<task id>/stop',
      `POST smn:/v2/p1/notifications/topics/${TOPIC}/publish`,
    ]);
  });

  it('exits 1 for a run that would be rejected, with reasons and pointers, and plans the others', async () => {
    const request = await planned(ask('move-cache', '{"description": "x", "vpc_id": "y"}'));
    const ticked = await planned(tick('newest,no-such-job'));

    expect(request.code).toBe(1);
    expect(request.runs).toMatchObject([
      {
        job: 'move-cache',
        outcome: 'rejected',
        reason: { code: 'invalid_fields', problems: [{ pointer: '/vpc_id' }] },
        requests: [],
      },
    ]);
    expect(ticked.code).toBe(1);
    expect(ticked.runs).toMatchObject([
      { job: 'newest', outcome: 'planned' },
      { job: 'no-such-job', outcome: 'rejected', reason: { code: 'no_such_job' } },
    ]);
  });

  it('exits 1 for a record that is malformed', async () => {
    const { code, stdout } = await planned({ Records: [{}, ...eventFile('obs-legacy-put').Records] });

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      runs: [{ outcome: 'planned' }],
      faults: [{ what: 'record 0', code: 'event' }],
    });
  });

  it('notes for a dry run that the function sends none of them', async () => {
    const { code, runs } = await planned(landed('inbox', 'a.rdb'));

    expect(code).toBe(0);
    expect(runs[0].notes).toContain('dry_run: the function sends none of these requests');
  });

  it('plans a set when its marker lands, and shows for other files what is missing', async () => {
    const file = await planned(landed('sets', 'a/7/x.rdb'));
    const marker = await planned(landed('sets', 'a/7/_SUCCESS'));
    const both = await planned({
      Records: [...landed('sets', 'a/7/x.rdb').Records, ...landed('sets', 'a/7/_SUCCESS').Records],
    });
    const filesOf = (run: { requests: { body: string }[] }) =>
      JSON.parse(run.requests[0]?.body ?? '').backup_files.files;

    expect(file).toMatchObject({
      code: 0,
      runs: [{ outcome: 'waiting', reason: { code: 'set_incomplete' }, requests: [] }],
    });
    expect(filesOf(marker.runs[0])).toEqual([{ file_name: '<each file of a/7/>' }]);
    expect(filesOf(both.runs[1])).toEqual([{ file_name: 'a/7/x.rdb' }]);
  });

  it('plans no further requests for a duplicate occurrence in an event', async () => {
    const [record] = eventFile('obs-legacy-put').Records;

    const { runs } = await planned({ Records: [record, record] });

    expect(
      runs.map(({ outcome, requests }: { outcome: string; requests: unknown[] }) => [outcome, requests.length]),
    ).toEqual([
      ['planned', 1],
      ['existing', 0],
    ]);
  });

  it('exits 0 with a message if no job is started', async () => {
    const { code, stdout } = await plan(landed('elsewhere', 'a.rdb'));

    expect([code, stdout]).toEqual([
      0,
      'The event starts no job, so nothing would be sent. To see why, for each job: npx migrations explain.\n',
    ]);
  });

  it.each([['[]'], ['"text"'], ['{"statusCode": 200}'], ['{']])(
    'exits 3 for %s, which is not an event',
    async (input) => {
      const { code, stdout, stderr } = await runCommand(['plan', '-'], { cwd, input });

      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(/^error event: received /);
    },
  );
});
