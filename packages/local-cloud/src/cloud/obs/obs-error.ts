import { type XmlContent, xmlDocument } from './xml.ts';

/** An error response of OBS, thrown where the error is found. */
export class ObsError extends Error {
  override readonly name = 'ObsError';
  readonly status: number;
  /** A code from the table of error codes (API reference obs_04_0115). */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The body of an error response (API reference obs_04_0115). */
export function errorDocument(error: ObsError, resource: string, requestId: string): string {
  const content: XmlContent = [
    ['Code', error.code],
    ['Message', error.message],
    ['Resource', resource],
    ['RequestId', requestId],
    ['HostId', 'bG9jYWwtb2Jz'],
  ];
  return xmlDocument('Error', content);
}

/** The errors of OBS. Codes and statuses: API reference obs_04_0115, unless noted otherwise. */
export const obsErrors = {
  accessDenied: (why: string) => new ObsError(403, 'AccessDenied', why),
  badDigest: () => new ObsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.'),
  bucketNotEmpty: () => new ObsError(409, 'BucketNotEmpty', 'The bucket that you tried to delete is not empty.'),
  fsNotSupport: () => new ObsError(405, 'FsNotSupport', 'The parallel file system does not support this API.'),
  invalidBucketName: () => new ObsError(400, 'InvalidBucketName', 'The specified bucket is not valid.'),
  invalidBucketState: (why: string) => new ObsError(409, 'InvalidBucketState', why),
  invalidDefaultStorageClass: () =>
    new ObsError(400, 'InvalidDefaultStorageClass', 'The default storage class is invalid.'),
  invalidLocationConstraint: () =>
    new ObsError(400, 'InvalidLocationConstraint', 'The specified location constraint is not valid.'),
  invalidObjectState: (why = "Operation is not valid for the source object's storage class") =>
    new ObsError(403, 'InvalidObjectState', why),
  invalidTag: (why: string) => new ObsError(400, 'InvalidTagError', why),
  invalidDigest: () => new ObsError(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.'),
  entityTooSmall: () =>
    new ObsError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size.'),
  entityTooLarge: () => new ObsError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.'),
  badChecksum: (name: string) =>
    new ObsError(400, 'BadDigest', `The ${name} you specified did not match what we received.`),
  /** The code of Amazon S3: the table of OBS has none for the header of version 4 signatures. */
  contentSha256Mismatch: () =>
    new ObsError(
      400,
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ),
  incompleteBody: (why: string) => new ObsError(400, 'IncompleteBody', why),
  missingContentLength: (header: string) =>
    new ObsError(411, 'MissingContentLength', `You must provide the ${header} header.`),
  missingHeader: (header: string) =>
    new ObsError(400, 'MissingRequiredHeader', `Missing required header for this request: ${header}`),
  internal: (why: string) => new ObsError(500, 'InternalError', `We encountered an internal error. ${why}`.trim()),
  invalidAccessKey: () =>
    new ObsError(403, 'InvalidAccessKeyId', 'The access key ID you provided does not exist in our records.'),
  invalidArgument: (why: string) => new ObsError(400, 'InvalidArgument', why),
  invalidPart: () => new ObsError(400, 'InvalidPart', 'One or more of the specified parts could not be found.'),
  invalidPartOrder: () => new ObsError(400, 'InvalidPartOrder', 'Parts were not in ascending order.'),
  invalidRange: () => new ObsError(416, 'InvalidRange', 'The requested range cannot be satisfied.'),
  invalidRequest: (why: string) => new ObsError(400, 'InvalidRequest', why),
  keyTooLong: () => new ObsError(400, 'KeyTooLongError', 'Your key is too long.'),
  malformedAcl: () =>
    new ObsError(400, 'MalformedACLError', 'The XML you provided was not well-formed or did not validate.'),
  malformedPolicy: (why: string) => new ObsError(400, 'MalformedPolicy', why),
  missingRequestBody: () => new ObsError(400, 'MissingRequestBodyError', 'Request body is empty.'),
  missingRequiredHeader: (name: string) =>
    new ObsError(400, 'MissingRequiredHeader', `Missing required header for this request: ${name}`),
  malformedXml: () => new ObsError(400, 'MalformedXML', 'The XML you provided was not well-formed.'),
  methodNotAllowed: () =>
    new ObsError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.'),
  notImplemented: () =>
    new ObsError(501, 'ServiceNotImplemented', 'The request method is not implemented by the server.'),
  noSuchBucket: () => new ObsError(404, 'NoSuchBucket', 'The specified bucket does not exist.'),
  /** Codes of configurations: the pages of their operations. */
  noSuchConfiguration: (code: string) => new ObsError(404, code, 'The specified configuration does not exist.'),
  noSuchKey: () => new ObsError(404, 'NoSuchKey', 'The specified key does not exist.'),
  noSuchUpload: () => new ObsError(404, 'NoSuchUpload', 'The specified multipart upload does not exist.'),
  noSuchVersion: () => new ObsError(404, 'NoSuchVersion', 'The specified version does not exist.'),
  objectHasAlreadyRestored: () =>
    new ObsError(
      409,
      'ObjectHasAlreadyRestored',
      'After restoring an archived object, you cannot shorten the restoration period of the archived object',
    ),
  objectNotAppendable: () => new ObsError(409, 'ObjectNotAppendable', 'The object is not appendable.'),
  preconditionFailed: () =>
    new ObsError(412, 'PreconditionFailed', 'At least one of the preconditions you specified did not hold'),
  positionNotEqualToLength: () =>
    new ObsError(409, 'PositionNotEqualToLength', 'The position is not equal to the length of the object.'),
  restoreAlreadyInProgress: () =>
    new ObsError(409, 'RestoreAlreadyInProgress', 'Object restore is already in progress'),
  requestTimeTooSkewed: () =>
    new ObsError(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    ),
  signatureDoesNotMatch: () =>
    new ObsError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    ),
  slowDown: () => new ObsError(503, 'SlowDown', 'Please reduce your request rate.'),
  serviceUnavailable: () => new ObsError(503, 'ServiceUnavailable', 'The server is overloaded or busy.'),
} as const;
