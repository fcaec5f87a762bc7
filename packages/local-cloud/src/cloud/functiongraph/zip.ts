import { crc32, inflateRawSync } from 'node:zlib';

/** The bytes are no ZIP archive that can be unpacked. */
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
 * Unpacks an archive in memory, and checks each file against its checksum. Folders are left out.
 *
 * @param mostBytes of all files together
 * @returns the files by their path, with `/` between its parts
 * @throws {ZipError} it is none, it is cut off, a checksum does not fit, it is encrypted or over the limit, or a path leads out of the
 * folder that it is unpacked to
 */
export function unzip(archive: Buffer, mostBytes: number): Map<string, Buffer> {
  try {
    return readFiles(archive, mostBytes);
  } catch (cause) {
    if (cause instanceof ZipError) throw cause;
    throw new ZipError(`the archive cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function readFiles(archive: Buffer, mostBytes: number): Map<string, Buffer> {
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
    if (bytes > mostBytes) throw new ZipError(`the files have more than ${mostBytes} bytes unpacked`);
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
  throw new ZipError('it is no ZIP archive, or its end is missing');
}

function readFile(archive: Buffer, entry: number, name: string, size: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  if ((archive.readUInt16LE(entry + 8) & ENCRYPTED) !== 0) throw new ZipError(`${name} is encrypted`);
  const header = archive.readUInt32LE(entry + 42);
  if (archive.readUInt32LE(header) !== LOCAL_HEADER) throw new ZipError(`${name} is not where the directory says`);
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const packed = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
  const content = unpack(packed, method, name, size);
  if (content.length !== size || crc32(content) !== archive.readUInt32LE(entry + 16))
    throw new ZipError(`${name} is damaged: its size or checksum does not fit`);
  return content;
}

function unpack(packed: Buffer, method: number, name: string, size: number): Buffer {
  if (method === STORED) return packed;
  if (method === DEFLATED) return size === 0 ? Buffer.alloc(0) : inflateRawSync(packed, { maxOutputLength: size });
  throw new ZipError(`${name} is packed by method ${method}, which is not supported`);
}

function checkPath(name: string): void {
  const parts = name.replace(/\/$/, '').split('/');
  if (name.includes('\\') || name.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new ZipError(`${JSON.stringify(name)} is no path inside the package`);
}
