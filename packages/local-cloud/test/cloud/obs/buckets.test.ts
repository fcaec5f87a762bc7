import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ObsFixture, result } from './obs-fixture.ts';

let obs: ObsFixture;

beforeEach(async () => {
  obs = await ObsFixture.start([{ name: 'inbox', storage: 'memory' }]);
});

afterEach(() => obs.close());

describe('CreateBucket', () => {
  it('creates a bucket, with its class and its list, that outlives the process', async () => {
    const created = await obs.send('PUT', '/new-bucket', {
      body: '<CreateBucketConfiguration><Location>ap-southeast-3</Location></CreateBucketConfiguration>',
      headers: { 'x-obs-storage-class': 'WARM', 'x-obs-acl': 'public-read', 'x-obs-fs-file-interface': 'Enabled' },
    });

    expect([created.status, created.headers.get('location')]).toEqual([200, '/new-bucket']);
    expect((await obs.send('GET', '/new-bucket?acl')).text).toContain('<Canned>Everyone</Canned>');
    expect(await readdir(path.join(obs.home, 'buckets'))).toEqual(['new-bucket']);
    await obs.restart([]);
    const head = await obs.send('HEAD', '/new-bucket');
    expect([head.status, head.headers.get('x-obs-storage-class'), head.headers.get('x-obs-fs-file-interface')]).toEqual(
      [200, 'WARM', 'Enabled'],
    );
    const { text } = await obs.send('GET', '/');
    expect(text).toContain(
      '<Bucket><Name>new-bucket</Name><CreationDate>2026-03-14T12:00:00.000Z</CreationDate><Location>ap-southeast-3</Location><BucketType>POSIX</BucketType></Bucket>',
    );
  });

  it('is done by the official SDK, and answers again for an existing bucket, which keeps its properties', async () => {
    const create = { Bucket: 'new-bucket', StorageClass: 'COLD', Location: 'ap-southeast-3' };
    expect(await obs.status('createBucket', create)).toEqual([200, '']);
    expect(await obs.status('createBucket', { ...create, StorageClass: 'WARM' })).toEqual([200, '']);

    expect((await obs.sdk('getBucketMetadata', { Bucket: 'new-bucket' })).InterfaceResult).toMatchObject({
      StorageClass: 'GLACIER',
      Location: 'ap-southeast-3',
    });
    expect((await obs.sdk('getBucketLocation', { Bucket: 'new-bucket' })).InterfaceResult.Location).toBe(
      'ap-southeast-3',
    );
  });

  it.each([
    ['ab', 400],
    ['abc', 200],
    ['a'.repeat(63), 200],
    ['a'.repeat(64), 400],
    ['Abc', 400],
    ['a_b', 400],
    ['-abc', 400],
    ['abc.', 400],
    ['a..b', 400],
    ['a.-b', 400],
    ['a-.b', 400],
    ['a.b-c', 200],
    ['192.168.0.1', 400],
    ['1.2.3.a', 200],
  ])('checks the name %s', async (name, status) => {
    expect(await obs.send('PUT', `/${name}`).then(result)).toEqual(status === 200 ? [200] : [400, 'InvalidBucketName']);
    expect(obs.cloud.obs.buckets()).toHaveLength(status === 200 ? 2 : 1);
  });

  it('refuses other regions, classes, lists and malformed requests, and then creates nothing', async () => {
    const rows = [
      [
        { body: '<CreateBucketConfiguration><Location>eu-de</Location></CreateBucketConfiguration>' },
        'InvalidLocationConstraint',
      ],
      [{ body: '<CreateBucketConfiguration><Region>x</Region></CreateBucketConfiguration>' }, 'MalformedXML'],
      [{ body: '<CreateBucketConfiguration>' }, 'MalformedXML'],
      [{ headers: { 'x-obs-storage-class': 'HOT' } }, 'InvalidDefaultStorageClass'],
      [{ headers: { 'x-obs-acl': 'everyone' } }, 'InvalidArgument'],
      [{ headers: { 'x-obs-fs-file-interface': 'Disabled' } }, 'InvalidArgument'],
    ] as const;
    for (const [request, code] of rows)
      expect(await obs.send('PUT', '/new-bucket', request).then(result)).toEqual([400, code]);
    expect(
      await obs.send('PUT', '/new-bucket', { headers: { 'x-obs-bucket-object-lock-enabled': 'true' } }).then(result),
    ).toEqual([501, 'ServiceNotImplemented']);
    expect(obs.cloud.obs.buckets().map(({ name }) => name)).toEqual(['inbox']);
  });
});

