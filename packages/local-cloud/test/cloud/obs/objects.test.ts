import { readdir, readlink } from 'node:fs/promises';
import { md5, ObsFixture, result } from './obs-fixture.ts';

let obs: ObsFixture;

const storages = describe.each(['folder', 'memory'] as const);

async function start(storage: 'folder' | 'memory'): Promise<void> {
  obs = await ObsFixture.start([{ name: 'inbox', storage }]);
  await obs.send('PUT', '/inbox/k', {
    body: 'kept',
    headers: { 'content-type': 'text/plain', 'x-obs-meta-a': '1', 'x-obs-meta-b': '2', 'cache-control': 'no-store' },
  });
}

afterEach(() => obs.close());

const E_TAG = 'e3b0ddf4a90ddc5e26d6f3e6ee5e5a96';

storages('conditions on an object, in %s', (storage) => {
  let eTag: string;

  beforeEach(async () => {
    await start(storage);
    eTag = (await obs.send('HEAD', '/inbox/k')).headers.get('etag') ?? '';
    // Written at noon.
    obs.clock.advance(10_000);
  });

  const NOON = 'Sat, 14 Mar 2026 12:00:00 GMT';
  const BEFORE = 'Sat, 14 Mar 2026 11:59:59 GMT';
  const FUTURE = 'Sat, 14 Mar 2026 13:00:00 GMT';
  const rows = [
    ['if-match', (own: string) => own, 200],
    ['if-match', (own: string) => own.replaceAll('"', ''), 200],
    ['if-match', (own: string) => `"${E_TAG}", ${own}`, 200],
    ['if-match', () => '*', 200],
    ['if-match', () => `"${E_TAG}"`, 412],
    ['if-none-match', () => `"${E_TAG}"`, 200],
    ['if-none-match', (own: string) => own, 304],
    ['if-none-match', () => '*', 304],
    ['if-modified-since', () => BEFORE, 200],
    ['if-modified-since', () => NOON, 304],
    ['if-modified-since', () => FUTURE, 200],
    ['if-modified-since', () => 'yesterday', 200],
    ['if-unmodified-since', () => NOON, 200],
    ['if-unmodified-since', () => BEFORE, 412],
    ['if-unmodified-since', () => 'yesterday', 200],
  ] as const;

  it.each(rows)('%s %s has status %s', async (name, value, status) => {
    const headers = { [name]: value(eTag) };
    const got = await obs.send('GET', '/inbox/k', { headers });
    const head = await obs.send('HEAD', '/inbox/k', { headers });

    expect([got.status, head.status]).toEqual([status, status]);
    if (status === 412) expect(result(got)).toEqual([412, 'PreconditionFailed']);
    else expect(got.text).toBe(status === 200 ? 'kept' : '');
    if (status === 304) expect([got.headers.get('etag'), got.headers.get('last-modified')]).toEqual([eTag, NOON]);
  });

  it.each(rows)('%s %s of a source decides over a copy', async (name, value, status) => {
    const headers = { 'x-obs-copy-source': '/inbox/k', [`x-obs-copy-source-${name}`]: value(eTag) };
    const copied = await obs.send('PUT', '/inbox/copy', { headers });

    expect(result(copied)).toEqual(status === 200 ? [200] : [412, 'PreconditionFailed']);
    expect(await obs.cloud.obs.text('inbox', 'copy')).toBe(status === 200 ? 'kept' : undefined);
  });

  it('have the precedence of HTTP, and need an object', async () => {
    const both = { 'if-none-match': `"${E_TAG}"`, 'if-modified-since': NOON };
    expect((await obs.send('GET', '/inbox/k', { headers: both })).status).toBe(200);
    const matching = { 'if-match': eTag, 'if-unmodified-since': BEFORE };
    expect((await obs.send('GET', '/inbox/k', { headers: matching })).status).toBe(200);
    expect(await obs.get('/inbox/no', { headers: { 'if-match': '*' } })).toEqual([404, 'NoSuchKey']);
    const ranged = await obs.send('GET', '/inbox/k', { headers: { 'if-match': eTag, range: 'bytes=1-2' } });
    expect([ranged.status, ranged.text]).toEqual([206, 'ep']);
  });

  it('are sent by the official SDK', async () => {
    // The SDK encodes quotes, which are optional.
    const own = eTag.replaceAll('"', '');
    const where = { Bucket: 'inbox', Key: 'k' };
    expect((await obs.sdk('getObject', { ...where, IfNoneMatch: own })).CommonMsg.Status).toBe(304);
    expect((await obs.sdk('getObject', { ...where, IfMatch: E_TAG })).CommonMsg.Status).toBe(412);
    const copy = { Bucket: 'inbox', Key: 'c', CopySource: 'inbox/k' };
    expect(await obs.status('copyObject', { ...copy, CopySourceIfMatch: E_TAG })).toEqual([412, 'PreconditionFailed']);
    expect(await obs.status('copyObject', { ...copy, CopySourceIfMatch: own })).toEqual([200, '']);
  });
});

