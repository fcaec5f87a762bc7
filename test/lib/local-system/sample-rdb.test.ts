import { crc64, makeSampleRdb } from '../../../lib/local-system/sample-rdb.ts';

describe('crc64', () => {
  it('returns the check value of Redis', () => {
    expect(crc64(Buffer.from('123456789'))).toBe(0xe9c6d914c4b8d9can);
  });
});

describe('makeSampleRdb', () => {
  it('writes header, sizes, keys, end marker and checksum', () => {
    expect(makeSampleRdb({ a: 'b' }).toString('hex')).toBe(
      [
        '524544495330303039', // REDIS0009
        'fa0972656469732d76657206362e322e3134', // redis-ver 6.2.14
        'fa0a72656469732d62697473023634', // redis-bits 64
        'fe00', // database 0
        'fb0100', // one key, none that expires
        '0001610162', // a text: a = b
        'ff',
        '1da813cdfb4704e0',
      ].join(''),
    );
  });

  it('has checksum 0 over the whole file, as Redis verifies it', () => {
    expect(crc64(makeSampleRdb({ 'session:1': 'x'.repeat(100) }))).toBe(0n);
  });

  it('writes a length of 64 in two bytes, and refuses one that is too long', () => {
    expect(makeSampleRdb({ a: 'x'.repeat(64) }).toString('latin1')).toContain(`\x40\x40${'x'.repeat(64)}`);
    expect(() => makeSampleRdb({ a: 'x'.repeat(16_384) })).toThrow('16384 is too long for a sample');
  });
});
