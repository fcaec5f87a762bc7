/** What a path names. */
type Scope = 'service' | 'bucket' | 'object';

/** The code of a refusal (error code table, API reference obs_04_0115). */
export type RefusalCode = 'ServiceNotImplemented' | 'MethodNotAllowed';

interface Route<Operation extends string, Refused extends RefusalCode | undefined> {
  readonly scope: Scope;
  readonly method: string;
  /** The query parameter that selects the operation; empty for the operation on the bucket or object itself. */
  readonly subResource: string;
  /** Named like the action in the API reference. */
  readonly operation: Operation;
  /** The page of the API reference (https://support.huaweicloud.com/intl/en-us/api-obs/<source>.html), or the SDK if no page has it. */
  readonly source: string;
  /** Undefined if the operation is implemented. */
  readonly refused: Refused;
  /** Only for requests with a copy source header, or only for those without; undefined if it makes no difference. */
  readonly copies?: boolean;
}

const SDK = 'esdk-obs-nodejs 3.26.8';
/** Not in the API reference of OBS; S3 clients may send it. */
const S3 = 'Amazon S3 API reference';

function done<const Name extends string>(
  scope: Scope,
  method: string,
  subResource: string,
  operation: Name,
  source: string,
  copies?: boolean,
): Route<Name, undefined> {
  const row = { scope, method, subResource, operation, source, refused: undefined };
  return copies === undefined ? row : { ...row, copies };
}

function refused(
  scope: Scope,
  method: string,
  subResource: string,
  operation: string,
  source: string,
): Route<string, RefusalCode> {
  return { scope, method, subResource, operation, source, refused: 'ServiceNotImplemented' };
}

/**
 * All operations of OBS, and those of S3 that its clients may try. A sub-resource with a method that has no row here is refused with 405
 * MethodNotAllowed. Other query parameters are ignored.
 */
