import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventFile } from '../../../fixtures/event-file.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

const JOBS = `
version: 1
region: ap-southeast-3
targets:
  staging-cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
jobs:
  on-demand:
    on: { request: { accepts: [backup_files] } }
    backup_import: { target_instance: staging-cache }
  restore-staging:
    on: { object_created: { bucket: redis-backups, key: "prod/**/*.rdb" } }
    backup_import: { target_instance: staging-cache }
  nightly:
    on: { schedule: { cron: "CRON_TZ=Asia/Tokyo 0 0 2 * * ?" } }
    backup_import: { target_instance: staging-cache, backup_files: { backup_id: b } }
  restore-set:
    on: { object_created: { bucket: cluster-backups, key: "reports/**/*.rdb", set: { by: "reports/{set}/", complete: { count: 2 } } } }
    backup_import: { target_instance: staging-cache }
  signed:
    on: { request: { auth: { standard_webhooks: [ { user_data: PARTNER } ] } } }
    backup_import: { target_instance: staging-cache, backup_files: { backup_id: b } }
`;

/** Every path of an event, without what stands there; what is inside a text that is JSON too. */
function paths(value: unknown, at = ''): string[] {
  if (typeof value === 'string' && value.startsWith('{"Records"')) return paths(JSON.parse(value), `${at}~`);
  if (typeof value !== 'object' || value === null) return [`${at}: ${value === null ? 'null' : typeof value}`];
  return Object.entries(value).flatMap(([key, item]) => paths(item, `${at}/${key}`));
}

