import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import dns from 'node:dns';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { build } from 'esbuild';
import { makeObsLedgerStore, type ObsLedgerOptions } from '../../../../lib/cloud/obs/obs-ledger-store.ts';
import { makeKeysGuard } from '../../../../lib/cloud/transport/keys-guard.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import { type LocalCloud, startLocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';

const KEYS = { accessKey: 'LOCALAK', secretKey: 'local-secret-key', securityToken: 'local-token' };
const ACCOUNT = {
  ...KEYS,
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'fedcba9876543210fedcba9876543210',
};
const ROOT = join(import.meta.dirname, '../../../..');

let cloud: LocalCloud;
const servers: Server[] = [];

beforeAll(async () => {
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    obs: {
      buckets: [
        { name: 'ops-ledger' },
        { name: 'replicated', replication: true },
        { name: 'archive', storageClass: 'COLD' },
        { name: 'worm', worm: true },
        { name: 'files', parallelFileSystem: true },
      ],
    },
  });
});

afterEach(async () => {
  cloud.faults.clear();
  await stopServers();
});

async function stopServers(): Promise<void> {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
}

afterAll(() => cloud.close());

const makeStore = (options: Partial<ObsLedgerOptions> = {}) =>
  makeObsLedgerStore({
    endpoint: cloud.obsUrl,
    bucket: 'ops-ledger',
    prefix: 'migrations/',
    credentials: KEYS,
    remainingMs: () => 60_000,
    keysGuard: makeKeysGuard(() => 0),
    ...options,
  });

/** Starts a server for one test. @returns its base URL */
async function serve(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts a server that handles every request the same way and records the requests. */
async function startServer(listener: RequestListener): Promise<{ readonly endpoint: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const address = await serve(
    createHttpServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      request.resume();
      request.on('end', () => listener(request, response));
    }),
  );
  return { endpoint: `http://${address}`, seen };
}

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: Error) => error,
  );

/** The operations that the local OBS has received since a count. */
const operationsSince = (count: number) => cloud.requests.slice(count).map(({ operation }) => operation);

