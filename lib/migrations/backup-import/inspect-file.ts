import { CloudError } from '../../kernel/errors.ts';
import type { ObsService } from '../../ports/obs.ts';
import { classifyObsError, type ObsErrorClass } from '../classify-obs-error.ts';
import { kindByBytes } from './backup-file-kind.ts';
import type { FileBytes } from './file-bytes.ts';

/** Bytes that are read of the start and of the end of a file. The end record of a zip may be this long: 22 bytes and a comment of 65,535. */
export const INSPECTED_BYTES = 65_557;

/** The content of a file that was read, or why OBS did not return it. */
export type FileInspection =
  | { readonly bytes: FileBytes }
  | { readonly failure: ObsErrorClass; readonly error: CloudError };

/** Reads the start of a file and, if it is longer and its end is worth checking, its end: one or two requests. */
export async function inspectFile(obs: ObsService, bucket: string, key: string): Promise<FileInspection> {
  try {
    const { size, start: head } = await obs.readStart(bucket, key, INSPECTED_BYTES);
    if (size === head.length || !needsEnd(head)) return { bytes: { size, head } };
    const tail = await obs.readEnd(bucket, key, Math.max(0, size - INSPECTED_BYTES), size);
    return { bytes: { size, head, ...(tail && { tail }) } };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { failure: classifyObsError(error, bucket, key), error };
  }
}

function needsEnd(head: Buffer): boolean {
  const kind = kindByBytes(head);
  return kind === 'rdb' || kind === 'zip';
}
