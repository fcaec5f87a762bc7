import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { EXAMPLES } from '../../lib/webhook/openapi/examples.ts';
import { PROBLEM_TYPES } from '../../lib/webhook/problem-types.ts';
import {
  ALL_SECRETS,
  type Ask,
  BROKEN,
  IMPATIENT,
  OTHER_STAGE,
  type Reply,
  SIGNING,
  STORED,
  startWebhookSystem,
  TOKENS,
  type WebhookSystem,
  WITHOUT_LEDGER,
} from '../fixtures/webhook-system.ts';

type Json = Record<string, unknown>;

const IMPORT = EXAMPLES.start.import.value;
const RUNS = '/jobs/move-session-cache/runs';
const NO_RUN = 'f'.repeat(32);

/** A message as its sender signs it. */
function signed(secret: string, id: string, payload: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

describe('the webhook through the gateway', () => {
  let system: WebhookSystem;
  let document: Json;
  const ajv = new Ajv2020.Ajv2020({ strict: false, validateFormats: false });
  /** The responses seen, by operation and status. */
  const seen = new Set<string>();

  beforeAll(async () => {
    system = await startWebhookSystem();
    document = (await system.ask({ path: '/openapi.json' })).json;
    ajv.addSchema(document, 'api');
  }, 60_000);
  afterAll(() => system.close());
  beforeEach(() => system.newCloud());
  afterEach(() => {
    for (const secret of [...ALL_SECRETS, 'SK-secret-1', 'TOKEN-secret-1'])
      expect(system.logText()).not.toContain(secret);
  });

  const operations = () =>
    Object.entries(document['paths'] as Record<string, Json>).flatMap(([path, item]) =>
      ['get', 'post'].flatMap((method) => (item[method] ? [{ path, method, operation: item[method] as Json }] : [])),
    );

  /** Sends a request, and checks its response against the document. */
  async function ask(request: Ask): Promise<Reply> {
    const reply = await system.ask(request);
    const path = (request.path.split('?')[0] ?? '').replace(/^\/(bare|broken|impatient|other-stage|stored)/, '');
    const found = operations().find(
      (candidate) =>
        candidate.method === (request.method ?? 'GET').toLowerCase() &&
        new RegExp(`^${candidate.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    if (!found) return reply;
    const pointer = `api#/paths/${found.path.replaceAll('/', '~1')}/${found.method}/responses/${reply.status}`;
    const type = (reply.headers['content-type'] ?? '').replace('/', '~1');
    const validate = ajv.getSchema(`${pointer}/content/${encodeURIComponent(type)}/schema`);
    expect({ pointer, type, documented: validate !== undefined }).toEqual({ pointer, type, documented: true });
    validate?.(reply.json);
    expect(validate?.errors ?? null).toBeNull();
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    for (const secret of ALL_SECRETS) expect(reply.text).not.toContain(secret);
    seen.add(`${found.method} ${found.path} ${reply.status}`);
    return reply;
  }
  const start = (path: string, key: string, more: Partial<Ask> = {}) =>
    ask({ method: 'POST', path, ...more, headers: { 'idempotency-key': key, ...more.headers } });
  const problem = (reply: Reply, code: keyof typeof PROBLEM_TYPES) =>
    expect({ status: reply.status, type: reply.json['type'] }).toEqual({
      status: PROBLEM_TYPES[code].status,
      type: `https://migration-functions.example/docs/webhook.md#${code}`,
    });

  /** From now on whoever reads this name of the ledger waits: nobody writes into the pipe. */
  async function hang(name: string): Promise<void> {
    const file = join(system.ledgerFolder, 'names', `${name}~list`);
    await rm(file, { recursive: true });
    execFileSync('mkfifo', [file]);
  }

  it('refuses to start, show, list and cancel a run of another stage, and tells the caller nothing of either', async () => {
    const { headers } = await start(RUNS, 'stage-1');
    const at = `${OTHER_STAGE}${headers['location']}`;

    const replies = [
      await start(`${OTHER_STAGE}${RUNS}`, 'stage-1'),
      await ask({ path: at }),
      await ask({ method: 'POST', path: `${at}/cancel` }),
    ];

    for (const reply of replies) {
      problem(reply, 'other_environment');
      expect(reply.json['detail']).toBe(
        'the ledger has this run for another region, project or stage; nothing was created or recorded',
      );
      expect(reply.text).not.toMatch(/ap-southeast|staging|0123456789abcdef0123456789abcdef/);
    }
    expect((await ask({ path: `${OTHER_STAGE}${RUNS}?state=open` })).json['runs']).toEqual([]);
    expect(system.cloud.tasks()).toHaveLength(1);
    expect(system.cloud.requestsOf('StopMigrationTask')).toEqual([]);
    expect(system.logText()).toContain('it belongs to region');
  });

  describe('POST /jobs/{job}/runs', () => {
    it('responds with 201 with Location, then 200 for the same key, and the run can be read there', async () => {
      const first = await start(RUNS, 'a-1');
      const again = await start(RUNS, 'a-1');
      const shown = await ask({ path: first.headers['location'] ?? '' });

      expect([first.status, again.status, shown.status]).toEqual([201, 200, 200]);
      expect(first.headers['location']).toBe(`${RUNS}/${first.json['run']}`);
      expect(again.headers['location']).toBe(first.headers['location']);
      expect(again.json).toMatchObject({ outcome: 'existing', task: { id: (first.json['task'] as Json)['id'] } });
      expect(system.cloud.tasks()).toHaveLength(1);
    });

    it('responds with 409 to the same key with another body, and creates nothing', async () => {
      const path = '/jobs/import-on-demand/runs';
      await start(path, 'a-2', { body: IMPORT });

      const other = await start(path, 'a-2', { body: { ...IMPORT, description: 'another' } });
      const same = await start(path, 'a-2', { body: Object.fromEntries(Object.entries(IMPORT).reverse()) });

      problem(other, 'key_reused');
      expect(same.status).toBe(200);
      expect(system.cloud.tasks()).toHaveLength(1);
    });

    it('responds with 202 if the response of the cloud was lost and the task is not listed yet', async () => {
      system.cloud.assume({ 'dcs-list-lag': 'within-settle' });
      system.cloud.faults.add({ operation: 'CreateOnlineMigrationTask', kind: 'reply_lost' });

      const lost = await start(RUNS, 'a-3');

      expect(lost.status).toBe(202);
      expect(lost.json).toMatchObject({ outcome: 'unknown', next: expect.stringContaining('resolved automatically') });
      expect(system.cloud.tasks()).toHaveLength(1);
    });

    it('responds with 202 if the target has another task, and the run continues by itself', async () => {
      await start('/jobs/import-on-demand/runs', 'a-4', { body: IMPORT });

      const queued = await start('/jobs/import-on-demand/runs', 'a-5', { body: IMPORT });

      expect(queued.status).toBe(202);
      expect(queued.json).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    });

    it.each<[string, keyof typeof PROBLEM_TYPES, Partial<Ask>]>([
      ['a body that is not JSON', 'not_json', { body: '{', headers: { 'content-type': 'application/json' } }],
      ['a list', 'not_an_object', { body: [] }],
      ['a key twice', 'duplicate_key', { body: '{"a":1,"a":1}', headers: { 'content-type': 'application/json' } }],
      ['a prototype', 'forbidden_key', { body: '{"__proto__":1}', headers: { 'content-type': 'application/json' } }],
      [
        '33 levels',
        'too_deep',
        { body: `{"a":${'['.repeat(32)}${']'.repeat(32)}}`, headers: { 'content-type': 'application/json' } },
      ],
      ['a key with a space', 'idempotency_key', { headers: { 'idempotency-key': 'a b' } }],
      ['more than 256 KB', 'body_too_large', { body: 'x'.repeat(262_145) }],
      ['a string', 'not_json_type', { body: 'x', headers: { 'content-type': 'text/plain' } }],
      [
        'a compressed body',
        'content_encoding',
        { body: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
      ],
      ['a field that is not accepted', 'invalid_fields', { body: { name: 'x' } }],
    ])('refuses %s as %s', async (_case, code, more) => {
      problem(await start(RUNS, 'b-1', more), code);
      expect(system.cloud.requests).toEqual([]);
    });

    it('refuses an unused query parameter, and accepts one that a placeholder uses', async () => {
      problem(await start(`${RUNS}?team=a`, 'b-2'), 'bad_query');

      const used = await start('/jobs/open-move/runs?team=a', 'b-2');

      expect(used.status).toBe(201);
    });

    it('refuses an unknown job, and says the same of one that is not the caller’s', async () => {
      const replies = await Promise.all(
        ['no-such-job', 'tick-only', 'partner-move', 'pipeline-move', 'unset-move'].map((job) =>
          start(`/jobs/${job}/runs`, 'b-3'),
        ),
      );

      for (const reply of replies) problem(reply, 'no_such_job');
      const [first, ...others] = replies.map(({ json: { request_id: _, ...body } }) => body);
      for (const other of others) expect(other).toEqual(first);
      expect(system.cloud.requests).toEqual([]);
    });

    it('responds with 400 and 404 when the cloud refused fields of the caller, and 502 when it refused the job’s', async () => {
      const body = { ...IMPORT, description: 'refused' };
      const bare = `${WITHOUT_LEDGER}/jobs/import-on-demand/runs`;
      system.cloud.faults.add({ operation: 'CreateMigrationTask', kind: 'error', status: 400, code: 'DCS.4013' });
      problem(await start(bare, 'c-1', { body }), 'refused_field');
      system.cloud.faults.add({ operation: 'CreateMigrationTask', kind: 'error', status: 404, code: 'DCS.3022' });
      problem(await start(bare, 'c-2', { body }), 'not_found_in_cloud');
      system.cloud.faults.add({ operation: 'CreateOnlineMigrationTask', kind: 'error', status: 400, code: 'DCS.4013' });
      const refused = await start(RUNS, 'c-3');
      problem(refused, 'refused_by_cloud');
      expect(refused.json['code']).toBe('DCS.4013');

      const again = await start(RUNS, 'c-3');

      expect({ ...again.json, request_id: '' }).toEqual({ ...refused.json, request_id: '' });
    });

    it('responds with 409 when the source server has a task of another run', async () => {
      const first = await start(`${WITHOUT_LEDGER}/jobs/move-web-01/runs`, 'd-1');

      const second = await start(`${WITHOUT_LEDGER}/jobs/move-web-01/runs`, 'd-2');

      expect(first.status).toBe(201);
      problem(second, 'run_rejected');
      expect(second.json['code']).toBe('source_has_task');
    });

    it('responds with 503 and Retry-After if a permission is missing and nothing continues the run', async () => {
      system.cloud.faults.add({ operation: 'CreateOnlineMigrationTask', kind: 'forbidden' });

      const reply = await start(`${WITHOUT_LEDGER}/jobs/move-session-cache/runs`, 'denied');

      problem(reply, 'refused_for_now');
      expect(reply.headers).toMatchObject({ 'retry-after': '30' });
      expect(reply.json).toMatchObject({ code: 'DCS.2007' });
    });

    it('responds with 429 and Retry-After on a transient failure if nothing continues the run', async () => {
      system.cloud.faults.add({ operation: '*', kind: 'throttled', times: 99 });

      const reply = await start(`${WITHOUT_LEDGER}${RUNS}`, 'e-1');

      problem(reply, 'waiting');
      expect(reply.headers['retry-after']).toBe('30');
    });

    it('responds with 500 and no details if the configuration is invalid', async () => {
      const reply = await start(`${BROKEN}${RUNS}`, 'f-1');

      problem(reply, 'internal');
      expect(reply.text).not.toContain('not-there');
    });
  });

  describe('authentication', () => {
    const path = '/jobs/partner-move/runs';

    it.each(['PARTNER_NEW', 'PARTNER_OLD'] as const)('takes a message that %s signed, once', async (name) => {
      const headers = signed(SIGNING[name], `msg_${name}`, '{"description":"x"}');
      const message = { method: 'POST', path, headers, body: { description: 'x' } };

      const first = await ask(message);
      const replayed = await ask(message);

      expect([first.status, replayed.status]).toEqual([201, 200]);
      expect(replayed.json['run']).toBe(first.json['run']);
      expect(system.cloud.tasks()).toHaveLength(1);
    });

    it('refuses an Idempotency-Key next to a signature', async () => {
      const headers = { ...signed(SIGNING.PARTNER_NEW, 'msg_k', ''), 'idempotency-key': 'k' };

      problem(await ask({ method: 'POST', path, headers }), 'idempotency_key');
    });

    it('lets whoever may start a run read and cancel it, with signatures of their own', async () => {
      const started = await ask({ method: 'POST', path, headers: signed(SIGNING.PARTNER_NEW, 'msg_r', '') });
      const at = started.headers['location'] ?? '';
      const body = { run: started.json['run'] };
      system.cloud.clock.advance(3_600_000);

      const shown = await ask({ path: at, headers: signed(SIGNING.PARTNER_NEW, 'msg_g', `GET ${at}`) });
      const elsewhere = await ask({ path: at, headers: signed(SIGNING.PARTNER_NEW, 'msg_g', 'GET /jobs') });
      const unnamed = await ask({
        method: 'POST',
        path: `${at}/cancel`,
        headers: signed(SIGNING.PARTNER_NEW, 'm', ''),
      });
      const cancelled = await ask({
        method: 'POST',
        path: `${at}/cancel`,
        headers: signed(SIGNING.PARTNER_NEW, 'msg_c', JSON.stringify(body)),
        body,
      });

      expect([shown.status, elsewhere.status, unnamed.status, cancelled.status]).toEqual([200, 404, 422, 202]);
    });

    it('accepts a bearer token for the jobs that list it', async () => {
      const headers = { authorization: `Bearer ${TOKENS.PIPELINE}` };

      expect((await start('/jobs/pipeline-move/runs', 'g-1', { headers })).status).toBe(201);
      problem(await start('/jobs/other-pipeline-move/runs', 'g-1', { headers }), 'no_such_job');
    });
  });

  describe('GET /jobs', () => {
    const names = (reply: Reply) => (reply.json['jobs'] as Json[]).map(({ name }) => name);
    const OPEN = ['echo-move', 'import-on-demand', 'move-session-cache', 'move-web-01', 'open-move'];

    it('lists what anybody may start, and what the caller’s secret opens', async () => {
      const anybody = await ask({ path: '/jobs' });
      const pipeline = await ask({ path: '/jobs', headers: { authorization: `Bearer ${TOKENS.PIPELINE}` } });
      const partner = await ask({ path: '/jobs', headers: signed(SIGNING.OTHER_PARTNER, 'm', 'GET /jobs') });

      expect(names(anybody).sort()).toEqual(OPEN);
      expect(names(pipeline).sort()).toEqual([...OPEN, 'pipeline-move'].sort());
      expect(names(partner).sort()).toEqual([...OPEN, 'other-partner-move'].sort());
    });

    it.each(['/jobs', '/health', '/openapi.json'])(
      '%s refuses a query, and responds with 500 if the configuration is invalid',
      async (path) => {
        problem(await ask({ path: `${path}?a=1` }), 'bad_query');
        problem(await ask({ path: `${BROKEN}${path}` }), 'internal');
      },
    );

    it('GET /health makes no call', async () => {
      const reply = await ask({ path: '/health' });

      expect(reply.json).toEqual({ status: 'ok' });
      expect(system.cloud.requests).toEqual([]);
    });
  });

  describe('GET /jobs/{job}/runs/{run}', () => {
    it('says how far the task is, with its history, and without a ledger what the cloud knows', async () => {
      const { json } = await start(RUNS, 'h-1');

      const shown = await ask({ path: `${RUNS}/${json['run']}` });
      const bare = await ask({ path: `${WITHOUT_LEDGER}${RUNS}/${json['run']}` });

      expect(shown.json).toMatchObject({ state: 'created', task: { status: 'CREATING' } });
      expect((shown.json['history'] as Json[]).map(({ event }) => event)).toContain('created');
      expect(bare.json).toMatchObject({ task: { id: (json['task'] as Json)['id'] } });
      expect(bare.json).not.toHaveProperty('history');
    });

    it('shows without a ledger no task of another job, of the same run or not', async () => {
      const { json } = await start(`${WITHOUT_LEDGER}${RUNS}`, 'h-3');
      const of = (job: string) => ask({ path: `${WITHOUT_LEDGER}/jobs/${job}/runs/${json['run']}` });

      expect((await of('move-session-cache')).status).toBe(200);
      for (const job of ['open-move', 'import-on-demand', 'move-web-01']) problem(await of(job), 'no_such_run');
    });

    it('responds with 404, 400 and 500', async () => {
      problem(await ask({ path: `${RUNS}/${NO_RUN}` }), 'no_such_run');
      problem(await ask({ path: `${RUNS}/${NO_RUN}?a` }), 'bad_query');
      problem(await ask({ path: `${BROKEN}${RUNS}/${NO_RUN}` }), 'internal');
      problem(await ask({ path: `${WITHOUT_LEDGER}${RUNS}/${NO_RUN}` }), 'no_such_run');
    });

    it('responds with 503 if the cloud is unreachable or too slow, and with 502 if it refuses', async () => {
      const path = `${WITHOUT_LEDGER}${RUNS}/${NO_RUN}`;
      system.cloud.faults.add({ operation: 'ListMigrationTask', kind: 'throttled', times: 9 });
      problem(await ask({ path }), 'cloud_unavailable');
      system.cloud.faults.clear();
      system.cloud.faults.add({ operation: 'ListMigrationTask', kind: 'forbidden', times: 9 });
      problem(await ask({ path }), 'refused_by_cloud');
      system.cloud.faults.clear();
      const { json } = await start(RUNS, 'h-2');
      await hang(`runs/move-session-cache/${json['run']}`);
      const slow = await ask({ path: `${IMPATIENT}${RUNS}/${json['run']}` });
      problem(slow, 'too_slow');
      expect(slow.headers['retry-after']).toBe('30');
    });
  });

  describe('GET /jobs/{job}/runs?state=open', () => {
    it('lists the runs that are not over', async () => {
      system.cloud.faults.add({ operation: 'CreateOnlineMigrationTask', kind: 'throttled', times: 99 });
      const { json } = await start('/jobs/open-move/runs?team=b', 'i-1');

      const { json: page, status } = await ask({ path: '/jobs/open-move/runs?state=open' });

      expect(status).toBe(200);
      expect(page['runs']).toContainEqual(expect.objectContaining({ run: json['run'], state: 'waiting' }));
    });

    it('responds with 503 if the ledger does not respond in time', async () => {
      system.cloud.faults.add({ operation: 'CreateOnlineMigrationTask', kind: 'throttled', times: 99 });
      const { json } = await start(RUNS, 'i-2');
      await hang(`runs/move-session-cache/${json['run']}`);

      const reply = await ask({ path: `${IMPATIENT}${RUNS}?state=open` });

      problem(reply, 'too_slow');
    });

    it('responds with 400, 404, 409 and 500', async () => {
      problem(await ask({ path: RUNS }), 'bad_query');
      problem(await ask({ path: `${RUNS}?state=closed` }), 'bad_query');
      problem(await ask({ path: '/jobs/pipeline-move/runs?state=open' }), 'no_such_job');
      problem(await ask({ path: `${WITHOUT_LEDGER}${RUNS}?state=open` }), 'needs_ledger');
      problem(await ask({ path: `${BROKEN}${RUNS}?state=open` }), 'internal');
    });
  });

  describe('POST /jobs/{job}/runs/{run}/cancel', () => {
    const cancel = (path: string, more: Partial<Ask> = {}) => ask({ method: 'POST', path: `${path}/cancel`, ...more });

    it('ends a run without a task, and its key then returns that', async () => {
      system.cloud.faults.add({ operation: 'CreateOnlineMigrationTask', kind: 'throttled', times: 99 });
      const { headers } = await start(RUNS, 'j-1');
      const at = headers['location'] ?? '';

      const cancelled = await cancel(at);
      const again = await cancel(at);
      const shown = await ask({ path: at });
      const restarted = await start(RUNS, 'j-1');

      expect([cancelled.status, again.status]).toEqual([200, 200]);
      expect(shown.json).toMatchObject({ state: 'rejected', reason: { code: 'cancelled' } });
      problem(restarted, 'run_rejected');
      expect(restarted.json['code']).toBe('cancelled');
      expect(system.cloud.tasks()).toEqual([]);
    });

    it('has a task stopped, once', async () => {
      const { headers } = await start('/jobs/import-on-demand/runs', 'j-2', { body: IMPORT });
      const at = headers['location'] ?? '';

      const first = await cancel(at);
      const second = await cancel(at);

      expect([first.status, second.status]).toEqual([202, 202]);
      expect(system.cloud.requestsOf('StopMigrationTask')).toHaveLength(1);
    });

    it('has nothing to stop when the task is over', async () => {
      const { headers } = await start(RUNS, 'j-3');
      const at = headers['location'] ?? '';
      system.cloud.clock.advance(3_600_000);
      const first = await cancel(at);
      system.cloud.clock.advance(3_600_000);

      expect(first.status).toBe(202);
      problem(await cancel(at), 'run_over');
    });

    it.each<[string, keyof typeof PROBLEM_TYPES, Partial<Ask>]>([
      ['another run in the body', 'invalid_fields', { body: { run: NO_RUN } }],
      ['another field', 'invalid_fields', { body: { force: true } }],
      ['no JSON', 'not_json', { body: '{', headers: { 'content-type': 'application/json' } }],
      ['a string', 'not_json_type', { body: 'x', headers: { 'content-type': 'text/plain' } }],
      ['more than 256 KB', 'body_too_large', { body: 'x'.repeat(262_145) }],
    ])('refuses %s as %s', async (_case, code, more) => {
      problem(await cancel(`${RUNS}/${EXAMPLES.run}`, more), code);
    });

    it('stops nothing without a ledger, also of a run of its own', async () => {
      const { headers } = await start(`${WITHOUT_LEDGER}${RUNS}`, 'j-6');
      system.cloud.clock.advance(3_600_000);

      problem(await cancel(headers['location'] ?? ''), 'needs_ledger');

      expect(system.cloud.requestsOf('StopMigrationTask')).toEqual([]);
    });

    it('responds with 404, 409 while the outcome is unknown, 500 and 502', async () => {
      problem(await cancel(`${RUNS}/${NO_RUN}`), 'no_such_run');
      problem(await cancel(`${BROKEN}${RUNS}/${NO_RUN}`), 'internal');
      const { headers } = await start(RUNS, 'j-4');
      const at = headers['location'] ?? '';
      problem(await cancel(at), 'not_yet');
      system.cloud.clock.advance(3_600_000);
      system.cloud.faults.add({ operation: 'StopMigrationTask', kind: 'error', status: 400, code: 'DCS.4133' });
      problem(await cancel(at), 'refused_by_cloud');
      const recorded = (await start(RUNS, 'j-5')).headers['location'] ?? '';
      system.cloud.faults.add({ operation: 'ListMigrationTask', kind: 'throttled', times: 9 });
      const later = await cancel(recorded);
      problem(later, 'not_yet');
      expect(later.headers['retry-after']).toBe('30');
    });
  });

  it('responds to every path with 503 while the secret of a caller in DEW cannot be read', async () => {
    const headers = { authorization: `Bearer ${TOKENS.PIPELINE}` };
    const runs = `${STORED}/jobs/pipeline-move/runs`;

    const replies = [
      await ask({ path: `${STORED}/jobs`, headers }),
      await ask({ method: 'POST', path: runs, headers }),
      await ask({ path: `${runs}?state=open`, headers }),
      await ask({ path: `${runs}/${NO_RUN}`, headers }),
      await ask({ method: 'POST', path: `${runs}/${NO_RUN}/cancel`, headers }),
    ];

    for (const reply of replies) {
      problem(reply, 'secret_unavailable');
      expect(reply.headers['retry-after']).toBe('30');
    }
    expect(system.cloud.tasks()).toEqual([]);
  });

  it.each([
    ['PUT', '/jobs', 'GET'],
    ['DELETE', RUNS, 'GET, POST'],
    ['POST', `${RUNS}/${NO_RUN}`, 'GET'],
    ['GET', `${RUNS}/${NO_RUN}/cancel`, 'POST'],
    ['HEAD', '/health', 'GET'],
    ['OPTIONS', '/openapi.json', 'GET'],
  ])('responds to %s %s with 405 and Allow', async (method, path, allow) => {
    const reply = await system.ask({ method, path });

    expect(reply.status).toBe(405);
    expect(reply.headers['allow']).toBe(allow);
  });

  it('responds to every example of the document as documented', async () => {
    // What starts comes first, and what cancels last.
    const orderOf = ({ operationId }: Json) => ['startRun', 'cancelRun'].indexOf(String(operationId)) + 1 || 1.5;
    let sent = 0;
    const inOrder = [...operations()].sort((a, b) => orderOf(a.operation) - orderOf(b.operation));
    for (const { path, method, operation } of inOrder) {
      const filled = path.replace('{job}', EXAMPLES.job).replace('{run}', EXAMPLES.run);
      const query = operation['operationId'] === 'listOpenRuns' ? '?state=open' : '';
      const content = (operation['requestBody'] as Json | undefined)?.['content'] as Json | undefined;
      const examples = (content?.['application/json'] as Json | undefined)?.['examples'] as Record<string, Json>;
      for (const { value } of Object.values(examples ?? { none: {} })) {
        const key = operation['operationId'] === 'startRun' ? { 'idempotency-key': EXAMPLES.key } : {};
        const body = value === undefined ? {} : { body: value as object };
        const reply = await ask({ method: method.toUpperCase(), path: `${filled}${query}`, headers: key, ...body });
        expect([200, 201, 202]).toContain(reply.status);
        if (operation['operationId'] === 'startRun') expect(reply.json['run']).toBe(EXAMPLES.run);
        sent += 1;
      }
    }
    expect(sent).toBe(7);
  });

  // The last one: it looks at what the others saw.
  it('has given every response that the document lists', () => {
    const documented = operations().flatMap(({ path, method, operation }) =>
      Object.keys(operation['responses'] as Json).map((status) => `${method} ${path} ${status}`),
    );

    expect(documented.filter((response) => !seen.has(response))).toEqual([]);
  });
});
