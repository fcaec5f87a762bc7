import { Readable } from 'node:stream';
import fc from 'fast-check';
import { authenticate } from '../../../src/cloud/obs/obs-signature.ts';
import type { ObsRequestHead } from '../../../src/cloud/obs/request-head.ts';
import { signV4 } from './sign-v4.ts';

/** The account, time and requests of the examples in "Authenticating Requests (AWS Signature Version 4)" (Amazon S3 API reference). */
const PUBLISHED = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'domain',
};
const THEN = Date.parse('2013-05-24T00:00:00Z');
const CREDENTIAL = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HOST = 'examplebucket.s3.amazonaws.com';

function request(method: string, url: string, headers: Record<string, string>): ObsRequestHead {
  const [path = '', query = ''] = url.split('?');
  return { method, path, query, headers };
}

function published(
  method: string,
  url: string,
  headers: Record<string, string>,
  signature: string,
  names = Object.keys(headers).sort(),
): ObsRequestHead {
  const authorization = `AWS4-HMAC-SHA256 Credential=${CREDENTIAL},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return request(method, url, { ...headers, authorization });
}

const FIXED = { host: HOST, 'x-amz-content-sha256': EMPTY, 'x-amz-date': '20130524T000000Z' };
const PUT_TEXT = {
  ...FIXED,
  date: 'Fri, 24 May 2013 00:00:00 GMT',
  'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
  'x-amz-storage-class': 'REDUCED_REDUNDANCY',
};
const GET_RANGE = published(
  'GET',
  '/test.txt',
  { ...FIXED, range: 'bytes=0-9' },
  'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
);
const withBody = (head: ObsRequestHead, length: number): ObsRequestHead => ({
  ...head,
  headers: { ...head.headers, 'content-length': String(length) },
});
const PUT_OBJECT = withBody(
  published('PUT', '/test$file.text', PUT_TEXT, '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd'),
  21,
);

const refusal = (code: string, status = 403) => expect.objectContaining({ status, code });

/** The body as the operation reads it, sent in parts of `partSize` bytes. */
async function readAs(head: ObsRequestHead, body: Buffer, partSize = 1000): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += partSize) parts.push(body.subarray(at, at + partSize));
  const read: Uint8Array[] = [];
  for await (const part of authenticate(head, [PUBLISHED], THEN).readBody(Readable.from(parts))) read.push(part);
  return Buffer.concat(read);
}

describe('a signature of version 4 in the Authorization header', () => {
  it.each([
    ['a range of an object', GET_RANGE],
    ['an object that is put', PUT_OBJECT],
    [
      'a sub-resource',
      published('GET', '/?lifecycle', FIXED, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'),
    ],
    [
      'a list',
      published(
        'GET',
        '/?max-keys=2&prefix=J',
        FIXED,
        '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
      ),
    ],
  ])('is accepted as published for %s', (_name, head) => {
    expect(authenticate(head, [PUBLISHED], THEN).account).toBe(PUBLISHED);
    expect(() => authenticate({ ...head, method: 'DELETE' }, [PUBLISHED], THEN)).toThrow(
      refusal('SignatureDoesNotMatch'),
    );
  });

  it('does not depend on how the client encodes the path and orders the query', () => {
    const list = published(
      'GET',
      '/?prefix=%4A&max-keys=2',
      FIXED,
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );

    expect(authenticate(list, [PUBLISHED], THEN).account).toBe(PUBLISHED);
    expect(authenticate({ ...PUT_OBJECT, path: '/test%24file.text' }, [PUBLISHED], THEN).account).toBe(PUBLISHED);
  });

  it('accepts a value with several spaces, reduced to one or not', () => {
    const headers = { ...FIXED, 'x-amz-meta-a': 'one  two' };
    const head = request('GET', '/k', headers);

    for (const signedAs of ['one two', 'one  two']) {
      const authorization = signV4({ ...head, headers: { ...headers, 'x-amz-meta-a': signedAs } }, PUBLISHED);
      expect(authenticate({ ...head, headers: { ...headers, authorization } }, [PUBLISHED], THEN).account).toBe(
        PUBLISHED,
      );
    }
  });

  it.each([
    ['15 minutes', 15 * 60_000, undefined],
    ['15 minutes and 1 ms', 15 * 60_000 + 1, 'RequestTimeTooSkewed'],
  ])('may be %s off', (_name, offMs, code) => {
    for (const now of [THEN - offMs, THEN + offMs]) {
      const run = () => authenticate(GET_RANGE, [PUBLISHED], now).account;
      if (code === undefined) expect(run()).toBe(PUBLISHED);
      else expect(run).toThrow(refusal(code));
    }
  });

  it.each([
    ['an unknown key', { ...PUBLISHED, accessKey: 'other' }, 'InvalidAccessKeyId'],
    ['a wrong secret key', { ...PUBLISHED, secretKey: 'other' }, 'SignatureDoesNotMatch'],
    ['temporary keys without their token', { ...PUBLISHED, securityToken: 'T' }, 'InvalidAccessKeyId'],
  ])('is refused for %s', (_name, account, code) => {
    expect(() => authenticate(GET_RANGE, [account], THEN)).toThrow(refusal(code));
  });

  const headerWith = (change: (authorization: string) => string, headers: Record<string, string> = {}) => ({
    ...GET_RANGE,
    headers: {
      ...GET_RANGE.headers,
      ...headers,
      authorization: change(GET_RANGE.headers.authorization ?? ''),
    },
  });
  const same = (text: string) => text;

  it.each([
    ['another service', headerWith((text) => text.replace('/s3/', '/ec2/')), 400, 'InvalidArgument'],
    [
      'another day than its time',
      headerWith((text) => text.replace('/20130524/', '/20130525/')),
      400,
      'InvalidArgument',
    ],
    ['an unsigned host', headerWith((text) => text.replace('host;', '')), 400, 'InvalidArgument'],
    ['a short signature', headerWith((text) => text.slice(0, -1)), 400, 'InvalidArgument'],
    ['no fields', headerWith(() => 'AWS4-HMAC-SHA256 x'), 400, 'InvalidArgument'],
    ['an unsigned x-amz- header', headerWith(same, { 'x-amz-acl': 'public-read' }), 403, 'AccessDenied'],
    ['an invalid time', headerWith(same, { 'x-amz-date': 'yesterday' }), 403, 'AccessDenied'],
    ['a query that is not UTF-8', { ...GET_RANGE, query: 'prefix=%ff' }, 400, 'InvalidArgument'],
  ])('is refused with %s', (_name, head, status, code) => {
    expect(() => authenticate(head, [PUBLISHED], THEN)).toThrow(refusal(code, status));
  });

  it('requires x-amz-content-sha256', () => {
    const { 'x-amz-content-sha256': _, ...headers } = GET_RANGE.headers;

    expect(() => authenticate({ ...GET_RANGE, headers }, [PUBLISHED], THEN)).toThrow(
      refusal('MissingRequiredHeader', 400),
    );
  });

  it('is refused for whatever else stands in its place', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const headers = { ...FIXED, authorization: `AWS4-HMAC-SHA256 ${text}` };
        expect(() => authenticate(request('GET', '/k', headers), [PUBLISHED], THEN)).toThrow(
          expect.objectContaining({ name: 'ObsError' }),
        );
      }),
    );
  });
});

describe('a URL with a signature of version 4', () => {
  const SIGNATURE = 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';
  const QUERY = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(CREDENTIAL)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=${SIGNATURE}`;
  const urlWith = (change: (query: string) => string) => request('GET', `/test.txt?${change(QUERY)}`, { host: HOST });
  const URL = urlWith((query) => query);

  it('is accepted as published, until it expires', () => {
    expect(authenticate(URL, [PUBLISHED], THEN).account).toBe(PUBLISHED);
    expect(authenticate(URL, [PUBLISHED], THEN + 86_400_000).account).toBe(PUBLISHED);
    expect(() => authenticate(URL, [PUBLISHED], THEN + 86_400_001)).toThrow(refusal('AccessDenied'));
  });

  it('is accepted up to 15 minutes before its time', () => {
    expect(authenticate(URL, [PUBLISHED], THEN - 15 * 60_000).account).toBe(PUBLISHED);
    expect(() => authenticate(URL, [PUBLISHED], THEN - 15 * 60_000 - 1)).toThrow(refusal('AccessDenied'));
  });

  it.each([
    ['a changed parameter', (query: string) => query.replace('86400', '86401'), 403, 'SignatureDoesNotMatch'],
    ['another algorithm', (query: string) => query.replace('HMAC-SHA256&', 'ECDSA&'), 400, 'InvalidArgument'],
    ['no end', (query: string) => query.replace('X-Amz-Expires=86400&', ''), 400, 'InvalidArgument'],
    ['an end of 0 s', (query: string) => query.replace('86400', '0'), 400, 'InvalidArgument'],
    ['an end of more than 7 days', (query: string) => query.replace('86400', '604801'), 400, 'InvalidArgument'],
    ['a time that does not exist', (query: string) => query.replaceAll('20130524', '20130532'), 403, 'AccessDenied'],
    ['no time', (query: string) => query.replace('X-Amz-Date=20130524T000000Z&', ''), 403, 'AccessDenied'],
    ['no signature', (query: string) => query.replace(`&X-Amz-Signature=${SIGNATURE}`, ''), 400, 'InvalidArgument'],
  ])('is refused with %s', (_name, change, status, code) => {
    expect(() => authenticate(urlWith(change), [PUBLISHED], THEN)).toThrow(refusal(code, status));
  });

  it('is refused for whatever else stands in it', () => {
    const names = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), (name, text) => {
        const value = encodeURIComponent(text);
        const changed = urlWith((query) =>
          query.replace(new RegExp(`(X-Amz-${name}=)[^&]*`), (_, start) => start + value),
        );
        expect(() => authenticate(changed, [PUBLISHED], THEN)).toThrow(expect.objectContaining({ name: 'ObsError' }));
      }),
    );
  });

  it('is valid for 7 days at most', () => {
    const query = QUERY.replace('86400', '604800');

    expect(() =>
      authenticate(
        urlWith(() => query),
        [PUBLISHED],
        THEN,
      ),
    ).toThrow(refusal('SignatureDoesNotMatch'));
  });
});

