import type { Code } from '../codes.ts';
import type { CloudError } from '../errors.ts';

/**
 * What an answer of OBS about a file says of an import of it. `final`: it fails, until somebody does something. `passing`: it may go well later.
 * `troubled`: OBS was, and may say more later. `untold`: nothing, for DCS reads the file with rights of its own.
 */
export type ObsVerdict =
  | { readonly is: 'passing'; readonly code: Code; readonly message: string }
  | { readonly is: 'final'; readonly about: 'bucket' | 'object'; readonly message: string }
  | { readonly is: 'troubled'; readonly message: string }
  | { readonly is: 'untold'; readonly message: string };

type Says = (bucket: string, key: string) => string;
type AnswerRow =
  | { readonly is: 'passing'; readonly code: Code; readonly says: Says }
  | { readonly is: 'final'; readonly about: 'bucket' | 'object'; readonly says: Says }
  | { readonly is: 'untold'; readonly says: Says };

const archived = (_: string, key: string) =>
  `${JSON.stringify(key)} is archived, and can not be read: restore it in OBS, or take a file of the class Standard or Warm`;
const otherRegion = (bucket: string) => `bucket ${bucket} is not in this region`;
const noBucket = (bucket: string) => `there is no bucket ${bucket}`;
const missing = (bucket: string, key: string) => `${JSON.stringify(key)} is not in bucket ${bucket}`;
const unseen = () => 'it is not there, or this function may not see it';
const badKeys = () => 'OBS does not know the keys of this function';

/**
 * By the code of OBS (error codes, API reference obs_04_0115). Preflight and `check --live` both judge by it. A redirect counts as one of these
 * whatever its code: a bucket is reached, and imported from, in its own region only.
 */
export const OBS_ANSWERS: ReadonlyMap<string, AnswerRow> = new Map<string, AnswerRow>([
  ['NoSuchKey', { is: 'passing', code: 'file_missing', says: missing }],
  ['InvalidAccessKeyId', { is: 'passing', code: 'keys_refused', says: badKeys }],
  ['SignatureDoesNotMatch', { is: 'passing', code: 'keys_refused', says: badKeys }],
  ['keys_refused', { is: 'passing', code: 'keys_refused', says: badKeys }],
  ['AccessDenied', { is: 'untold', says: unseen }],
  ['NoSuchBucket', { is: 'final', about: 'bucket', says: noBucket }],
  ['InvalidObjectState', { is: 'final', about: 'object', says: archived }],
  ['ObjectNotRestored', { is: 'final', about: 'object', says: archived }],
  ['PermanentRedirect', { is: 'final', about: 'bucket', says: otherRegion }],
]);

/** @param key of the object that was asked for; without one the answer is about the bucket */
export function judgeObsAnswer(error: CloudError, bucket: string, key = ''): ObsVerdict {
  const { status = 0, cloudCode = '', message, temporary } = error;
  const isRedirect = status >= 300 && status < 400;
  const row = OBS_ANSWERS.get(isRedirect ? 'PermanentRedirect' : cloudCode);
  // Without any answer the function may have no way to OBS, and DCS has its own.
  if (!row) return { is: temporary && status > 0 ? 'troubled' : 'untold', message };
  const { says, ...verdict } = row;
  return { ...verdict, message: says(bucket, key) };
}