describe('npx migrations event', () => {
  let cwd: string;

  beforeAll(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'event-'));
    await writeFile(
      path.join(cwd, 'migrations.yml'),
      JOBS.replace('version: 1', `version: 1\nledger: { obs: { bucket: ops-ledger, prefix: m/ } }`),
    );
  });
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  const event = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(['event', ...args], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };

  it.each([
    ['obs-put', 'obs-legacy-put'],
    ['obs-multipart', 'obs-legacy-multipart'],
    ['obs-copy', 'obs-legacy-put'],
    ['eventgrid', 'obs-eventgrid-object-created'],
    ['smn', 'smn-obs-notification'],
    ['timer', 'timer'],
  ])('writes %s with the very fields of the sample %s', async (kind, sample) => {
    expect(paths(await event(kind)).sort()).toEqual(paths(eventFile(sample)).sort());
  });

  it('writes a request with the very fields of a request through a dedicated gateway, whose headers may differ', async () => {
    const withoutHeaders = ({ headers: _, pathParameters: __, ...rest }: Record<string, unknown>) => paths(rest).sort();

    const made = await event('request');

    expect(withoutHeaders(made)).toEqual(withoutHeaders(eventFile('apig-dedicated-post')));
    expect(Object.keys(made.headers).sort()).toEqual(Object.keys(eventFile('apig-dedicated-post').headers).sort());
  });

  it.each([
    ['obs-put', 'restore-staging'],
    ['obs-multipart', 'restore-staging'],
    ['obs-copy', 'restore-staging'],
    ['eventgrid', 'restore-staging'],
    ['smn', 'restore-staging'],
    ['timer', 'nightly'],
    ['request', 'on-demand'],
  ])('writes %s so that it starts the first job with such a trigger', async (kind, job) => {
    const { code, stdout } = await runCommand(['explain', '-', '--json'], {
      cwd,
      input: JSON.stringify(await event(kind)),
    });

    const [{ jobs }] = JSON.parse(stdout).subjects;
    expect(code).toBe(0);
    expect(jobs.flatMap((one: { job: string; starts: boolean }) => (one.starts ? [one.job] : []))).toEqual([job]);
  });

  it('writes all files of a set, the last of which starts the job', async () => {
    const made = await event('obs-put', '--job', 'restore-set');

    const { stdout } = await runCommand(['explain', '-', '--json'], { cwd, input: JSON.stringify(made) });

    expect(made.Records).toHaveLength(2);
    const last = JSON.parse(stdout)
      .subjects.at(-1)
      .jobs.find(({ job }: { job: string }) => job === 'restore-set');
    expect(last).toMatchObject({ starts: true, run: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  it('signs a request as the local functions want it signed', async () => {
    const made = await event('request', '--job', 'signed');

    const { stdout } = await runCommand(['explain', '-'], { cwd, input: JSON.stringify(made) });

    expect(stdout).toContain('note: the signature is right (as npm start makes it up; set it, or say --cloud)');
  });

  it('puts in what is given, with the key as OBS encodes it', async () => {
    const args = ['--bucket', 'b', '--key', 'prod/a b+ü.rdb', '--size', '7', '--etag', 'e1', '--version-id', 'v1'];

    const made = await event('obs-put', ...args, '--time', '2026-03-14T02:20:37.418Z');

    expect(made.Records[0]).toMatchObject({
      eventTime: '2026-03-14T02:20:37.418Z',
      s3: { bucket: { name: 'b' }, object: { key: 'prod%2Fa+b%2B%C3%BC.rdb', size: 7, eTag: 'e1', versionId: 'v1' } },
    });
  });

  it("writes a tick's time in the zone of the job's cron", async () => {
    expect(await event('timer', '--time', '2026-03-14T02:00:00Z', '--user-event', 'nightly,other')).toEqual({
      version: 'v1.0',
      time: '2026-03-14T11:00:00+09:00',
      trigger_type: 'TIMER',
      trigger_name: 'nightly',
      user_event: 'nightly,other',
    });
  });

  it('writes a request with its key, headers, query and body', async () => {
    const made = await event(
      'request',
      '--idempotency-key',
      'order-7',
      '--header',
      'X-Team: ops',
      '--query',
      'a=1',
      '--body',
      '{}',
    );

    expect(made).toMatchObject({
      path: '/jobs/on-demand/runs',
      queryStringParameters: { a: '1' },
      headers: { 'idempotency-key': 'order-7', 'x-team': 'ops', 'content-length': '2' },
      body: 'e30=',
    });
  });

  it('writes the event into a file with -o', async () => {
    const { stdout } = await runCommand(['event', 'timer', '-o', 'tick.json'], { cwd });

    expect(stdout).toBe('wrote tick.json\n');
    expect(JSON.parse(await readFile(path.join(cwd, 'tick.json'), 'utf8')).trigger_type).toBe('TIMER');
  });

  it('exits 3 when the file cannot be written', async () => {
    const { code, stderr } = await runCommand(['event', 'timer', '-o', 'no/such/folder.json'], { cwd });

    expect([code, stderr]).toEqual([3, 'error write no/such/folder.json: ENOENT\n']);
  });

  it.each([
    [['bogus'], 'unknown command'],
    [['obs-put', '--size', '-1'], '--size -1: must be a number of bytes'],
    [['obs-put', '--size', '1e3'], '--size 1e3: must be a number of bytes'],
    [['obs-put', '--key', ''], '--key: must have 1 to 1024 bytes'],
    [['obs-put', '--key', 'k'.repeat(1025)], '--key: must have 1 to 1024 bytes'],
    [['obs-put', '--job', 'nightly'], '--job nightly: no job of this name has on.object_created'],
    [['timer', '--job', 'on-demand'], '--job on-demand: no job of this name has on.schedule'],
    [['request', '--job', 'nightly'], '--job nightly: no job of this name has on.request'],
    [['timer', '--time', 'tomorrow'], '--time tomorrow: is no time'],
    [['request', '--header', 'no-colon'], '--header no-colon: write name: value'],
    [['request', '--query', '=1'], '--query =1: write name= value'],
  ])('exits 2 for %j', async (args, message) => {
    const { code, stdout, stderr } = await runCommand(['event', ...args], { cwd });

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('takes the longest key there is', async () => {
    const made = await event('obs-put', '--key', 'k'.repeat(1024));

    expect(made.Records[0].s3.object.key).toHaveLength(1024);
  });

  it('exits 3 without a jobs file', async () => {
    const { code, stderr } = await runCommand(['event', 'timer', '--jobs', 'none.yml'], { cwd });

    expect([code, stderr]).toEqual([3, expect.stringContaining('none.yml: file not found')]);
  });
});