storages('attributes of an object, in %s', (storage) => {
  beforeEach(() => start(storage));

  const attributes = async (key = 'k') => {
    const { headers } = await obs.send('HEAD', `/inbox/${key}`);
    const names = ['content-type', 'cache-control', 'content-language', 'x-obs-meta-a', 'x-obs-meta-b', 'x-obs-meta-c'];
    return Object.fromEntries(names.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : [])));
  };
  const unchanged = async () => {
    expect(await obs.cloud.obs.text('inbox', 'k')).toBe('kept');
    expect(obs.eventNames()).toEqual(['ObjectCreated:Put']);
  };

  it('are replaced one by one with REPLACE_NEW, but custom metadata as a whole', async () => {
    const before = await obs.send('HEAD', '/inbox/k');
    obs.clock.advance(5000);
    const changed = await obs.send('PUT', '/inbox/k?metadata', {
      headers: {
        'content-type': 'text/html',
        'content-language': 'en',
        'x-obs-meta-c': '3',
        'x-obs-metadata-directive': 'REPLACE_NEW',
      },
    });

    expect([
      changed.status,
      changed.headers.get('x-obs-metadata-directive'),
      changed.headers.get('x-obs-meta-c'),
    ]).toEqual([200, 'REPLACE_NEW', '3']);
    expect(await attributes()).toEqual({
      'content-type': 'text/html',
      'cache-control': 'no-store',
      'content-language': 'en',
      'x-obs-meta-c': '3',
    });
    const after = await obs.send('HEAD', '/inbox/k');
    for (const name of ['etag', 'last-modified', 'content-length'])
      expect(after.headers.get(name)).toBe(before.headers.get(name));
    await unchanged();
  });

  it('are all replaced with REPLACE', async () => {
    const headers = { 'content-type': 'text/html', 'x-obs-metadata-directive': 'REPLACE' };
    expect((await obs.send('PUT', '/inbox/k?metadata', { headers })).status).toBe(200);
    expect(await attributes()).toEqual({ 'content-type': 'text/html' });
    await unchanged();
  });

  it('are only changed with a directive, and on an object that exists', async () => {
    const change = (url: string, headers: Record<string, string>) => obs.send('PUT', url, { headers }).then(result);
    expect(await change('/inbox/k?metadata', { 'x-obs-meta-c': '3' })).toEqual([400, 'InvalidArgument']);
    expect(await change('/inbox/k?metadata', { 'x-obs-metadata-directive': 'COPY' })).toEqual([400, 'InvalidArgument']);
    expect(
      await change('/inbox/k?metadata', { 'x-obs-metadata-directive': 'REPLACE', 'x-obs-storage-class': 'WARM' }),
    ).toEqual([400, 'InvalidArgument']);
    expect(
      await change('/inbox/k?metadata', { 'x-obs-metadata-directive': 'REPLACE_NEW', 'x-obs-storage-class': 'HOT' }),
    ).toEqual([400, 'InvalidArgument']);
    expect(await change('/inbox/no?metadata', { 'x-obs-metadata-directive': 'REPLACE' })).toEqual([404, 'NoSuchKey']);
    expect(await attributes()).toMatchObject({ 'x-obs-meta-a': '1', 'x-obs-meta-b': '2' });
    await unchanged();
  });

  it('are changed by the official SDK', async () => {
    const where = { Bucket: 'inbox', Key: 'k' };
    const change = { ...where, MetadataDirective: 'REPLACE_NEW', Metadata: { by: 'me' }, ContentType: 'a/b' };
    expect(await obs.status('setObjectMetadata', change)).toEqual([200, '']);
    expect((await obs.sdk('getObjectMetadata', where)).InterfaceResult).toMatchObject({
      ContentType: 'a/b',
      Metadata: { by: 'me' },
      CacheControl: 'no-store',
    });
    expect(await obs.status('setObjectMetadata', { ...where, MetadataDirective: 'REPLACE_NEW' })).toEqual([200, '']);
    expect((await obs.sdk('getObjectMetadata', where)).InterfaceResult).toMatchObject({ ContentType: 'a/b' });
    await unchanged();
  });

  it('are kept for the next start, and by appends', async () => {
    await obs.send('POST', '/inbox/runs?append&position=0', { body: 'a', headers: { 'x-obs-meta-a': '1' } });
    const headers = { 'x-obs-meta-a': '2', 'x-obs-metadata-directive': 'REPLACE_NEW' };
    await obs.send('PUT', '/inbox/runs?metadata', { headers });
    await obs.send('POST', '/inbox/runs?append&position=1', { body: 'b' });
    if (storage === 'folder') await obs.restart([{ name: 'inbox' }]);
    expect(await attributes('runs')).toMatchObject({ 'x-obs-meta-a': '2' });
    expect(await obs.cloud.obs.text('inbox', 'runs')).toBe('ab');
  });

  it('are copied, or replaced on request', async () => {
    const copy = (key: string, headers: Record<string, string>) =>
      obs.send('PUT', `/inbox/${key}`, {
        headers: { 'x-obs-copy-source': '/inbox/k', 'x-obs-meta-c': '3', ...headers },
      });
    await copy('same', {});
    await copy('other', { 'x-obs-metadata-directive': 'REPLACE' });
    expect(await attributes('same')).toMatchObject({ 'x-obs-meta-a': '1', 'cache-control': 'no-store' });
    expect(await attributes('other')).toEqual({ 'content-type': 'application/xml', 'x-obs-meta-c': '3' });
    expect((await copy('no', { 'x-obs-metadata-directive': 'KEEP' })).status).toBe(400);
    expect(await obs.cloud.obs.text('inbox', 'no')).toBeUndefined();
  });

  it('are not copied into a missing bucket, and the source is closed', async () => {
    const copy = await obs.send('PUT', '/missing/k', { headers: { 'x-obs-copy-source': '/inbox/k' } });
    expect(result(copy)).toEqual([404, 'NoSuchBucket']);
    const open = await readdir('/proc/self/fd').catch(() => []);
    const files = await Promise.all(open.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
    expect(files.filter((file) => file.startsWith(obs.home))).toEqual([]);
  });

  it('can be replaced for one download', async () => {
    const { headers } = await obs.send(
      'GET',
      '/inbox/k?response-content-type=a%2Fb&response-cache-control=private&attname=n.txt',
    );
    expect(['content-type', 'cache-control', 'content-disposition'].map((name) => headers.get(name))).toEqual([
      'a/b',
      'private',
      'attachment;filename="n.txt"',
    ]);
    expect(await attributes()).toMatchObject({ 'content-type': 'text/plain', 'cache-control': 'no-store' });
  });

  it.each(['a%0Ab', '%00', '%E4%BD%A0'])('cannot be replaced with %s, which a header cannot have', async (value) => {
    expect(await obs.get(`/inbox/k?response-content-disposition=${value}`)).toEqual([400, 'InvalidArgument']);
    expect(await obs.get(`/inbox/k?attname=${value}`)).toEqual([200]);
  });

  it('include the storage class, which is listed and can be changed', async () => {
    const classOf = async (key: string) => (await obs.send('HEAD', `/inbox/${key}`)).headers.get('x-obs-storage-class');
    await obs.send('PUT', '/inbox/w', { body: 'x', headers: { 'x-obs-storage-class': 'WARM' } });
    expect([await classOf('k'), await classOf('w')]).toEqual([null, 'WARM']);
    expect((await obs.send('GET', '/inbox?prefix=w')).text).toContain('<StorageClass>WARM</StorageClass>');
    expect((await obs.send('GET', '/inbox?prefix=w', { scheme: 'AWS' })).text).toContain('<StorageClass>STANDARD_IA<');
    const headers = { 'x-obs-storage-class': 'COLD', 'x-obs-metadata-directive': 'REPLACE_NEW' };
    await obs.send('PUT', '/inbox/w?metadata', { headers });
    expect(await classOf('w')).toBe('COLD');
    expect(await obs.get('/inbox/w')).toEqual([403, 'InvalidObjectState']);
    const copy = { headers: { 'x-obs-copy-source': '/inbox/w' } };
    expect(await obs.send('PUT', '/inbox/c', copy).then(result)).toEqual([403, 'InvalidObjectState']);
    expect(
      await obs.send('PUT', '/inbox/c', { body: '', headers: { 'x-obs-storage-class': 'cold' } }).then(result),
    ).toEqual([400, 'InvalidArgument']);
  });
});

