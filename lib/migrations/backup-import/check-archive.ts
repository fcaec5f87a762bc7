import { constants, gunzipSync } from 'node:zlib';
import type { ArchiveNames } from './archive-names.ts';
import { partByName } from './backup-part.ts';
import type { FileBytes } from './file-bytes.ts';
import { tarNames } from './tar-names.ts';
import { zipNames } from './zip-names.ts';

/** Unpacked, at most: what is more is not looked into. */
const MAX_UNPACKED = 8 * 1024 * 1024;
/** Packed bytes of an archive that is not read whole. Deflate makes at most a thousandfold of them. */
const STARTS_WITH = 4096;

/** Why an archive can't be imported, to be read after its name. `undefined` when nothing is known to be wrong. */
export function checkZip(bytes: FileBytes): string | undefined {
  const seen = zipNames(bytes);
  return 'problem' in seen ? seen.problem : judgeNames(seen);
}

export function checkTarGz({ size, head }: FileBytes): string | undefined {
  const unpacked = gunzip(head, size === head.length);
  if (unpacked === undefined) return undefined;
  if ('problem' in unpacked) return unpacked.problem;
  const seen = tarNames(unpacked.bytes, unpacked.isWhole);
  return 'problem' in seen ? seen.problem : judgeNames(seen);
}

type Unpacked = { readonly bytes: Buffer; readonly isWhole: boolean } | { readonly problem: string };

function gunzip(head: Buffer, isWhole: boolean): Unpacked | undefined {
  try {
    if (isWhole) return { bytes: gunzipSync(head, { maxOutputLength: MAX_UNPACKED }), isWhole: true };
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === 'Z_BUF_ERROR') return { problem: 'is cut off: the end of its gzip is missing' };
    if (code !== 'ERR_BUFFER_TOO_LARGE') return { problem: 'is damaged: it cannot be unpacked' };
  }
  try {
    const start = head.subarray(0, STARTS_WITH);
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_UNPACKED };
    return { bytes: gunzipSync(start, options), isWhole: false };
  } catch (error) {
    const { code } = error as { readonly code?: string };
    return code === 'ERR_BUFFER_TOO_LARGE' ? undefined : { problem: 'is damaged: it cannot be unpacked' };
  }
}

function judgeNames({ names, isComplete }: ArchiveNames): string | undefined {
  for (const name of names) {
    const part = partByName(name);
    if (part) return `holds ${JSON.stringify(name)}, ${part.is}: ${part.remedy}`;
  }
  if (!isComplete || names.some((name) => /\.(?:rdb|aof)$/i.test(name))) return undefined;
  return 'holds no .rdb or .aof file';
}