describe('a bucket that many requests create or find first', () => {
  const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
  const tagged = async () => {
    const puts = keys.map((key) => obs.send('PUT', `/many/${key}`, { body: key, headers: { 'x-obs-meta-a': key } }));
    expect((await Promise.all(puts)).map(({ status }) => status)).toEqual(keys.map(() => 200));
    const heads = await Promise.all(keys.map((key) => obs.send('HEAD', `/many/${key}`)));
    expect(heads.map(({ headers }) => headers.get('x-obs-meta-a'))).toEqual(keys);
  };

  it('is created once', async () => {
    const created = await Promise.all(keys.map(() => obs.send('PUT', '/many')));
    expect(created.map(({ status }) => status)).toEqual(keys.map(() => 200));
    await tagged();
  });

  it('is found once', async () => {
    await mkdir(path.join(obs.home, 'buckets', 'many'), { recursive: true });
    await tagged();
  });
});

describe('DeleteBucket', () => {
  it('deletes an empty bucket and its folder', async () => {
    await obs.send('PUT', '/new-bucket');
    await obs.send('PUT', '/new-bucket/a/b', { body: 'x' });
    await obs.send('DELETE', '/new-bucket/a/b');

    expect(await obs.status('deleteBucket', { Bucket: 'new-bucket' })).toEqual([204, '']);
    expect(await obs.get('/new-bucket')).toEqual([404, 'NoSuchBucket']);
    expect(await readdir(path.join(obs.home, 'buckets'))).toEqual([]);
    expect(await obs.send('DELETE', '/new-bucket').then(result)).toEqual([404, 'NoSuchBucket']);
  });

  it('refuses a bucket with an object, a delete marker, an upload in progress or another file', async () => {
    await obs.send('PUT', '/new-bucket');
    const refused = async (bucket: string) =>
      expect(await obs.send('DELETE', `/${bucket}`).then(result)).toEqual([409, 'BucketNotEmpty']);
    await obs.send('PUT', '/new-bucket/a', { body: 'x' });
    await refused('new-bucket');
    await obs.send('DELETE', '/new-bucket/a');
    await writeFile(path.join(obs.home, 'buckets', 'new-bucket', '.hidden'), 'kept');
    await refused('new-bucket');
    expect(await readdir(path.join(obs.home, 'buckets', 'new-bucket'))).toEqual(['.hidden']);

    await obs.put('/inbox?versioning', '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>');
    await obs.send('DELETE', '/inbox/a');
    await refused('inbox');
    const [marker] = await obs.cloud.obs.bucket('inbox').storage.versions('');
    await obs.send('DELETE', `/inbox/a?versionId=${marker?.versionId}`);
    await obs.send('POST', '/inbox/a?uploads');
    await refused('inbox');
  });
});

describe('the facts about a bucket', () => {
  it('are its location, size, quota, payer and status of logging', async () => {
    await obs.send('PUT', '/inbox/a', { body: '12345' });
    await obs.send('PUT', '/inbox/b', { body: '678' });
    const text = async (name: string) => (await obs.send('GET', `/inbox?${name}`)).text.split('\n')[1];

    expect(await text('location')).toBe('<Location>ap-southeast-3</Location>');
    expect(await text('storageinfo')).toBe(
      '<GetBucketStorageInfoResult><Size>8</Size><ObjectNumber>2</ObjectNumber></GetBucketStorageInfoResult>',
    );
    expect(await text('quota')).toBe('<Quota><StorageQuota>0</StorageQuota></Quota>');
    expect(await text('requestPayment')).toBe(
      '<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>',
    );
    expect(await text('logging')).toBe('<BucketLoggingStatus></BucketLoggingStatus>');
    expect((await obs.sdk('getBucketStorageInfo', { Bucket: 'inbox' })).InterfaceResult).toMatchObject({
      Size: '8',
      ObjectNumber: '2',
    });
  });

  it.each(['location', 'storageinfo', 'quota', 'requestPayment', 'logging', 'acl', 'lifecycle', 'notification'])(
    'have no answer for ?%s of a missing bucket',
    async (name) => {
      expect(await obs.get(`/missing?${name}`)).toEqual([404, 'NoSuchBucket']);
    },
  );
});
