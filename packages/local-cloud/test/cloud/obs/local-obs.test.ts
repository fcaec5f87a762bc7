import { createHash, createHmac } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { BucketSettings } from '../../../src/cloud/obs/bucket.ts';
import type { ObjectEvent } from '../../../src/cloud/obs/object-event.ts';
import { ACCOUNT } from '../caller.ts';
import { makeSdk, type Sdk } from './sdk.ts';

const TEMPORARY = { ...ACCOUNT, securityToken: 'TOKEN' };

let home: string;
let clouds: LocalCloud[] = [];
let events: ObjectEvent[] = [];

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'obs-'));
  events = [];
});

afterEach(async () => {
  await Promise.all(clouds.map((cloud) => cloud.close()));
  clouds = [];
  await rm(home, { recursive: true });
});

async function start(buckets: readonly BucketSettings[]): Promise<{ cloud: LocalCloud; sdk: Sdk }> {
  const cloud = await startLocalCloud({
    accounts: [TEMPORARY],
    clock: new Clock({ frozenAt: Date.UTC(2026, 2, 14) }),
    obs: {
      buckets,
      folder: path.join(home, 'buckets'),
      stateFolder: path.join(home, 'obs'),
      onChange: (event) => events.push(event),
    },
  });
  clouds.push(cloud);
  return { cloud, sdk: await makeSdk(cloud.obsUrl, TEMPORARY) };
}

const both = describe.each(['folder', 'memory'] as const);

