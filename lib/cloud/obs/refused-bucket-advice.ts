import type { CloudError } from '../../kernel/errors.ts';

const CERTIFICATE_ERROR = /^(CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;

/**
 * What an operator must fix before a bucket can hold the ledger; `undefined` when no problem with the bucket is known.
 *
 * Codes and statuses: AppendObject (API reference obs_04_0088, errors as of 2024-05-17, WORM as of 2025-11-10), error codes (obs_04_0115).
 * The two `Invalid...State` codes are in the table; it is unconfirmed that an append returns them.
 */
export function refusedBucketAdvice(
  operation: string,
  bucket: string,
  { status, cloudCode = '' }: CloudError,
): string | undefined {
  const otherBucket = `use a bucket other than ${bucket} for the ledger`;
  if (CERTIFICATE_ERROR.test(cloudCode)) {
    return "the server's certificate could not be verified; check HUAWEICLOUD_OBS_ENDPOINT, and that the bucket name has no dots";
  }
  if (status === undefined) return undefined;
  if (status >= 300 && status < 400) {
    return `the redirect was not followed; the bucket ${bucket} may be in another region: set HUAWEICLOUD_OBS_ENDPOINT to the endpoint of its region`;
  }
  switch (cloudCode) {
    case 'NoSuchBucket':
      return `the bucket ${bucket} does not exist; create it, or correct ledger.obs.bucket in the jobs file`;
    case 'ObjectNotAppendable':
      return `this object cannot be appended to: it was not created by an append (remove it), has reached 10,000 appends, or the bucket ${bucket} has an archive storage class or is a parallel file system (${otherBucket})`;
    case 'InvalidObjectState':
      return `the bucket ${bucket} has an archive storage class; ${otherBucket}`;
    case 'OperationNotSupported':
    case 'InvalidBucketState':
      return `buckets with cross-region replication can't be appended to; ${otherBucket}`;
    case 'MethodNotAllowed':
      return `the bucket ${bucket} does not allow this; ${otherBucket} (an object bucket, not a parallel file system)`;
    case 'RequestTimeTooSkewed':
      return 'the clock of this machine is off by more than 15 minutes; correct it';
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return "OBS does not accept these keys; check the function's agency, or HUAWEICLOUD_SDK_AK, _SK and _SECURITY_TOKEN";
    default:
  }
  if (status !== 403) return undefined;
  const permissions = 'obs:object:GetObject, PutObject, DeleteObject and obs:bucket:ListBucket';
  return operation === 'appendObject'
    ? `give the function's agency ${permissions}; if it has them, the bucket ${bucket} may have WORM enabled: ${otherBucket}`
    : `give the function's agency ${permissions} for the bucket ${bucket}; what your own keys need is in docs/roles.md`;
}
