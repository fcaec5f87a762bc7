/**
 * A Redis backup without any key, for whoever has no file at hand: the mark and version, one auxiliary field, the end mark, and zeros in place
 * of the checksum, which say that there is none (Redis `rdb.c`). The field makes each one another content, and so another occurrence.
 *
 * @param {number} now
 * @returns {File}
 */
export function makeSampleBackup(now) {
  const text = new TextEncoder();
  const field = ['made-at', String(now)].map((part) => text.encode(part));
  const bytes = [
    text.encode('REDIS0011'),
    [0xfa],
    ...field.flatMap((part) => [[part.length], part]),
    [0xff],
    new Array(8).fill(0),
  ];
  return new File([Uint8Array.from(bytes.flatMap((part) => [...part]))], 'sample.rdb');
}