export const OBS_ROUTES = [
  done('service', 'GET', '', 'ListBuckets', 'obs_04_0020'),

  done('bucket', 'GET', '', 'ListObjects', 'obs_04_0022'),
  done('bucket', 'GET', 'versions', 'ListVersions', 'obs_04_0022'),
  done('bucket', 'GET', 'list-type', 'ListObjectsV2', 'obs_04_0160'),
  done('bucket', 'HEAD', '', 'HeadBucket', 'obs_04_0023'),
  done('bucket', 'PUT', '', 'CreateBucket', 'obs_04_0021'),
  done('bucket', 'DELETE', '', 'DeleteBucket', 'obs_04_0025'),
  refused('bucket', 'POST', '', 'PostObject', 'obs_04_0081'),
  done('bucket', 'POST', 'delete', 'DeleteObjects', 'obs_04_0086'),
  done('bucket', 'GET', 'uploads', 'ListMultipartUploads', 'obs_04_0097'),
  done('bucket', 'GET', 'location', 'GetBucketLocation', 'obs_04_0024'),
  done('bucket', 'PUT', 'policy', 'SetBucketPolicy', 'obs_04_0027'),
  done('bucket', 'GET', 'policy', 'GetBucketPolicy', 'obs_04_0028'),
  done('bucket', 'DELETE', 'policy', 'DeleteBucketPolicy', 'obs_04_0029'),
  refused('bucket', 'GET', 'policyStatus', 'GetBucketPolicyPublicStatus', SDK),
  refused('bucket', 'GET', 'bucketStatus', 'GetBucketPublicStatus', SDK),
  done('bucket', 'PUT', 'acl', 'SetBucketAcl', 'obs_04_0030'),
  done('bucket', 'GET', 'acl', 'GetBucketAcl', 'obs_04_0031'),
  refused('bucket', 'PUT', 'logging', 'SetBucketLogging', 'obs_04_0032'),
  done('bucket', 'GET', 'logging', 'GetBucketLogging', 'obs_04_0033'),
  done('bucket', 'PUT', 'lifecycle', 'SetBucketLifecycle', 'obs_04_0034'),
  done('bucket', 'GET', 'lifecycle', 'GetBucketLifecycle', 'obs_04_0035'),
  done('bucket', 'DELETE', 'lifecycle', 'DeleteBucketLifecycle', 'obs_04_0036'),
  done('bucket', 'PUT', 'versioning', 'SetBucketVersioning', 'obs_04_0037'),
  done('bucket', 'GET', 'versioning', 'GetBucketVersioning', 'obs_04_0038'),
  done('bucket', 'PUT', 'notification', 'SetBucketNotification', 'obs_04_0039'),
  done('bucket', 'GET', 'notification', 'GetBucketNotification', 'obs_04_0040'),
  done('bucket', 'PUT', 'storageClass', 'SetBucketStorageClass', 'obs_04_0044'),
  done('bucket', 'GET', 'storageClass', 'GetBucketStorageClass', 'obs_04_0045'),
  done('bucket', 'PUT', 'storagePolicy', 'SetBucketStorageClass', SDK),
  done('bucket', 'GET', 'storagePolicy', 'GetBucketStorageClass', SDK),
  refused('bucket', 'PUT', 'replication', 'SetBucketReplication', 'obs_04_0046'),
  refused('bucket', 'GET', 'replication', 'GetBucketReplication', 'obs_04_0047'),
  refused('bucket', 'DELETE', 'replication', 'DeleteBucketReplication', 'obs_04_0048'),
  done('bucket', 'PUT', 'tagging', 'SetBucketTagging', 'obs_04_0049'),
  done('bucket', 'GET', 'tagging', 'GetBucketTagging', 'obs_04_0050'),
  done('bucket', 'DELETE', 'tagging', 'DeleteBucketTagging', 'obs_04_0051'),
  refused('bucket', 'PUT', 'quota', 'SetBucketQuota', 'obs_04_0052'),
  done('bucket', 'GET', 'quota', 'GetBucketQuota', 'obs_04_0053'),
  done('bucket', 'GET', 'storageinfo', 'GetBucketStorageInfo', 'obs_04_0054'),
  refused('bucket', 'PUT', 'inventory', 'SetBucketInventory', 'obs_04_0055'),
  refused('bucket', 'GET', 'inventory', 'GetBucketInventory', 'obs_04_0056'),
  refused('bucket', 'DELETE', 'inventory', 'DeleteBucketInventory', 'obs_04_0058'),
  refused('bucket', 'PUT', 'customdomain', 'SetBucketCustomDomain', 'obs_04_0059'),
  refused('bucket', 'GET', 'customdomain', 'GetBucketCustomDomain', 'obs_04_0060'),
  refused('bucket', 'DELETE', 'customdomain', 'DeleteBucketCustomDomain', 'obs_04_0061'),
  done('bucket', 'PUT', 'encryption', 'SetBucketEncryption', 'obs_04_0062'),
  done('bucket', 'GET', 'encryption', 'GetBucketEncryption', 'obs_04_0063'),
  done('bucket', 'DELETE', 'encryption', 'DeleteBucketEncryption', 'obs_04_0064'),
  refused('bucket', 'PUT', 'directcoldaccess', 'SetBucketDirectColdAccess', 'obs_04_0065'),
  refused('bucket', 'GET', 'directcoldaccess', 'GetBucketDirectColdAccess', 'obs_04_0066'),
  refused('bucket', 'DELETE', 'directcoldaccess', 'DeleteBucketDirectColdAccess', 'obs_04_0067'),
  refused('bucket', 'PUT', 'requestPayment', 'SetBucketRequestPayment', 'obs_04_0068'),
  done('bucket', 'GET', 'requestPayment', 'GetBucketRequestPayment', 'obs_04_0069'),
  refused('bucket', 'PUT', 'website', 'SetBucketWebsite', 'obs_04_0071'),
  done('bucket', 'GET', 'website', 'GetBucketWebsite', 'obs_04_0072'),
  refused('bucket', 'DELETE', 'website', 'DeleteBucketWebsite', 'obs_04_0073'),
  refused('bucket', 'PUT', 'cors', 'SetBucketCors', 'obs_04_0074'),
  done('bucket', 'GET', 'cors', 'GetBucketCors', 'obs_04_0075'),
  refused('bucket', 'DELETE', 'cors', 'DeleteBucketCors', 'obs_04_0076'),
  refused('bucket', 'OPTIONS', '', 'OptionsBucket', 'obs_04_0077'),
  refused('bucket', 'PUT', 'object-lock', 'SetBucketObjectLock', 'obs_04_0167'),
  refused('bucket', 'GET', 'object-lock', 'GetBucketObjectLock', 'obs_04_0168'),
  refused('bucket', 'PUT', 'mirrorBackToSource', 'SetBucketMirrorBackToSource', SDK),
  refused('bucket', 'GET', 'mirrorBackToSource', 'GetBucketMirrorBackToSource', SDK),
  refused('bucket', 'DELETE', 'mirrorBackToSource', 'DeleteBucketMirrorBackToSource', SDK),
  refused('bucket', 'PUT', 'publicAccessBlock', 'SetBucketPublicAccessBlock', SDK),
  refused('bucket', 'GET', 'publicAccessBlock', 'GetBucketPublicAccessBlock', SDK),
  refused('bucket', 'DELETE', 'publicAccessBlock', 'DeleteBucketPublicAccessBlock', SDK),
  refused('bucket', 'PUT', 'obscompresspolicy', 'SetBucketCompressPolicy', SDK),
  refused('bucket', 'GET', 'obscompresspolicy', 'GetBucketCompressPolicy', SDK),
  refused('bucket', 'DELETE', 'obscompresspolicy', 'DeleteBucketCompressPolicy', SDK),
  ...['accelerate', 'analytics', 'intelligent-tiering', 'metrics', 'ownershipControls'].flatMap((name) =>
    ['PUT', 'GET', 'DELETE'].map((method) => refused('bucket', method, name, `${method} ?${name}`, S3)),
  ),

  done('object', 'PUT', '', 'PutObject', 'obs_04_0080', false),
  done('object', 'PUT', '', 'CopyObject', 'obs_04_0082', true),
  done('object', 'GET', '', 'GetObject', 'obs_04_0083'),
  done('object', 'GET', 'attname', 'GetObject', 'obs_04_0083'),
  refused('object', 'GET', 'x-image-process', 'GetObject with x-image-process', 'obs_04_0083'),
  done('object', 'HEAD', '', 'HeadObject', 'obs_04_0084'),
  done('object', 'DELETE', '', 'DeleteObject', 'obs_04_0085'),
  done('object', 'POST', 'restore', 'RestoreObject', 'obs_04_0087'),
  done('object', 'POST', 'append', 'AppendObject', 'obs_04_0088'),
  done('object', 'PUT', 'acl', 'SetObjectAcl', 'obs_04_0089'),
  done('object', 'GET', 'acl', 'GetObjectAcl', 'obs_04_0090'),
  done('object', 'PUT', 'metadata', 'SetObjectMetadata', 'obs_04_0091'),
  refused('object', 'PUT', 'modify', 'ModifyObject', 'obs_04_0092'),
  refused('object', 'PUT', 'truncate', 'TruncateObject', 'obs_04_0093'),
  refused('object', 'POST', 'rename', 'RenameObject', 'obs_04_0094'),
  done('object', 'PUT', 'tagging', 'SetObjectTagging', 'obs_04_0172'),
  done('object', 'GET', 'tagging', 'GetObjectTagging', 'obs_04_0164'),
  done('object', 'DELETE', 'tagging', 'DeleteObjectTagging', 'obs_04_0165'),
  refused('object', 'PUT', 'retention', 'SetObjectRetention', 'obs_04_0166'),
  refused('object', 'GET', 'retention', 'GetObjectRetention', S3),
  refused('object', 'OPTIONS', '', 'OptionsObject', 'obs_04_0078'),
  done('object', 'POST', 'uploads', 'InitiateMultipartUpload', 'obs_04_0098'),
  done('object', 'PUT', 'uploadId', 'UploadPart', 'obs_04_0099', false),
  done('object', 'PUT', 'uploadId', 'CopyPart', 'obs_04_0100', true),
  done('object', 'GET', 'uploadId', 'ListParts', 'obs_04_0101'),
  done('object', 'POST', 'uploadId', 'CompleteMultipartUpload', 'obs_04_0102'),
  done('object', 'DELETE', 'uploadId', 'AbortMultipartUpload', 'obs_04_0103'),
  refused('object', 'PUT', 'legal-hold', 'SetObjectLegalHold', S3),
  refused('object', 'GET', 'legal-hold', 'GetObjectLegalHold', S3),
  refused('object', 'GET', 'attributes', 'GetObjectAttributes', S3),
  refused('object', 'GET', 'torrent', 'GetObjectTorrent', S3),
  refused('object', 'POST', 'select', 'SelectObjectContent', S3),
];

