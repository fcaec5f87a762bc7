/** The operations of the local OBS, named like the actions in the API reference. */
export const OBS_OPERATIONS = [
  'ListBuckets',
  'HeadBucket',
  'GetBucketVersioning',
  'ListObjects',
  'ListVersions',
  'PutObject',
  'CopyObject',
  'GetObject',
  'HeadObject',
  'DeleteObject',
  'AppendObject',
  'InitiateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
] as const;

export type ObsOperationName = (typeof OBS_OPERATIONS)[number];

export interface Target {
  readonly method: string;
  /** Empty for an operation on the service itself. */
  readonly bucket: string;
  /** Empty for an operation on the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly isCopy: boolean;
}

/** The operation of a request; undefined if the local OBS does not support it. */
export function findObsOperation(target: Target): ObsOperationName | undefined {
  if (target.bucket === '') return target.method === 'GET' ? 'ListBuckets' : undefined;
  return target.key === '' ? bucketOperation(target) : objectOperation(target);
}

function bucketOperation({ method, query }: Target): ObsOperationName | undefined {
  if (method === 'HEAD') return 'HeadBucket';
  if (method !== 'GET') return undefined;
  if (query.has('versioning')) return 'GetBucketVersioning';
  return query.has('versions') ? 'ListVersions' : 'ListObjects';
}

function objectOperation({ method, query, isCopy }: Target): ObsOperationName | undefined {
  const isPart = query.has('uploadId');
  switch (method) {
    case 'GET':
      return isPart ? undefined : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'PUT':
      if (isPart) return isCopy ? undefined : 'UploadPart';
      return isCopy ? 'CopyObject' : 'PutObject';
    case 'DELETE':
      return isPart ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (query.has('append')) return 'AppendObject';
      if (query.has('uploads')) return 'InitiateMultipartUpload';
      return isPart ? 'CompleteMultipartUpload' : undefined;
    default:
      return undefined;
  }
}
