import { createHmac } from 'node:crypto';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type Deployed, deploy, INSTANCE } from '../fixtures/deployed.ts';

const MINUTE = 60_000;
const PASSWORDS = ['Redis!Pass-number-one', 'Redis!Pass-number-two'] as const;
const TOKENS = ['caller-token-0123456789', 'caller-token-9876543210'] as const;
const SIGNING = 'whsec_bmV3LXNlY3JldC1vZi10aGUtcGFydG5lci0wMDAx';

const FILES = '{ file_source: self_build_obs, bucket_name: backups, files: [ { file_name: a.rdb } ] }';
const NETWORK =
  'vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481, subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c, security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7';
const JOBS = `
version: 1
region: ap-southeast-3
targets: { cache: { id: ${INSTANCE.id}, password: { csms: cache, key: password } } }
jobs:
  nightly:
    on: { schedule: { rate: 1d } }
    preflight: off
    backup_import: { target_instance: cache, backup_files: ${FILES} }
  ask:
    on: { request: { auth: { bearer: [ { csms: callers } ] } } }
    online_migration: { name: asked, ${NETWORK} }
  signed:
    on: { request: { auth: { standard_webhooks: [ { user_data: UNSET }, { csms: partner, version: v1 } ] } } }
    online_migration: { name: signed, ${NETWORK} }
  open:
    on: { request: { auth: none } }
    online_migration: { name: open, ${NETWORK} }
`;

let system: Deployed;
let number = 0;
let everything: string[] = [];

const password = (value: string) => JSON.stringify({ user: 'default', password: value });
const tick = () => ({
  version: 'v1.0',
  time: new Date(Date.parse('2026-03-14T02:20:00Z') + number++ * MINUTE).toISOString(),
  trigger_type: 'TIMER',
  trigger_name: 'nightly',
  user_event: 'nightly',
});

async function invoke(name: string, event: unknown): Promise<Record<string, unknown>> {
  const result = await system.invoke(name, event);
  const text = result.ok ? result.payload : String(result.errorMessage);
  everything.push(text);
  return JSON.parse(text.slice(text.indexOf('{')));
}

/** The only run of an invocation of `schedule`, whether it fails or not. */
async function nightly() {
  const { runs } = (await invoke('schedule', tick())) as { runs: Record<string, unknown>[] };
  return runs[0];
}