storages('an archived object, in %s', (storage) => {
  const HOUR_MS = 60 * 60 * 1000;
  const restore = (days: number | string, rest = '') =>
    obs.put('/inbox/cold?restore', `<RestoreRequest><Days>${days}</Days>${rest}</RestoreRequest>`, 'POST');
  const header = async () => (await obs.send('HEAD', '/inbox/cold')).headers.get('x-obs-restore');

  beforeEach(async () => {
    await start(storage);
    await obs.send('PUT', '/inbox/cold', { body: 'old', headers: { 'x-obs-storage-class': 'COLD' } });
  });

  it('can be read for some days after its restoration', async () => {
    expect(await restore(2)).toEqual([202]);
    expect(await header()).toBe('ongoing-request="true"');
    expect(await restore(2)).toEqual([409, 'RestoreAlreadyInProgress']);
    obs.clock.advance(5 * HOUR_MS - 1);
    expect(await obs.get('/inbox/cold')).toEqual([403, 'InvalidObjectState']);
    obs.clock.advance(1);
    expect((await obs.send('GET', '/inbox/cold')).text).toBe('old');
    expect(await header()).toBe('ongoing-request="false", expiry-date="Mon, 16 Mar 2026 17:00:00 GMT"');
    expect(await restore(1)).toEqual([409, 'ObjectHasAlreadyRestored']);
    expect(await restore(3)).toEqual([200]);
    obs.clock.advance(72 * HOUR_MS - 1);
    expect((await obs.send('GET', '/inbox/cold')).text).toBe('old');
    obs.clock.advance(1);
    expect(await obs.get('/inbox/cold')).toEqual([403, 'InvalidObjectState']);
    expect(await header()).toBeNull();
    expect(obs.eventNames()).toEqual(['ObjectCreated:Put', 'ObjectCreated:Put']);
  });

  it.each([
    [1, '', [202]],
    [30, '<RestoreJob><Tier>Expedited</Tier></RestoreJob>', [202]],
    [30, '<GlacierJobParameters><Tier>Standard</Tier></GlacierJobParameters>', [202]],
    [0, '', [400, 'InvalidArgument']],
    [31, '', [400, 'InvalidArgument']],
    ['x', '', [400, 'MalformedXML']],
    [1, '<RestoreJob><Tier>Bulk</Tier></RestoreJob>', [400, 'MalformedXML']],
    [1, '<Other/>', [400, 'MalformedXML']],
  ])('is restored for %s days %s', async (days, rest, expected) => {
    expect(await restore(days, rest)).toEqual(expected);
  });

  it('is restored quickly on request, and others not at all', async () => {
    await restore(1, '<RestoreJob><Tier>Expedited</Tier></RestoreJob>');
    obs.clock.advance(HOUR_MS / 12);
    expect(await obs.get('/inbox/cold')).toEqual([200]);
    const body = '<RestoreRequest><Days>1</Days></RestoreRequest>';
    expect(await obs.put('/inbox/k?restore', body, 'POST')).toEqual([403, 'InvalidObjectState']);
    expect(await obs.put('/inbox/no?restore', body, 'POST')).toEqual([404, 'NoSuchKey']);
  });

  it('is restored by the official SDK', async () => {
    const request = { Bucket: 'inbox', Key: 'cold', Days: 1, Tier: 'Expedited' };
    expect(await obs.status('restoreObject', request)).toEqual([202, '']);
  });
});

