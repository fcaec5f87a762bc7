import type { CloudError } from '../../kernel/errors.ts';

const UNVERIFIED = /^(CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;

/**
 * What somebody has to mend before a bucket can hold the ledger; `undefined` when nothing is known to be wrong with it.
 *
 * Codes and statuses: AppendObject (API reference obs_04_0088, errors as of 2024-05-17, WORM as of 2025-11-10), error codes (obs_04_0115).
 * The two `Invalid...State` are in the table of codes; that an append gets them is unconfirmed.
 */
export function refusedBucketAdvice(
  operation: string,
  bucket: string,
  { status, cloudCode = '' }: CloudError,
): string | undefined {
  const otherBucket = `give the ledger another bucket than ${bucket}`;
  if (UNVERIFIED.test(cloudCode)) {
    return 'the server could not prove that it is OBS; check HUAWEICLOUD_OBS_ENDPOINT, and that the name of the bucket has no dots';
  }
  if (status === undefined) return undefined;
  if (status >= 300 && status < 400) {
    return `the redirect was not followed; the bucket ${bucket} may lie in another region: set HUAWEICLOUD_OBS_ENDPOINT to the endpoint of its region`;
  }
  switch (cloudCode) {
    case 'NoSuchBucket':
      return `there is no bucket ${bucket}; create it, or correct ledger.obs.bucket in the jobs file`;
    case 'ObjectNotAppendable':
      return `nothing can be added to this object: it was put and not appended (remove it), has had 10,000 appends, or the bucket ${bucket} has an archive storage class or is a parallel file system (${otherBucket})`;
    case 'InvalidObjectState':
      return `the bucket ${bucket} has an archive storage class; ${otherBucket}`;
    case 'OperationNotSupported':
    case 'InvalidBucketState':
      return `buckets with cross-region replication can't be appended to; ${otherBucket}`;
    case 'MethodNotAllowed':
      return `the bucket ${bucket} does not allow this; ${otherBucket}, an object bucket and not a parallel file system`;
    case 'RequestTimeTooSkewed':
      return 'the clock of this machine is more than 15 minutes wrong; set it';
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return 'OBS does not know these keys; check the agency of the function, or HUAWEICLOUD_SDK_AK, _SK and _SECURITY_TOKEN';
    default:
  }
  if (status !== 403) return undefined;
  const permissions = 'obs:object:GetObject, PutObject, DeleteObject and obs:bucket:ListBucket';
  return operation === 'appendObject'
    ? `give the function's agency ${permissions}; if it has them, the bucket ${bucket} may have WORM enabled: ${otherBucket}`
    : `give the function's agency ${permissions} for the bucket ${bucket}`;
}
