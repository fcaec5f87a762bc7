import { type XmlContent, xmlDocument } from './xml.ts';

/** An error response of OBS, thrown where the error is found. */
export class ObsRefusal extends Error {
  override readonly name = 'ObsRefusal';
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
export function errorDocument(refusal: ObsRefusal, resource: string, requestId: string): string {
  const content: XmlContent = [
    ['Code', refusal.code],
    ['Message', refusal.message],
    ['Resource', resource],
    ['RequestId', requestId],
    ['HostId', 'bG9jYWwtb2Jz'],
  ];
  return xmlDocument('Error', content);
}

/** The errors of OBS. Codes and statuses: API reference obs_04_0115, unless noted otherwise. */
export const obsRefusals = {
  accessDenied: (why: string) => new ObsRefusal(403, 'AccessDenied', why),
  badDigest: () => new ObsRefusal(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.'),
  invalidDigest: () => new ObsRefusal(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.'),
  entityTooSmall: () =>
    new ObsRefusal(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size.'),
  entityTooLarge: () => new ObsRefusal(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.'),
  internal: (why: string) => new ObsRefusal(500, 'InternalError', `We encountered an internal error. ${why}`.trim()),
  invalidAccessKey: () =>
    new ObsRefusal(403, 'InvalidAccessKeyId', 'The access key ID you provided does not exist in our records.'),
  invalidArgument: (why: string) => new ObsRefusal(400, 'InvalidArgument', why),
  invalidPart: () => new ObsRefusal(400, 'InvalidPart', 'One or more of the specified parts could not be found.'),
  invalidPartOrder: () => new ObsRefusal(400, 'InvalidPartOrder', 'Parts were not in ascending order.'),
  invalidRange: () => new ObsRefusal(416, 'InvalidRange', 'The requested range cannot be satisfied.'),
  keyTooLong: () => new ObsRefusal(400, 'KeyTooLongError', 'Your key is too long.'),
  malformedXml: () => new ObsRefusal(400, 'MalformedXML', 'The XML you provided was not well-formed.'),
  methodNotAllowed: () =>
    new ObsRefusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.'),
  noSuchBucket: () => new ObsRefusal(404, 'NoSuchBucket', 'The specified bucket does not exist.'),
  noSuchKey: () => new ObsRefusal(404, 'NoSuchKey', 'The specified key does not exist.'),
  noSuchUpload: () => new ObsRefusal(404, 'NoSuchUpload', 'The specified multipart upload does not exist.'),
  noSuchVersion: () => new ObsRefusal(404, 'NoSuchVersion', 'The specified version does not exist.'),
  objectNotAppendable: () => new ObsRefusal(409, 'ObjectNotAppendable', 'The object is not appendable.'),
  positionNotEqualToLength: () =>
    new ObsRefusal(409, 'PositionNotEqualToLength', 'The position is not equal to the length of the object.'),
  requestTimeTooSkewed: () =>
    new ObsRefusal(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    ),
  signatureDoesNotMatch: () =>
    new ObsRefusal(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    ),
  slowDown: () => new ObsRefusal(503, 'SlowDown', 'Please reduce your request rate.'),
  serviceUnavailable: () => new ObsRefusal(503, 'ServiceUnavailable', 'The server is overloaded or busy.'),
} as const;
