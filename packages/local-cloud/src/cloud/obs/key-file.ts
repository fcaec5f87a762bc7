import { isIgnoredName } from '../../functiongraph/bucket-tree.ts';

/** Of most file systems. */
const MAX_NAME_BYTES = 255;
/** Below the 4096 bytes of a path on Linux, with room for the folder. */
const MAX_PATH_BYTES = 3000;

/**
 * Can a file in the bucket's folder have this key as its path? Not one with an empty segment (`a//b`, `folder/`), with `.` or `..`, with
 * a segment that is too long, or with one that the folder leaves out (`.x`, `x.part`, `x.tmp`).
 */
export function isFileKey(key: string): boolean {
  if (key.includes('\0') || Buffer.byteLength(key) > MAX_PATH_BYTES) return false;
  return key
    .split('/')
    .every((segment) => segment !== '' && !isIgnoredName(segment) && Buffer.byteLength(segment) <= MAX_NAME_BYTES);
}
