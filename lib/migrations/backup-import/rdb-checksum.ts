/** The checksum at the end of an RDB, since version 5. */
const CHECKSUM_BYTES = 8;
const CHECKSUM_SINCE = 5;

/** How many bytes an RDB of this version has from its end mark to its end. */
export function rdbEndBytes(version: number): number {
  return version < CHECKSUM_SINCE ? 1 : 1 + CHECKSUM_BYTES;
}

/** Is the checksum at the end correct? Zero means that there is none (`rdbchecksum no`). */
export function isChecksumRight(rdb: Buffer): boolean {
  const stored = rdb.readBigUInt64LE(rdb.length - CHECKSUM_BYTES);
  return stored === 0n || stored === crc64(rdb.subarray(0, rdb.length - CHECKSUM_BYTES));
}

/** CRC-64 of Redis (`crc64.c`): the Jones polynomial 0xad93d23594c935a9, reflected, initial value 0. */
const POLYNOMIAL = { high: 0x95ac9329, low: 0xac4bc9b5 };

/** In 32-bit halves, because BigInts take a hundred times as long for 64 KiB. */
const TABLE = Array.from({ length: 256 }, (_, index) => {
  let [high, low] = [0, index];
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = (low & 1) === 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high = high >>> 1;
    if (isOdd) [high, low] = [(high ^ POLYNOMIAL.high) >>> 0, (low ^ POLYNOMIAL.low) >>> 0];
  }
  return [high, low] as const;
});

function crc64(bytes: Uint8Array): bigint {
  let [high, low] = [0, 0];
  for (const byte of bytes) {
    const [tableHigh, tableLow] = TABLE[(low ^ byte) & 0xff] ?? [0, 0];
    low = (((low >>> 8) | (high << 24)) ^ tableLow) >>> 0;
    high = ((high >>> 8) ^ tableHigh) >>> 0;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}
