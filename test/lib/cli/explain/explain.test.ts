import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventFile } from '../../../fixtures/event-file.ts';
import { runBin } from '../../../fixtures/run-bin.ts';
import { runCommand } from '../../../fixtures/run-command.ts';

const PARTNER = 'whsec_bmV3LXNlY3JldC1vZi10aGUtcGFydG5lci0wMDAx';
const JOBS = `
version: 1
region: ap-southeast-3
time_zone: Asia/Singapore
ledger: { obs: { bucket: backup-inbox-prod, prefix: ledger/ } }
targets:
  staging-cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
jobs:
  restore:
    on: { object_created: { bucket: backup-inbox-prod, key: "redis-*.rdb" } }
    backup_import: { target_instance: staging-cache, description: "{{ object.key }}" }
  other-key:
    on: { object_created: { bucket: backup-inbox-prod, key: "redis-*/**/*.rdb" } }
    backup_import: { target_instance: staging-cache }
  other-bucket:
    on: { object_created: { bucket: archive, key: "**/*.rdb" } }
    backup_import: { target_instance: staging-cache }
  in-sets:
    on: { object_created: { bucket: backup-inbox-prod, key: "s*/*/*.rdb", set: { by: "sets/{set}/", complete: { marker: _SUCCESS } } } }
    backup_import: { target_instance: staging-cache }
  nightly:
    on: { schedule: { rate: 1d } }
    backup_import: { target_instance: staging-cache, backup_files: { backup_id: b } }
  on-demand:
    on: { request: { accepts: [description] } }
    backup_import: { target_instance: staging-cache, backup_files: { backup_id: "{{ request.body.backup }}" } }
  signed:
    on: { request: { auth: { standard_webhooks: [ { user_data: PARTNER } ] } } }
    backup_import: { target_instance: staging-cache, backup_files: { backup_id: b } }
  tokened:
    on: { request: { auth: { bearer: [ { user_data: PIPELINE } ] } } }
    backup_import: { target_instance: staging-cache, backup_files: { backup_id: b } }
  labelled:
    on: { request: { auth: { bearer: [ { user_data: PIPELINE, as: pipeline }, { user_data: PARTNER, as: partner } ] } } }
    backup_import: { target_instance: staging-cache, backup_files: { backup_id: b } }
`;

interface Explained {
  readonly job: string;
  readonly starts: boolean;
  readonly refused?: boolean;
  readonly reason?: { readonly code: string; readonly message: string; readonly problems?: unknown };
  readonly notes?: readonly string[];
  readonly run?: string;
}