describe('makeObsLedgerStore', () => {
  it('stores everything under its prefix', async () => {
    const store = makeStore({ prefix: 'ops/ledger/' });

    await store.append('runs/a', 0, '1\n');
    await store.put('open/a', 'x');

    expect(await cloud.obs.text('ops-ledger', 'ops/ledger/runs/a')).toBe('1\n');
    expect(await cloud.obs.text('ops-ledger', 'ops/ledger/open/a')).toBe('x');
    expect((await store.list('', { limit: 9 })).map(({ name }) => name)).toEqual(['open/a', 'runs/a']);
  });

  it('works without a prefix', async () => {
    const store = makeStore({ prefix: '', credentials: { ...KEYS, secretKey: new Secret(KEYS.secretKey) } });

    await store.put('bare/a', 'x');

    expect(await cloud.obs.text('ops-ledger', 'bare/a')).toBe('x');
    expect((await store.list('bare/', { limit: 9 })).map(({ name }) => name)).toEqual(['bare/a']);
  });

  it('lists more than the 1000 names that one request can return', async () => {
    const store = makeStore({ prefix: 'many/' });
    const name = (i: number) => `open/${String(i).padStart(4, '0')}`;
    for (let i = 0; i < 1_003; i += 1) {
      await cloud.obs.put('ops-ledger', `many/${name(i)}`, toBytes('x'), { contentType: undefined, metadata: {} });
    }
    const before = cloud.requests.length;

    const listed = await store.list('open/', { limit: 1_002 });

    expect(listed).toHaveLength(1_002);
    expect(listed[1_001]?.name).toBe('open/1001');
    expect(operationsSince(before)).toEqual(['ListObjects', 'ListObjects']);
    expect(await store.list('open/', { limit: 0 })).toEqual([]);
  });

  it('sends one request for each call, and none to inspect the bucket', async () => {
    const store = makeStore({ prefix: 'count/' });
    const before = cloud.requests.length;

    await store.append('a', 0, 'x\n');
    await store.read('a');
    await store.put('b', 'x');
    await store.get('b');
    await store.list('', { limit: 5 });
    await store.remove('b');

    expect(operationsSince(before)).toEqual([
      'AppendObject',
      'GetObject',
      'PutObject',
      'GetObject',
      'ListObjects',
      'DeleteObject',
    ]);
  });

  it('sends requests to the host name of the bucket, signed as OBS documents', async () => {
    const seen: { readonly line: string; readonly headers: IncomingHttpHeaders }[] = [];
    const address = await serve(
      createHttpServer(({ method, url, headers }, response) => {
        seen.push({ line: `${method} ${url}`, headers });
        response.writeHead(200, { 'x-obs-request-id': '1', 'x-obs-next-append-position': '2', etag: '"1"' }).end();
      }),
    );
    const lookup = jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((
        _host: string,
        options: { readonly all?: boolean },
        done: (error: null, ...found: unknown[]) => void,
      ) =>
        options.all
          ? done(null, [{ address: '127.0.0.1', family: 4 }])
          : done(null, '127.0.0.1', 4)) as unknown as typeof dns.lookup);

    const next = await makeStore({ endpoint: `http://localhost:${address.split(':')[1]}` })
      .append('runs/a', 0, 'x\n')
      .finally(() => lookup.mockRestore());

    expect(next).toBe(2);
    expect(seen.map(({ line, headers }) => `${line} ${headers.host}`)).toEqual([
      'POST /migrations/runs/a?append&position=0 ops-ledger.localhost',
    ]);
    const { authorization, date } = seen[0]?.headers ?? {};
    // "Authentication of Signature in a Header" (API reference obs_04_0010).
    const toSign = `POST\n\napplication/json\n${date}\nx-obs-security-token:local-token\n/ops-ledger/migrations/runs/a?append&position=0`;
    expect(authorization).toBe(`OBS LOCALAK:${createHmac('sha1', 'local-secret-key').update(toSign).digest('base64')}`);
  });

  describe('resends nothing', () => {
    it.each([
      ['the connection is reset', { kind: 'reset' }],
      ['the reply is lost', { kind: 'reply_lost' }],
      ['OBS returns 500', { kind: 'error' }],
      ['OBS returns 503 SlowDown', { kind: 'throttled' }],
      ['the response is cut off', { kind: 'cut_json' }],
      ['the response is an HTML page', { kind: 'html' }],
      ['the success lacks the next position', { kind: 'no_id' }],
    ] as const)('when %s, and another attempt may help', async (_, fault) => {
      const store = makeStore({ prefix: 'once/' });
      const before = cloud.requests.length;
      cloud.faults.add({ service: 'OBS', operation: 'AppendObject', times: 9, ...fault });

      const error = await failureOf(store.append('runs/a', 0, 'x\n'));

      expect(error).toMatchObject({ name: 'LedgerError', code: 'ledger', temporary: true });
      expect(error.message).toMatch(/^ledger appendObject obs:\/\/ops-ledger\/once\/runs\/a: /);
      expect(operationsSince(before)).toEqual(['AppendObject']);
      await store.remove('runs/a');
    });

    it.each([
      ['GetObject', (store: ReturnType<typeof makeStore>) => store.read('a')],
      ['PutObject', (store: ReturnType<typeof makeStore>) => store.put('a', 'x')],
      ['DeleteObject', (store: ReturnType<typeof makeStore>) => store.remove('a')],
      ['ListObjects', (store: ReturnType<typeof makeStore>) => store.list('', { limit: 1 })],
    ])('does not accept an HTML page as the success of %s', async (operation, act) => {
      cloud.faults.add({ service: 'OBS', operation, kind: 'html' });

      await expect(act(makeStore())).rejects.toMatchObject({ name: 'LedgerError', temporary: true });
    });

    it('does not accept a success that does not come from OBS', async () => {
      const { endpoint, seen } = await startServer((_, response) => response.writeHead(204).end());

      await expect(makeStore({ endpoint }).remove('a')).rejects.toMatchObject({
        name: 'LedgerError',
        temporary: true,
        message: expect.stringMatching('no request ID'),
      });
      expect(seen).toHaveLength(1);
    });
  });

  it('knows that nothing was sent when OBS is down', async () => {
    const { endpoint } = await startServer(() => {});
    await stopServers();

    const error = await failureOf(makeStore({ endpoint }).append('a', 0, 'x\n'));

    expect(error).toMatchObject({ name: 'LedgerError', temporary: true });
    expect(error.message).toMatch('OBS AppendObject: not_sent: ECONNREFUSED');
  });

  it('returns stale for an append whose first response was lost, and the record exists', async () => {
    const store = makeStore({ prefix: 'lost/' });
    await store.append('runs/a', 0, 'first\n');
    cloud.faults.add({ service: 'OBS', operation: 'AppendObject', kind: 'reply_lost' });
    await expect(store.append('runs/a', 6, 'mine\n')).rejects.toMatchObject({ name: 'LedgerError', temporary: true });

    expect(await store.append('runs/a', 6, 'mine\n')).toBe('stale');
    expect(await store.read('runs/a')).toEqual({ text: 'first\nmine\n', position: 11 });
  });

  it('sends nothing, and certainly no keys, to the target of a redirect', async () => {
    const elsewhere = await startServer((_, response) => response.writeHead(200).end());
    cloud.faults.add({ service: 'OBS', operation: 'AppendObject', kind: 'redirect', location: elsewhere.endpoint });

    const error = await failureOf(makeStore().append('redirected', 0, 'x\n'));

    expect(error).toMatchObject({ name: 'LedgerError', temporary: false });
    expect(error.message).toMatch(/307.*not followed.*another region.*HUAWEICLOUD_OBS_ENDPOINT/);
    expect(elsewhere.seen).toEqual([]);
  });

  it('refuses an untrusted certificate before it sends anything', async () => {
    const pem = (name: string) => readFileSync(join(ROOT, 'test/fixtures/self-signed', name));
    let requests = 0;
    const address = await serve(
      createHttpsServer({ key: pem('key.pem'), cert: pem('cert.pem') }, (_, response) => {
        requests += 1;
        response.end();
      }),
    );

    const error = await failureOf(makeStore({ endpoint: `https://${address}` }).put('a', 'x'));

    expect(error).toMatchObject({ name: 'LedgerError', temporary: false });
    expect(error.message).toMatch(/certificate could not be verified.*HUAWEICLOUD_OBS_ENDPOINT/);
    expect(requests).toBe(0);
  });

  describe('ends within the remaining time', () => {
    const closed = async (listener: RequestListener) => {
      let hungUp: () => void = () => {};
      const isHungUp = new Promise<void>((resolve) => {
        hungUp = resolve;
      });
      const { endpoint } = await startServer((request, response) => {
        response.on('close', hungUp);
        listener(request, response);
      });
      return { endpoint, isHungUp };
    };

    it('when OBS does not respond, and closes the connection', async () => {
      const { endpoint, isHungUp } = await closed(() => {});
      const store = makeStore({ endpoint, remainingMs: () => 400, reserveMs: 100 });

      const error = await failureOf(store.append('a', 0, 'x\n'));
      await isHungUp;

      expect(error).toMatchObject({ name: 'LedgerError', temporary: true });
      expect(error.message).toMatch('no complete response within 300 ms');
    });

    it('when OBS never finishes its response, and closes the connection', async () => {
      const { endpoint, isHungUp } = await closed((_, response) => {
        response.writeHead(200, { 'x-amz-request-id': '1', etag: '"1"' });
        const dripping = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(dripping));
      });

      const error = await failureOf(makeStore({ endpoint, remainingMs: () => 400, reserveMs: 100 }).read('a'));
      await isHungUp;

      expect(error).toMatchObject({ name: 'LedgerError', temporary: true });
      expect(error.message).toMatch('no complete response within 300 ms');
    });

    it('by sending nothing when too little time is left', async () => {
      const before = cloud.requests.length;

      const error = await failureOf(makeStore({ remainingMs: () => 249 }).put('a', 'x'));

      expect(error).toMatchObject({ name: 'LedgerError', temporary: true });
      expect(error.message).toMatch('too little time left');
      expect(cloud.requests).toHaveLength(before);
      await makeStore({ remainingMs: () => 1_200 }).put('a', 'x');
    });
  });

  describe('says what to do about', () => {
    it.each([
      [
        'a bucket with cross-region replication',
        'replicated',
        /cross-region replication.*a bucket other than replicated/,
      ],
      ['a bucket with an archive storage class', 'archive', /archive storage class.*a bucket other than archive/],
      ['a bucket with WORM', 'worm', /bucket worm may have WORM enabled: .*a bucket other than worm/],
      ['a parallel file system', 'files', /a bucket other than files.*parallel file system/],
      [
        'a bucket that does not exist',
        'missing',
        /bucket missing does not exist; create it, or correct ledger.obs.bucket/,
      ],
    ])('%s, as a permanent error', async (_, bucket, text) => {
      const error = await failureOf(makeStore({ bucket }).append('runs/a', 0, 'x\n'));

      expect(error).toMatchObject({ name: 'LedgerError', code: 'ledger', temporary: false });
      expect(error.message).toMatch(text);
      expect(error.message).not.toContain('\n');
    });

    // Status and code as AppendObject documents them (API reference obs_04_0088, 2024-05-17).
    it.each([
      [400, 'OperationNotSupported', /cross-region replication/],
      [409, 'ObjectNotAppendable', /remove it.*10,000 appends.*archive storage class.*parallel file system/],
      [403, 'AccessDenied', /obs:object:GetObject, PutObject.*WORM/],
      [403, 'RequestTimeTooSkewed', /15 minutes/],
    ])('an append that is refused with %d %s', async (status, code, text) => {
      cloud.faults.add({ service: 'OBS', operation: 'AppendObject', kind: 'error', status, code });

      const error = await failureOf(makeStore().append('refused', 0, 'x\n'));

      expect(error).toMatchObject({ name: 'LedgerError', temporary: false });
      expect(error.message).toMatch(text);
      expect(error.message).toMatch(code);
    });

    it('a missing permission to read', async () => {
      cloud.faults.add({ service: 'OBS', operation: 'GetObject', kind: 'forbidden' });

      const error = await failureOf(makeStore().read('a'));

      expect(error).toMatchObject({ name: 'LedgerError', temporary: false });
      expect(error.message).toMatch(/403 AccessDenied.*obs:object:GetObject.*for the bucket ops-ledger/);
      expect(error.message).not.toMatch('WORM');
    });
  });

  it.each([
    ['key', { ...KEYS, accessKey: 'NOBODY' }],
    ['secret', { ...KEYS, secretKey: 'wrong-secret' }],
  ])('does not use keys for five minutes after OBS refused their %s', async (_, credentials) => {
    let now = 1_000_000;
    const options = { credentials, keysGuard: makeKeysGuard(() => now) };
    const before = cloud.requests.length;

    const refused = await failureOf(makeStore(options).put('a', 'x'));
    const resting = await failureOf(makeStore(options).put('a', 'x'));

    expect(refused).toMatchObject({ name: 'LedgerError', temporary: false });
    expect(refused.message).toMatch(/does not accept these keys; check the function's agency/);
    expect(resting).toMatchObject({ name: 'LedgerError', temporary: false });
    expect(resting.message).toMatch('not used until 1970-01-01T00:21:40.000Z');
    expect(operationsSince(before)).toEqual(['PutObject']);
    now += 300_000;
    expect((await failureOf(makeStore(options).put('a', 'x'))).message).toMatch('does not accept these keys');
  });

  it('continues to use keys that lack a permission', async () => {
    const keysGuard = makeKeysGuard(() => 0);
    cloud.faults.add({ service: 'OBS', operation: 'PutObject', kind: 'forbidden' });
    await failureOf(makeStore({ keysGuard }).put('a', 'x'));

    await expect(makeStore({ keysGuard }).put('a', 'x')).resolves.toBeUndefined();
  });

  it('refuses to start without keys', () => {
    expect(() => makeStore({ credentials: { accessKey: 'a', secretKey: '' } })).toThrow(
      'credentials: the keys are missing',
    );
  });

  it('refuses an endpoint that is not https', () => {
    expect(() => makeStore({ endpoint: 'http://obs.example.com' })).toThrow('HUAWEICLOUD_OBS_ENDPOINT');
  });

  it('shows no secret in an error, not even one that the response echoes', async () => {
    const echo = Object.values(KEYS).join(' ');
    const { endpoint } = await startServer((request, response) =>
      response
        .writeHead(400, { 'x-amz-request-id': KEYS.securityToken })
        .end(
          `<Error><Code>Bad${KEYS.secretKey}</Code><Message>${echo} ${request.headers.authorization}</Message></Error>`,
        ),
    );

    const error = await failureOf(makeStore({ endpoint }).put('a', 'x'));

    const shown = inspect(error, { depth: 20, showHidden: true });
    for (const secret of Object.values(KEYS)) expect(shown).not.toContain(secret);
    expect(shown).not.toMatch(/AWS \S+:\S/);
  });
});

