import { createHmac } from 'node:crypto';
import { authenticate } from '../../../src/cloud/obs/obs-signature.ts';
import type { ObsRequestHead } from '../../../src/cloud/obs/request-head.ts';
import { stringToSignV2 } from '../../../src/cloud/obs/signature-v2.ts';

/** "Signing and Authenticating REST Requests" (Amazon S3 guide): the algorithm that OBS uses as its V2 signature, with published results. */
const PUBLISHED = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'domain',
};
const ACCOUNT = { ...PUBLISHED, accessKey: 'AK1', secretKey: 'SK1' };
const NOW = Date.parse('2026-03-14T09:15:00Z');

function request(method: string, url: string, headers: Record<string, string>): ObsRequestHead {
  const [path = '', query = ''] = url.split('?');
  return { method, path, query, headers };
}

/** Signs the documented string to sign, which each test spells out. */
function sign(text: string, secretKey = 'SK1'): string {
  return createHmac('sha1', secretKey).update(text).digest('base64');
}

describe('authenticate', () => {
  it.each([
    [
      'an object that is read',
      request('GET', '/awsexamplebucket1/photos/puppy.jpg', { date: 'Tue, 27 Mar 2007 19:36:42 +0000' }),
      'qgk2+6Sv9/oM7G3qLEjTH1a1l1g=',
    ],
    [
      'an object that is put',
      request('PUT', '/awsexamplebucket1/photos/puppy.jpg', {
        date: 'Tue, 27 Mar 2007 21:15:45 +0000',
        'content-type': 'image/jpeg',
        'content-length': '94328',
      }),
      'iqRzw+ileNPu1fhspnRs8nOjjIA=',
    ],
    [
      'a list, whose query is not signed',
      request('GET', '/awsexamplebucket1/?prefix=photos&max-keys=50&marker=puppy', {
        date: 'Tue, 27 Mar 2007 19:42:41 +0000',
        'user-agent': 'Mozilla/5.0',
      }),
      'm0WP8eCtspQl5Ahe6L1SozdX9YA=',
    ],
    [
      'a sub-resource',
      request('GET', '/awsexamplebucket1/?acl', { date: 'Tue, 27 Mar 2007 19:44:46 +0000' }),
      '82ZHiFIjc+WbcwFKGUVEQspPn+0=',
    ],
  ])('accepts the published signature of %s', (_name, head, signature) => {
    const signed = { ...head, headers: { ...head.headers, authorization: `AWS ${PUBLISHED.accessKey}:${signature}` } };
    const then = Date.parse(String(head.headers.date));

    expect(authenticate(signed, [ACCOUNT, PUBLISHED], then).account).toBe(PUBLISHED);
    expect(() => authenticate({ ...signed, method: 'DELETE' }, [PUBLISHED], then)).toThrow(
      expect.objectContaining({ status: 403, code: 'SignatureDoesNotMatch' }),
    );
  });

  it('signs the x-obs- headers in order, and x-obs-date in place of Date', () => {
    const signature = sign(
      'PUT\n\ntext/plain\n\nx-obs-date:Sat, 14 Mar 2026 09:15:00 GMT\nx-obs-meta-a:1\nx-obs-security-token:T\n/b/a%20b',
    );
    const headers = {
      date: 'some other date',
      'content-type': 'text/plain',
      'x-obs-security-token': 'T',
      'x-obs-meta-a': ' 1 ',
      'x-obs-date': 'Sat, 14 Mar 2026 09:15:00 GMT',
      'x-amz-not-of-this-dialect': 'x',
      authorization: `OBS AK1:${signature}`,
    };
    const account = { ...ACCOUNT, securityToken: 'T' };

    expect(authenticate(request('PUT', '/b/a%20b', headers), [account], NOW).account).toBe(account);
  });

  it('signs the documented query parameters, sorted and decoded', () => {
    const head = request('GET', '/b/k?versionId=a%2Fb&prefix=x&response-content-type=text%2Fplain&acl', {});

    expect(stringToSignV2(head, 'x-obs-', 'Sat, 14 Mar 2026 09:15:00 GMT')).toBe(
      'GET\n\n\nSat, 14 Mar 2026 09:15:00 GMT\n/b/k?acl&response-content-type=text/plain&versionId=a/b',
    );
  });

  it.each(['/b', '/b/'])('accepts the resource of a bucket with and without a trailing slash, signed as %s', (path) => {
    const date = 'Sat, 14 Mar 2026 09:15:00 GMT';
    const authorization = `OBS AK1:${sign(`GET\n\n\n${date}\n${path}`)}`;

    expect(authenticate(request('GET', '/b', { date, authorization }), [ACCOUNT], NOW).account).toBe(ACCOUNT);
  });

  it('signs the bucket of the host name as part of the resource', () => {
    const date = 'Sat, 14 Mar 2026 09:15:00 GMT';
    const authorization = `OBS AK1:${sign(`GET\n\n\n${date}\n/b/k`)}`;
    const at = (host: string) => authenticate(request('GET', '/k', { date, authorization, host }), [ACCOUNT], NOW);

    expect(at('b.localhost:9000').account).toBe(ACCOUNT);
    expect(() => at('c.localhost:9000')).toThrow(expect.objectContaining({ code: 'SignatureDoesNotMatch' }));
  });

  const signedAt = (date: string, account = ACCOUNT) => {
    const authorization = `OBS AK1:${sign(`GET\n\n\n${date}\n/b/k`)}`;
    return authenticate(request('GET', '/b/k', { date, authorization }), [account], NOW).account;
  };

  it('accepts a time that is 15 minutes off', () => {
    expect(signedAt('Sat, 14 Mar 2026 09:00:00 GMT')).toBe(ACCOUNT);
    expect(signedAt('Sat, 14 Mar 2026 09:30:00 GMT')).toBe(ACCOUNT);
  });

  it.each([
    ['a time 15 minutes and 1 second early', 'Sat, 14 Mar 2026 08:59:59 GMT', 'RequestTimeTooSkewed'],
    ['a time 15 minutes and 1 second late', 'Sat, 14 Mar 2026 09:30:01 GMT', 'RequestTimeTooSkewed'],
    ['an invalid time', 'tomorrow', 'AccessDenied'],
  ])('refuses %s', (_name, date, code) => {
    expect(() => signedAt(date)).toThrow(expect.objectContaining({ status: 403, code }));
  });

  it('refuses temporary keys without their token', () => {
    const account = { ...ACCOUNT, securityToken: 'T' };

    expect(() => signedAt('Sat, 14 Mar 2026 09:15:00 GMT', account)).toThrow(
      expect.objectContaining({ status: 403, code: 'InvalidAccessKeyId' }),
    );
  });

  it.each([
    ['no signature', undefined, 403, 'AccessDenied'],
    ['an unknown key', 'OBS AK2:AAAA', 403, 'InvalidAccessKeyId'],
    ['an unsupported signature', 'AWS4-HMAC-SHA256 Credential=x', 400, 'InvalidArgument'],
    ['a wrong signature', 'OBS AK1:AAAA', 403, 'SignatureDoesNotMatch'],
  ])('refuses %s', (_name, authorization, status, code) => {
    const headers = { date: 'Sat, 14 Mar 2026 09:15:00 GMT', ...(authorization ? { authorization } : {}) };

    expect(() => authenticate(request('GET', '/b/k', headers), [ACCOUNT], NOW)).toThrow(
      expect.objectContaining({ status, code }),
    );
  });

  describe('of a signed URL', () => {
    const expires = NOW / 1000;
    const url = (name: string, text: string, token = '') =>
      request('GET', `/b/k?${name}=AK1&Expires=${expires}&Signature=${encodeURIComponent(sign(text))}${token}`, {});

    it.each([
      ['AccessKeyId', `GET\n\n\n${expires}\n/b/k`],
      ['AWSAccessKeyId', `GET\n\n\n${expires}\n/b/k`],
    ])('accepts one with %s until it expires', (name, text) => {
      expect(authenticate(url(name, text), [ACCOUNT], NOW).account).toBe(ACCOUNT);
      expect(() => authenticate(url(name, text), [ACCOUNT], NOW + 1)).toThrow(
        expect.objectContaining({ status: 403, code: 'AccessDenied' }),
      );
    });

    it.each([
      ['AccessKeyId', 'x-obs-security-token'],
      ['AWSAccessKeyId', 'x-amz-security-token'],
    ])('signs the token of temporary keys in one with %s', (name, token) => {
      const account = { ...ACCOUNT, securityToken: 'T' };
      const text = `GET\n\n\n${expires}\n/b/k?${token}=T`;

      expect(authenticate(url(name, text, `&${token}=T`), [account], NOW).account).toBe(account);
      expect(() => authenticate(url(name, `GET\n\n\n${expires}\n/b/k`), [account], NOW)).toThrow(
        expect.objectContaining({ status: 403, code: 'InvalidAccessKeyId' }),
      );
    });

    it.each([
      ['without an end', '/b/k?AccessKeyId=AK1&Signature=AAAA', 'AccessDenied'],
      ['without a key', `/b/k?Expires=${expires}&Signature=AAAA`, 'AccessDenied'],
      ['with an unknown key', `/b/k?AccessKeyId=AK2&Expires=${expires}&Signature=AAAA`, 'InvalidAccessKeyId'],
      ['with a wrong signature', `/b/k?AccessKeyId=AK1&Expires=${expires}&Signature=AAAA`, 'SignatureDoesNotMatch'],
    ])('refuses one %s', (_name, path, code) => {
      expect(() => authenticate(request('GET', path, {}), [ACCOUNT], NOW)).toThrow(
        expect.objectContaining({ status: 403, code }),
      );
    });

    it('refuses one together with an Authorization header', () => {
      const head = request('GET', `/b/k?AccessKeyId=AK1&Expires=${expires}&Signature=AAAA`, {
        authorization: 'OBS AK1:AAAA',
      });

      expect(() => authenticate(head, [ACCOUNT], NOW)).toThrow(
        expect.objectContaining({ status: 400, code: 'InvalidArgument' }),
      );
    });
  });
});