describe('npx migrations explain', () => {
  let cwd: string;

  beforeAll(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'explain-'));
    await writeFile(path.join(cwd, 'migrations.yml'), JOBS);
  });
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  /** Stands in for the cloud, with secrets from the environment. */
  async function explain(event: unknown, env: Record<string, string> = {}) {
    const input = typeof event === 'string' ? event : JSON.stringify(event);
    const { code, stdout, stderr } = await runCommand(['explain', '-', '--cloud', '--json'], { cwd, env, input });
    expect(stderr).toBe('');
    const subjects: { what: string; fault?: { code: string }; jobs: Explained[] }[] = JSON.parse(stdout).subjects;
    const of = (job: string, i = 0) => subjects[i]?.jobs.find((one) => one.job === job);
    return { code, stdout, subjects, of };
  }

  const landed = (key: string, more: Record<string, unknown> = {}) => {
    const event = eventFile('obs-legacy-put');
    Object.assign(event.Records[0].s3.object, { key: encodeURIComponent(key), ...more });
    return event;
  };
  const ask = (job: string, body: unknown = '', headers: Record<string, string> = {}) => ({
    ...eventFile('apig-plain-body-post'),
    path: `/jobs/${job}/runs`,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

  it('prints run, occurrence, task and values of the started job, and why the others do not start', async () => {
    await writeFile(path.join(cwd, 'event.json'), JSON.stringify(eventFile('obs-legacy-put')));

    const { code, stdout } = await runCommand(['explain', 'event.json'], { cwd });

    expect(code).toBe(0);
    expect(stdout).toBe(`OBS event, for the jobs of ${path.join(cwd, 'migrations.yml')}

obs://backup-inbox-prod/redis-backup-20260314.rdb, ObjectCreated:Put
  starts restore
    run: ae7ac6a588a6ac2b30d1a1cc6792bc04
    occurrence: object: backup-inbox-prod, redis-backup-20260314.rdb, 3f2b7c1de94a5608b1c7d2e3f4a59607
    task: backup_import restore-ae7ac6a588a6
    {{ job }}: restore
    {{ time.iso }}: 2026-03-14T02:20:37.418Z
    {{ time.date }}: 2026-03-14
    {{ object.bucket }}: backup-inbox-prod
    {{ object.key }}: redis-backup-20260314.rdb
    {{ object.name }}: redis-backup-20260314.rdb
    {{ object.size }}: 734003
  not other-key: its key "redis-*/**/*.rdb" does not match: the key ends after segment 1, but "*.rdb" is expected
  not other-bucket: it watches bucket archive, but the object is in backup-inbox-prod
  not in-sets: its key "s*/*/*.rdb" does not match: segment 1 is "redis-backup-20260314.rdb", expected "s*"
  not nightly: it has no on.object_created
  not on-demand: it has no on.object_created
  not signed: it has no on.object_created
  not tokened: it has no on.object_created
  not labelled: it has no on.object_created
`);
  });

  it.each([
    [
      'a removed object',
      { ...eventFile('obs-legacy-put').Records[0], eventName: 'ObjectRemoved:Delete' },
      'object_removed',
    ],
    ['a folder', landed('redis-/', { size: 0 }).Records[0], 'folder'],
    ["the ledger's own object", landed('ledger/x').Records[0], 'ledger_object'],
    ["a probe's object", landed('redis-.migrations-probe/20260101T000000Z-0000000a/a.rdb').Records[0], 'probe_object'],
    ['a record without a bucket', { ...eventFile('obs-legacy-put').Records[0], s3: {} }, 'event'],
  ])('explains why %s starts nothing, and exits 1', async (_what, record, code) => {
    const explained = await explain({ Records: [record] });

    expect(explained.code).toBe(1);
    expect(explained.subjects[0]?.fault).toMatchObject({ code });
    expect(explained.subjects[0]?.jobs).toHaveLength(9);
    expect(explained.subjects[0]?.jobs.every(({ starts, reason }) => !starts && reason?.code === code)).toBe(true);
  });

  it('does not treat a non-empty object with a trailing slash as a folder', async () => {
    expect((await explain(landed('redis-/', { size: 1 }))).subjects[0]?.fault).toBeUndefined();
  });

  it('explains each record separately, and exits 0 if one of them starts a job', async () => {
    const event = { Records: [{}, ...landed('x/y').Records, ...landed('redis-a.rdb').Records] };

    const { code, of, subjects } = await explain(event);

    expect(code).toBe(0);
    expect(subjects[0]?.fault).toMatchObject({ code: 'event' });
    expect([of('restore', 1)?.starts, of('restore', 2)?.starts]).toEqual([false, true]);
  });

  it('shows which set an object belongs to, or that it is not in a set', async () => {
    const { of } = await explain({ Records: [...landed('sets/7/a.rdb').Records, ...landed('stray/7/a.rdb').Records] });

    expect(of('in-sets', 0)).toMatchObject({
      starts: true,
      notes: ['it is a file of the set obs://backup-inbox-prod/sets/7/, which is complete once _SUCCESS lands in it'],
    });
    expect(of('in-sets', 0)?.run).toBeUndefined();
    expect(of('in-sets', 1)).toMatchObject({ starts: false, refused: false, reason: { code: 'no_set' } });
  });

  it('reports that an event has no records', async () => {
    const input = JSON.stringify({ Records: [] });
    const { code, stdout } = await runCommand(['explain', '-', '--cloud'], { cwd, input });

    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^OBS event, .*\nit has no records, so no job is started\n$/),
    ]);
  });

  it('reports that an SMN text message has no records', async () => {
    expect((await explain(eventFile('smn-text'))).of('restore')).toMatchObject({ reason: { code: 'no_records' } });
  });

  it('shows which jobs a tick does not name, and refuses names that are not scheduled jobs', async () => {
    const { code, of } = await explain({ ...eventFile('timer'), user_event: 'nightly,restore,nightli' });

    expect(code).toBe(0);
    expect(of('nightly')).toMatchObject({ starts: true });
    expect(of('restore')).toMatchObject({ refused: true, reason: { code: 'not_scheduled' } });
    expect(of('nightli')).toMatchObject({
      refused: true,
      reason: { code: 'no_such_job', message: expect.stringContaining('nightly') },
    });
    expect(of('signed')).toMatchObject({ refused: false, reason: { code: 'no_trigger' } });
  });

  it("uses the trigger's name if the timer has no user event", async () => {
    const { code, of } = await explain({ ...eventFile('timer'), user_event: '' });

    expect(code).toBe(1);
    expect(of('nightly')).toMatchObject({
      refused: false,
      reason: { code: 'not_named', message: 'the timer names nightly_cache_backup' },
    });
  });

  it('refuses fields of a body with their JSON pointers, and never shows their values', async () => {
    const body = { backup: 'b-1', descripton: 'typo', description: { password: 'hunter2-hunter2' } };

    const { code, of, stdout } = await explain(ask('on-demand', body));

    expect(code).toBe(1);
    expect(of('on-demand')).toMatchObject({ refused: true, reason: { code: 'invalid_fields' } });
    expect(of('on-demand')?.reason?.problems).toEqual([
      { pointer: '/descripton', message: expect.stringContaining('is not accepted by job on-demand') },
      { pointer: '/description/password', message: expect.stringContaining('is never accepted from a caller') },
    ]);
    expect(stdout).not.toContain('hunter2');
  });

  it('starts the job that the path names with the values of its body', async () => {
    const { of } = await explain(ask('on-demand', { backup: 'b-1' }, { 'idempotency-key': 'order-7' }));

    expect(of('on-demand')).toMatchObject({
      starts: true,
      occurrence: { kind: 'request', parts: ['order-7'] },
      values: { request: { body: { backup: 'b-1' } } },
    });
    expect(of('signed')).toMatchObject({ reason: { code: 'other_job', message: 'the path names on-demand' } });
    expect(of('nightly')).toMatchObject({ reason: { code: 'no_trigger' } });
  });

  it.each([
    ['another method', { httpMethod: 'PUT' }, 'method'],
    ['a path of its own', { path: '/migrations/jobs/on-demand/runs' }, 'no_such_path'],
    ['a request that reads', { httpMethod: 'GET' }, 'starts_nothing'],
  ])('starts nothing for %s', async (_what, change, code) => {
    const explained = await explain({ ...ask('on-demand'), ...change });

    expect([explained.code, explained.subjects[0]?.fault?.code]).toEqual([1, code]);
  });

  it('accepts paths under WEBHOOK_BASE_PATH', async () => {
    const event = { ...ask('on-demand', { backup: 'b-1' }), path: '/migrations/jobs/on-demand/runs' };

    expect((await explain(event, { WEBHOOK_BASE_PATH: '/migrations' })).of('on-demand')?.starts).toBe(true);
    expect((await explain(event, { WEBHOOK_BASE_PATH: '/other' })).subjects[0]?.fault?.code).toBe('no_such_path');
  });

  it('refuses paths with an unknown job, or a job without a request trigger', async () => {
    expect((await explain(ask('on-demnd'))).of('on-demnd')).toMatchObject({
      refused: true,
      reason: { code: 'no_such_job' },
    });
    expect((await explain(ask('nightly'))).of('nightly')).toMatchObject({
      refused: true,
      reason: { code: 'no_trigger' },
    });
  });

  it('says which caller it is, and includes the label in the occurrence', async () => {
    const env = { PIPELINE: 'pipeline-token-0123456789', PARTNER };
    const headers = { authorization: `Bearer ${PARTNER}`, 'idempotency-key': 'k' };
    const known = (await explain(ask('labelled', '', headers), env)).of('labelled');
    const unknown = (await explain(ask('labelled', '', headers))).of('labelled');

    expect(known).toMatchObject({
      starts: true,
      occurrence: { kind: 'request', parts: ['k', 'partner'] },
      notes: ['the bearer token is valid', 'the caller is partner: only callers with this label see the run'],
    });
    expect(unknown?.notes).toContain(
      "the run shown is that of a caller without a label: this caller's is not known here",
    );
  });

  it('shows which bearer token a job requires, verifies it, and reports if it cannot', async () => {
    const right = ask('tokened', '', { authorization: 'Bearer pipeline-token-0123456789' });
    const env = { PIPELINE: 'pipeline-token-0123456789' };

    const results = [
      (await explain(ask('tokened'), env)).of('tokened'),
      (await explain(ask('tokened', '', { authorization: 'Bearer other-token-0123456789' }), env)).of('tokened'),
      (await explain(right)).of('tokened'),
      (await explain(right, env)).of('tokened'),
    ];

    expect(results).toMatchObject([
      { starts: false, reason: { code: 'not_allowed', message: expect.stringContaining('the value of PIPELINE') } },
      { starts: false, reason: { code: 'not_allowed', message: 'the bearer token does not match PIPELINE' } },
      { starts: true, notes: [expect.stringContaining("can't be verified here: PIPELINE is not set")] },
      { starts: true, notes: ['the bearer token is valid'] },
    ]);
  });

  it('says that a token in DEW cannot be verified here', async () => {
    const own = await mkdtemp(path.join(cwd, 'stored-'));
    const jobs = JOBS.replace('{ user_data: PIPELINE }', '{ csms: callers, key: pipeline }');
    await writeFile(path.join(own, 'migrations.yml'), jobs);
    const explained = async (headers: Record<string, string>) => {
      const input = JSON.stringify(ask('tokened', '', headers));
      const { stdout } = await runCommand(['explain', '-', '--cloud', '--json'], { cwd: own, env: {}, input });
      return JSON.parse(stdout).subjects[0].jobs.find(({ job }: Explained) => job === 'tokened');
    };

    expect(await explained({})).toMatchObject({
      starts: false,
      reason: { message: expect.stringContaining('the value of csms callers (key pipeline)') },
    });
    expect(await explained({ authorization: 'Bearer pipeline-token-0123456789' })).toMatchObject({
      starts: true,
      notes: [
        "the bearer token can't be verified here: csms callers (key pipeline) is not set, or not a usable secret, or is in DEW, which is not read here",
      ],
    });
  });

  it('verifies a signature of any age, and shows when it is accepted', async () => {
    const signed = (body: string) => {
      const sign = createHmac('sha256', Buffer.from(PARTNER.slice(6), 'base64')).update(`msg_1.1700000000.${body}`);
      const signature = `v1,${sign.digest('base64')}`;
      return { 'webhook-id': 'msg_1', 'webhook-timestamp': '1700000000', 'webhook-signature': signature };
    };

    const right = await explain(ask('signed', '', signed('')), { PARTNER });
    const forged = await explain(ask('signed', '{}', signed('')), { PARTNER });
    const unsigned = await explain(ask('signed'), { PARTNER });

    expect(right.of('signed')).toMatchObject({
      starts: true,
      occurrence: { parts: ['msg_1'] },
      notes: ['the signature is valid', 'it is accepted only within five minutes of 2023-11-14T22:13:20.000Z'],
    });
    expect(forged.of('signed')).toMatchObject({ reason: { message: 'the signature does not match PARTNER' } });
    expect(unsigned.of('signed')).toMatchObject({
      reason: { message: expect.stringContaining('signed with PARTNER') },
    });
  });

  it('redacts secrets of the environment anywhere in the event', async () => {
    const { stdout } = await explain(ask('on-demand', { backup: 'pipeline-token-0123456789' }), {
      PIPELINE: 'pipeline-token-0123456789',
    });

    expect(stdout).not.toContain('pipeline-token');
  });

  it('prints no control characters of an event', async () => {
    const { stdout } = await runBin(['explain', '-'], { cwd, input: JSON.stringify(landed('redis-\u001b[2J\n.rdb')) });

    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('{{ object.key }}: redis- [2J .rdb\n');
  });

  it.each([
    ['no JSON', '{', 'malformed JSON'],
    ['nothing', '', 'received nothing'],
    ['a list', '[]', 'received a list of 0'],
    ['a payload of a failure destination', JSON.stringify(eventFile('async-destination-success')), 'refeed'],
  ])('exits 3 for %s, and describes it', async (_what, input, message) => {
    const { code, stdout, stderr } = await runCommand(['explain', '-'], { cwd, input });

    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(message);
  });

  it('exits 3 if the file does not exist, and 2 if none is given', async () => {
    const absent = await runCommand(['explain', 'no-such.json'], { cwd });
    const unnamed = await runCommand(['explain'], { cwd });

    expect([absent.code, absent.stderr]).toEqual([3, 'error read no-such.json: file not found\n']);
    expect(unnamed.code).toBe(2);
  });
});
