import { createHmac } from 'node:crypto';
import type { Jobs } from '../../../lib/jobs/job.ts';
import { Secret } from '../../../lib/kernel/secret.ts';
import { referenceName, type SecretReference } from '../../../lib/kernel/secret-reference.ts';
import { readSettings } from '../../../lib/kernel/settings.ts';
import { type Ledger, makeLedger } from '../../../lib/runs/ledger/ledger.ts';
import type { Origin } from '../../../lib/runs/ledger/origin.ts';
import { openRunLog, readRunRecords, runName } from '../../../lib/runs/ledger/run-log.ts';
import { replayRun } from '../../../lib/runs/operate/replay-run.ts';
import { handleRequest } from '../../../lib/webhook/handle-request.ts';
import { makeMemoryStore } from '../../fakes/memory-store.ts';
import { type FakeRun, fakeRun } from '../../fakes/run-deps.ts';
import { loadYaml } from '../../fixtures/jobs.ts';

const KEYS = { A_KEY: Buffer.alloc(32, 1), A_NEW_KEY: Buffer.alloc(32, 2), B_KEY: Buffer.alloc(32, 3) };
const FILE = `
version: 1
region: ap-southeast-3
jobs:
  move:
    on:
      request:
        accepts: [description]
        auth:
          bearer:
            - { user_data: A_TOKEN, as: partner-a }
            - { user_data: A_NEXT_TOKEN, as: partner-a }
            - { user_data: B_TOKEN, as: partner-b }
            - { user_data: OLD_TOKEN }
            - { user_data: OTHER_TOKEN }
    online_migration: { name: moved, vpc_id: v, subnet_id: s, security_group_id: g }
  signed:
    on:
      request:
        auth:
          standard_webhooks:
            - { user_data: A_KEY, as: partner-a }
            - { user_data: A_NEW_KEY, as: partner-a }
            - { user_data: B_KEY, as: partner-b }
    online_migration: { name: signed, vpc_id: v, subnet_id: s, security_group_id: g }
`;
const TOKEN = 'value-of-the-secret-';

interface Reply {
  readonly statusCode: number;
  readonly json: Record<string, unknown>;
}

