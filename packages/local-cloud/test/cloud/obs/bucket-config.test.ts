import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { md5, ObsFixture, result } from './obs-fixture.ts';

let obs: ObsFixture;

beforeEach(async () => {
  obs = await ObsFixture.start([{ name: 'inbox' }, { name: 'kept', storage: 'memory' }]);
});

afterEach(() => obs.close());

const tagging = (...tags: readonly (readonly [string, string])[]) =>
  `<Tagging><TagSet>${tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`).join('')}</TagSet></Tagging>`;
const numbered = (count: number) => Array.from({ length: count }, (_, i) => [`k${i}`, 'v'] as const);
const POLICY = '{"Statement":[{"Sid":"a","Effect":"Allow","Principal":"*","Action":"*","Resource":"inbox/*"}]}';
const encryption = (fields: string) =>
  `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>${fields}</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`;

describe('the configuration of a bucket', () => {
  it.each([
    ['tagging', tagging(['a', '1'], ['b', '']), 204, 'NoSuchTagSet'],
    ['policy', POLICY, 204, 'NoSuchBucketPolicy'],
    ['encryption', encryption('<SSEAlgorithm>kms</SSEAlgorithm>'), 200, 'NoSuchEncryptionConfiguration'],
    [
      'lifecycle',
      '<LifecycleConfiguration><Rule><ID>r</ID><Prefix>a</Prefix><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>',
      200,
      'NoSuchLifecycleConfiguration',
    ],
  ])('keeps ?%s for the next start, until it is deleted', async (name, body, status, absent) => {
    expect(await obs.get(`/inbox?${name}`)).toEqual([404, absent]);
    expect(await obs.put(`/inbox?${name}`, body)).toEqual([status]);
    const { text } = await obs.send('GET', `/inbox?${name}`);
    expect(text.split('\n').at(-1)).toBe(body);
    await obs.restart([{ name: 'inbox' }]);
    expect((await obs.send('GET', `/inbox?${name}`)).text).toBe(text);
    expect(await obs.send('DELETE', `/inbox?${name}`).then(result)).toEqual([204]);
    expect(await obs.send('DELETE', `/inbox?${name}`).then(result)).toEqual([204]);
    expect(await obs.get(`/inbox?${name}`)).toEqual([404, absent]);
  });

  it('is not lost in silence when its file is damaged', async () => {
    await writeFile(path.join(obs.home, 'obs', 'inbox', 'bucket.json'), '{');

    await expect(obs.restart([{ name: 'inbox' }])).rejects.toThrow(/bucket\.json: not JSON/);
    await writeFile(path.join(obs.home, 'obs', 'inbox', 'bucket.json'), '{}');
    await obs.restart([{ name: 'inbox' }]);
  });

  it('does not keep the settings of an earlier start', async () => {
    await obs.restart([{ name: 'inbox', storageClass: 'WARM' }]);
    expect((await obs.send('GET', '/inbox?storageClass')).text).toContain('WARM');
    await obs.restart([{ name: 'inbox' }]);
    expect((await obs.send('GET', '/inbox?storageClass')).text).toContain('STANDARD');
  });

  it('never contains an object', async () => {
    await obs.put('/inbox?policy', POLICY);

    expect((await obs.send('GET', '/inbox')).text).not.toContain('<Contents>');
    expect(await readFile(path.join(obs.home, 'obs', 'inbox', 'bucket.json'), 'utf8')).toContain('Statement');
    expect(obs.events).toEqual([]);
  });

  it('has no website and no CORS rules, and refuses them', async () => {
    expect(await obs.get('/inbox?website')).toEqual([404, 'NoSuchWebsiteConfiguration']);
    expect(await obs.get('/inbox?cors')).toEqual([404, 'NoSuchCORSConfiguration']);
    for (const name of ['website', 'cors', 'logging', 'quota', 'requestPayment', 'replication', 'inventory'])
      expect(await obs.put(`/inbox?${name}`, '<A/>')).toEqual([501, 'ServiceNotImplemented']);
  });
});

describe('bucket tags', () => {
  it.each([
    [tagging(), [204]],
    [tagging(...numbered(20)), [204]],
    [tagging(...numbered(21)), [400, 'InvalidTagError']],
    [tagging(['k'.repeat(36), 'v'.repeat(43)]), [204]],
    [tagging(['k'.repeat(37), 'v']), [400, 'InvalidTagError']],
    [tagging(['k', 'v'.repeat(44)]), [400, 'InvalidTagError']],
    [tagging(['', 'v']), [400, 'InvalidTagError']],
    [tagging([' k', 'v']), [400, 'InvalidTagError']],
    [tagging(['k ', 'v']), [400, 'InvalidTagError']],
    [tagging(['a=b', 'v']), [400, 'InvalidTagError']],
    [tagging(['k', 'a|b']), [400, 'InvalidTagError']],
    [tagging(['k', '1'], ['k', '2']), [400, 'InvalidTagError']],
    ['<Tagging/>', [400, 'MalformedXML']],
    ['<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>', [400, 'MalformedXML']],
    ['', [400, 'MissingRequestBodyError']],
  ])('are checked: %s', async (body, expected) => {
    expect(await obs.put('/inbox?tagging', body)).toEqual(expected);
  });

  it('need the MD5 of the request', async () => {
    const body = tagging(['k', 'v']);
    expect(await obs.send('PUT', '/inbox?tagging', { body }).then(result)).toEqual([400, 'MissingRequiredHeader']);
    const headers = { 'content-md5': md5('other') };
    expect(await obs.send('PUT', '/inbox?tagging', { body, headers }).then(result)).toEqual([400, 'BadDigest']);
    expect(await obs.status('setBucketTagging', { Bucket: 'inbox', Tags: [{ Key: 'k', Value: 'ü&' }] })).toEqual([
      204,
      '',
    ]);
    expect((await obs.sdk('getBucketTagging', { Bucket: 'inbox' })).InterfaceResult.Tags).toEqual([
      { Key: 'k', Value: 'ü&' },
    ]);
  });
});

describe('a bucket policy', () => {
  it.each([
    [POLICY, [204]],
    [POLICY.padEnd(20 * 1024), [204]],
    [POLICY.padEnd(20 * 1024 + 1), [400, 'EntityTooLarge']],
    ['{', [400, 'MalformedPolicy']],
    ['null', [400, 'MalformedPolicy']],
    ['{"Statement":[]}', [400, 'MalformedPolicy']],
    ['{"Statement":[null]}', [400, 'MalformedPolicy']],
    ['{"Statement":[{"Effect":"allow"}]}', [400, 'MalformedPolicy']],
  ])('is checked: %#', async (policy, expected) => {
    expect(await obs.put('/inbox?policy', policy)).toEqual(expected);
    expect((await obs.sdk('getBucketPolicy', { Bucket: 'inbox' })).CommonMsg.Status).toBe(
      expected[0] === 204 ? 200 : 404,
    );
  });
});

describe('bucket encryption', () => {
  it.each([
    ['<SSEAlgorithm>kms</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID><ProjectID>p</ProjectID>', [200]],
    ['<SSEAlgorithm>AES256</SSEAlgorithm>', [200]],
    ['<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>', [400, 'InvalidArgument']],
    ['<SSEAlgorithm>kms</SSEAlgorithm><ProjectID>p</ProjectID>', [400, 'InvalidArgument']],
    ['<SSEAlgorithm>DES</SSEAlgorithm>', [400, 'MalformedXML']],
    ['<KMSMasterKeyID>k</KMSMasterKeyID>', [400, 'MalformedXML']],
    ['<SSEAlgorithm>kms</SSEAlgorithm><Other/>', [400, 'MalformedXML']],
  ])('is checked: %s', async (fields, expected) => {
    expect(await obs.put('/inbox?encryption', encryption(fields))).toEqual(expected);
  });
});

describe('versioning', () => {
  const set = (bucket: string, status: string) =>
    obs.put(`/${bucket}?versioning`, `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`);
  const versions = async () =>
    (await obs.cloud.obs.bucket('kept').storage.versions('')).map(({ versionId, isDeleteMarker, size }) =>
      [versionId === 'null' ? 'null' : 'id', isDeleteMarker ? 'marker' : size].join(' '),
    );

  it('keeps versions while it is enabled, and one without an ID while it is suspended', async () => {
    await obs.send('PUT', '/kept/k', { body: '1' });
    expect(await set('kept', 'Enabled')).toEqual([200]);
    const put = await obs.send('PUT', '/kept/k', { body: '22' });
    expect(put.headers.get('x-obs-version-id')).toMatch(/^G001[0-9A-F]{28}$/);
    expect(await versions()).toEqual(['id 2', 'null 1']);

    expect(await set('kept', 'Suspended')).toEqual([200]);
    expect((await obs.send('PUT', '/kept/k', { body: '333' })).headers.get('x-obs-version-id')).toBe('null');
    expect(await versions()).toEqual(['null 3', 'id 2']);
    const removed = await obs.send('DELETE', '/kept/k');
    expect([removed.headers.get('x-obs-version-id'), removed.headers.get('x-obs-delete-marker')]).toEqual([
      'null',
      'true',
    ]);
    expect(await versions()).toEqual(['null marker', 'id 2']);
    expect((await obs.send('GET', '/kept/k')).status).toBe(404);
    expect(obs.eventNames()).toEqual([
      'ObjectCreated:Put',
      'ObjectCreated:Put',
      'ObjectCreated:Put',
      'ObjectRemoved:DeleteMarkerCreated',
    ]);
  });

  it('is read with the official SDK', async () => {
    const read = async () => (await obs.sdk('getBucketVersioningConfiguration', { Bucket: 'kept' })).InterfaceResult;
    expect((await read()).VersionStatus).toBeUndefined();
    expect(
      await obs.status('setBucketVersioningConfiguration', { Bucket: 'kept', VersionStatus: 'Suspended' }),
    ).toEqual([200, '']);
    expect((await read()).VersionStatus).toBe('Suspended');
  });

  it('is refused for a folder, for other statuses, and cannot be suspended with replication', async () => {
    expect(await set('inbox', 'Enabled')).toEqual([501, 'ServiceNotImplemented']);
    expect(await set('kept', 'enabled')).toEqual([400, 'MalformedXML']);
    expect(await obs.put('/kept?versioning', '<VersioningConfiguration/>')).toEqual([400, 'MalformedXML']);
    await obs.cloud.obs.addBucket({ name: 'copied', storage: 'memory', versioning: true, replication: true });
    expect(await set('copied', 'Suspended')).toEqual([409, 'InvalidBucketState']);
    expect(await set('copied', 'Enabled')).toEqual([200]);
  });
});

describe('the storage class of a bucket', () => {
  it.each([
    ['STANDARD', [200]],
    ['WARM', [200]],
    ['COLD', [200]],
    ['warm', [400, 'InvalidDefaultStorageClass']],
    ['', [400, 'InvalidDefaultStorageClass']],
  ])('can be %j', async (name, expected) => {
    expect(await obs.put('/inbox?storageClass', `<StorageClass>${name}</StorageClass>`)).toEqual(expected);
    expect((await obs.send('GET', '/inbox?storageClass')).text.split('\n')[1]).toBe(
      `<StorageClass>${expected[0] === 200 ? name : 'STANDARD'}</StorageClass>`,
    );
  });

  it('has other names in the dialect of S3', async () => {
    expect(await obs.status('setBucketStoragePolicy', { Bucket: 'inbox', StorageClass: 'WARM' })).toEqual([200, '']);
    expect((await obs.sdk('getBucketStoragePolicy', { Bucket: 'inbox' })).InterfaceResult.StorageClass).toBe(
      'STANDARD_IA',
    );
    expect((await obs.send('GET', '/inbox?storageClass')).text).toContain('WARM');
  });

  it('is the class of new objects, but not of older ones', async () => {
    await obs.send('PUT', '/inbox/before', { body: '' });
    await obs.put('/inbox?storageClass', '<StorageClass>WARM</StorageClass>');
    await obs.send('PUT', '/inbox/after', { body: '' });
    await obs.send('PUT', '/inbox/other', { body: '', headers: { 'x-obs-storage-class': 'STANDARD' } });

    const classes = [...(await obs.send('GET', '/inbox')).text.matchAll(/<Key>(\w+)<.*?<StorageClass>(\w+)</g)];
    expect(classes.map(([, key, name]) => [key, name])).toEqual([
      ['after', 'WARM'],
      ['before', 'STANDARD'],
      ['other', 'STANDARD'],
    ]);
  });
});
