import { errors } from './errors.ts';
import { unzip, ZipError } from './zip.ts';

/** Of an unpacked package (product description, 2025-05-14). */
const MAX_UNPACKED_BYTES = 1500 * 1024 * 1024;

/** The files of a package by their paths. @throws {ServiceError} when it is not a valid ZIP archive */
export function unpack(content: Buffer): Map<string, Buffer> {
  try {
    return unzip(content, MAX_UNPACKED_BYTES);
  } catch (error) {
    if (error instanceof ZipError) throw errors.badCode(`${error.message}.`);
    throw error;
  }
}
