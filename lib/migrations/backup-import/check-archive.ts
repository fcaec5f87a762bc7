import { constants, gunzipSync } from 'node:zlib';
import type { ArchiveNames } from './archive-names.ts';
import { partByName } from './backup-part.ts';
import type { FileBytes } from './file-bytes.ts';
import { tarNames } from './tar-names.ts';
import { zipNames } from './zip-names.ts';

/** Limit of unpacked bytes; anything beyond is not checked. */
const MAX_UNPACKED = 8 * 1024 * 1024;
/** Packed bytes that are unpacked of an archive that was not read completely. Deflate expands them at most a thousandfold. */
const PARTIAL_BYTES = 4096;

/** Why an archive can't be imported, worded to follow its name. `undefined` when no problem was found. */
export function checkZip(bytes: FileBytes): string | undefined {
  const seen = zipNames(bytes);
  return 'problem' in seen ? seen.problem : checkNames(seen);
}

export function checkTarGz({ size, head }: FileBytes): string | undefined {
  const unpacked = gunzip(head, size === head.length);
  if (unpacked === undefined) return undefined;
  if ('problem' in unpacked) return unpacked.problem;
  const seen = tarNames(unpacked.bytes, unpacked.isWhole);
  return 'problem' in seen ? seen.problem : checkNames(seen);
}

type Unpacked = { readonly bytes: Buffer; readonly isWhole: boolean } | { readonly problem: string };

function gunzip(head: Buffer, isWhole: boolean): Unpacked | undefined {
  try {
    if (isWhole) return { bytes: gunzipSync(head, { maxOutputLength: MAX_UNPACKED }), isWhole: true };
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === 'Z_BUF_ERROR') return { problem: 'is truncated: the end of its gzip is missing' };
    if (code !== 'ERR_BUFFER_TOO_LARGE') return { problem: 'is damaged: it cannot be unpacked' };
  }
  try {
    const start = head.subarray(0, PARTIAL_BYTES);
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_UNPACKED };
    return { bytes: gunzipSync(start, options), isWhole: false };
  } catch (error) {
    const { code } = error as { readonly code?: string };
    return code === 'ERR_BUFFER_TOO_LARGE' ? undefined : { problem: 'is damaged: it cannot be unpacked' };
  }
}

function checkNames({ names, isComplete }: ArchiveNames): string | undefined {
  for (const name of names) {
    const part = partByName(name);
    if (part) return `contains ${JSON.stringify(name)}, ${part.description}: ${part.remedy}`;
  }
  if (!isComplete || names.some((name) => /\.(?:rdb|aof)$/i.test(name))) return undefined;
  return 'contains no .rdb or .aof file';
}
