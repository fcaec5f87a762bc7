import { crc32, inflateRawSync } from 'node:zlib';

/** Thrown when the bytes are not a supported ZIP archive. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT_LENGTH = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const UNIX = 3;
const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/**
 * Unpacks an archive in memory and verifies the checksum of each file. Folders are skipped.
 *
 * @param maxBytes the limit for all files together
 * @returns the files by their path, with `/` between its parts
 * @throws {ZipError} when it is not a ZIP archive, is truncated, encrypted or over the limit, a checksum does not match, or a path leads out of the
 * target folder
 */
export function unzip(archive: Buffer, maxBytes: number): Map<string, Buffer> {
  try {
    return readFiles(archive, maxBytes);
  } catch (cause) {
    if (cause instanceof ZipError) throw cause;
    throw new ZipError(`the archive cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function readFiles(archive: Buffer, maxBytes: number): Map<string, Buffer> {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const files = new Map<string, Buffer>();
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new ZipError('the directory of the archive is damaged');
    const nameBytes = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameBytes);
    const size = archive.readUInt32LE(at + 24);
    bytes += size;
    if (bytes > maxBytes) throw new ZipError(`the unpacked files exceed ${maxBytes} bytes`);
    checkPath(name);
    const attributes = archive.readUInt32LE(at + 38);
    if (archive.readUInt8(at + 5) === UNIX && ((attributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK)
      throw new ZipError(`${name} is a symbolic link`);
    if (!name.endsWith('/')) files.set(name, readFile(archive, at, name, size));
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

function findEnd(archive: Buffer): number {
  const last = archive.length - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT_LENGTH); at--) {
    if (archive.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new ZipError('it is not a ZIP archive, or it is truncated');
}

function readFile(archive: Buffer, entry: number, name: string, size: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  if ((archive.readUInt16LE(entry + 8) & ENCRYPTED) !== 0) throw new ZipError(`${name} is encrypted`);
  const header = archive.readUInt32LE(entry + 42);
  if (archive.readUInt32LE(header) !== LOCAL_HEADER)
    throw new ZipError(`${name} is not at the offset in the directory`);
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const packed = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
  const content = unpack(packed, method, name, size);
  if (content.length !== size || crc32(content) !== archive.readUInt32LE(entry + 16))
    throw new ZipError(`${name} is damaged: its size or checksum does not match`);
  return content;
}

function unpack(packed: Buffer, method: number, name: string, size: number): Buffer {
  if (method === STORED) return packed;
  if (method === DEFLATED) return size === 0 ? Buffer.alloc(0) : inflateRawSync(packed, { maxOutputLength: size });
  throw new ZipError(`${name} uses compression method ${method}, which is not supported`);
}

function checkPath(name: string): void {
  const parts = name.replace(/\/$/, '').split('/');
  if (name.includes('\\') || name.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new ZipError(`${JSON.stringify(name)} is not a path inside the package`);
}
