import { createHash } from 'node:crypto';
import {
  canonicalRequest,
  checkSignature,
  type SignedRequest,
  signCanonicalRequest,
} from '../../src/cloud/signature.ts';

// The example of the API Request Signing Guide, api-sign-algorithm-002.
const SECRET = 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc';
const SIGNED_AT = Date.parse('2019-11-15T03:36:55Z');
const SIGNATURE = '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe';
const PUBLISHED: SignedRequest = {
  method: 'GET',
  path: '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs',
  query: 'limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
  headers: {
    'content-type': 'application/json',
    host: 'service.region.example.com',
    'x-sdk-date': '20191115T033655Z',
    authorization: `SDK-HMAC-SHA256 Access=AK, SignedHeaders=content-type;host;x-sdk-date, Signature=${SIGNATURE}`,
  },
  body: Buffer.alloc(0),
};
const findKeys = (accessKey: string) => (accessKey === 'AK' ? { accessKey, secretKey: SECRET } : undefined);
const withHeader = (name: string, value: string | undefined): SignedRequest => ({
  ...PUBLISHED,
  headers: { ...PUBLISHED.headers, [name]: value },
});

describe('the published example', () => {
  const canonical = canonicalRequest(PUBLISHED, ['content-type', 'host', 'x-sdk-date']) ?? '';

  it('has the published canonical hash', () => {
    expect(createHash('sha256').update(canonical).digest('hex')).toBe(
      'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
    );
  });

  it('has the published signature', () => {
    expect(signCanonicalRequest(canonical, '20191115T033655Z', SECRET)).toBe(SIGNATURE);
  });

  it('is accepted', () => {
    expect(checkSignature(PUBLISHED, findKeys, SIGNED_AT)).toEqual({
      ok: true,
      keys: { accessKey: 'AK', secretKey: SECRET },
    });
  });
});

describe('canonicalRequest', () => {
  it('encodes everything except unreserved characters, sorts the query by code point and keeps empty values', () => {
    const request = { ...PUBLISHED, path: "/a%20b/c'd/~e", query: 'b=2&a=z%2F&B=&a=1&c' };
    expect(canonicalRequest(request, ['host'])?.split('\n').slice(0, 3)).toEqual([
      'GET',
      '/a%20b/c%27d/~e/',
      'B=&a=1&a=z%2F&b=2&c=',
    ]);
  });

  it('uses the payload hash from X-Sdk-Content-Sha256 if it is sent', () => {
    const request = withHeader('x-sdk-content-sha256', 'UNSIGNED-PAYLOAD');
    expect(canonicalRequest(request, ['host'])).toMatch(/\nUNSIGNED-PAYLOAD$/);
  });

  it('is undefined for a path that cannot be decoded', () => {
    expect(canonicalRequest({ ...PUBLISHED, path: '/%zz' }, ['host'])).toBeUndefined();
  });
});

describe('checkSignature', () => {
  it.each([
    ['no Authorization', withHeader('authorization', undefined), /no Authorization/],
    [
      'a comma after the algorithm',
      withHeader('authorization', `SDK-HMAC-SHA256, Access=AK, SignedHeaders=x-sdk-date, Signature=${SIGNATURE}`),
      /illegal Authorization/,
    ],
    [
      'an unknown access key',
      withHeader('authorization', `SDK-HMAC-SHA256 Access=XX, SignedHeaders=x-sdk-date, Signature=${SIGNATURE}`),
      /not known/,
    ],
    ['no date', withHeader('x-sdk-date', undefined), /X-Sdk-Date/],
    ['a malformed date', withHeader('x-sdk-date', '2019-11-15T03:36:55Z'), /X-Sdk-Date/],
    [
      'a date that is not signed',
      withHeader('authorization', `SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=${SIGNATURE}`),
      /not signed/,
    ],
    [
      'unsorted signed headers',
      withHeader('authorization', `SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date;host, Signature=${SIGNATURE}`),
      /not sorted/,
    ],
    [
      'a signed header that was not sent',
      withHeader('authorization', `SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-a;x-sdk-date, Signature=${SIGNATURE}`),
      /x-a was not sent/,
    ],
    ['a changed query', { ...PUBLISHED, query: 'limit=3' }, /verify aksk signature fail/],
    ['a changed body', { ...PUBLISHED, body: Buffer.from('{}') }, /verify aksk signature fail/],
    ['a changed method', { ...PUBLISHED, method: 'DELETE' }, /verify aksk signature fail/],
    ['a token for permanent keys', withHeader('x-security-token', 't'), /not valid/],
  ])('refuses %s', (_name, request, reason) => {
    expect(checkSignature(request, findKeys, SIGNED_AT)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(reason),
    });
  });

  it('echoes the canonical request with bars for newlines', () => {
    expect(checkSignature({ ...PUBLISHED, query: '' }, findKeys, SIGNED_AT)).toMatchObject({
      reason:
        'verify aksk signature fail, canonicalRequest:GET|/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs/||' +
        'content-type:application/json|host:service.region.example.com|x-sdk-date:20191115T033655Z||' +
        'content-type;host;x-sdk-date|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
  });

  it.each([
    ['15 minutes late', Date.parse('2019-11-15T03:51:55Z'), true],
    ['more than 15 minutes late', Date.parse('2019-11-15T03:51:56Z'), false],
    ['15 minutes early', Date.parse('2019-11-15T03:21:55Z'), true],
    ['more than 15 minutes early', Date.parse('2019-11-15T03:21:54Z'), false],
  ])('checks the time of a request that is %s', (_name, nowMs, ok) => {
    expect(checkSignature(PUBLISHED, findKeys, nowMs).ok).toBe(ok);
  });

  it('requires the token of temporary keys', () => {
    const temporary = (accessKey: string) => ({ accessKey, secretKey: SECRET, securityToken: 'token' });

    expect(checkSignature(PUBLISHED, temporary, SIGNED_AT)).toMatchObject({ reason: 'X-Security-Token is missing' });
    expect(checkSignature(withHeader('x-security-token', 'token'), temporary, SIGNED_AT).ok).toBe(true);
  });
});
