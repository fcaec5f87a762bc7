import { ObsFixture, result } from './obs-fixture.ts';

const PART = 100 * 1024;

let obs: ObsFixture;

beforeEach(async () => {
  obs = await ObsFixture.start([{ name: 'inbox' }]);
});

afterEach(() => obs.close());

async function begin(key: string, headers: Record<string, string> = {}): Promise<string> {
  const { text } = await obs.send('POST', `/inbox/${key}?uploads`, { headers });
  return /<UploadId>(\w+)</.exec(text)?.[1] ?? '';
}

const values = (text: string, name: string) =>
  [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) => value);

describe('CopyPart', () => {
  it('copies an object, or a range of it, into an upload', async () => {
    await obs.send('PUT', '/inbox/source', { body: `${'a'.repeat(PART)}bcdef` });
    const where = { Bucket: 'inbox', Key: 'big', UploadId: await begin('big') };
    const copy = async (PartNumber: number, CopySourceRange?: string) =>
      (await obs.sdk('copyPart', { ...where, PartNumber, CopySource: 'inbox/source', CopySourceRange })).InterfaceResult
        .ETag;
    const Parts = [
      { PartNumber: 1, ETag: await copy(1) },
      { PartNumber: 2, ETag: await copy(2, `bytes=${PART + 1}-${PART + 2}`) },
    ];

    expect(await obs.status('completeMultipartUpload', { ...where, Parts })).toEqual([200, '']);
    const text = await obs.cloud.obs.text('inbox', 'big');
    expect([text?.length, text?.slice(-7)]).toEqual([PART + 7, 'bcdefcd']);
    expect(obs.eventNames()).toEqual(['ObjectCreated:Put', 'ObjectCreated:CompleteMultipartUpload']);
  });

  it('refuses ranges outside the source, missing sources, unmet conditions and unknown uploads', async () => {
    await obs.send('PUT', '/inbox/source', { body: '0123' });
    const id = await begin('big');
    const copy = (headers: Record<string, string>, uploadId = id) =>
      obs
        .send('PUT', `/inbox/big?partNumber=1&uploadId=${uploadId}`, {
          headers: { 'x-obs-copy-source': '/inbox/source', ...headers },
        })
        .then(result);
    const range = (text: string) => copy({ 'x-obs-copy-source-range': text });

    expect(await range('bytes=0-3')).toEqual([200]);
    for (const text of ['bytes=0-4', 'bytes=2-1', 'bytes=2-', 'bytes=-2', '0-3'])
      expect(await range(text)).toEqual([400, 'InvalidArgument']);
    expect(await copy({ 'x-obs-copy-source': '/inbox/missing' })).toEqual([404, 'NoSuchKey']);
    expect(await copy({ 'x-obs-copy-source-if-match': 'x' })).toEqual([412, 'PreconditionFailed']);
    expect(await copy({}, 'unknown')).toEqual([404, 'NoSuchUpload']);
    const { text } = await obs.send('GET', `/inbox/big?uploadId=${id}`);
    expect(values(text, 'Size')).toEqual(['4']);
    expect(obs.eventNames()).toEqual(['ObjectCreated:Put']);
  });
});

describe('ListParts', () => {
  it('lists the uploaded parts in pages', async () => {
    const id = await begin('big', { 'x-obs-storage-class': 'WARM' });
    for (const number of [3, 1, 2])
      await obs.send('PUT', `/inbox/big?partNumber=${number}&uploadId=${id}`, { body: 'x'.repeat(number) });
    await obs.send('PUT', `/inbox/big?partNumber=2&uploadId=${id}`, { body: 'yyyyy' });
    const list = async (query: string) => (await obs.send('GET', `/inbox/big?uploadId=${id}${query}`)).text;

    const all = await list('');
    expect([values(all, 'PartNumber'), values(all, 'Size'), values(all, 'StorageClass')]).toEqual([
      ['1', '2', '3'],
      ['1', '5', '3'],
      ['WARM'],
    ]);
    const page = await list('&max-parts=2');
    expect([values(page, 'PartNumber'), values(page, 'IsTruncated'), values(page, 'NextPartNumberMarker')]).toEqual([
      ['1', '2'],
      ['true'],
      ['2'],
    ]);
    expect(values(await list('&part-number-marker=2'), 'PartNumber')).toEqual(['3']);
    expect(await obs.get(`/inbox/big?uploadId=${id}&max-parts=-1`)).toEqual([400, 'InvalidArgument']);
    expect(await obs.get('/inbox/big?uploadId=unknown')).toEqual([404, 'NoSuchUpload']);
    const sdk = await obs.sdk('listParts', { Bucket: 'inbox', Key: 'big', UploadId: id });
    expect(sdk.InterfaceResult.Parts).toMatchObject([{ PartNumber: '1', Size: '1' }, { Size: '5' }, { Size: '3' }]);
  });
});

