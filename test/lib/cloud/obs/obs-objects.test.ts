import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeObsService } from '../../../../lib/cloud/obs/obs-objects.ts';
import { makeKeysGuard } from '../../../../lib/cloud/transport/keys-guard.ts';
import { Clock } from '../../../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';

const ACCOUNT = {
  accessKey: 'LOCALAK',
  secretKey: 'local-secret-key',
  securityToken: 'local-token',
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'fedcba9876543210fedcba9876543210',
};
const EPOCH = '1970-01-01T00:00:00.000Z';
const ODD_KEY = 'odd/a +b%2F&<c>"ä漢 ';

let cloud: LocalCloud;
let clock: Clock;
let server: Server | undefined;

beforeEach(async () => {
  clock = new Clock({ frozenAt: Date.parse('2026-01-31T00:00:00.000Z') });
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock,
    obs: { buckets: [{ name: 'plain' }, { name: 'versioned', versioning: true }] },
  });
});

afterEach(async () => {
  await cloud.close();
  server?.closeAllConnections();
  await new Promise((resolve) => {
    server ? server.close(resolve) : resolve(undefined);
  });
  server = undefined;
});

const makeService = (options: { readonly endpoint?: string; readonly remainingMs?: () => number } = {}) =>
  makeObsService({
    endpoint: cloud.obsUrl,
    credentials: ACCOUNT,
    remainingMs: () => 60_000,
    keysGuard: makeKeysGuard(() => 0),
    ...options,
  });

const put = (bucket: string, key: string, content: Uint8Array | string) =>
  cloud.obs.put(bucket, key, toBytes(content), { contentType: undefined, metadata: {} });

