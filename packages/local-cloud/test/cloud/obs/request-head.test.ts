import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { headOf, queryPairs, resourceOf } from '../../../src/cloud/obs/request-head.ts';

const head = (url: string, host = '127.0.0.1:9000') =>
  headOf({ method: 'GET', url, headers: { host } } as IncomingMessage);

describe('the head of a request', () => {
  it.each([
    ['/b/k', '/b/k', ''],
    ['/b/k?acl', '/b/k', 'acl'],
    ['/b/k?a=?', '/b/k', 'a=?'],
    ['http://b.localhost:9000/k?acl', '/k', 'acl'],
    ['http://b.localhost:9000', '/', ''],
    ['http://b.localhost:9000?acl', '/', 'acl'],
  ])('of %s has the path %s and the query %s', (url, path, query) => {
    expect(head(url)).toMatchObject({ path, query });
  });

  it.each([
    ['127.0.0.1:9000', '/k'],
    ['localhost:9000', '/k'],
    ['b.localhost:9000', '/b/k'],
    ['B.localhost', '/b/k'],
    ['my.bucket.localhost', '/my.bucket/k'],
    ['.localhost', '/k'],
    ['blocalhost', '/k'],
  ])('with the host %s names the resource %s', (host, resource) => {
    expect(resourceOf(head('/k', host))).toBe(resource);
  });
});

describe('queryPairs', () => {
  it('decodes whatever was encoded', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string())), (pairs) => {
        const query = pairs
          .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
          .join('&');
        expect(queryPairs(query)).toEqual(pairs);
      }),
    );
  });

  it('gives an empty value to a parameter without one', () => {
    expect(queryPairs('acl&a=')).toEqual([
      ['acl', ''],
      ['a', ''],
    ]);
    expect(queryPairs('')).toEqual([]);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => queryPairs('a=%ff')).toThrow(expect.objectContaining({ status: 400, code: 'InvalidArgument' }));
  });
});
