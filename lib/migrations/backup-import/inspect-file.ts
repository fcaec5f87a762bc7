import { CloudError } from '../../kernel/errors.ts';
import type { ObsService } from '../../ports/obs.ts';
import { classifyObsError, type ObsErrorClass } from '../classify-obs-error.ts';
import { kindByBytes } from './backup-file-kind.ts';
import type { FileBytes } from './file-bytes.ts';

/** Of the start and of the end of a file. The end of a zip may have so many: 22 and a comment of 65,535. */
export const INSPECTED_BYTES = 65_557;

/** What was seen of a file. `answer`: OBS did not show it. */
export type FileInspection =
  | { readonly bytes: FileBytes }
  | { readonly failure: ObsErrorClass; readonly error: CloudError };

/** Reads the start of a file and, where there is more and the end tells something, the end: one request, or two. */
export async function inspectFile(obs: ObsService, bucket: string, key: string): Promise<FileInspection> {
  try {
    const { size, start: head } = await obs.readStart(bucket, key, INSPECTED_BYTES);
    if (size === head.length || !hasTellingEnd(head)) return { bytes: { size, head } };
    const tail = await obs.readEnd(bucket, key, Math.max(0, size - INSPECTED_BYTES), size);
    return { bytes: { size, head, ...(tail && { tail }) } };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { failure: classifyObsError(error, bucket, key), error };
  }
}

function hasTellingEnd(head: Buffer): boolean {
  const kind = kindByBytes(head);
  return kind === 'rdb' || kind === 'zip';
}
