import type { Code } from '../kernel/codes.ts';
import type { CloudError } from '../kernel/errors.ts';
import { transientFailure } from '../kernel/transient-failures.ts';

/**
 * What an error of OBS about a file means for its import. `final`: the import fails until someone changes something. `temporary`: it may succeed
 * later. `unavailable`: OBS failed, and may return more later. `unknown`: nothing, because DCS reads the file with its own permissions.
 */
export type ObsErrorClass =
  | { readonly is: 'temporary'; readonly code: Code; readonly message: string }
  | { readonly is: 'final'; readonly about: 'bucket' | 'object'; readonly message: string }
  | { readonly is: 'unavailable'; readonly message: string }
  | { readonly is: 'unknown'; readonly message: string };

type MessageFor = (bucket: string, key: string) => string;
interface FileRow {
  readonly is: 'final' | 'temporary';
  readonly about: 'bucket' | 'object';
  readonly messageFor: MessageFor;
}

const archived = (_: string, key: string) =>
  `${JSON.stringify(key)} is archived and cannot be read: restore it in OBS, or use a file in the Standard or Warm storage class`;
const otherRegion = (bucket: string) => `bucket ${bucket} is not in this region`;
const noBucket = (bucket: string) => `bucket ${bucket} was not found`;
const missing = (bucket: string, key: string) => `${JSON.stringify(key)} is not in bucket ${bucket}`;

/**
 * The errors of OBS that are about files and buckets, by code (error codes, API reference obs_04_0115). A redirect is one of these whatever its
 * code: a bucket can be read, and imported from, only in its own region.
 */
export const OBS_ERRORS: ReadonlyMap<string, FileRow> = new Map<string, FileRow>([
  ['NoSuchKey', { is: 'temporary', about: 'object', messageFor: missing }],
  ['NoSuchBucket', { is: 'final', about: 'bucket', messageFor: noBucket }],
  ['InvalidObjectState', { is: 'final', about: 'object', messageFor: archived }],
  ['ObjectNotRestored', { is: 'final', about: 'object', messageFor: archived }],
  ['PermanentRedirect', { is: 'final', about: 'bucket', messageFor: otherRegion }],
]);

/**
 * Used by both preflight and `check --live`. Errors that are not about files are classified by the table of transient failures, except a missing
 * permission: the function can't read the file, but DCS may, with its own permissions.
 *
 * @param key of the requested object; empty if the request was about the bucket
 */
export function classifyObsError(error: CloudError, bucket: string, key = ''): ObsErrorClass {
  const { status = 0, cloudCode = '', message } = error;
  const isRedirect = status >= 300 && status < 400;
  const row = OBS_ERRORS.get(isRedirect ? 'PermanentRedirect' : cloudCode);
  if (row?.is === 'final') return { is: 'final', about: row.about, message: row.messageFor(bucket, key) };
  if (row) return { is: 'temporary', code: 'file_missing', message: row.messageFor(bucket, key) };
  const transient = transientFailure(error);
  switch (transient?.kind) {
    case 'keys':
      return { is: 'temporary', code: 'keys_refused', message: 'OBS does not accept the keys of this function' };
    case 'rights':
      return {
        is: 'unknown',
        message: cloudCode === '' ? message : 'it does not exist, or this function may not read it',
      };
    case 'throttling':
    case 'unavailable':
      // Without a response, the function may have no route to OBS while DCS does. But when it ran out of time, nothing was sent.
      return { is: isUnreachable(error) ? 'unknown' : 'unavailable', message };
    default:
      return { is: 'unknown', message };
  }
}

function isUnreachable({ status, cloudCode }: CloudError): boolean {
  return status === undefined && cloudCode !== 'out_of_time';
}