describe('ListMultipartUploads', () => {
  it('lists the uploads in progress by prefix, delimiter and markers', async () => {
    const ids = [];
    for (const key of ['a/1', 'a/2', 'b', 'b']) {
      ids.push(await begin(key));
      obs.clock.advance(1000);
    }
    const list = async (query: string) => (await obs.send('GET', `/inbox?uploads&${query}`)).text;

    const all = await list('');
    expect([values(all, 'Key'), values(all, 'UploadId'), values(all, 'IsTruncated')]).toEqual([
      ['a/1', 'a/2', 'b', 'b'],
      ids,
      ['false'],
    ]);
    expect(values(all, 'Initiated')[0]).toBe('2026-03-14T12:00:00.000Z');
    expect(values(await list('prefix=a/'), 'Key')).toEqual(['a/1', 'a/2']);
    const grouped = await list('delimiter=/');
    expect([values(grouped, 'Key'), grouped.includes('<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>')]).toEqual([
      ['b', 'b'],
      true,
    ]);
    const page = await list('max-uploads=3');
    expect([values(page, 'NextKeyMarker'), values(page, 'NextUploadIdMarker')]).toEqual([['b'], [ids[2]]]);
    expect(values(await list(`key-marker=b&upload-id-marker=${ids[2]}`), 'UploadId')).toEqual([ids[3]]);
    expect(values(await list('key-marker=a/1'), 'UploadId')).toEqual(ids.slice(1));
    expect(await obs.get('/inbox?uploads&max-uploads=x')).toEqual([400, 'InvalidArgument']);
    const sdk = await obs.sdk('listMultipartUploads', { Bucket: 'inbox', MaxUploads: 1 });
    expect(sdk.InterfaceResult).toMatchObject({ IsTruncated: 'true', Uploads: [{ Key: 'a/1', UploadId: ids[0] }] });
  });
});

describe('CompleteMultipartUpload', () => {
  it.each([
    ['', 'MissingRequestBodyError'],
    ['<CompleteMultipartUpload/>', 'MalformedXML'],
    ['<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>', 'MalformedXML'],
    ['<Complete><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></Complete>', 'MalformedXML'],
    ['<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part>', 'MalformedXML'],
  ])('refuses %j', async (body, code) => {
    const id = await begin('big');
    await obs.send('PUT', `/inbox/big?partNumber=1&uploadId=${id}`, { body: 'x' });
    expect(await obs.send('POST', `/inbox/big?uploadId=${id}`, { body }).then(result)).toEqual([400, code]);
    expect(obs.events).toEqual([]);
  });

  it('creates the object once when several requests complete or cancel the upload together', async () => {
    const url = `/inbox/big?uploadId=${await begin('big')}`;
    const part = await obs.send('PUT', `${url}&partNumber=1`, { body: 'a'.repeat(PART) });
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.get('etag')}</ETag></Part></CompleteMultipartUpload>`;
    const complete = () => obs.put(url, body, 'POST');
    const cancel = async () => result(await obs.send('DELETE', url));

    const [first, ...others] = (await Promise.all([complete(), complete(), complete(), cancel()])).sort();

    expect([[200], [204]]).toContainEqual(first);
    expect(others).toEqual(Array(3).fill([404, 'NoSuchUpload']));
    expect(obs.eventNames()).toEqual(first?.[0] === 200 ? ['ObjectCreated:CompleteMultipartUpload'] : []);
  });
});