/** Sub-resources of the signature (obs_04_0010) that no operation of the reference has, and `partNumber`, which needs an `uploadId`. */
const WITHOUT_OPERATION = ['CDNNotifyConfiguration', 'backtosource', 'deletebucket', 'partNumber'];

type Row = (typeof OBS_ROUTES)[number];
type DoneRow = Extract<Row, { readonly refused: undefined }>;

export type ObsOperationName = DoneRow['operation'];

/** The implemented operations, named like the actions in the API reference. */
export const OBS_OPERATIONS: readonly ObsOperationName[] = [
  ...new Set(OBS_ROUTES.filter(isDone).map(({ operation }) => operation)),
];

const SUB_RESOURCES = new Set([
  ...OBS_ROUTES.map(({ subResource }) => subResource).filter((name) => name !== ''),
  ...WITHOUT_OPERATION,
]);

export interface Target {
  readonly method: string;
  /** Empty for an operation on the service itself. */
  readonly bucket: string;
  /** Empty for an operation on the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly isCopy: boolean;
}

/** Where a request leads: an operation that is done, or one that is refused. */
export type Destination =
  | { readonly operation: ObsOperationName; readonly refused: undefined }
  /** `operation` is undefined if OBS has none with this method, or if several sub-resources contradict each other. */
  | { readonly operation: string | undefined; readonly refused: RefusalCode | 'InvalidRequest' };

/** Finds the operation of a request. A request with a sub-resource never leads to the operation on the bucket or object itself. */
export function findObsRoute({ method, bucket, key, query, isCopy }: Target): Destination {
  const scope = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const named = [...new Set(query.keys())].filter((name) => SUB_RESOURCES.has(name));
  // A part is named by both.
  const subResources = named.includes('uploadId') ? named.filter((name) => name !== 'partNumber') : named;
  if (subResources.length > 1) return { operation: undefined, refused: 'InvalidRequest' };
  const [subResource = ''] = subResources;
  const row = OBS_ROUTES.find(
    (one) =>
      one.scope === scope &&
      one.method === method &&
      one.subResource === subResource &&
      (one.copies === undefined || one.copies === isCopy),
  );
  return row ?? { operation: undefined, refused: 'MethodNotAllowed' };
}

function isDone(row: Row): row is DoneRow {
  return row.refused === undefined;
}
