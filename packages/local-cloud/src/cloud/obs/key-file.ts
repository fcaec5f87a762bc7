import { isIgnoredName } from '../../functiongraph/bucket-tree.ts';

/** The limit of most file systems. */
const MAX_NAME_BYTES = 255;
/** Less than the 4096 bytes of a path on Linux, to leave room for the folder. */
const MAX_PATH_BYTES = 3000;

/**
 * Whether a file in the bucket's folder can have this key as its path. Not if it has an empty segment (`a//b`, `folder/`), `.` or `..`, a
 * segment that is too long, or one that the folder ignores (`.x`, `x.part`, `x.tmp`).
 */
export function isFileKey(key: string): boolean {
  if (key.includes('\0') || Buffer.byteLength(key) > MAX_PATH_BYTES) return false;
  return key
    .split('/')
    .every((segment) => segment !== '' && !isIgnoredName(segment) && Buffer.byteLength(segment) <= MAX_NAME_BYTES);
}