async function* toBytes(content: Uint8Array | string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

async function startServer(listener: RequestListener): Promise<string> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => {
    made.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

const operationsSince = (count: number) => cloud.requests.slice(count).map(({ operation }) => operation);

describe('readStart', () => {
  it('reads the first raw bytes and the size of the whole object, with one request', async () => {
    await put('plain', 'a', Uint8Array.from([0xff, 0xfe, 0x00, 0x80, 0x41]));
    const before = cloud.requests.length;

    await expect(makeService().readStart('plain', 'a', 4)).resolves.toEqual({
      size: 5,
      eTag: '2d752f568847adc67b0c183dd8ed38fd',
      lastModified: '2026-01-31T00:00:00.000Z',
      start: Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    });
    expect(operationsSince(before)).toEqual(['GetObject']);
  });

  it('reads a shorter object to its end, and nothing from an empty one', async () => {
    await put('plain', 'short', 'abc');
    await put('plain', 'empty', '');

    await expect(makeService().readStart('plain', 'short', 9)).resolves.toMatchObject({
      size: 3,
      start: Buffer.from('abc'),
    });
    await expect(makeService().readStart('plain', 'empty', 9)).resolves.toEqual({ size: 0, start: Buffer.alloc(0) });
  });

  it('finds an object whatever characters its key contains', async () => {
    await put('plain', ODD_KEY, 'x');

    await expect(makeService().readStart('plain', ODD_KEY, 9)).resolves.toMatchObject({ size: 1 });
  });

  it.each([
    ['a missing object', 'plain', 'missing', 'NoSuchKey'],
    ['a missing bucket', 'no-such-bucket', 'a', 'NoSuchBucket'],
  ])('reports the error of OBS for %s', async (_, bucket, key, cloudCode) => {
    await expect(makeService().readStart(bucket, key, 9)).rejects.toMatchObject({ status: 404, cloudCode });
  });

  it('reports the error of OBS for an object that it may not read', async () => {
    cloud.faults.add({ service: 'OBS', operation: 'GetObject', kind: 'forbidden' });

    await expect(makeService().readStart('plain', 'a', 9)).rejects.toMatchObject({
      status: 403,
      cloudCode: 'AccessDenied',
    });
  });

  it('follows no redirect to another region', async () => {
    cloud.faults.add({ service: 'OBS', operation: 'GetObject', kind: 'redirect' });

    await expect(makeService().readStart('plain', 'a', 9)).rejects.toMatchObject({ status: 307, temporary: false });
  });

  it('does not treat a 404 from elsewhere as a missing object', async () => {
    const endpoint = await startServer((_, response) => response.writeHead(404).end());

    await expect(makeService({ endpoint }).readStart('plain', 'a', 9)).rejects.toMatchObject({ outcome: 'rejected' });
  });

  it('fails when OBS fails', async () => {
    cloud.faults.add({ service: 'OBS', operation: 'GetObject', kind: 'error' });

    await expect(makeService().readStart('plain', 'a', 9)).rejects.toMatchObject({
      name: 'CloudError',
      service: 'OBS',
      operation: 'GetObject',
      outcome: 'unknown',
      temporary: true,
    });
  });

  it.each([
    ['has no size', {}],
    ['has an unknown size', { 'content-range': 'bytes 0-2/*' }],
  ])('does not accept a response that %s', async (_, headers) => {
    const endpoint = await startServer((_request, response) => {
      response.writeHead(206, { 'x-amz-request-id': '1', etag: '"1"', 'transfer-encoding': 'chunked', ...headers });
      response.end('xxx');
    });

    await expect(makeService({ endpoint }).readStart('plain', 'a', 3)).rejects.toMatchObject({ cloudCode: 'no_size' });
  });

  it('reads no more than requested from a server that sends everything', async () => {
    let hungUp: () => void = () => {};
    const isHungUp = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const endpoint = await startServer((_, response) => {
      response.writeHead(200, { 'x-amz-request-id': '1', etag: '"1"', 'content-length': '99999999' });
      const sending = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => {
        clearInterval(sending);
        hungUp();
      });
    });

    await expect(makeService({ endpoint }).readStart('plain', 'a', 3)).resolves.toEqual({
      size: 99_999_999,
      eTag: '1',
      start: Buffer.from('xxx'),
    });
    await isHungUp;
  });

  it('ends within the remaining time when the content does not end', async () => {
    const endpoint = await startServer((_, response) => {
      response.writeHead(206, { 'x-amz-request-id': '1', etag: '"1"' });
      response.write('x');
    });

    await expect(makeService({ endpoint, remainingMs: () => 500 }).readStart('plain', 'a', 9)).rejects.toMatchObject({
      outcome: 'unknown',
      temporary: true,
      cloudCode: 'ETIMEDOUT',
    });
  });

  it('does not accept truncated content', async () => {
    const endpoint = await startServer((_, response) => {
      response.writeHead(206, { 'x-amz-request-id': '1', etag: '"1"', 'content-length': '9' });
      response.write('x', () => response.destroy());
    });

    await expect(makeService({ endpoint }).readStart('plain', 'a', 9)).rejects.toMatchObject({ outcome: 'unknown' });
  });
});

describe('readEnd', () => {
  it('reads the last bytes, with one request', async () => {
    await put('plain', 'a', Uint8Array.from([0x41, 0xff, 0xfe, 0x00]));
    const before = cloud.requests.length;

    await expect(makeService().readEnd('plain', 'a', 1, 4)).resolves.toEqual(Buffer.from([0xff, 0xfe, 0x00]));
    expect(operationsSince(before)).toEqual(['GetObject']);
  });

  it.each([
    ['shorter', 'ab'],
    ['longer', 'abcdefghij'],
  ])('reads nothing of an object that has become %s', async (_, content) => {
    await put('plain', 'a', content);

    await expect(makeService().readEnd('plain', 'a', 3, 5)).resolves.toBeUndefined();
  });

  it('fails for an object that is gone', async () => {
    await expect(makeService().readEnd('plain', 'missing', 3, 5)).rejects.toMatchObject({ cloudCode: 'NoSuchKey' });
  });
});

describe('listSince', () => {
  it('lists objects under the prefix that changed at or after the given time, in key order', async () => {
    await put('plain', 'prod/old', 'x');
    await put('plain', 'prod/z', 'x');
    clock.advance(1_000);
    await put('plain', 'prod/z', 'newer');
    await put('plain', 'prod/a', 'x');
    await put('plain', 'other/a', 'x');

    const listed = await makeService().listSince('plain', 'prod/', '2026-01-31T00:00:01.000Z', 10);

    expect(listed).toEqual([
      {
        key: 'prod/a',
        size: 1,
        eTag: '9dd4e461268c8034f5c8564e155c67a6',
        lastModified: '2026-01-31T00:00:01.000Z',
      },
      {
        key: 'prod/z',
        size: 5,
        eTag: '0c10f4a0c12ba89211235026b861263d',
        lastModified: '2026-01-31T00:00:01.000Z',
      },
    ]);
    expect(await makeService().listSince('plain', 'prod/', '2026-01-31T00:00:01.001Z', 10)).toEqual([]);
  });

  it('lists the latest version of each key in a bucket with versions, and no deleted keys', async () => {
    await put('versioned', 'a', 'x');
    const { versionId } = await put('versioned', 'a', 'newer');
    await put('versioned', 'b', 'x');
    await cloud.obs.remove('versioned', 'b', undefined);

    const listed = await makeService().listSince('versioned', '', EPOCH, 10);

    expect(listed).toMatchObject([{ key: 'a', size: 5, versionId }]);
    expect(listed).toHaveLength(1);
  });

  it.each(['plain', 'versioned'])('lists keys in %s unchanged, whatever characters they contain', async (bucket) => {
    await put(bucket, ODD_KEY, 'x');

    expect(await makeService().listSince(bucket, 'odd/a +', EPOCH, 10)).toMatchObject([{ key: ODD_KEY }]);
  });

  it.each(['plain', 'versioned'])(
    'asks after each page of %s whether to continue, and the rest can be listed later',
    async (bucket) => {
      const key = (i: number) => `many/${String(i).padStart(4, '0')}`;
      for (let i = 0; i < 1_002; i += 1) await put(bucket, key(i), 'x');
      const asked: string[] = [];
      const stop = (upTo: string) => {
        asked.push(upTo);
        return false;
      };

      const first = await makeService().listSince(bucket, 'many/', EPOCH, 5_000, undefined, stop);
      const nothing = await makeService().listSince(
        bucket,
        'many/',
        '2030-01-01T00:00:00.000Z',
        5_000,
        undefined,
        stop,
      );
      const rest = await makeService().listSince(bucket, 'many/', EPOCH, 5_000, asked[0]);

      expect([first.length, nothing, asked]).toEqual([1_000, [], ['many/0999', 'many/0999']]);
      expect(rest.map((object) => object.key)).toEqual(['many/1000', 'many/1001']);
    },
  );

  it.each([
    ['plain', 'ListObjects'],
    ['versioned', 'ListVersions'],
  ])(
    'lists more than the 1000 objects that one request of %s can return, and stops at the limit',
    async (bucket, list) => {
      const key = (i: number) => `many/${String(i).padStart(4, '0')}`;
      for (let i = 0; i < 1_002; i += 1) await put(bucket, key(i), 'x');
      const before = cloud.requests.length;

      const all = await makeService().listSince(bucket, 'many/', EPOCH, 5_000);
      const some = await makeService().listSince(bucket, 'many/', EPOCH, 3);

      expect(all).toHaveLength(1_002);
      expect(all[1_001]?.key).toBe('many/1001');
      expect(some.map((object) => object.key)).toEqual(['many/0000', 'many/0001', 'many/0002']);
      expect(operationsSince(before)).toEqual(['GetBucketVersioning', list, list, 'GetBucketVersioning', list]);
    },
  );

  it.each(['plain', 'versioned'])('lists only what comes after a key of %s', async (bucket) => {
    for (const key of ['a', 'b', 'b', 'c', 'd']) await put(bucket, key, 'x');

    const listed = await makeService().listSince(bucket, '', EPOCH, 2, 'a');
    const rest = await makeService().listSince(bucket, '', EPOCH, 2, 'c');

    expect([listed, rest].map((objects) => objects.map(({ key }) => key))).toEqual([['b', 'c'], ['d']]);
  });

  it('lists nothing in an empty bucket', async () => {
    expect(await makeService().listSince('plain', '', EPOCH, 10)).toEqual([]);
    expect(await makeService().listSince('versioned', '', EPOCH, 10)).toEqual([]);
  });

  it.each(['GetBucketVersioning', 'ListObjects'])(
    'fails when %s is refused, and returns no objects',
    async (operation) => {
      cloud.faults.add({ service: 'OBS', operation, kind: 'forbidden' });

      await expect(makeService().listSince('plain', '', EPOCH, 10)).rejects.toMatchObject({
        operation,
        outcome: 'rejected',
        status: 403,
      });
    },
  );

  it.each([
    ['plain', 'ListObjects'],
    ['versioned', 'ListVersions'],
  ])('does not accept an HTML page as a list of %s', async (bucket, operation) => {
    cloud.faults.add({ service: 'OBS', operation, kind: 'html' });

    await expect(makeService().listSince(bucket, '', EPOCH, 10)).rejects.toMatchObject({
      operation,
      outcome: 'unknown',
    });
  });

  it('sends nothing for an invalid time', async () => {
    const before = cloud.requests.length;

    await expect(makeService().listSince('plain', '', 'yesterday', 10)).rejects.toMatchObject({
      outcome: 'not_sent',
      cloudCode: 'bad_time',
    });
    expect(operationsSince(before)).toEqual([]);
  });
});
