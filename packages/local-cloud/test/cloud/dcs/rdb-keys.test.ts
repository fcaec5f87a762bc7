import fc from 'fast-check';
import { rdbKeys } from '../../../src/cloud/dcs/rdb-keys.ts';

const END = [0xff];
const text = (value: string) => [value.length, ...Buffer.from(value)];
const rdb = (...records: (readonly number[])[]) =>
  Buffer.concat([Buffer.from('REDIS0009'), ...records.map((record) => Buffer.from(record))]);
const key = (type: number, name: string, ...value: (readonly number[])[]) => [type, ...text(name), ...value.flat()];
/** A blob whose number of elements is in its header. */
const ziplist = (count: number) => [11, ...Array(8).fill(0), count, 0, 0xff];
const listpack = (count: number) => [7, ...Array(4).fill(0), count, 0, 0xff];

const only = (...value: (readonly number[])[]) => {
  const [type = [], ...rest] = value;
  return rdbKeys(rdb(key(type[0] ?? 0, 'k', ...rest), END))?.[0];
};

describe('the keys of an RDB file', () => {
  it('are read with their database, value and expiry', () => {
    const file = rdb(
      [0xfa, ...text('redis-ver'), ...text('6.2.14')],
      [0xfe, 0],
      [0xfb, 2, 1],
      key(0, 'a', text('1')),
      [0xfc, 0x10, 0, 0, 0, 0, 0, 0, 0],
      key(0, 'b', text('2')),
      [0xfe, 5],
      [0xfd, 0x10, 0, 0, 0],
      [0xf8, 3],
      [0xf9, 9],
      key(0, 'c', text('3')),
      key(0, 'd', text('4')),
      END,
    );

    expect(rdbKeys(file)).toMatchObject([
      { db: 0, name: 'a', type: 'string', value: '1', elements: 1, expiresAt: undefined },
      { db: 0, name: 'b', value: '2', expiresAt: 16 },
      { db: 5, name: 'c', value: '3', expiresAt: 16_000 },
      { db: 5, name: 'd', value: '4', expiresAt: undefined },
    ]);
  });

  it.each<[string, (readonly number[])[], string]>([
    ['8 bits', [[0], [0xc0, 0xff]], '-1'],
    ['16 bits', [[0], [0xc1, 0x00, 0x01]], '256'],
    ['32 bits', [[0], [0xc2, 0, 0, 1, 0]], '65536'],
    ['LZF', [[0], [0xc3, 5, 10, 0, 0x61, 0xe0, 0, 0]], 'aaaaaaaaaa'],
    ['a length of 14 bits', [[0], [0x40, 64, ...Array(64).fill(0x61)]], 'a'.repeat(64)],
    ['a length of 32 bits', [[0], [0x80, 0, 0, 0, 2, 0x61, 0x62]], 'ab'],
    ['a length of 64 bits', [[0], [0x81, 0, 0, 0, 0, 0, 0, 0, 1, 0x61]], 'a'],
  ])('may be encoded as %s', (_name, value, expected) => {
    expect(only(...value)?.value).toBe(expected);
  });

  it.each<[string, (readonly number[])[], string, number]>([
    ['a list', [[1], [2], text('x'), text('y')], 'list', 2],
    ['a set', [[2], [1], text('x')], 'set', 1],
    ['a sorted set with texts', [[3], [2], text('x'), text('1'), text('y'), [254]], 'zset', 2],
    ['a sorted set with doubles', [[5], [1], text('x'), Array(8).fill(0)], 'zset', 1],
    ['a hash', [[4], [1], text('f'), text('v')], 'hash', 1],
    ['a ziplist', [[10], ziplist(3)], 'list', 3],
    ['an intset', [[11], [8, 2, 0, 0, 0, 4, 0, 0, 0]], 'set', 4],
    ['a sorted set in a ziplist', [[12], ziplist(4)], 'zset', 2],
    ['a hash in a ziplist', [[13], ziplist(4)], 'hash', 2],
    ['a quicklist', [[14], [2], ziplist(3), ziplist(1)], 'list', 4],
    ['a hash in a listpack', [[16], listpack(6)], 'hash', 3],
    ['a sorted set in a listpack', [[17], listpack(2)], 'zset', 1],
    ['a quicklist of listpacks', [[18], [2], [2], listpack(3), [1], text('x')], 'list', 4],
    ['a set in a listpack', [[20], listpack(5)], 'set', 5],
  ])('may be %s', (_name, value, type, elements) => {
    expect(only(...value)).toMatchObject({ type, elements });
  });

  it.each<[string, Buffer]>([
    ['another file', Buffer.from('*2\r\n$6\r\nSELECT\r\n')],
    ['an empty file', Buffer.alloc(0)],
    ['a file without an end', rdb([0xfe, 0])],
    ['a file that ends in a key', rdb([0, 5, 0x61])],
    ['a stream', rdb(key(15, 'k', [0]), END)],
    ['a module', rdb([0xf7], END)],
    ['a damaged compressed text', rdb(key(0, 'k', [0xc3, 2, 4, 0x20, 5]), END)],
    ['a compressed text that claims to be huge', rdb(key(0, 'k', [0xc3, 1, 0x80, 255, 255, 255, 255, 0]), END)],
    ['a ziplist without a header', rdb(key(10, 'k', [1, 0]), END)],
  ])('are unknown for %s', (_name, file) => {
    expect(rdbKeys(file)).toBeUndefined();
  });

  it('are an array or unknown, whatever the file contains', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const keys = rdbKeys(Buffer.concat([Buffer.from('REDIS0009'), bytes]));
        expect(keys === undefined || Array.isArray(keys)).toBe(true);
      }),
    );
  });
});
