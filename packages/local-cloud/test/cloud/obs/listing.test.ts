import { listPage, readMaxKeys } from '../../../src/cloud/obs/listing.ts';

const KEYS = ['a', 'b/1', 'b/2', 'b/c/1', 'd', 'e/1'];

function page(request: Partial<Parameters<typeof listPage>[2]>) {
  return listPage(KEYS, (key) => key, { prefix: '', delimiter: '', marker: '', maxKeys: 1000, ...request });
}

describe('listPage', () => {
  it('lists all keys without parameters', () => {
    expect(page({})).toEqual({ items: KEYS, commonPrefixes: [], isTruncated: false, last: undefined });
  });

  it('lists keys with the prefix after the marker', () => {
    expect(page({ prefix: 'b/', marker: 'b/1' }).items).toEqual(['b/2', 'b/c/1']);
  });

  it('groups keys with the delimiter after the prefix', () => {
    expect(page({ delimiter: '/' })).toMatchObject({ items: ['a', 'd'], commonPrefixes: ['b/', 'e/'] });
    expect(page({ delimiter: '/', prefix: 'b/' })).toMatchObject({ items: ['b/1', 'b/2'], commonPrefixes: ['b/c/'] });
  });

  it('continues each page where the previous one ended', () => {
    const first = page({ delimiter: '/', maxKeys: 2 });
    const second = page({ delimiter: '/', maxKeys: 2, marker: first.last?.name ?? '' });

    expect(first).toMatchObject({ items: ['a'], commonPrefixes: ['b/'], isTruncated: true, last: { name: 'b/' } });
    expect(second).toMatchObject({ items: ['d'], commonPrefixes: ['e/'], isTruncated: false });
  });

  it('is not truncated when the last page is exactly full', () => {
    expect(page({ maxKeys: 6 }).isTruncated).toBe(false);
    expect(page({ maxKeys: 5 }).isTruncated).toBe(true);
  });

  it('returns an empty last page for max-keys 0', () => {
    expect(page({ maxKeys: 0 })).toMatchObject({ items: [], isTruncated: false });
  });
});

describe('readMaxKeys', () => {
  it.each([
    [null, 1000],
    ['', 1000],
    ['0', 0],
    ['1000', 1000],
    ['1001', 1000],
    ['-1', undefined],
    ['x', undefined],
  ])('reads %j as %j', (text, expected) => {
    expect(readMaxKeys(text)).toBe(expected);
  });
});