describe('callers with labels', () => {
  let jobs: Jobs;
  let fake: FakeRun;
  let ledger: Ledger | undefined;
  const store = () => makeMemoryStore(() => Date.parse('2026-03-14T12:00:00Z'));
  const now = () => Date.parse('2026-03-14T12:00:00Z');

  beforeAll(async () => {
    jobs = (await loadYaml(FILE)).jobs;
  });
  beforeEach(() => {
    fake = fakeRun();
    const services = { ...fake.deps.services, dcsFollow: async () => fake.cloud.dcsFollow };
    fake = { ...fake, deps: { ...fake.deps, services } };
    ledger = makeLedger(store(), 'test', now);
  });

  const secret = (reference: SecretReference) => {
    const key = (KEYS as Record<string, Buffer>)[referenceName(reference)];
    return new Secret(key ? key.toString('base64') : `${TOKEN}${referenceName(reference)}`);
  };
  const send = async (method: string, path: string, headers: Record<string, string>, body = ''): Promise<Reply> => {
    const event = {
      httpMethod: method,
      path,
      headers: { 'content-type': 'application/json', ...headers },
      queryStringParameters: path.endsWith('/runs') && method === 'GET' ? { state: 'open' } : {},
      requestContext: { requestId: 'gateway-1' },
      body,
      isBase64Encoded: false,
    };
    const { statusCode, body: text } = await handleRequest(event, {
      requestId: 'function-1',
      settings: readSettings(() => undefined),
      jobs,
      deps: { ...fake.deps, ...(ledger ? { ledger } : {}), secret },
      callerSecret: secret,
    });
    return { statusCode, json: JSON.parse(text) };
  };
  const by = (token: string, more: Record<string, string> = {}) => ({
    authorization: `Bearer ${TOKEN}${token}`,
    ...more,
  });
  const start = async (token: string, key: string) => {
    const reply = await send('POST', '/jobs/move/runs', by(token, { 'idempotency-key': key }));
    return { status: reply.statusCode, run: String(reply.json['run']) };
  };
  const show = (token: string, run: string) => send('GET', `/jobs/move/runs/${run}`, by(token));
  const cancel = (token: string, run: string) => send('POST', `/jobs/move/runs/${run}/cancel`, by(token), '{}');
  const list = async (token: string) => (await send('GET', '/jobs/move/runs', by(token))).json;
  /** Without what names the request. */
  const shape = ({ statusCode, json: { request_id: _, ...rest } }: Reply) => ({ statusCode, ...rest });

  it('have runs of their own for the same idempotency key', async () => {
    const [a, b, old] = [await start('A_TOKEN', 'k'), await start('B_TOKEN', 'k'), await start('OLD_TOKEN', 'k')];

    expect([a.status, b.status, old.status]).toEqual([201, 201, 201]);
    expect(new Set([a.run, b.run, old.run]).size).toBe(3);
  });

  it('share the runs of their label, whichever secret of a rotation they use', async () => {
    const { run } = await start('A_TOKEN', 'k');

    expect(await start('A_NEXT_TOKEN', 'k')).toEqual({ status: 200, run });
    expect(await show('A_NEXT_TOKEN', run)).toMatchObject({ statusCode: 200, json: { run, caller: 'partner-a' } });
  });

  it('share the runs without a label if they have none, as before labels existed', async () => {
    const { run } = await start('OLD_TOKEN', 'order-7');

    // ["1","move","request","order-7"]: the run that the same key had before labels.
    expect(run).toBe('e9724b5c9b296fbfa48c03352fea1982');
    expect(await start('OTHER_TOKEN', 'order-7')).toEqual({ status: 200, run });
    expect((await show('OTHER_TOKEN', run)).json).not.toHaveProperty('caller');
  });

  it.each([
    ['another label', 'A_TOKEN', 'B_TOKEN'],
    ['a label, for runs without one', 'OLD_TOKEN', 'A_TOKEN'],
    ['no label, for runs with one', 'A_TOKEN', 'OLD_TOKEN'],
  ])('get the response for a run that does not exist with %s, and change nothing', async (_what, owner, other) => {
    const { run } = await start(owner, 'k');
    const missing = 'f'.repeat(32);
    const before = await readRunRecords(ledger as Ledger, 'move', run);

    expect(shape(await show(other, run))).toEqual(shape(await show(other, missing)));
    expect(shape(await cancel(other, run))).toEqual(shape(await cancel(other, missing)));
    expect((await cancel(other, run)).statusCode).toBe(404);
    expect(await readRunRecords(ledger as Ledger, 'move', run)).toEqual(before);
  });

  it('read as much of the ledger, and nothing of the cloud, for the run of another as for none', async () => {
    const { run } = await start('A_TOKEN', 'k');
    const asked: string[] = [];
    const counted = { ...(ledger as Ledger).store };
    for (const name of ['read', 'tail', 'list', 'get', 'put', 'append'] as const) {
      const call = counted[name].bind(counted) as (...given: unknown[]) => Promise<never>;
      (counted as Record<string, unknown>)[name] = (...given: unknown[]) => {
        asked.push(`${name} ${String(given[0]).replace(/[0-9a-f]{32}/, 'RUN')}`);
        return call(...given);
      };
    }
    ledger = makeLedger(counted, 'test', now);
    const services = { ...fake.deps.services };
    for (const name of Object.keys(services)) {
      (services as Record<string, unknown>)[name] = () => Promise.reject(new Error(`asked ${name}`));
    }
    fake = { ...fake, deps: { ...fake.deps, services } };
    const readsOf = async (work: () => Promise<Reply>) => {
      asked.length = 0;
      await work();
      return [...asked];
    };

    expect(await readsOf(() => show('B_TOKEN', run))).toEqual(await readsOf(() => show('B_TOKEN', '0'.repeat(32))));
    expect(await readsOf(() => cancel('B_TOKEN', run))).toEqual(await readsOf(() => cancel('B_TOKEN', '0'.repeat(32))));
  });

  it('get 404 for the run of another that belongs to another stage, too', async () => {
    const kept = store();
    const origin = (stage: string): Origin => ({ region: 'ap-southeast-3', stage });
    ledger = makeLedger(kept, 'test', now, origin('prod'));
    const { run } = await start('A_TOKEN', 'k');
    ledger = makeLedger(kept, 'test', now, origin('staging'));

    expect((await show('B_TOKEN', run)).statusCode).toBe(404);
    expect((await cancel('B_TOKEN', run)).statusCode).toBe(404);
    expect((await show('A_TOKEN', run)).statusCode).toBe(409);
  });

  it('list only their own open runs, however many others have, and count no others', async () => {
    const own: string[] = [];
    for (let i = 0; i < 25; i++) await start('B_TOKEN', `b-${i}`);
    for (let i = 0; i < 22; i++) own.push((await start('A_TOKEN', `a-${i}`)).run);
    await (ledger as Ledger).store.put('open/move/bad', '');
    await (ledger as Ledger).store.append(runName('move', 'bad'), 0, 'no record\n');

    const { runs, left } = await list('A_TOKEN');

    expect((runs as { run: string }[]).length).toBe(20);
    expect(own).toEqual(expect.arrayContaining((runs as { run: string }[]).map(({ run }) => run)));
    expect(left).toBe(2);
    expect(await list('OLD_TOKEN')).toEqual({ runs: [], left: 0 });
  });

  it('sign with their own secret, and the webhook-id of another is not theirs', async () => {
    const signed = (key: Buffer, payload: string) => {
      const at = Math.floor(Date.now() / 1000);
      const signature = createHmac('sha256', key).update(`msg_1.${at}.${payload}`).digest('base64');
      return { 'webhook-id': 'msg_1', 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
    };
    const startBy = async (key: Buffer) => {
      const { statusCode, json } = await send('POST', '/jobs/signed/runs', signed(key, '{}'), '{}');
      return { statusCode, run: String(json['run']) };
    };
    const a = await startBy(KEYS.A_KEY);
    const b = await startBy(KEYS.B_KEY);

    expect([a.statusCode, b.statusCode, a.run === b.run]).toEqual([201, 201, false]);
    expect(await startBy(KEYS.A_NEW_KEY)).toEqual({ statusCode: 200, run: a.run });
    const path = `/jobs/signed/runs/${a.run}`;
    expect((await send('GET', path, signed(KEYS.A_KEY, `GET ${path}`))).statusCode).toBe(200);
    expect((await send('GET', path, signed(KEYS.B_KEY, `GET ${path}`))).statusCode).toBe(404);
    const body = JSON.stringify({ run: a.run });
    expect((await send('POST', `${path}/cancel`, signed(KEYS.B_KEY, body), body)).statusCode).toBe(404);
  });

  it('have their label in the record, the log and the text for people, and no secret', async () => {
    const { run } = await start('A_TOKEN', 'k');
    const [received] = await readRunRecords(ledger as Ledger, 'move', run);

    expect(received).toMatchObject({ given: { caller: 'partner-a' }, source: 'request gateway-1 by partner-a' });
    expect(fake.lines).toContainEqual(expect.objectContaining({ message: 'run', run, caller: 'partner-a' }));
    expect(JSON.stringify([received, fake.lines])).not.toContain(TOKEN);
  });

  it('see the replay that an operator makes of their run, and nobody else does', async () => {
    const { run } = await start('A_TOKEN', 'k');
    const kept = ledger as Ledger;
    const log = await openRunLog(kept, 'move', run);
    await log.append({ ...kept.stamp(), type: 'settled', status: 'MIGRATION_FAILED' });
    const { run: again } = await replayRun(
      { job: 'move', run },
      { ledger: kept, jobs, evenSucceeded: true, services: fake.deps.services },
    );

    expect((await show('A_TOKEN', again)).statusCode).toBe(200);
    expect((await show('B_TOKEN', again)).statusCode).toBe(404);
  });

  it('read no run without a ledger, which alone knows who requested it', async () => {
    ledger = undefined;
    const { status, run } = await start('A_TOKEN', 'k');
    const { statusCode, json } = await show('A_TOKEN', run);

    expect([status, statusCode, json['type']]).toEqual([201, 404, expect.stringContaining('#no_such_run')]);
    expect(String(json['detail'])).toContain('its callers have labels');
    expect(await start('A_TOKEN', 'k')).toEqual({ status: 200, run });
  });
});
