import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { makeDcsService } from '../../../../lib/cloud/dcs/dcs.ts';
import { ThinDcsClient } from '../../../../lib/cloud/dcs/thin-dcs-client.ts';
import { type KeysGuard, makeKeysGuard } from '../../../../lib/cloud/transport/keys-guard.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import { ScriptedCloud } from '../../../fakes/scripted-cloud.ts';

const SK = 'sk-of-the-test-7Uio6PznpdUKGpownRZlmVmHc';
const TOKEN = 'token-of-the-test';
const ID = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const CREATED = { status: 200, json: { id: ID } };
const NO_TASKS = { status: 200, json: { count: 0, migration_tasks: [] } };
const BODY = { target_instance: { id: ID, password: new Secret('Redis!Pass-1') } };

interface ServiceOptions {
  readonly endpoint: string;
  readonly remainingMs?: () => number;
  readonly keysGuard?: KeysGuard;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly projectId?: string;
}

const makeService = (options: ServiceOptions) =>
  makeDcsService({
    endpoint: options.endpoint,
    credentials: {
      accessKey: options.accessKey ?? 'AKOFTHETEST',
      secretKey: options.secretKey ?? SK,
      securityToken: TOKEN,
    },
    projectId: options.projectId ?? '0123456789abcdef0123456789abcdef',
    remainingMs: options.remainingMs ?? (() => 5_000),
    keysGuard: options.keysGuard ?? makeKeysGuard(() => 0),
    loadClient: async () => ThinDcsClient,
  });

const opened: { readonly server: Server; readonly sockets: Socket[] }[] = [];

/** Starts a server that is closed after the test in any case. */
const listen = async (server: Server): Promise<number> => {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  opened.push({ server, sockets });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
};

