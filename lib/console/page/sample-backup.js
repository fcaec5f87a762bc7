/**
 * A sample Redis backup with one key: magic string and version (of Redis 6), database 0, the key, the end marker, and zeros for a disabled
 * checksum (Redis `rdb.c`). The value of the key makes each backup different, and so a new occurrence.
 *
 * @param {number} now
 * @returns {File}
 */
export function makeSampleBackup(now) {
  const text = new TextEncoder();
  const entry = ['made-at', String(now)].map((part) => text.encode(part));
  const bytes = [
    text.encode('REDIS0009'),
    [0xfe, 0],
    [0],
    ...entry.flatMap((part) => [[part.length], part]),
    [0xff],
    new Array(8).fill(0),
  ];
  return new File([Uint8Array.from(bytes.flatMap((part) => [...part]))], 'sample.rdb');
}