both('OBS with the official SDK as its client, in %s', (storage) => {
  let sdk: Sdk;
  let cloud: LocalCloud;
  const call = (operation: string, parameters: Record<string, unknown> = {}) =>
    sdk(operation, { Bucket: 'inbox', ...parameters });
  const status = async (operation: string, parameters: Record<string, unknown>) => {
    const { CommonMsg } = await call(operation, parameters);
    return [CommonMsg.Status, CommonMsg.Code];
  };

  beforeEach(async () => {
    ({ cloud, sdk } = await start([{ name: 'inbox', storage }]));
  });

  it('puts an object, and reads all or part of it', async () => {
    const Key = 'prod/a b+ü%.rdb';
    const put = await call('putObject', { Key, Body: 'REDIS0011', Metadata: { by: 'me' } });

    expect(put.InterfaceResult.ETag).toBe('"5bad7906a43b4e6a9c4d4da9d051f077"');
    expect((await call('getObject', { Key })).InterfaceResult).toMatchObject({
      Content: 'REDIS0011',
      ContentLength: '9',
      ETag: '"5bad7906a43b4e6a9c4d4da9d051f077"',
      Metadata: { by: 'me' },
    });
    expect((await call('getObject', { Key, Range: 'bytes=5-6' })).InterfaceResult.Content).toBe('00');
    expect((await call('getObject', { Key, Range: 'bytes=-2' })).InterfaceResult.Content).toBe('11');
    expect(await status('getObject', { Key, Range: 'bytes=9-' })).toEqual([416, 'InvalidRange']);
    expect((await call('getObjectMetadata', { Key })).InterfaceResult).toMatchObject({ ContentLength: '9' });
    expect(await cloud.obs.text('inbox', Key)).toBe('REDIS0011');
  });

  it('reports each upload once, before the response', async () => {
    await call('putObject', { Key: 'a.rdb', Body: 'REDIS0011' });
    await call('copyObject', { Key: 'b.rdb', CopySource: 'inbox/a.rdb' });
    await call('deleteObject', { Key: 'a.rdb' });
    await call('deleteObject', { Key: 'a.rdb' });

    expect(events.map(({ sequencer, ...event }) => event)).toEqual([
      {
        eventName: 'ObjectCreated:Put',
        bucket: 'inbox',
        key: 'a.rdb',
        size: 9,
        eTag: '5bad7906a43b4e6a9c4d4da9d051f077',
        versionId: 'null',
        time: new Date('2026-03-14T00:00:00Z'),
      },
      {
        eventName: 'ObjectCreated:Copy',
        bucket: 'inbox',
        key: 'b.rdb',
        size: 9,
        eTag: '5bad7906a43b4e6a9c4d4da9d051f077',
        versionId: 'null',
        time: new Date('2026-03-14T00:00:00Z'),
      },
      {
        eventName: 'ObjectRemoved:Delete',
        bucket: 'inbox',
        key: 'a.rdb',
        versionId: 'null',
        time: new Date('2026-03-14T00:00:00Z'),
      },
    ]);
    expect(events.map(({ sequencer }) => sequencer)).toEqual(events.map(({ sequencer }) => sequencer).sort());
  });

  it('appends only at the end of the object', async () => {
    const first = await call('appendObject', { Key: 'runs/a', Position: 0, Body: 'one\n' });
    const second = await call('appendObject', { Key: 'runs/a', Position: 4, Body: 'two\n' });

    expect(first.InterfaceResult.NextPosition).toBe('4');
    expect(second.InterfaceResult).toMatchObject({
      NextPosition: '8',
      ETag: `"${createHash('md5').update('one\ntwo\n').digest('hex')}"`,
    });
    for (const Position of [0, 4, 7, 9])
      expect(await status('appendObject', { Key: 'runs/a', Position, Body: 'x' })).toEqual([
        409,
        'PositionNotEqualToLength',
      ]);
    expect(await status('appendObject', { Key: 'runs/b', Position: 1, Body: 'x' })).toEqual([
      409,
      'PositionNotEqualToLength',
    ]);
    expect((await call('getObject', { Key: 'runs/a' })).InterfaceResult.Content).toBe('one\ntwo\n');
    expect((await call('getObjectMetadata', { Key: 'runs/a' })).InterfaceResult).toMatchObject({
      ObjectType: 'Appendable',
      NextPosition: '8',
    });
    expect(events).toEqual([]);
  });

  it('lets exactly one of many appends at the same position succeed', async () => {
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, i) => call('appendObject', { Key: 'runs/a', Position: 0, Body: `w${i}\n` })),
    );

    const won = responses.flatMap(({ CommonMsg }, i) => (CommonMsg.Status === 200 ? [i] : []));
    expect(won).toHaveLength(1);
    expect(responses.filter(({ CommonMsg }) => CommonMsg.Code === 'PositionNotEqualToLength')).toHaveLength(19);
    expect(await cloud.obs.text('inbox', 'runs/a')).toBe(`w${won[0]}\n`);
  });

  it('does not append to an object that was put or copied', async () => {
    await call('appendObject', { Key: 'runs/a', Position: 0, Body: 'one' });
    await call('copyObject', { Key: 'runs/b', CopySource: 'inbox/runs/a' });
    await call('putObject', { Key: 'runs/a', Body: 'one' });

    for (const Key of ['runs/a', 'runs/b'])
      expect(await status('appendObject', { Key, Position: 3, Body: 'x' })).toEqual([409, 'ObjectNotAppendable']);
  });

  it('uploads in parts', async () => {
    const file = path.join(home, 'big.rdb');
    await writeFile(file, Buffer.alloc(250 * 1024, 'x'));

    const { InterfaceResult } = await call('uploadFile', {
      Key: 'big.rdb',
      UploadFile: file,
      PartSize: 100 * 1024,
      TaskNum: 3,
    });

    // MD5 of the MD5s of 102400, 102400 and 51200 times x.
    const md5 = (count: number) => createHash('md5').update(Buffer.alloc(count, 'x')).digest();
    const eTag = createHash('md5')
      .update(Buffer.concat([md5(102_400), md5(102_400), md5(51_200)]))
      .digest('hex');
    expect(InterfaceResult.ETag).toBe(`"${eTag}-3"`);
    expect(events).toMatchObject([
      { eventName: 'ObjectCreated:CompleteMultipartUpload', key: 'big.rdb', size: 256_000, eTag: `${eTag}-3` },
    ]);
    expect((await call('getObjectMetadata', { Key: 'big.rdb' })).InterfaceResult.ETag).toBe(`"${eTag}-3"`);
  });

  it('refuses to complete an upload whose parts do not match the list', async () => {
    const begin = async () => (await call('initiateMultipartUpload', { Key: 'k' })).InterfaceResult.UploadId;
    const part = async (UploadId: string, PartNumber: number, Body: string) =>
      (await call('uploadPart', { Key: 'k', UploadId, PartNumber, Body })).InterfaceResult.ETag;
    const complete = (UploadId: string, Parts: unknown[]) =>
      status('completeMultipartUpload', { Key: 'k', UploadId, Parts });
    const UploadId = await begin();
    const one = { PartNumber: 1, ETag: await part(UploadId, 1, 'small') };
    const two = { PartNumber: 2, ETag: await part(UploadId, 2, 'last') };

    expect(await complete(UploadId, [one, two])).toEqual([400, 'EntityTooSmall']);
    expect(await complete(UploadId, [two, one])).toEqual([400, 'InvalidPartOrder']);
    expect(await complete(UploadId, [{ ...one, ETag: two.ETag }])).toEqual([400, 'InvalidPart']);
    expect(await complete('unknown', [one])).toEqual([404, 'NoSuchUpload']);
    expect(await complete(UploadId, [two])).toEqual([200, '']);
    expect(await status('abortMultipartUpload', { Key: 'k', UploadId })).toEqual([404, 'NoSuchUpload']);
    expect(await status('uploadPart', { Key: 'k', UploadId: await begin(), PartNumber: 10_001, Body: '' })).toEqual([
      400,
      'InvalidArgument',
    ]);
    expect(events).toHaveLength(1);
  });

  it('discards an aborted upload', async () => {
    const { UploadId } = (await call('initiateMultipartUpload', { Key: 'k' })).InterfaceResult;
    await call('uploadPart', { Key: 'k', UploadId, PartNumber: 1, Body: 'x' });

    expect(await status('abortMultipartUpload', { Key: 'k', UploadId })).toEqual([204, '']);
    expect(await status('uploadPart', { Key: 'k', UploadId, PartNumber: 2, Body: 'x' })).toEqual([404, 'NoSuchUpload']);
    expect(events).toEqual([]);
  });

  it('lists by prefix, delimiter, marker and pages', async () => {
    for (const Key of ['open/b', 'open/a', 'runs/x/1', 'z']) await call('putObject', { Key, Body: Key });
    await call('appendObject', { Key: 'runs/x/0', Position: 0, Body: 'x' });
    const keys = (response: { InterfaceResult: { Contents: { Key: string }[] } }) =>
      response.InterfaceResult.Contents.map(({ Key }) => Key);

    const all = await call('listObjects');
    expect(keys(all)).toEqual(['open/a', 'open/b', 'runs/x/0', 'runs/x/1', 'z']);
    expect(all.InterfaceResult.Contents[0]).toMatchObject({
      Size: '6',
      ETag: `"${createHash('md5').update('open/a').digest('hex')}"`,
    });
    expect(keys(await call('listObjects', { Prefix: 'open/' }))).toEqual(['open/a', 'open/b']);
    expect(keys(await call('listObjects', { Prefix: 'ope', Marker: 'open/a' }))).toEqual(['open/b']);
    expect(keys(await call('listObjects', { Prefix: 'nothing/' }))).toEqual([]);
    const page = await call('listObjects', { Delimiter: '/', MaxKeys: 2 });
    expect(page.InterfaceResult).toMatchObject({
      IsTruncated: 'true',
      NextMarker: 'runs/',
      CommonPrefixes: [{ Prefix: 'open/' }, { Prefix: 'runs/' }],
    });
    expect(keys(await call('listObjects', { Delimiter: '/', Marker: 'runs/' }))).toEqual(['z']);
  });

  it('stores every key', async () => {
    const keys = [
      'a/b',
      'a',
      'a/b/c',
      'dir/',
      '../up',
      'x//y',
      '.hidden',
      'copy.part',
      'ä'.repeat(200),
      '.',
      '\u{1F600}',
    ];
    for (const Key of keys) expect(await status('putObject', { Key, Body: `of ${Key}` })).toEqual([200, '']);

    for (const Key of keys) expect(await cloud.obs.text('inbox', Key)).toBe(`of ${Key}`);
    const listed = (await call('listObjects', { EncodingType: 'url' })).InterfaceResult.Contents;
    expect(listed.map(({ Key }: { Key: string }) => Key).sort()).toEqual([...keys].sort());
    for (const Key of keys) await call('deleteObject', { Key });
    expect((await call('listObjects')).InterfaceResult.Contents).toEqual([]);
    expect(await readdir(home)).not.toContain('up');
  });

  it('refuses a key of more than 1024 bytes', async () => {
    expect(await status('putObject', { Key: 'k'.repeat(1024), Body: '' })).toEqual([200, '']);
    expect(await status('putObject', { Key: 'k'.repeat(1025), Body: '' })).toEqual([400, 'KeyTooLongError']);
  });

  it('verifies the MD5 sent with the data', async () => {
    const ContentMD5 = createHash('md5').update('right').digest('base64');

    expect(await status('putObject', { Key: 'a', Body: 'right', ContentMD5 })).toEqual([200, '']);
    expect(await status('putObject', { Key: 'b', Body: 'wrong', ContentMD5 })).toEqual([400, 'BadDigest']);
    expect(await status('appendObject', { Key: 'c', Position: 0, Body: 'wrong', ContentMD5 })).toEqual([
      400,
      'BadDigest',
    ]);
    expect(events.map(({ key }) => key)).toEqual(['a']);
    expect((await call('listObjects')).InterfaceResult.Contents).toHaveLength(1);
  });

  it('returns 404 for a missing object, but 204 for its removal', async () => {
    expect(await status('getObject', { Key: 'no' })).toEqual([404, 'NoSuchKey']);
    expect(await status('getObjectMetadata', { Key: 'no' })).toEqual([404, '']);
    expect(await status('deleteObject', { Key: 'no' })).toEqual([204, '']);
    expect(await status('putObject', { Bucket: 'nowhere', Key: 'k', Body: '' })).toEqual([404, 'NoSuchBucket']);
    expect(await status('headBucket', { Bucket: 'nowhere' })).toEqual([404, '']);
    expect(await status('headBucket', {})).toEqual([200, '']);
  });

  it.each([
    ['replication', { replication: true }, [409, 'InvalidBucketState']],
    ['WORM', { worm: true }, [403, 'AccessDenied']],
    ['archive storage', { storageClass: 'COLD' }, [403, 'InvalidObjectState']],
    ['a parallel file system', { parallelFileSystem: true }, [405, 'MethodNotAllowed']],
  ] as const)('refuses appends in a bucket with %s, where objects can be put', async (_name, settings, error) => {
    await cloud.obs.addBucket({ name: 'special', storage, ...settings });

    expect(await status('appendObject', { Bucket: 'special', Key: 'k', Position: 0, Body: 'x' })).toEqual(error);
    expect(await status('putObject', { Bucket: 'special', Key: 'k', Body: 'x' })).toEqual([200, '']);
  });

  it('refuses the append after the ten thousandth', async () => {
    for (let i = 0; i < 10_000; i++) await cloud.obs.append('inbox', 'k', i, Buffer.from('x'), NOTHING);

    expect(await status('appendObject', { Key: 'k', Position: 10_000, Body: 'x' })).toEqual([
      409,
      'ObjectNotAppendable',
    ]);
  }, 60_000);
});