describe('a bundle with the OBS ledger', () => {
  it('loads the SDK when the ledger is used, works without installed packages, and prints nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'obs-bundle-'));
    const entry = `
      import { makeObsLedgerStore } from './lib/cloud/obs/obs-ledger-store.ts';
      const store = makeObsLedgerStore({ ...JSON.parse(process.argv[2]), remainingMs: () => 60_000 });
      store.append('runs/a', 0, '{"a":1}\\n').then(async (next) => console.log(JSON.stringify([next, await store.read('runs/a')])));`;
    try {
      const { metafile } = await build({
        stdin: { contents: entry, resolveDir: ROOT, loader: 'ts' },
        absWorkingDir: ROOT,
        outfile: join(folder, 'main.js'),
        bundle: true,
        platform: 'node',
        target: 'node20.15',
        format: 'cjs',
        mainFields: ['module', 'main'],
        minifySyntax: true,
        minifyWhitespace: true,
        metafile: true,
        logLevel: 'error',
      });
      const importers = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
        imports.filter(({ path }) => path.includes('esdk-obs-nodejs/lib/obs.js')).map(({ kind }) => [file, kind]),
      );
      const options = { endpoint: cloud.obsUrl, bucket: 'ops-ledger', prefix: 'bundle/', credentials: KEYS };

      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [join(folder, 'main.js'), JSON.stringify(options)],
        { cwd: folder, env: { LOG_LEVEL: 'debug' } },
      );

      expect(importers).toEqual([['lib/cloud/obs/obs-client.ts', 'dynamic-import']]);
      expect(JSON.parse(stdout)).toEqual([8, { text: '{"a":1}\n', position: 8 }]);
      expect(stderr).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 30_000);
});

async function* toBytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