storages('tags of an object, in %s', (storage) => {
  beforeEach(() => start(storage));

  const tagging = (count: number) =>
    `<Tagging><TagSet>${Array.from({ length: count }, (_, i) => `<Tag><Key>k${i}</Key><Value>v</Value></Tag>`).join('')}</TagSet></Tagging>`;

  it('are added, read, counted and deleted, without a change of the object', async () => {
    expect(await obs.get('/inbox/k?tagging')).toEqual([404, 'NoSuchTagSet']);
    expect(await obs.put('/inbox/k?tagging', tagging(10))).toEqual([200]);
    if (storage === 'folder') await obs.restart([{ name: 'inbox' }]);
    expect((await obs.send('GET', '/inbox/k?tagging')).text.split('\n')[1]).toBe(tagging(10));
    expect((await obs.send('HEAD', '/inbox/k')).headers.get('x-obs-tagging-count')).toBe('10');
    expect(await obs.send('DELETE', '/inbox/k?tagging').then(result)).toEqual([204]);
    expect(await obs.send('DELETE', '/inbox/k?tagging').then(result)).toEqual([204]);
    expect(await obs.get('/inbox/k?tagging')).toEqual([404, 'NoSuchTagSet']);
    expect(await obs.cloud.obs.text('inbox', 'k')).toBe('kept');
    expect(obs.eventNames()).toEqual(['ObjectCreated:Put']);
  });

  it('are at most ten, on an object that exists', async () => {
    expect(await obs.put('/inbox/k?tagging', tagging(11))).toEqual([400, 'InvalidTagError']);
    expect(await obs.put('/inbox/no?tagging', tagging(1))).toEqual([404, 'NoSuchKey']);
    expect(await obs.send('DELETE', '/inbox/no?tagging').then(result)).toEqual([404, 'NoSuchKey']);
    await obs.cloud.obs.createBucket('files', { parallelFileSystem: true });
    await obs.send('PUT', '/files/k', { body: '' });
    expect(await obs.put('/files/k?tagging', tagging(1))).toEqual([405, 'FsNotSupport']);
  });

  it('come with an upload, and are copied', async () => {
    await obs.send('PUT', '/inbox/t', { body: 'x', headers: { 'x-obs-tagging': 'A=a&B=&C' } });
    await obs.send('PUT', '/inbox/same', { headers: { 'x-obs-copy-source': '/inbox/t' } });
    await obs.send('PUT', '/inbox/other', {
      headers: { 'x-obs-copy-source': '/inbox/t', 'x-obs-tagging-directive': 'REPLACE', 'x-obs-tagging': 'D=d' },
    });
    const keys = async (key: string) =>
      [...(await obs.send('GET', `/inbox/${key}?tagging`)).text.matchAll(/<Key>(\w+)</g)].map(([, name]) => name);
    expect([await keys('t'), await keys('same'), await keys('other')]).toEqual([
      ['A', 'B', 'C'],
      ['A', 'B', 'C'],
      ['D'],
    ]);
    expect(
      await obs.send('PUT', '/inbox/bad', { body: 'x', headers: { 'x-obs-tagging': 'A=a&A=b' } }).then(result),
    ).toEqual([400, 'InvalidTagError']);
    expect(await obs.cloud.obs.text('inbox', 'bad')).toBeUndefined();
  });

  it('are changed by the official SDK', async () => {
    const where = { Bucket: 'inbox', Key: 'k' };
    expect(await obs.status('setObjectTagging', { ...where, Tags: [{ Key: 'a', Value: 'b' }] })).toEqual([200, '']);
    expect((await obs.sdk('getObjectTagging', where)).InterfaceResult.Tags).toEqual([{ Key: 'a', Value: 'b' }]);
    expect(await obs.status('deleteObjectTagging', where)).toEqual([204, '']);
  });
});