const NOTHING = { contentType: undefined, metadata: {} };

describe('OBS', () => {
  it('lists its buckets, and refuses a wrong signature', async () => {
    const { cloud, sdk } = await start([{ name: 'b-two', storage: 'memory' }, { name: 'a-one' }]);

    const { InterfaceResult } = await sdk('listBuckets');

    expect(InterfaceResult.Buckets.map(({ BucketName }: { BucketName: string }) => BucketName)).toEqual([
      'a-one',
      'b-two',
    ]);
    const wrong = await makeSdk(cloud.obsUrl, { ...TEMPORARY, secretKey: 'SK2' });
    expect(await wrong('listBuckets')).toMatchObject({
      CommonMsg: { Status: 403, Code: 'SignatureDoesNotMatch' },
    });
    expect(cloud.requests).toMatchObject([
      { service: 'OBS', operation: 'ListBuckets', status: 200 },
      { service: 'OBS', operation: 'ListBuckets', status: 403 },
    ]);
  });

  it('uses the documented dialect for requests signed in it, including errors', async () => {
    const { cloud } = await start([{ name: 'inbox', storage: 'memory' }]);
    const send = (method: string, url: string, body?: string) => {
      const date = new Date().toUTCString();
      const text = `${method}\n\ntext/plain\n${date}\nx-obs-meta-by:me\nx-obs-security-token:TOKEN\n${url}`;
      return fetch(`${cloud.obsUrl}${url}`, {
        method,
        headers: {
          date,
          'content-type': 'text/plain',
          'x-obs-meta-by': 'me',
          'x-obs-security-token': 'TOKEN',
          authorization: `OBS AK1:${createHmac('sha1', 'SK1').update(text).digest('base64')}`,
        },
        ...(body === undefined ? {} : { body }),
      });
    };

    const put = await send('PUT', '/inbox/a%20b', 'hello');
    const got = await send('GET', '/inbox/a%20b');
    const missing = await send('GET', '/inbox/%3C&');
    const unsigned = await fetch(`${cloud.obsUrl}/inbox/a%20b`);

    expect([put.status, put.headers.get('x-obs-request-id')]).toEqual([200, expect.stringMatching(/^[0-9A-F]{32}$/)]);
    expect([await got.text(), got.headers.get('x-obs-meta-by')]).toEqual(['hello', 'me']);
    expect(missing.headers.get('content-type')).toBe('application/xml');
    expect(await missing.text()).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8" standalone="yes"\?>\n<Error><Code>NoSuchKey<\/Code><Message>[^<]+<\/Message><Resource>\/inbox\/&lt;&amp;<\/Resource><RequestId>[0-9A-F]{32}<\/RequestId><HostId>[^<]+<\/HostId><\/Error>$/,
    );
    expect([unsigned.status, await unsigned.text()]).toEqual([
      403,
      expect.stringContaining('<Code>AccessDenied</Code>'),
    ]);
  });

  it('refuses unsupported operations', async () => {
    const { cloud, sdk } = await start([{ name: 'inbox', storage: 'memory' }]);

    expect((await sdk('getBucketReplication', { Bucket: 'inbox' })).CommonMsg).toMatchObject({
      Status: 501,
      Code: 'ServiceNotImplemented',
    });
    expect((await fetch(`${cloud.obsUrl}/inbox/%zz`)).status).toBe(400);
  });

  it('keeps versions, hides a deleted object and lists all versions', async () => {
    const { sdk } = await start([{ name: 'kept', storage: 'memory', versioning: true }]);
    const call = (operation: string, parameters: Record<string, unknown>) =>
      sdk(operation, { Bucket: 'kept', ...parameters });
    const one = (await call('putObject', { Key: 'k', Body: 'one' })).InterfaceResult['VersionId'];
    const two = (await call('putObject', { Key: 'k', Body: 'two' })).InterfaceResult['VersionId'];
    const marker = (await call('deleteObject', { Key: 'k' })).InterfaceResult;

    expect(new Set([one, two, marker['VersionId']]).size).toBe(3);
    expect((await call('getObject', { Key: 'k' })).CommonMsg.Status).toBe(404);
    expect((await call('getObject', { Key: 'k', VersionId: one })).InterfaceResult['Content']).toBe('one');
    expect((await call('listObjects', {})).InterfaceResult['Contents']).toEqual([]);
    const first = (await call('listVersions', { MaxKeys: 2 })).InterfaceResult;
    expect(first).toMatchObject({
      DeleteMarkers: [{ Key: 'k', VersionId: marker['VersionId'], IsLatest: 'true' }],
      Versions: [{ Key: 'k', VersionId: two, IsLatest: 'false', Size: '3' }],
      IsTruncated: 'true',
      NextKeyMarker: 'k',
      NextVersionIdMarker: two,
    });
    const rest = await call('listVersions', { KeyMarker: 'k', VersionIdMarker: two });
    expect(rest.InterfaceResult).toMatchObject({ Versions: [{ VersionId: one }], IsTruncated: 'false' });
    expect(events.map(({ eventName, versionId }) => [eventName, versionId])).toEqual([
      ['ObjectCreated:Put', one],
      ['ObjectCreated:Put', two],
      ['ObjectRemoved:DeleteMarkerCreated', marker['VersionId']],
    ]);
    await call('deleteObject', { Key: 'k', VersionId: marker['VersionId'] });
    expect((await call('getObject', { Key: 'k' })).InterfaceResult['Content']).toBe('two');
  });

  it('exposes files in the folder as objects, and objects as files', async () => {
    const { cloud, sdk } = await start([{ name: 'inbox' }]);
    await mkdir(path.join(home, 'buckets', 'inbox', 'prod'), { recursive: true });
    await writeFile(path.join(home, 'buckets', 'inbox', 'prod', 'dump.rdb'), 'REDIS0011');
    await mkdir(path.join(home, 'buckets', 'made-by-hand'));

    await sdk('putObject', { Bucket: 'inbox', Key: 'prod/b.rdb', Body: 'two' });

    expect(await cloud.obs.text('inbox', 'prod/dump.rdb')).toBe('REDIS0011');
    expect(await cloud.obs.stat('inbox', 'prod/dump.rdb', undefined)).toMatchObject({
      eTag: '5bad7906a43b4e6a9c4d4da9d051f077',
      size: 9,
    });
    expect(await readFile(path.join(home, 'buckets', 'inbox', 'prod', 'b.rdb'), 'utf8')).toBe('two');
    expect(await cloud.obs.has('made-by-hand', 'x')).toBe(false);
    expect(cloud.obs.buckets().map(({ name }) => name)).toEqual(['inbox', 'made-by-hand']);
    expect(await cloud.obs.has('..', 'x')).toBe(false);
  });

  it('keeps appends and multipart eTags across restarts', async () => {
    const first = await start([{ name: 'inbox' }]);
    await first.cloud.obs.append('inbox', 'runs/a', 0, Buffer.from('one\n'), NOTHING);
    await first.cloud.obs.append('inbox', 'up/../x', 0, Buffer.from('beside\n'), NOTHING);
    await first.cloud.close();

    const { cloud } = await start([{ name: 'inbox' }]);
    const appended = await cloud.obs.append('inbox', 'runs/a', 4, Buffer.from('two\n'), NOTHING);

    expect(appended).toMatchObject({ appends: 2, eTag: createHash('md5').update('one\ntwo\n').digest('hex') });
    expect(await cloud.obs.append('inbox', 'up/../x', 7, Buffer.from('2\n'), NOTHING)).toMatchObject({ size: 9 });
  });

  it('treats a file that replaces an appended one as a normal object', async () => {
    const { cloud } = await start([{ name: 'inbox' }]);
    await cloud.obs.append('inbox', 'runs/a', 0, Buffer.from('one\n'), NOTHING);
    const file = path.join(home, 'buckets', 'inbox', 'runs', 'a');
    await rm(file);
    await writeFile(file, 'by hand');

    await expect(cloud.obs.append('inbox', 'runs/a', 7, Buffer.from('x'), NOTHING)).rejects.toMatchObject({
      code: 'ObjectNotAppendable',
    });
  });

  it('applies faults to its operations, in its own format', async () => {
    const { cloud, sdk } = await start([{ name: 'inbox', storage: 'memory' }]);
    const append = (Position: number) =>
      sdk('appendObject', { Bucket: 'inbox', Key: 'k', Position, Body: 'x' }).then(
        ({ CommonMsg }) => [CommonMsg.Status, CommonMsg.Code],
        () => 'no response',
      );
    const rows = [
      ['error', [500, 'InternalError'], 0],
      ['forbidden', [403, 'AccessDenied'], 0],
      ['throttled', [503, 'SlowDown'], 0],
      ['reset', 'no response', 0],
      ['reply_lost', 'no response', 1],
      ['error_after', [500, 'InternalError'], 2],
      ['backend_timeout', [503, 'ServiceUnavailable'], 3],
      ['no_id', [200, ''], 4],
      ['cut_json', 'no response', 5],
      ['html', [200, ''], 5],
      ['redirect', [307, ''], 5],
      ['delay', [200, ''], 6],
    ] as const;
    for (const [kind, response, sizeAfter] of rows) {
      cloud.faults.add({ service: 'OBS', operation: 'AppendObject', kind, delayMs: 1, message: 'x' });
      const size = (await cloud.obs.text('inbox', 'k'))?.length ?? 0;

      expect([kind, await append(size)]).toEqual([kind, response]);
      expect([kind, (await cloud.obs.text('inbox', 'k'))?.length ?? 0]).toEqual([kind, sizeAfter]);
    }
  });
});
