/**
 * A Redis backup of one key, for whoever has no file at hand: the mark and version (of Redis 6), database 0, the key, the end mark, and zeros in
 * place of the checksum, which say that there is none (Redis `rdb.c`). The key's value makes each one another content, and so another occurrence.
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