describe('sub-resources of a version', () => {
  it('are those of this version', async () => {
    obs = await ObsFixture.start([{ name: 'kept', storage: 'memory', versioning: true }]);
    const put = async (body: string) => (await obs.send('PUT', '/kept/k', { body })).headers.get('x-obs-version-id');
    const [one, two] = [await put('1'), await put('2')];
    const body = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
    const tagged = await obs.send('PUT', `/kept/k?tagging&versionId=${one}`, {
      body,
      headers: { 'content-md5': md5(body) },
    });

    expect([tagged.status, tagged.headers.get('x-obs-version-id')]).toEqual([200, one]);
    expect(await obs.get('/kept/k?tagging')).toEqual([404, 'NoSuchTagSet']);
    expect(await obs.get(`/kept/k?tagging&versionId=${one}`)).toEqual([200]);
    expect(await obs.get(`/kept/k?acl&versionId=${two}`)).toEqual([200]);
    expect(await obs.get('/kept/k?acl&versionId=other')).toEqual([404, 'NoSuchVersion']);
    expect((await obs.send('GET', '/kept?versions')).text.match(/<Version>/g)).toHaveLength(2);
  });
});

describe('DeleteObjects', () => {
  beforeEach(() => start('folder'));

  const objects = (keys: readonly string[], rest = '') =>
    `<Delete>${rest}${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`;
  const post = (body: string) => obs.put('/inbox?delete', body, 'POST');

  it('deletes objects, reports each, and raises an event for those that existed', async () => {
    await obs.send('PUT', '/inbox/a%26b', { body: 'x' });
    const body = objects(['k', 'a&amp;b', 'missing']);
    const { status, text } = await obs.send('POST', '/inbox?delete', { body, headers: { 'content-md5': md5(body) } });

    expect([status, text.split('\n')[1]]).toEqual([
      200,
      '<DeleteResult><Deleted><Key>k</Key></Deleted><Deleted><Key>a&amp;b</Key></Deleted><Deleted><Key>missing</Key></Deleted></DeleteResult>',
    ]);
    expect(obs.events.filter(({ eventName }) => eventName === 'ObjectRemoved:Delete').map(({ key }) => key)).toEqual([
      'k',
      'a&b',
    ]);
  });

  it('reports only errors when it is quiet', async () => {
    const body = objects(['k'], '<Quiet>true</Quiet>');
    const { text } = await obs.send('POST', '/inbox?delete', { body, headers: { 'content-md5': md5(body) } });
    expect(text.split('\n')[1]).toBe('<DeleteResult></DeleteResult>');
    expect(await obs.cloud.obs.text('inbox', 'k')).toBeUndefined();
  });

  it('takes 1000 objects, and refuses more, or a malformed request, without deleting anything', async () => {
    const keys = (count: number) => Array.from({ length: count }, (_, i) => (i === 0 ? 'k' : `m${i}`));
    expect(await post(objects(keys(1001)))).toEqual([400, 'MalformedXML']);
    expect(await post(objects([]))).toEqual([400, 'MalformedXML']);
    expect(await post(objects(['k', '']))).toEqual([400, 'KeyTooLongError']);
    expect(await post(objects(['k', 'x'.repeat(1025)]))).toEqual([400, 'KeyTooLongError']);
    expect(await post('<Delete><Object/></Delete>')).toEqual([400, 'MalformedXML']);
    expect(await obs.send('POST', '/inbox?delete', { body: objects(['k']) }).then(result)).toEqual([
      400,
      'MissingRequiredHeader',
    ]);
    expect(await obs.cloud.obs.text('inbox', 'k')).toBe('kept');
    expect(await post(objects(keys(1000)))).toEqual([200]);
    expect(await obs.cloud.obs.text('inbox', 'k')).toBeUndefined();
  });

  it('is done by the official SDK, and creates or deletes delete markers', async () => {
    await obs.cloud.obs.addBucket({ name: 'versions', storage: 'memory', versioning: true });
    await obs.send('PUT', '/versions/k', { body: 'x' });
    const first = await obs.sdk('deleteObjects', { Bucket: 'versions', Objects: [{ Key: 'k' }] });
    const [deleted] = first.InterfaceResult.Deleteds;
    expect(deleted).toMatchObject({ Key: 'k', DeleteMarker: 'true' });
    const VersionId = deleted.DeleteMarkerVersionId;
    await obs.sdk('deleteObjects', { Bucket: 'versions', Objects: [{ Key: 'k', VersionId }] });
    expect(await obs.cloud.obs.text('versions', 'k')).toBe('x');
    const gone = await obs.sdk('deleteObjects', { Bucket: 'inbox', Quiet: true, Objects: [{ Key: 'k' }] });
    expect(gone.InterfaceResult.Deleteds).toBeUndefined();
    expect(await obs.cloud.obs.text('inbox', 'k')).toBeUndefined();
  });
});