describe('the body of a request with a signature of version 4', () => {
  it('must have the hash that was signed', async () => {
    expect((await readAs(PUT_OBJECT, Buffer.from('Welcome to Amazon S3.'))).toString()).toBe('Welcome to Amazon S3.');
    await expect(readAs(PUT_OBJECT, Buffer.from('Welcome to Amazon S4.'))).rejects.toThrow(
      refusal('XAmzContentSHA256Mismatch', 400),
    );
  });

  it('is refused at once if it is absent and its hash is that of another', () => {
    const { 'content-length': _, ...headers } = PUT_OBJECT.headers;

    expect(() => authenticate({ ...PUT_OBJECT, headers }, [PUBLISHED], THEN)).toThrow(
      refusal('XAmzContentSHA256Mismatch', 400),
    );
  });

  it.each([
    ['UNSIGNED-PAYLOAD', undefined],
    ['unsigned-payload', 'InvalidArgument'],
    ['STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD', 'InvalidArgument'],
    [EMPTY.toUpperCase(), 'InvalidArgument'],
  ])('may be described as %s: %s', (payload, code) => {
    const headers = { ...FIXED, 'x-amz-content-sha256': payload };
    const head = request('PUT', '/k', headers);
    const run = () =>
      authenticate({ ...head, headers: { ...headers, authorization: signV4(head, PUBLISHED) } }, [PUBLISHED], THEN);

    if (code === undefined) expect(run().account).toBe(PUBLISHED);
    else expect(run).toThrow(refusal(code, 400));
  });
});

