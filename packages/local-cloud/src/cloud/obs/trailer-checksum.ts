import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { obsErrors } from './obs-error.ts';

/** The checksum that follows a body in chunks. */
export interface TrailerChecksum {
  readonly name: string;
  update(data: Uint8Array): void;
  /** In base64, as in the trailer. */
  digest(): string;
}

/**
 * By the name of the trailer: `x-amz-checksum-crc32` (the default of current S3 clients), `-crc32c`, `-sha1` or `-sha256`.
 *
 * @throws {ObsError} 400 for any other
 */
export function trailerChecksum(name: string): TrailerChecksum {
  const algorithm = /^x-amz-checksum-(crc32c?|sha1|sha256)$/.exec(name)?.[1];
  if (algorithm === undefined) throw obsErrors.invalidArgument(`The trailer ${name} is not supported.`);
  if (algorithm === 'crc32') return crcChecksum(name, crc32);
  if (algorithm === 'crc32c') return crcChecksum(name, crc32c);
  const hash = createHash(algorithm);
  return { name, update: (data) => hash.update(data), digest: () => hash.digest('base64') };
}

function crcChecksum(name: string, crc: (data: Uint8Array, value: number) => number): TrailerChecksum {
  let value = 0;
  const update = (data: Uint8Array) => {
    value = crc(data, value);
  };
  const digest = () => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes.toString('base64');
  };
  return { name, update, digest };
}

/** The polynomial of Castagnoli (RFC 9260, appendix A), reflected. */
const CRC32C_TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(data: Uint8Array, value: number): number {
  let rest = ~value;
  for (const byte of data) rest = (CRC32C_TABLE[(rest ^ byte) & 0xff] ?? 0) ^ (rest >>> 8);
  return ~rest >>> 0;
}