describe('makeSdkClient', () => {
  const cloud = new ScriptedCloud(SK);

  beforeAll(() => cloud.start());
  afterAll(() => cloud.stop());
  beforeEach(() => cloud.reset());
  afterEach(() => {
    for (const { server, sockets } of opened.splice(0)) {
      server.close();
      for (const socket of sockets) socket.destroy();
    }
  });

  it.each([
    ['no keys', { secretKey: '' }, 'the keys are missing'],
    ['no project', { projectId: '' }, 'HUAWEICLOUD_PROJECT_ID: is missing'],
    ['a project id that changes the path', { projectId: '../v1' }, 'HUAWEICLOUD_PROJECT_ID'],
    ['http to another machine', { endpoint: 'http://dcs.example.com' }, 'HUAWEICLOUD_DCS_ENDPOINT'],
  ])('refuses %s before anything is sent', (_case, options, message) => {
    expect(() => makeService({ endpoint: cloud.endpoint, ...options })).toThrow(message);
  });

  it('uses a kept-alive connection for reads and a new one for a change', async () => {
    cloud.respondWith(NO_TASKS, NO_TASKS, CREATED);
    const dcs = makeService({ endpoint: cloud.endpoint });

    await dcs.listMigrationTasks('a');
    await dcs.listMigrationTasks('a');
    await dcs.createMigrationTask(BODY);

    expect(cloud.seen.map((request) => request.onUsedConnection)).toEqual([false, true, false]);
  });

  it('makes no call if too little time is left', async () => {
    const dcs = makeService({ endpoint: cloud.endpoint, remainingMs: () => 1_549 });

    await expect(dcs.createMigrationTask(BODY)).rejects.toMatchObject({
      outcome: 'not_sent',
      temporary: true,
      code: 'out_of_time',
    });
    expect(cloud.seen).toEqual([]);
  });

  it('makes no further call with refused keys until the block ends', async () => {
    let now = Date.parse('2026-01-31T00:00:00Z');
    const keysGuard = makeKeysGuard(() => now);
    cloud.respondWith({ status: 401, text: '' }, CREATED, CREATED);
    const dcs = makeService({ endpoint: cloud.endpoint, keysGuard });

    await expect(dcs.listMigrationTasks('a')).rejects.toMatchObject({ outcome: 'rejected', status: 401 });
    await expect(dcs.createMigrationTask(BODY)).rejects.toMatchObject({
      outcome: 'not_sent',
      temporary: false,
      code: 'keys_refused',
      message: expect.stringContaining('2026-01-31T00:05:00.000Z'),
    });
    expect(cloud.seen).toHaveLength(1);

    await makeService({ endpoint: cloud.endpoint, keysGuard, accessKey: 'NEWKEY' }).createMigrationTask(BODY);
    now += 300_000;
    await dcs.createMigrationTask(BODY);
    expect(cloud.seen).toHaveLength(3);
  });

  it.each([
    ['is cut off', { cutJsonOf: 401 }],
    ['never ends', { stalledJsonOf: 401 }],
  ])('accepts a refusal whose body %s', async (_case, script) => {
    cloud.respondWith(script);
    const dcs = makeService({ endpoint: cloud.endpoint, remainingMs: () => 1_700 });

    await expect(dcs.createMigrationTask(BODY)).rejects.toMatchObject({ outcome: 'rejected', status: 401 });
    await expect(dcs.createMigrationTask(BODY)).rejects.toMatchObject({ code: 'keys_refused' });
  });

  it('treats a change whose successful response never ends as unknown', async () => {
    cloud.respondWith({ stalledJsonOf: 200 });

    await expect(
      makeService({ endpoint: cloud.endpoint, remainingMs: () => 1_700 }).createMigrationTask(BODY),
    ).rejects.toMatchObject({ outcome: 'unknown', status: 200, code: 'ETIMEDOUT' });
  });

  it.each([403, 429, 500])('continues to use keys after a %d', async (status) => {
    cloud.respondWith({ status, text: '' }, CREATED);
    const dcs = makeService({ endpoint: cloud.endpoint });

    await expect(dcs.createMigrationTask(BODY)).rejects.toMatchObject({ status });
    await expect(dcs.createMigrationTask(BODY)).resolves.toEqual({ id: ID });
  });

  it.each([
    ['2', 2],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
  ])('reports how long the service asks to wait: %s', async (value, seconds) => {
    cloud.respondWith({ status: 429, text: '', headers: { 'retry-after': value } });

    const failure = makeService({ endpoint: cloud.endpoint }).createMigrationTask(BODY);

    await expect(failure).rejects.toMatchObject({ temporary: true });
    await expect(failure.catch((error) => error.retryAfterSeconds)).resolves.toBe(seconds);
  });

  it('does not follow a redirect with the token', async () => {
    const other = new ScriptedCloud(SK);
    await other.start();
    cloud.respondWith({ status: 307, text: '', headers: { location: `${other.endpoint}/x` } });

    await expect(makeService({ endpoint: cloud.endpoint }).createMigrationTask(BODY)).rejects.toMatchObject({
      status: 307,
    });
    expect(other.seen).toEqual([]);
    await other.stop();
  });

  it('stops reading a response that is too large', async () => {
    cloud.respondWith({ status: 200, json: { id: ID, more: 'x'.repeat(4 * 1024 * 1024) } });

    await expect(makeService({ endpoint: cloud.endpoint }).createMigrationTask(BODY)).rejects.toMatchObject({
      outcome: 'unknown',
      code: 'ANSWER_TOO_LARGE',
    });
  });

  it('knows that nothing was sent when the connection is refused', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => {
      server.close(resolve);
    });

    await expect(makeService({ endpoint: `http://127.0.0.1:${port}` }).createMigrationTask(BODY)).rejects.toMatchObject(
      {
        outcome: 'not_sent',
        temporary: true,
        code: 'ECONNREFUSED',
      },
    );
  });

  it('knows that nothing was sent when the host name does not resolve', async () => {
    await expect(makeService({ endpoint: 'https://nowhere.invalid' }).createMigrationTask(BODY)).rejects.toMatchObject({
      outcome: 'not_sent',
      temporary: true,
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    });
  });

  it('sends nothing to a server whose certificate it cannot verify', async () => {
    const file = (name: string) => readFileSync(new URL(`../../../fixtures/self-signed/${name}`, import.meta.url));
    let requests = 0;
    const server = createHttpsServer({ key: file('key.pem'), cert: file('cert.pem') }, (_request, response) => {
      requests += 1;
      response.end();
    });
    const port = await listen(server);

    await expect(
      makeService({ endpoint: `https://127.0.0.1:${port}` }).createMigrationTask(BODY),
    ).rejects.toMatchObject({
      outcome: 'not_sent',
      temporary: false,
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(requests).toBe(0);
  });

  it('knows that nothing was sent when the TLS handshake never finishes', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
    });
    const port = await listen(server);
    const dcs = makeService({ endpoint: `https://127.0.0.1:${port}`, remainingMs: () => 1_700 });

    await expect(dcs.createMigrationTask(BODY)).rejects.toMatchObject({
      outcome: 'not_sent',
      temporary: true,
      code: 'ETIMEDOUT',
    });
  });

  it('sends nothing while a secret is still a reference', async () => {
    const dcs = makeService({ endpoint: cloud.endpoint });

    await expect(dcs.createMigrationTask({ target_instance: { password: { user_data: 'A' } } })).rejects.toMatchObject({
      outcome: 'not_sent',
      temporary: false,
      code: 'request_not_built',
    });
    expect(cloud.seen).toEqual([]);
  });

  it('reports refused keys when the gateway returns no code', async () => {
    cloud.respondWith({ status: 401, json: { message: 'Get secretKey failed', request_id: 'r' } });

    await expect(makeService({ endpoint: cloud.endpoint }).createMigrationTask(BODY)).rejects.toMatchObject({
      outcome: 'rejected',
      code: 'keys_refused',
      cloudMessage: 'Get secretKey failed',
      requestId: 'r',
    });
  });

  it('reveals no secret when the cloud echoes the request', async () => {
    cloud.respondWith({
      status: 401,
      json: {
        error_code: 'APIGW.0301',
        error_msg: `Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:POST|/v2/p/migration-task/||x-security-token:${TOKEN}|AKOFTHETEST|Redis!Pass-1`,
        request_id: 'r',
      },
    });

    const error = await makeService({ endpoint: cloud.endpoint })
      .createMigrationTask(BODY)
      .catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: 'APIGW.0301', requestId: 'r', cause: { name: 'ClientRequestException' } });
    const printed = inspect(error, { depth: 20, showHidden: true });
    for (const secret of [TOKEN, SK, 'AKOFTHETEST', 'Redis!Pass-1']) expect(printed).not.toContain(secret);
  });

  it('redacts secrets in a successful response', async () => {
    cloud.respondWith({ status: 200, json: { id: ID, error: 'cannot log in with Redis!Pass-1' } });

    await expect(makeService({ endpoint: cloud.endpoint }).createMigrationTask(BODY)).resolves.toEqual({
      id: ID,
      error: 'cannot log in with ***',
    });
  });
});