async function request(job: string, headers: Record<string, string>, method = 'POST') {
  const event = {
    httpMethod: method,
    path: job === '' ? '/jobs' : `/jobs/${job}/runs`,
    headers: { 'content-type': 'application/json', ...headers },
    queryStringParameters: {},
    pathParameters: {},
    requestContext: { requestId: `gateway-${number++}`, apiId: 'x', stage: 'RELEASE' },
    body: method === 'GET' ? '' : '{}',
    isBase64Encoded: false,
  };
  const { statusCode, headers: sent, body } = await invoke('webhook', event);
  const retryAfter = (sent as Record<string, string>)['retry-after'];
  return { status: statusCode, ...(retryAfter ? { retryAfter } : {}), body: JSON.parse(String(body)) };
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** Signed as of now on the clock of the functions. */
function signed(movedMs: number) {
  const [id, at] = [`msg-${number++}`, String(Math.floor((Date.now() + movedMs) / 1000))];
  const key = Buffer.from(SIGNING.slice(6), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.{}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': `v1,${signature}` };
}
const reads = () => system.cloud.requestsOf('ShowSecretVersion').length;
const fails = (more: object) =>
  system.cloud.faults.add({ operation: 'ShowSecretVersion', kind: 'error', times: 99, ...more });

beforeEach(async () => {
  everything = [];
  system = await deploy({ jobs: JOBS, instances: [{ ...INSTANCE, password: PASSWORDS[0] }], clock: () => new Clock() });
  const { cloud } = system;
  cloud.setSecret({ name: 'cache', text: password(PASSWORDS[0]) });
  cloud.setSecret({ name: 'callers', text: TOKENS[0] });
  cloud.setSecret({ name: 'partner', text: SIGNING });
});
afterEach(async () => {
  const [log, ledger] = [system.logText(), await system.ledgerText()];
  await system.close();
  const shown = [log, ledger, JSON.stringify(system.cloud.requests), ...everything].join('\n');
  for (const secret of [...PASSWORDS, ...TOKENS, SIGNING]) expect(shown).not.toContain(secret);
});

describe('a password in DEW', () => {
  it('is read once for several runs, and is that of the next invocation after a rotation, without a deploy', async () => {
    expect(await nightly()).toMatchObject({ outcome: 'created' });
    expect(await nightly()).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    expect(reads()).toBe(1);
    await system.settle(2 * MINUTE, 9);
    system.cloud.setSecret({ name: 'cache', text: password(PASSWORDS[1]) });
    system.cloud.setInstance({ ...INSTANCE, password: PASSWORDS[1] });
    await system.advance(2 * MINUTE);

    expect(await nightly()).toMatchObject({ outcome: 'created' });
    await system.settle(2 * MINUTE, 9);
    expect(system.cloud.tasks().map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
  });

  it.each<[string, object]>([
    ['403', { status: 403, code: 'CSMS.0403' }],
    ['404', { status: 404, code: 'CSMS.0005' }],
    ['400, which DEW documents for a secret that is not there', { status: 400, code: 'CSMS.0106' }],
    ['500', { status: 500 }],
    ['a broken connection', { kind: 'reset' }],
    ['nothing at all', { kind: 'hang' }],
    ['a page in HTML', { kind: 'html' }],
    ['an empty response', { kind: 'no_id' }],
  ])('is waited for when DEW answers with %s, and the run continues by itself', async (_title, fault) => {
    fails(fault);

    expect(await nightly()).toMatchObject({
      outcome: 'waiting',
      reason: { code: 'secret_unavailable', message: expect.stringContaining('secret csms cache (key password)') },
    });
    expect(system.cloud.tasks()).toEqual([]);
    system.cloud.faults.clear();
    await system.settle(2 * MINUTE, 9);
    expect(system.cloud.tasks()).toMatchObject([{ status: 'SUCCESS' }]);
  });

  it.each([
    ['has a line break', password(`${PASSWORDS[0]}\n`), 'bad_secret'],
    ['is not JSON', PASSWORDS[0], 'secret_key_missing'],
    ['lacks the key', JSON.stringify({ pasword: PASSWORDS[0] }), 'secret_key_missing'],
  ])('is refused for good when it %s', async (_title, text, code) => {
    system.cloud.setSecret({ name: 'cache', text });

    expect(await nightly()).toMatchObject({ outcome: 'rejected', reason: { code } });
    expect(system.cloud.tasks()).toEqual([]);
  });
});

describe('a secret of callers in DEW', () => {
  it('lets in who presents it, and after a rotation who presents the new one', async () => {
    expect(await request('ask', bearer(TOKENS[0]))).toMatchObject({ status: 201 });
    expect(await request('signed', signed(0))).toMatchObject({ status: 201 });
    expect(await request('ask', bearer(TOKENS[1]))).toMatchObject({ status: 404 });
    system.cloud.setSecret({ name: 'callers', text: TOKENS[1] });
    await system.advance(2 * MINUTE);

    expect(await request('ask', bearer(TOKENS[1]))).toMatchObject({ status: 201 });
    expect(await request('ask', bearer(TOKENS[0]))).toMatchObject({ status: 404 });
  });

  it('lets nobody in while it cannot be read, with 503 for every job, whether it exists or not', async () => {
    fails({ status: 403, code: 'CSMS.0403' });
    const refused = { status: 503, retryAfter: '30', body: { code: 'secret_unavailable' } };

    for (const job of ['ask', 'no-such-job', 'signed']) {
      expect(await request(job, bearer(TOKENS[0]))).toMatchObject(refused);
    }
    expect(await request('signed', signed(0))).toMatchObject(refused);
    expect(await request('', bearer(TOKENS[0]), 'GET')).toMatchObject(refused);
    expect(await request('open', {})).toMatchObject({ status: 201 });
    expect(system.cloud.tasks()).toHaveLength(1);
  });

  it('is not read for a caller who presents nothing', async () => {
    expect(await request('ask', {})).toMatchObject({ status: 404 });
    expect(await request('', {}, 'GET')).toMatchObject({ status: 200, body: { jobs: [{ name: 'open' }] } });
    expect(reads()).toBe(0);
  });

  it('is known for five minutes while DEW does not answer, and then lets nobody in', async () => {
    await request('ask', bearer(TOKENS[0]));
    fails({ kind: 'hang' });
    await system.advance(4 * MINUTE);

    expect(await request('ask', bearer(TOKENS[0]))).toMatchObject({ status: 201 });
    await system.advance(MINUTE);
    expect(await request('ask', bearer(TOKENS[0]))).toMatchObject({ status: 503, retryAfter: '30' });
  });

  it.each(['too-short', `${TOKENS[0]}\n`])('lets nobody in when it cannot be used: %j', async (text) => {
    system.cloud.setSecret({ name: 'callers', text });

    expect(await request('ask', bearer(text.trim()))).toMatchObject({ status: 404 });
  });
});
