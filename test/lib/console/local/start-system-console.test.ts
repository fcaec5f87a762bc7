import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startSystemConsole } from '../../../../lib/console/local/start-system-console.ts';
import type { LedgerSnapshot, RunRow } from '../../../../lib/console/wire.ts';
import type { FaultRow, SystemSnapshot } from '../../../../lib/console/wire-system.ts';
import { loadJobs } from '../../../../lib/jobs/load-jobs.ts';
import { localSecret, localSigningSecret } from '../../../../lib/local-system/local-secret.ts';
import { CLOUD_SPEED } from '../../../../lib/local-system/local-system.ts';
import { readSystemFile } from '../../../../lib/local-system/system-file.ts';
import { ask, type ConsoleSystem, startConsoleSystem, Watcher } from '../../../fixtures/console-system.ts';
import { makeRdb } from '../../../fixtures/rdb.ts';

const NETWORK = `
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7`;
const JOBS = `
version: 1
region: ap-southeast-3
targets:
  staging-cache:
    id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5
    password: { user_data: STAGING_CACHE_PASSWORD }
  new-cache:
    id: 2f9d7c1e-06b4-4a83-b5e8-7d1c3f6a9042
    password: { user_data: NEW_CACHE_PASSWORD }
jobs:
  restore-staging:
    on: { object_created: { bucket: redis-backups, key: "prod/**/*.rdb" } }
    backup_import:
      target_instance: staging-cache
  refresh:
    on: { schedule: { cron: "0 0 2 1 1 ?" } }
    dry_run: true
    backup_import:
      target_instance: staging-cache
      backup_files: { file_source: self_build_obs, bucket_name: redis-backups, files: [ { file_name: "requested/sample.rdb" } ] }
  move-cache:
    on: { request: { accepts: [description], auth: { bearer: [ { user_data: PIPELINE_TOKEN } ] } } }
    online_migration:
      name: cache${NETWORK}
      configure:
        migration_method: full_amount_migration
        resume_mode: auto
        source_instance: { addrs: "192.168.10.7:6379", password: { user_data: OLD_CACHE_PASSWORD } }
        target_instance: new-cache
  partner-move:
    on: { request: { auth: { standard_webhooks: [ { user_data: PARTNER_SECRET } ] } } }
    online_migration:
      name: partner${NETWORK}
  plain-move:
    on: { request: {} }
    online_migration:
      name: plain${NETWORK}
`;

/** An import takes so long in a system that runs. */
const IMPORT_MS = 60_000 / CLOUD_SPEED;

jest.setTimeout(60_000);

