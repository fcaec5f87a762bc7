import type { Code } from '../kernel/codes.ts';
import type { CloudError } from '../kernel/errors.ts';
import { transientFailure } from '../kernel/transient-failures.ts';

/**
 * What an answer of OBS about a file says of an import of it. `final`: it fails, until somebody does something. `passing`: it may go well later.
 * `troubled`: OBS was, and may say more later. `untold`: nothing, for DCS reads the file with rights of its own.
 */
export type ObsErrorClass =
  | { readonly is: 'temporary'; readonly code: Code; readonly message: string }
  | { readonly is: 'final'; readonly about: 'bucket' | 'object'; readonly message: string }
  | { readonly is: 'unavailable'; readonly message: string }
  | { readonly is: 'unknown'; readonly message: string };

type Says = (bucket: string, key: string) => string;
interface FileRow {
  readonly is: 'final' | 'temporary';
  readonly about: 'bucket' | 'object';
  readonly says: Says;
}

const archived = (_: string, key: string) =>
  `${JSON.stringify(key)} is archived, and cannot be read: restore it in OBS, or take a file of the class Standard or Warm`;
const otherRegion = (bucket: string) => `bucket ${bucket} is not in this region`;
const noBucket = (bucket: string) => `there is no bucket ${bucket}`;
const missing = (bucket: string, key: string) => `${JSON.stringify(key)} is not in bucket ${bucket}`;

/**
 * What OBS says of files and buckets alone, by its code (error codes, API reference obs_04_0115). A redirect counts as one of these whatever its
 * code: a bucket is reached, and imported from, in its own region only.
 */
export const OBS_ERRORS: ReadonlyMap<string, FileRow> = new Map<string, FileRow>([
  ['NoSuchKey', { is: 'temporary', about: 'object', says: missing }],
  ['NoSuchBucket', { is: 'final', about: 'bucket', says: noBucket }],
  ['InvalidObjectState', { is: 'final', about: 'object', says: archived }],
  ['ObjectNotRestored', { is: 'final', about: 'object', says: archived }],
  ['PermanentRedirect', { is: 'final', about: 'bucket', says: otherRegion }],
]);

/**
 * Preflight and `check --live` both judge by it. What is not about files is judged by the table of passing trouble, but for a right that is
 * missing: the function may not look, and DCS, which reads with rights of its own, may all the same.
 *
 * @param key of the object that was asked for; without one the answer is about the bucket
 */
export function classifyObsError(error: CloudError, bucket: string, key = ''): ObsErrorClass {
  const { status = 0, cloudCode = '', message } = error;
  const isRedirect = status >= 300 && status < 400;
  const row = OBS_ERRORS.get(isRedirect ? 'PermanentRedirect' : cloudCode);
  if (row?.is === 'final') return { is: 'final', about: row.about, message: row.says(bucket, key) };
  if (row) return { is: 'temporary', code: 'file_missing', message: row.says(bucket, key) };
  const trouble = transientFailure(error);
  switch (trouble?.kind) {
    case 'keys':
      return { is: 'temporary', code: 'keys_refused', message: 'OBS does not know the keys of this function' };
    case 'rights':
      return {
        is: 'unknown',
        message: cloudCode === '' ? message : 'it is not there, or this function may not see it',
      };
    case 'throttling':
    case 'unavailable':
      // Without an answer the function may have no way to OBS, and DCS has its own; but where its own time was up, nobody has asked.
      return { is: isUnreachable(error) ? 'unknown' : 'unavailable', message };
    default:
      return { is: 'unknown', message };
  }
}

function isUnreachable({ status, cloudCode }: CloudError): boolean {
  return status === undefined && cloudCode !== 'out_of_time';
}