describe('a body in signed chunks', () => {
  const CHUNKS = [
    '10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n',
    'a'.repeat(65_536),
    '\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n',
    'a'.repeat(1024),
    '\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
  ].join('');
  const STREAMING = {
    ...FIXED,
    host: 's3.amazonaws.com',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  };
  const HEAD = published(
    'PUT',
    '/examplebucket/chunkObject.txt',
    { ...STREAMING, 'content-length': '66824', 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' },
    '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  );
  const WITH_TRAILER = published(
    'PUT',
    '/examplebucket/chunkObject.txt',
    {
      ...STREAMING,
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'x-amz-trailer': 'x-amz-checksum-crc32c',
    },
    '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
  );
  const TRAILER = [
    '10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n',
    'a'.repeat(65_536),
    '\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n',
    'a'.repeat(1024),
    '\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n',
    'x-amz-checksum-crc32c:sOO8/Q==\r\n',
    'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
  ].join('');

  it('has the published length', () => {
    expect(CHUNKS).toHaveLength(66_824);
  });

  it.each([
    ['as published', HEAD, CHUNKS],
    ['as published, with a trailer', WITH_TRAILER, TRAILER],
  ])('is decoded %s, however it is cut', async (_name, head, body) => {
    for (const partSize of [1, 7, 1000, 65_536, 100_000]) {
      const data = await readAs(head, Buffer.from(body), partSize);
      expect(data.equals(Buffer.alloc(66_560, 'a'))).toBe(true);
    }
  });

  it.each([
    ['other data', HEAD, CHUNKS.replace('aaaa', 'aaab'), 403, 'SignatureDoesNotMatch'],
    ['another last chunk', HEAD, CHUNKS.replace('b6c6', 'b6c7'), 403, 'SignatureDoesNotMatch'],
    ['a missing chunk', HEAD, CHUNKS.slice(0, 65_536 + 87 + 2), 400, 'IncompleteBody'],
    ['a cut chunk', HEAD, CHUNKS.slice(0, 40_000), 400, 'IncompleteBody'],
    ['a cut end', HEAD, CHUNKS.slice(0, -2), 400, 'IncompleteBody'],
    ['a chunk longer than its size', HEAD, CHUNKS.replace('\r\n400;', 'a\r\n400;'), 400, 'InvalidArgument'],
    ['a chunk without its signature', HEAD, CHUNKS.replace(/;chunk-signature=\w+/, ''), 400, 'InvalidArgument'],
    ['a line without an end', HEAD, 'a'.repeat(70_000), 400, 'InvalidArgument'],
    ['a trailer that was not announced', HEAD, `${CHUNKS.slice(0, -2)}x: y\r\n\r\n`, 400, 'InvalidArgument'],
    ['no trailer', WITH_TRAILER, TRAILER.replace(/x-amz-checksum.*$/s, '\r\n'), 400, 'InvalidArgument'],
    ['another trailer', WITH_TRAILER, TRAILER.replace('crc32c:', 'crc32:'), 400, 'InvalidArgument'],
    ['an unsigned trailer', WITH_TRAILER, TRAILER.replace(/x-amz-trailer-.*\r\n/, ''), 403, 'SignatureDoesNotMatch'],
    ['another checksum', WITH_TRAILER, TRAILER.replace('sOO8', 'sOO9'), 403, 'SignatureDoesNotMatch'],
  ])('is refused with %s', async (_name, head, body, status, code) => {
    await expect(readAs(head, Buffer.from(body))).rejects.toThrow(refusal(code, status));
  });

  const unsigned = (headers: Record<string, string>) => {
    const all = { ...FIXED, 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', ...headers };
    const head = request('PUT', '/k', all);
    return { ...head, headers: { ...all, authorization: signV4(head, PUBLISHED) } };
  };

  it.each([
    ['x-amz-checksum-crc32', 'y/Q5Jg=='],
    ['x-amz-checksum-sha1', '98O8HYCOBHMq32eZZczDTKeuNEE='],
  ])('may have chunks that are not signed, with %s', async (trailer, value) => {
    const head = unsigned({ 'x-amz-decoded-content-length': '9', 'x-amz-trailer': trailer });
    const body = (checksum: string) => Buffer.from(`4\r\n1234\r\n5\r\n56789\r\n0\r\n${trailer}:${checksum}\r\n\r\n`);

    await expect(readAs(head, body('AAAAAA=='))).rejects.toThrow(refusal('BadDigest', 400));
    expect(await readAs(head, body(value))).toEqual(Buffer.from('123456789'));
  });

  it.each([
    ['no length', { 'x-amz-trailer': 'x-amz-checksum-crc32' }, 411, 'MissingContentLength'],
    ['a larger length', { 'x-amz-decoded-content-length': '10' }, 400, 'IncompleteBody'],
    ['a smaller length', { 'x-amz-decoded-content-length': '8' }, 400, 'IncompleteBody'],
    [
      'an unknown checksum',
      { 'x-amz-decoded-content-length': '9', 'x-amz-trailer': 'x-amz-checksum-crc128' },
      400,
      'InvalidArgument',
    ],
  ])('is refused with %s', async (_name, headers, status, code) => {
    const body = Buffer.from('9\r\n123456789\r\n0\r\n\r\n');

    await expect((async () => readAs(unsigned(headers), body))()).rejects.toThrow(refusal(code, status));
  });

  it('is decoded for any data and any chunks, and no change passes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        async (chunks, partSize) => {
          const data = Buffer.concat(chunks);
          const head = unsigned({ 'x-amz-decoded-content-length': String(data.length) });
          const body = [...chunks, new Uint8Array()].flatMap((chunk) => [
            Buffer.from(`${chunk.length.toString(16)}\r\n`),
            chunk,
            Buffer.from(chunk.length === 0 ? '' : '\r\n'),
          ]);
          const sent = Buffer.concat([...body, Buffer.from('\r\n')]);

          expect(await readAs(head, sent, partSize)).toEqual(data);
          await expect(readAs(head, sent.subarray(0, -1), partSize)).rejects.toThrow(refusal('IncompleteBody', 400));
        },
      ),
    );
  });
});