describe('ListObjectsV2', () => {
  it('lists by prefix and delimiter, in pages with tokens', async () => {
    await start('memory');
    for (const key of ['a/1', 'a/2', 'b', 'z']) await obs.send('PUT', `/inbox/${key}`, { body: 'x' });
    const list = async (query: string) => {
      const { text } = await obs.send('GET', `/inbox?list-type=2&${query}`);
      const values = (name: string) =>
        [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) => value);
      return { keys: values('Key'), count: values('KeyCount')[0], token: values('NextContinuationToken')[0], text };
    };

    const first = await list('delimiter=/&max-keys=2');
    expect([first.keys, first.count]).toEqual([['b'], '2']);
    expect(first.text).toContain('<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>');
    expect(first.text).not.toContain('<Owner>');
    const second = await list(`delimiter=/&continuation-token=${first.token}`);
    expect([second.keys, second.token]).toEqual([['k', 'z'], undefined]);
    expect((await list('start-after=k&fetch-owner=true')).text).toMatch(/<Key>z<.*<Owner>/);
    expect((await list('prefix=a/')).keys).toEqual(['a/1', 'a/2']);
    expect(await obs.get('/inbox?list-type=3')).toEqual([400, 'InvalidArgument']);
    expect(await obs.get('/inbox?list-type=2&continuation-token=!')).toEqual([400, 'InvalidArgument']);
  });
});
