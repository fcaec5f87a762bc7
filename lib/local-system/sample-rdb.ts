/**
 * A small but real RDB file: what `redis-cli --rdb` of Redis 6 would write for a few keys.
 *
 * Layout (Redis, `rdb.c`, and the description of the RDB file format in the Redis documentation): `REDIS` and a four-digit version, auxiliary
 * fields, for each database a selector, sizes and keys, the end marker, and a CRC-64 of all preceding bytes, little endian.
 */
export function makeSampleRdb(keys: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(keys);
  const body = Buffer.concat([
    Buffer.from('REDIS0009'),
    auxField('redis-ver', '6.2.14'),
    auxField('redis-bits', '64'),
    Buffer.from([SELECT_DB, 0, RESIZE_DB, ...rdbLength(entries.length), ...rdbLength(0)]),
    ...entries.flatMap(([key, value]) => [Buffer.from([STRING_VALUE]), rdbString(key), rdbString(value)]),
    Buffer.from([END_OF_FILE]),
  ]);
  const checksum = Buffer.alloc(8);
  checksum.writeBigUInt64LE(crc64(body));
  return Buffer.concat([body, checksum]);
}

const AUX = 0xfa;
const RESIZE_DB = 0xfb;
const SELECT_DB = 0xfe;
const END_OF_FILE = 0xff;
const STRING_VALUE = 0;

function auxField(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([AUX]), rdbString(name), rdbString(value)]);
}

function rdbString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(rdbLength(bytes.length)), bytes]);
}

/** 6 bits in one byte, or 14 bits in two: enough for a sample. */
function rdbLength(length: number): number[] {
  if (length < 64) return [length];
  if (length < 16_384) return [0x40 | (length >> 8), length & 0xff];
  throw new Error(`write an RDB length: ${length} is too long for a sample; at most 16383`);
}

/** CRC-64 of Redis (`crc64.c`): the polynomial of Jones, reflected, starting from 0. */
export function crc64(bytes: Uint8Array): bigint {
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ REFLECTED_POLYNOMIAL : crc >> 1n;
  }
  return crc;
}

/** 0xad93d23594c935a9 with its bits in reverse order. */
const REFLECTED_POLYNOMIAL = 0x95ac9329ac4bc9b5n;
