import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { EXAMPLES } from '../../lib/webhook/openapi/examples.ts';
import {
  ALL_SECRETS,
  type Ask,
  PASSWORD,
  type Reply,
  SIGNING,
  startWebhookSystem,
  TOKENS,
  type WebhookSystem,
  WITHOUT_LEDGER,
} from '../fixtures/webhook-system.ts';

const SIGNED = '/jobs/partner-move/runs';
const OPEN = '/jobs/import-on-demand/runs';
const TOKEN = '/jobs/pipeline-move/runs';
const RUN = 'a'.repeat(32);
const BODY = '{"description":"x"}';
const JSON_TYPE = { 'content-type': 'application/json' };

interface Message {
  readonly secret?: string;
  readonly id?: string;
  readonly at?: number | string;
  /** The signed body; sent unless another is given. */
  readonly payload?: string;
  readonly headers?: Record<string, string | string[]>;
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

function signature({ secret = SIGNING.PARTNER_NEW, id = 'msg_1', at = nowSeconds(), payload = BODY }: Message): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return createHmac('sha256', key).update(`${id}.${at}.${payload}`).digest('base64');
}

/** Headers of a message as its sender would make them, then changed. */
function message(given: Message = {}): Record<string, string | string[]> {
  const at = given.at ?? nowSeconds();
  return {
    ...JSON_TYPE,
    'webhook-id': given.id ?? 'msg_1',
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${signature({ ...given, at })}`,
    ...given.headers,
  };
}

const post = (path: string, headers: Ask['headers'], body: Ask['body'] = BODY): Ask => ({
  method: 'POST',
  path,
  headers: headers ?? {},
  body,
});
const json = (body: string | Buffer, path = OPEN): Ask => post(path, JSON_TYPE, body);
const deep = (levels: number) => `{"description":${'['.repeat(levels)}${']'.repeat(levels)}}`;

/** The attempt and the required status. Requests are made late, because signatures contain the time. */
const ATTACKS: readonly (readonly [what: string, ask: () => Ask, status: number])[] = [
  // Signed messages.
  ['no signature at all', () => post(SIGNED, JSON_TYPE), 404],
  ['a tampered body', () => post(SIGNED, message(), '{"description":"y"}'), 404],
  ['a body with a space more', () => post(SIGNED, message(), `${BODY} `), 404],
  ['a body cut short', () => post(SIGNED, message(), BODY.slice(0, -1)), 404],
  ['an empty body in place of the signed one', () => post(SIGNED, message(), ''), 404],
  ['a time six minutes ago', () => post(SIGNED, message({ at: nowSeconds() - 360 })), 404],
  ['a time six minutes ahead', () => post(SIGNED, message({ at: nowSeconds() + 360 })), 404],
  ['a time in milliseconds', () => post(SIGNED, message({ at: Date.now() })), 404],
  ['a negative time', () => post(SIGNED, message({ at: -nowSeconds() })), 404],
  ['a time with a fraction', () => post(SIGNED, message({ at: `${nowSeconds()}.5` })), 404],
  ['a time in hex', () => post(SIGNED, message({ at: `0x${nowSeconds().toString(16)}` })), 404],
  ['a time that is not a number', () => post(SIGNED, message({ at: 'now' })), 404],
  ['no time', () => post(SIGNED, message({ headers: { 'webhook-timestamp': '' } })), 404],
  [
    'another time than the signed one',
    () => post(SIGNED, message({ headers: { 'webhook-timestamp': String(nowSeconds() - 60) } })),
    404,
  ],
  ['another id than the signed one', () => post(SIGNED, message({ headers: { 'webhook-id': 'msg_2' } })), 404],
  ['an empty id', () => post(SIGNED, message({ id: '' })), 404],
  ['an id with a dot, so that parts may be shifted', () => post(SIGNED, message({ id: 'msg.1' })), 404],
  ['an id of 256 characters', () => post(SIGNED, message({ id: 'x'.repeat(256) })), 404],
  ['an empty signature', () => post(SIGNED, message({ headers: { 'webhook-signature': '' } })), 404],
  ['only a version', () => post(SIGNED, message({ headers: { 'webhook-signature': 'v1,' } })), 404],
  [
    'a signature without its version',
    () => post(SIGNED, message({ headers: { 'webhook-signature': signature({}) } })),
    404,
  ],
  [
    'a signature of another version',
    () => post(SIGNED, message({ headers: { 'webhook-signature': `v2,${signature({})}` } })),
    404,
  ],
  [
    'an asymmetric version',
    () => post(SIGNED, message({ headers: { 'webhook-signature': `v1a,${signature({})}` } })),
    404,
  ],
  [
    'a signature in hex',
    () =>
      post(
        SIGNED,
        message({ headers: { 'webhook-signature': `v1,${Buffer.from(signature({}), 'base64').toString('hex')}` } }),
      ),
    404,
  ],
  [
    'a signature cut short',
    () => post(SIGNED, message({ headers: { 'webhook-signature': `v1,${signature({}).slice(0, 40)}` } })),
    404,
  ],
  [
    'seventeen signatures, the last of them right',
    () =>
      post(
        SIGNED,
        message({ headers: { 'webhook-signature': `${`v1,${'A'.repeat(43)}= `.repeat(16)}v1,${signature({})}` } }),
      ),
    404,
  ],
  [
    'a thousand signatures',
    () => post(SIGNED, message({ headers: { 'webhook-signature': `v1,${'A'.repeat(43)}= `.repeat(300) } })),
    404,
  ],
  ['the secret of another job', () => post(SIGNED, message({ secret: SIGNING.OTHER_PARTNER })), 404],
  ['this job’s secret for another job', () => post('/jobs/other-partner-move/runs', message()), 404],
  ['an empty secret', () => post(SIGNED, message({ secret: '' })), 404],
  ['a secret that is all zeros', () => post(SIGNED, message({ secret: Buffer.alloc(32).toString('base64') })), 404],
  ['a signature made for reading', () => post(SIGNED, message({ payload: `GET ${SIGNED}` }), ''), 404],
  [
    'a signature for reading, with its content as the body',
    () => post(SIGNED, message({ payload: `GET ${SIGNED}` }), `GET ${SIGNED}`),
    400,
  ],
  ['a signed start sent to another run’s cancel', () => post(`${SIGNED}/${RUN}/cancel`, message()), 422],
  ['a signed empty message sent to cancel', () => post(`${SIGNED}/${RUN}/cancel`, message({ payload: '' }), ''), 422],
  ['another key next to the signed one', () => post(SIGNED, message({ headers: { 'idempotency-key': 'mine' } })), 400],
  ['a signature in place of a token', () => post(TOKEN, message()), 404],
  [
    'a signed key that is not accepted',
    () => post(SIGNED, message({ payload: '{"__proto__":1}' }), '{"__proto__":1}'),
    400,
  ],
  // Tokens.
  ['no token', () => post(TOKEN, JSON_TYPE), 404],
  ['an empty token', () => post(TOKEN, { authorization: 'Bearer ' }), 404],
  [
    'a token that is a part of the right one',
    () => post(TOKEN, { authorization: `Bearer ${TOKENS.PIPELINE.slice(0, -1)}` }),
    404,
  ],
  [
    'a token that is longer than the right one',
    () => post(TOKEN, { authorization: `Bearer ${TOKENS.PIPELINE}x` }),
    404,
  ],
  ['a token in another case', () => post(TOKEN, { authorization: `Bearer ${TOKENS.PIPELINE.toUpperCase()}` }), 404],
  ['the token of another job', () => post(TOKEN, { authorization: `Bearer ${TOKENS.OTHER_PIPELINE}` }), 404],
  [
    'the token as a basic password',
    () => post(TOKEN, { authorization: `Basic ${Buffer.from(`x:${TOKENS.PIPELINE}`).toString('base64')}` }),
    404,
  ],
  [
    'two tokens, one of them right',
    () => post(TOKEN, { authorization: `Bearer wrong, Bearer ${TOKENS.PIPELINE}` }),
    404,
  ],
  ['the token in the query', () => post(`${TOKEN}?access_token=${TOKENS.PIPELINE}`, JSON_TYPE), 404],
  [
    'a job whose secret is not set, with the word undefined',
    () => post('/jobs/unset-move/runs', { authorization: 'Bearer undefined' }),
    404,
  ],
  // Paths and methods.
  ['an unknown job', () => post('/jobs/nobody/runs', JSON_TYPE), 404],
  ['a job that no request starts', () => post('/jobs/tick-only/runs', JSON_TYPE), 404],
  ['a job named like a prototype', () => post('/jobs/__proto__/runs', JSON_TYPE), 404],
  ['a job named like a method of a map', () => post('/jobs/constructor/runs', JSON_TYPE), 404],
  ['dots', () => post('/jobs/../jobs/import-on-demand/runs', JSON_TYPE), 404],
  ['encoded dots', () => post('/jobs/%2e%2e/runs', JSON_TYPE), 404],
  ['an encoded slash', () => post('/jobs%2fimport-on-demand/runs', JSON_TYPE), 404],
  ['an encoded letter of a job', () => post('/jobs/%69mport-on-demand/runs', JSON_TYPE), 404],
  ['two slashes', () => post('//jobs/import-on-demand/runs', JSON_TYPE), 404],
  ['a slash at the end', () => post(`${OPEN}/`, JSON_TYPE), 404],
  ['a semicolon', () => post(`${OPEN};x=1`, JSON_TYPE), 404],
  ['a null byte', () => post('/jobs/import-on-demand%00/runs', JSON_TYPE), 404],
  ['another case', () => post('/Jobs/import-on-demand/runs', JSON_TYPE), 404],
  ['a path of 8,000 characters', () => post(`/jobs/${'a'.repeat(8_000)}/runs`, JSON_TYPE), 404],
  ['a run that leaves the ledger', () => ({ path: `${OPEN}/..%2f..%2fcontrol%2fpauses` }), 404],
  ['an unknown run', () => ({ path: `${OPEN}/${'A'.repeat(32)}` }), 404],
  [
    'a method that overrides',
    () => ({ ...json(BODY), method: 'GET', headers: { 'x-http-method-override': 'POST' } }),
    400,
  ],
  ['TRACE', () => ({ method: 'TRACE', path: OPEN }), 405],
  ['a query that pollutes', () => post(`${OPEN}?__proto__[x]=1`, JSON_TYPE), 400],
  ['an invalid state', () => ({ path: `${OPEN}?state=open'--` }), 400],
  // Bodies.
  ['a prototype key', () => json('{"__proto__":{"polluted":1}}'), 400],
  ['a prototype key, escaped', () => json('{"\\u005f_proto__":{"polluted":1}}'), 400],
  ['a prototype key, deep', () => json('{"backup_files":{"constructor":{"prototype":{}}}}'), 400],
  ['a key twice', () => json('{"description":"a","description":"b"}'), 400],
  ['a duplicate key, once escaped', () => json('{"description":"a","\\u0064escription":"b"}'), 400],
  ['a key twice, deep', () => json('{"backup_files":{"files":[{"file_name":"a","file_name":"b"}]}}'), 400],
  ['33 levels', () => json(deep(32)), 400],
  ['100,000 levels', () => json(deep(100_000)), 400],
  ['5 MB', () => json(`{"description":"${'x'.repeat(5 * 1024 * 1024)}"}`), 413],
  ['one byte too much', () => json(Buffer.alloc(262_145, 0x20)), 413],
  ['bytes that are not UTF-8', () => json(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 400],
  [
    'an overlong slash',
    () => json(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])),
    400,
  ],
  ['UTF-16', () => json(Buffer.from(BODY, 'utf16le')), 400],
  ['a byte order mark', () => json(`\ufeff${BODY}`), 400],
  ['a lone surrogate', () => json('{"description":"\\ud800"}'), 400],
  ['text after the object', () => json(`${BODY}{}`), 400],
  ['NaN', () => json('{"description":NaN}'), 400],
  ['a comment', () => json(`${BODY}//`), 400],
  ['a list', () => json('[]'), 400],
  ['null', () => json('null'), 400],
  [
    'another content type',
    () => post(OPEN, { 'content-type': 'application/x-www-form-urlencoded' }, 'description=x'),
    415,
  ],
  ['no content type', () => post(OPEN, {}), 415],
  ['two content types', () => post(OPEN, { 'content-type': 'text/plain, application/json' }), 415],
  ['another charset', () => post(OPEN, { 'content-type': 'application/json; charset=utf-7' }), 415],
  ['a compressed body', () => post(OPEN, { ...JSON_TYPE, 'content-encoding': 'gzip' }), 415],
  ['a literal password', () => json('{"backup_files":{"password":"hunter2-plain"}}'), 422],
  ['a reference to a secret', () => json('{"description":{"user_data":"CACHE_PASSWORD"}}'), 422],
  ['a placeholder for the job to fill', () => json('{"target_instance":"{{ object.key }}"}'), 422],
  ['a target that is not a name', () => json('{"target_instance":{"id":"x"}}'), 422],
  ['40,000 unknown fields', () => json(`{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":0`).join(',')}}`), 422],
  ['a field with a name of 200,000 characters', () => json(`{"${'k'.repeat(200_000)}":0}`), 422],
  // Without a ledger nobody knows whose a task is.
  [
    'a run cancelled by a caller of a job that asks nobody, without a ledger',
    () => post(`${WITHOUT_LEDGER}/jobs/open-move/runs/${RUN}/cancel`, JSON_TYPE, ''),
    409,
  ],
  // Headers.
  ['a key with a line break', () => post(OPEN, { ...JSON_TYPE, 'idempotency-key': 'a b' }), 400],
  ['an empty key', () => post(OPEN, { ...JSON_TYPE, 'idempotency-key': '' }), 400],
  ['two keys', () => post(OPEN, { ...JSON_TYPE, 'idempotency-key': ['a', 'b'] }), 400],
  ['a key of 256 characters', () => post(OPEN, { ...JSON_TYPE, 'idempotency-key': 'k'.repeat(256) }), 400],
  ['a key that is not ASCII', () => post(OPEN, { ...JSON_TYPE, 'idempotency-key': 'k\u00e9' }), 400],
];

describe('attacks on the webhook', () => {
  let system: WebhookSystem;
  beforeAll(async () => {
    system = await startWebhookSystem();
  }, 60_000);
  afterAll(() => system.close());

  function expectSafe(reply: Reply): void {
    expect(system.cloud.requests).toEqual([]);
    for (const secret of [...ALL_SECRETS, 'hunter2-plain', 'SK-secret-1']) {
      expect(reply.text).not.toContain(secret);
      expect(system.logText()).not.toContain(secret);
    }
    expect(reply.text).not.toMatch(/node_modules|main\.js|at async|Error:/);
    expect(reply.text.length).toBeLessThan(100_000);
  }

  it('are at least sixty', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(60);
  });

  it.each(ATTACKS)('%s', async (_what, ask, status) => {
    const reply = await system.ask(ask());

    expect({ status: reply.status, text: reply.text.slice(0, 300) }).toMatchObject({ status });
    expect(reply.headers['content-type']).toMatch(status === 413 ? /json/ : /^application\/problem\+json$/);
    expectSafe(reply);
  });

  it('a line break in a header is escaped in the log and the response', async () => {
    const reply = await system.ask(
      post(OPEN, { ...JSON_TYPE, 'idempotency-key': 'a%0d%0ax-evil:1', 'x-request-id': 'evil' }, '{'),
    );

    expect(reply.headers).not.toHaveProperty('x-evil');
    expect(reply.headers['x-request-id']).not.toBe('evil');
    expectSafe(reply);
  });

  it('a replayed message gets the first response, and creates one task', async () => {
    const headers = message({ id: 'msg_replay' });
    const first = await system.ask(post(SIGNED, headers));
    const replays = [];
    for (let i = 0; i < 5; i++) replays.push(await system.ask(post(SIGNED, headers)));

    expect(first.status).toBe(201);
    expect(replays.map(({ status, json: { run } }) => [status, run])).toEqual(
      Array.from({ length: 5 }, () => [200, first.json['run']]),
    );
    expect(system.cloud.requestsOf('CreateOnlineMigrationTask')).toHaveLength(1);
    await system.newCloud();
  });

  it('no job shows or stops the task of another, or one that was made by hand, without a ledger', async () => {
    const made = (name: string) =>
      system.ask({ method: 'POST', path: `${WITHOUT_LEDGER}/jobs/${name}/runs`, headers: { 'idempotency-key': name } });
    const { run } = (await made('move-session-cache')).json;

    const statuses = [];
    for (const job of ['open-move', 'import-on-demand', 'move-web-01']) {
      const at = `${WITHOUT_LEDGER}/jobs/${job}/runs/${run}`;
      statuses.push((await system.ask({ path: at })).status);
      statuses.push((await system.ask({ method: 'POST', path: `${at}/cancel` })).status);
    }

    expect(run).toMatch(/^[0-9a-f]{32}$/);
    expect(statuses).toEqual([404, 409, 404, 409, 404, 409]);
    expect(system.cloud.requestsOf('StopMigrationTask')).toEqual([]);
    await system.newCloud();
  });

  it('a storm of large requests is told to retry, and does not fill the ledger', async () => {
    const send = (n: number, description = 'x'.repeat(250_000)) =>
      system.ask({
        method: 'POST',
        path: OPEN,
        headers: { 'idempotency-key': `storm-${n}` },
        body: { ...EXAMPLES.start.import.value, description },
      });
    // The others wait for its target.
    const replies = [await send(0, 'small')];
    for (let n = 1; n < 106; n++) replies.push(await send(n));

    const counts = new Map<number, number>();
    for (const { status } of replies) counts.set(status, (counts.get(status) ?? 0) + 1);
    expect([...counts]).toEqual([
      [201, 1],
      [202, 100],
      [429, 5],
    ]);
    expect(replies.at(-1)).toMatchObject({ headers: { 'retry-after': '30' }, json: { code: 'too_many_waiting' } });
    expect((await send(50)).status).toBe(202);
    expect(Number(execFileSync('du', ['-sk', system.ledgerFolder]).toString().split('\t')[0])).toBeLessThan(60_000);
    await system.newCloud();
  }, 60_000);

  it('a job that repeats what is sent does not record it without bound', async () => {
    const repeat = (length: number) =>
      system.ask({ method: 'POST', path: '/jobs/echo-move/runs', headers: {}, body: { note: 'x'.repeat(length) } });

    const large = await repeat(250_000);

    expect([large.status, large.json['code']]).toEqual([413, 'body_too_large']);
    expect((await repeat(100)).status).toBe(201);
    await system.newCloud();
  });

  it('an existing job cannot be distinguished from a missing one by the response', async () => {
    const bodies = new Set<string>();
    for (const job of ['nobody', 'tick-only', 'partner-move', 'pipeline-move', 'unset-move']) {
      for (const headers of [
        JSON_TYPE,
        message({ secret: SIGNING.OTHER_PARTNER }),
        { authorization: 'Bearer x-x-x-x-x-x-x-x-x' },
      ]) {
        for (const [method, rest] of [
          ['POST', 'runs'],
          ['GET', `runs/${RUN}`],
          ['GET', 'runs?state=open'],
          ['POST', `runs/${RUN}/cancel`],
        ] as const) {
          const reply = await system.ask({
            method,
            path: `/jobs/${job}/${rest}`,
            headers,
            ...(method === 'POST' ? { body: BODY } : {}),
          });
          bodies.add(
            JSON.stringify([reply.status, { ...reply.json, request_id: '' }, Object.keys(reply.headers).sort()]),
          );
        }
      }
    }

    expect([...bodies]).toHaveLength(1);
  }, 60_000);

  it.each([
    ['with a ledger', ''],
    ['without one', WITHOUT_LEDGER],
  ])('%s a guess at a secret comes back as it was sent, at every route', async (_, base) => {
    const runs = `${base}/jobs/rehearse/runs`;
    const shape = async (guess: string) => {
      const caller = { ...JSON_TYPE, authorization: `Bearer ${TOKENS.REHEARSAL}` };
      const key = { ...caller, 'idempotency-key': guess.replaceAll(/\W/g, '-') };
      const sent = post(runs, key, JSON.stringify({ description: `it is ${guess}`, task_name: guess }));
      const first = await system.ask(sent);
      const again = await system.ask(sent);
      const run = /[0-9a-f]{32}/.exec(String(first.headers['location'] ?? first.text))?.[0] ?? '';
      const read = await system.ask({ path: `${runs}/${run}`, headers: caller });
      const cancelled = await system.ask(post(`${runs}/${run}/cancel`, caller, '{}'));
      const refused = await system.ask(post(runs, caller, JSON.stringify({ [guess]: guess })));
      const asked = await system.ask({ path: `${runs}?${encodeURIComponent(guess)}=1`, headers: caller });
      const replies = [first, again, read, cancelled, refused, asked];
      expect(first.text).toContain(`it is ${guess}`);
      expect(refused.text).toContain(guess);
      return replies.map(({ status, text }) => [status, text.split(guess).length, text.includes('***')]);
    };

    for (const right of [PASSWORD, TOKENS.PIPELINE, PASSWORD.toUpperCase()]) {
      const wrong = `${right.slice(0, -4)}0000`;
      expect(await shape(right)).toEqual(await shape(wrong));
    }
    await system.newCloud();
  });
});