describe('the console', () => {
  let here: ConsoleSystem;
  let url: string;
  const watchers: Watcher[] = [];
  const bodies: string[] = [];

  beforeAll(async () => {
    here = await startConsoleSystem(JOBS);
    url = here.console.url;
  }, 120_000);
  afterAll(async () => {
    await here?.close();
  });
  afterEach(() => {
    for (const watcher of watchers) {
      bodies.push(watcher.text);
      watcher.close();
    }
    watchers.length = 0;
  });

  /** Another console of the same system, which has seen nothing yet. */
  const startAnother = async () => {
    const { jobs } = await loadJobs(here.jobsFile, { ledger: 'given' });
    return startSystemConsole({ system: here.system, jobs, jobsFile: here.jobsFile, port: 0 });
  };
  const watch = async (): Promise<Watcher> => {
    const watcher = await Watcher.open(url);
    watchers.push(watcher);
    return watcher;
  };
  const change = async (method: string, at: string, value?: unknown, headers: Record<string, string> = {}) => {
    const isBytes = value instanceof Uint8Array;
    const response = await ask(`${url}api/${at}`, {
      method,
      headers: {
        'x-console': '1',
        ...(value === undefined || isBytes ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(value === undefined ? {} : { body: isBytes ? value : JSON.stringify(value) }),
    });
    bodies.push(response.text);
    return response;
  };
  /** The run of a job as the stream tells of it, when it has come so far. */
  const runThat = async (watcher: Watcher, isIt: (row: RunRow) => boolean): Promise<RunRow> => {
    const rows = await watcher.next('runs', (found) => found.some(isIt));
    return rows.find(isIt) as RunRow;
  };
  /** The run of an import, when its task and then it have come to their end, with no waiting for clocks. */
  const importThat = async (watcher: Watcher, isIt: (row: RunRow) => boolean): Promise<RunRow> => {
    await runThat(watcher, (row) => isIt(row) && row.task !== undefined);
    here.system.cloud.clock.advance(IMPORT_MS);
    here.system.builtIn.timers.tick('reconcile');
    return runThat(watcher, (row) => isIt(row) && row.state === 'succeeded');
  };
  const sample = (key: string) => makeRdb({ databases: { 0: [key] } });

  describe('starts a stream with a snapshot', () => {
    let snapshot: LedgerSnapshot & SystemSnapshot;
    beforeAll(async () => {
      const watcher = await Watcher.open(url);
      snapshot = (await watcher.next('snapshot')) as LedgerSnapshot & SystemSnapshot;
      watcher.close();
    });

    it('that has the addresses of everything', () => {
      expect(snapshot.system).toMatchObject({
        region: 'ap-southeast-3',
        gateway_url: here.system.gateway.url,
        cloud_url: here.system.cloud.url,
        resting: false,
      });
    });

    it('that has the jobs with their triggers', () => {
      expect(snapshot.jobs.slice(0, 3)).toEqual([
        {
          name: 'restore-staging',
          kind: 'backup_import',
          triggers: [{ kind: 'object_created', text: 'redis-backups/prod/**/*.rdb' }],
          dry_run: false,
        },
        {
          name: 'refresh',
          kind: 'backup_import',
          triggers: [{ kind: 'schedule', text: '0 0 2 1 1 ?' }],
          dry_run: true,
        },
        {
          name: 'move-cache',
          kind: 'online_migration',
          triggers: [{ kind: 'request', text: 'accepts description' }],
          dry_run: false,
        },
      ]);
    });

    it('that has buckets, timers and what can be started by a request', () => {
      expect(snapshot.buckets).toEqual([
        {
          name: 'redis-backups',
          watched: [{ job: 'restore-staging', key: 'prod/**/*.rdb' }],
          sample_key: 'prod/sample.rdb',
        },
      ]);
      expect(snapshot.timers).toEqual([
        { name: 'refresh', function: 'schedule', schedule: '0 0 2 1 1 ?', next: expect.stringMatching(/^\d{4}-/) },
        { name: 'reconcile', function: 'reconcile', schedule: '0/2 * * * * *' },
      ]);
      expect(snapshot.requests).toEqual([
        { job: 'move-cache', accepts: ['description'], auth: 'bearer', sample_body: {} },
        { job: 'partner-move', accepts: [], auth: 'standard_webhooks', sample_body: {} },
        { job: 'plain-move', accepts: [], auth: 'gateway', sample_body: {} },
      ]);
    });

    it('that has the jobs file with its problems', () => {
      expect(snapshot.jobs_file).toMatchObject({ text: JOBS, changed_since_start: false });
      expect(snapshot.jobs_file.problems.filter(({ level }) => level === 'error')).toEqual([]);
    });
  });

  it('has nothing to deliver again before an object has landed', async () => {
    const other = await startAnother();

    const response = await ask(`${other.url}api/deliver-again`, { method: 'POST', headers: { 'x-console': '1' } });
    await other.close();

    expect(response).toMatchObject({ status: 409 });
  });

  it('reports a file that was copied into a bucket, its run and its task', async () => {
    const watcher = await watch();
    const folder = path.join(here.system.bucketsFolder, 'redis-backups/prod');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'copied.rdb'), sample('copied'));

    const event = await watcher.next('event', ({ text }) => text.includes('prod/copied.rdb'));
    const run = await importThat(watcher, ({ source }) => source.endsWith('copied.rdb'));
    const tasks = await watcher.next('tasks', (rows) =>
      rows.some(({ id, status }) => id === run.task?.id && status === 'SUCCESS'),
    );

    expect(event).toMatchObject({ topic: 'object', tone: 'plain' });
    expect(run).toMatchObject({ job: 'restore-staging', source: 'obs://redis-backups/prod/copied.rdb' });
    expect(tasks.find(({ id }) => id === run.task?.id)).toMatchObject({
      kind: 'DCS',
      target: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5',
    });
  });

  it('uploads an object, and shows its run with every record', async () => {
    const watcher = await watch();

    const put = await change('PUT', 'buckets/redis-backups/objects?key=prod%2Fa%20b.rdb', sample('put'));
    const { job, run } = await importThat(watcher, ({ source }) => source.endsWith('a b.rdb'));
    const shown = await ask(`${url}api/places/local/runs/${job}/${run}`);

    expect(put).toMatchObject({
      status: 201,
      json: { bucket: 'redis-backups', key: 'prod/a b.rdb', bytes: sample('put').length },
    });
    expect(shown).toMatchObject({
      status: 200,
      json: { view: { state: 'succeeded', task: { status: 'SUCCESS' } }, source: 'obs://redis-backups/prod/a b.rdb' },
    });
    const { history } = shown.json as { history: { event: string; by: string; details?: object }[] };
    expect(history[0]).toMatchObject({ event: 'received', details: { trigger: 'object' } });
    expect(history.map(({ event }) => event)).toEqual(expect.arrayContaining(['claimed', 'intent', 'created']));
    expect(history.every(({ by }) => by !== '')).toBe(true);
  });

  it('delivers the latest event again', async () => {
    const watcher = await watch();
    await change('PUT', 'buckets/redis-backups/objects?key=prod/again.rdb', sample('again'));
    await importThat(watcher, ({ source }) => source.endsWith('again.rdb'));

    const response = await change('POST', 'deliver-again');

    expect(response.status).toBe(202);
    const event = await watcher.next('event', ({ text }) =>
      text.startsWith('backup-landed: restore-staging: existing'),
    );
    expect(event).toMatchObject({
      topic: 'function',
      job: 'restore-staging',
      run: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('shows a fault, counts it down, and shows how the ledger handles it', async () => {
    const watcher = await watch();

    const added = await change('POST', 'faults', { text: 'CreateMigrationTask=reply_lost' });
    await watcher.next('faults', (faults) => faults.length === 1);
    await change('PUT', 'buckets/redis-backups/objects?key=prod/lost.rdb', sample('lost'));
    await watcher.next('faults', (faults) => faults.length === 0);
    const run = await importThat(watcher, ({ source }) => source.endsWith('lost.rdb'));

    expect(added).toMatchObject({
      status: 201,
      json: { faults: [{ id: 1, fault: 'CreateMigrationTask=reply_lost', remaining: 1 }] },
    });
    expect(here.system.cloud.tasks().filter(({ name }) => name === run.task?.name)).toHaveLength(1);
  });

  it('removes all faults, and lists the available ones', async () => {
    await change('POST', 'faults', { text: 'ListTasks=html,times=3' });

    const cleared = await change('DELETE', 'faults');
    const kinds = await ask(`${url}api/faults/kinds`);

    expect(cleared).toMatchObject({ status: 200, json: { faults: [] } });
    expect(here.system.cloud.active.list()).toEqual([]);
    expect(kinds.json).toMatchObject({
      operations: expect.arrayContaining(['*', 'CreateMigrationTask', 'PutObject']),
      kinds: expect.arrayContaining([
        expect.objectContaining({ kind: 'html', text: '200 with an HTML page; the operation does not run' }),
      ]),
      situations: expect.arrayContaining([
        {
          subject: 'keys',
          kinds: [{ kind: 'revoked', text: expect.any(String), options: [], counted: true }],
        },
      ]),
    });
  });

  it('removes one fault', async () => {
    const first = await change('POST', 'faults', { text: 'timer=stopped,name=refresh' });
    const [{ id = 0 } = {}] = (first.json as { faults: FaultRow[] }).faults.slice(-1);
    await change('POST', 'faults', { text: 'task=hang' });

    const left = await change('DELETE', `faults?fault=${id}`);
    const gone = await change('DELETE', `faults?fault=${id}`);
    await change('DELETE', 'faults');

    expect(left.json).toMatchObject({ faults: [{ fault: 'task=hang', remaining: 1 }] });
    expect(gone.status).toBe(404);
  });

  it.each([
    [{ rate: 101 }, 422],
    [{ advance: '4' }, 422],
  ])('refuses the clock %j', async (body, status) => {
    expect((await change('POST', 'clock', body)).status).toBe(status);
  });

  it('moves the clock, and shows it', async () => {
    const watcher = await watch();

    const moved = await change('POST', 'clock', { advance: '2m' });
    const { clock } = await watcher.next('system', (system) => system.clock.moved);

    expect(moved).toMatchObject({ status: 200, json: { rate: 1, moved: true } });
    expect(Date.parse(clock.now) - Date.now()).toBeGreaterThan(100_000);
  });

  it('ticks a timer', async () => {
    const watcher = await watch();
    await change('PUT', 'buckets/redis-backups/objects?key=requested/sample.rdb', sample('asked for'));

    const response = await change('POST', 'timers/refresh/tick');

    expect(response).toMatchObject({ status: 202, json: { timer: 'refresh' } });
    await watcher.next('event', ({ topic, text }) => topic === 'timer' && text === 'refresh -> schedule');
    await watcher.next('timers', ([first]) => first?.name === 'refresh');
    expect(await runThat(watcher, ({ job, state }) => job === 'refresh' && state === 'rejected')).toMatchObject({
      reason: { code: 'dry_run' },
    });
  });

  it('sends a message that was published to a topic with its whole text, and has it in later snapshots', async () => {
    const watcher = await watch();
    await watcher.next('snapshot');
    const topic = 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:night-shift';

    here.system.cloud.publish(topic, 'restore-staging has failed', 'The task failed.\n\nReason: DCS.4004');
    const [sent] = await watcher.next('messages', (rows) => rows.some((row) => row.topic === topic));
    const { messages } = (await (await watch()).next('snapshot')) as SystemSnapshot;

    expect(sent).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      at: expect.stringMatching(/Z$/),
      topic,
      subject: 'restore-staging has failed',
      text: 'The task failed.\n\nReason: DCS.4004',
    });
    expect(messages).toContainEqual(sent);
  });

  it('reports when timers are paused because functions were deployed, and ticks none of them', async () => {
    const watcher = await watch();
    await watcher.next('snapshot');

    here.rest(true);
    await watcher.next('system', ({ resting }) => resting);
    await watcher.next('timers', (timers) => timers.length === 0);
    const refused = await change('POST', 'timers/refresh/tick');
    here.rest(false);
    await watcher.next('system', ({ resting }) => !resting);
    await watcher.next('timers', (timers) => timers.length === 2);

    expect(refused).toMatchObject({ status: 409, json: { title: 'Timers are paused' } });
  });

  it.each([
    ['a job that anybody may ask for', 'plain-move', {}],
    ['a job with a token', 'move-cache', { body: { description: 'from the page' } }],
    ['a job with a signing secret', 'partner-move', {}],
  ])('asks for %s, once for an idempotency key', async (_, job, rest) => {
    const request = { job, idempotency_key: `page-${job}`, ...rest };

    const first = await change('POST', 'requests', request);
    const again = await change('POST', 'requests', request);

    expect(first).toMatchObject({
      status: 200,
      json: { status: 201, headers: { 'content-type': 'application/json' } },
    });
    expect(again).toMatchObject({ status: 200, json: { status: 200 } });
    const [one, other] = [first, again].map(({ json }) => JSON.parse((json as { body: string }).body));
    expect(other).toMatchObject({ outcome: 'existing', task: { id: one.task.id } });
  });

  it('passes on refusals of the gateway unchanged', async () => {
    const response = await change('POST', 'requests', { job: 'plain-move', body: [1] });

    expect(response).toMatchObject({
      status: 200,
      json: { status: 400, headers: { 'content-type': 'application/problem+json' } },
    });
  });

  it('shows the progress of a run', async () => {
    const watcher = await watch();

    await change('POST', 'requests', { job: 'move-cache', idempotency_key: 'progress' });
    await runThat(watcher, ({ job, task }) => job === 'move-cache' && task !== undefined);
    here.system.cloud.clock.advance(IMPORT_MS);
    here.system.builtIn.timers.tick('reconcile');
    const row = await runThat(watcher, ({ job, progress }) => job === 'move-cache' && progress !== undefined);
    const tasks = await watcher.next('tasks', (rows) =>
      rows.some(({ id, progress }) => id === row.task?.id && progress),
    );

    expect(row.progress?.text).toMatch(/^full \d+(\.\d+)? %, /);
    expect(row.progress?.percent).toBeGreaterThanOrEqual(0);
    expect(tasks.length).toBeGreaterThan(0);
  });

  it('reports a change of the jobs file, with its problems', async () => {
    const watcher = await watch();
    await watcher.next('snapshot');

    await writeFile(here.jobsFile, JOBS.replace('target_instance: staging-cache', 'target_instance: nobody'));
    const changed = await watcher.next('jobs_file');
    await writeFile(here.jobsFile, JOBS);
    await watcher.next('jobs_file', (info) => !info.changed_since_start);

    expect(changed).toMatchObject({ changed_since_start: true, problems: expect.any(Array) });
    expect(changed.problems.filter(({ level }) => level === 'error')).toMatchObject([
      { line: 15, path: 'jobs.restore-staging.backup_import.target_instance' },
    ]);
  });

  describe('admits nobody else', () => {
    const host = () => new URL(url).host;
    const port = () => new URL(url).port;

    it.each([
      ['a name that was made to point here', () => ({ host: `evil.example:${port()}` })],
      ['another port', () => ({ host: '127.0.0.1:1' })],
      ['a host without its port', () => ({ host: '127.0.0.1' })],
      ['another page', () => ({ host: host(), origin: 'https://evil.example' })],
      ['a page of another server on this machine', () => ({ host: host(), origin: 'http://127.0.0.1:1' })],
      ['a page without an origin of its own', () => ({ host: host(), origin: 'null' })],
      ['a script that another site embeds', () => ({ host: host(), 'sec-fetch-site': 'cross-site' })],
    ])('by %s', async (_, headers) => {
      for (const at of ['api/stream', 'api/faults/kinds']) {
        expect(await ask(url + at, { headers: headers() })).toMatchObject({
          status: 403,
          headers: { 'content-type': 'application/problem+json' },
        });
      }
    });

    it.each([
      ['PUT', 'buckets/redis-backups/objects?key=prod/x.rdb'],
      ['POST', 'timers/refresh/tick'],
      ['POST', 'requests'],
      ['POST', 'deliver-again'],
      ['POST', 'faults'],
      ['DELETE', 'faults'],
    ])('for %s %s without the header that only its own page sends', async (method, at) => {
      const asked = (headers: Record<string, string>) => ask(`${url}api/${at}`, { method, headers });

      expect(await asked({})).toMatchObject({ status: 403 });
      expect(await asked({ 'x-console': '0' })).toMatchObject({ status: 403 });
    });

    it('except its own page, by either name', async () => {
      const names = [
        { host: `localhost:${port()}`, origin: `http://localhost:${port()}` },
        { host: host(), origin: `http://${host()}`, 'sec-fetch-site': 'same-origin' },
      ];
      for (const headers of names)
        expect(await ask(`${url}api/faults/kinds`, { headers })).toMatchObject({ status: 200 });
    });
  });

  it.each([
    ['GET', 'places/local/runs/restore-staging/00000000000000000000000000000000', undefined, 404],
    ['GET', 'places/local/runs/..%2F..%2Fopen/00000000000000000000000000000000', undefined, 404],
    ['GET', 'places/local/runs/%ff/x', undefined, 404],
    ['GET', 'nothing', undefined, 404],
    ['POST', 'stream', undefined, 404],
    ['POST', 'faults/kinds', undefined, 405],
    ['GET', 'requests', undefined, 405],
    ['PUT', 'buckets/nobodys/objects?key=a', sample(''), 404],
    ['PUT', 'buckets/redis-backups/objects', sample(''), 422],
    ['POST', 'faults', { text: 'ListTasks=html', times: 1.5 }, 422],
    ['POST', 'timers/nobody/tick', undefined, 404],
    ['POST', 'requests', { job: 'restore-staging' }, 404],
    ['POST', 'requests', { job: 'plain-move', idempotency_key: 'a\nb' }, 422],
    ['POST', 'requests', { job: 'plain-move', more: 1 }, 422],
    ['POST', 'faults', { text: 'NoSuchCall=html' }, 422],
    ['POST', 'faults', { text: 'ListTasks=nonsense' }, 422],
    ['POST', 'faults', { text: 'ListTasks=html', times: 0 }, 422],
  ])('responds to %s %s with a problem', async (method, at, value, status) => {
    const response = await change(method, at, value);

    expect(response).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json' },
      json: { title: expect.any(String), detail: expect.any(String), status },
    });
  });

  it('lists the allowed methods for a wrong one', async () => {
    expect(await change('POST', 'faults/kinds')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(await change('PUT', 'faults')).toMatchObject({ status: 405, headers: { allow: 'POST, DELETE' } });
  });

  it('accepts keys up to the length limit of OBS', async () => {
    const put = (key: string) => change('PUT', `buckets/redis-backups/objects?key=${key}`, sample(''));

    expect(await put('k'.repeat(1024))).toMatchObject({ status: 201 });
    expect(await put('k'.repeat(1025))).toMatchObject({ status: 422, json: { title: 'KeyTooLongError' } });
  });

  it('accepts JSON only with the right content type', async () => {
    const body = { headers: { 'x-console': '1', 'content-type': 'text/plain' }, body: '{}' };
    const broken = { headers: { 'x-console': '1', 'content-type': 'application/json' }, body: '{' };

    expect(await ask(`${url}api/faults`, { method: 'POST', ...body })).toMatchObject({ status: 415 });
    expect(await ask(`${url}api/faults`, { method: 'POST', ...broken })).toMatchObject({ status: 400 });
  });

  it('accepts an object of 64 MiB but not a larger one, with or without content-length', async () => {
    const most = 64 * 1024 * 1024;
    const put = (bytes: number, headers: Record<string, string> = {}) =>
      change('PUT', 'buckets/redis-backups/objects?key=large/a.bin', new Uint8Array(bytes), headers);

    expect(await put(most)).toMatchObject({ status: 201, json: { bytes: most } });
    expect(await put(most + 1)).toMatchObject({ status: 413 });
    expect(await put(most + 16 * 1024 * 1024, { 'transfer-encoding': 'chunked' })).toMatchObject({ status: 413 });
    expect((await here.system.cloud.obs.bytes('redis-backups', 'large/a.bin'))?.length).toBe(most);
  });

  it('serves only the files of its page, which load nothing from elsewhere', async () => {
    const page = await ask(url);

    expect(page).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': expect.stringMatching(/^default-src 'self';/),
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    });
    expect(page.text).toBe(
      await readFile(path.join(import.meta.dirname, '../../../../lib/console/page/index.html'), 'utf8'),
    );
    for (const at of [
      'start-console.ts',
      '../wire.ts',
      '..%2fwire.ts',
      '%2e%2e/wire.ts',
      '/etc/passwd',
      'page',
      'constructor',
    ])
      expect(await ask(url + at)).toMatchObject({ status: 404 });
    expect(await ask(url, { method: 'POST', headers: { 'x-console': '1' } })).toMatchObject({ status: 405 });
  });

  it('limits the number of open pages', async () => {
    const pages = await Promise.all(Array.from({ length: 20 }, () => watch()));
    await Promise.all(pages.map((page) => page.next('snapshot')));

    expect(await ask(`${url}api/stream`)).toMatchObject({ status: 503 });
  });

  it('ends all streams when it is closed', async () => {
    const other = await startAnother();
    const watcher = await Watcher.open(other.url);
    await watcher.next('snapshot');

    await other.close();

    while (watcher.isOpen) await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(ask(other.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('has sent no secrets in any of this', async () => {
    const file = await readSystemFile(here.system.stateFolder);
    const signing = localSigningSecret('PARTNER_SECRET');
    const secrets = [
      ...['STAGING_CACHE_PASSWORD', 'NEW_CACHE_PASSWORD', 'OLD_CACHE_PASSWORD', 'PIPELINE_TOKEN'].map(localSecret),
      signing,
      signing.replace('whsec_', ''),
      file?.keys.secret_key ?? '',
      file?.keys.security_token ?? '',
    ];
    const watcher = await watch();
    const { runs } = await watcher.next('snapshot');
    for (const { job, run } of runs) bodies.push((await ask(`${url}api/places/local/runs/${job}/${run}`)).text);
    const sent = [...bodies, watcher.text].join('\n');

    expect(new Set(runs.map(({ job }) => job)).size).toBe(5);

    expect(sent.length).toBeGreaterThan(10_000);
    expect(secrets.filter((secret) => secret === '' || sent.includes(secret))).toEqual([]);
    // None was there to be masked either.
    expect(sent).not.toContain('***');
  });
});
