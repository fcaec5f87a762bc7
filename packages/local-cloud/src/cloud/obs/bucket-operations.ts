import { aclOfHeaders } from './acl.ts';
import type { BucketConfig } from './bucket-config.ts';
import { type ObsCall, type ObsContext, type ObsResponse, prefixedHeader } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { readBody } from './request-body.ts';
import { readStorageClass, type StorageClass, storageClassName } from './storage-class.ts';
import { xmlDocument } from './xml.ts';
import { checkNames, readXml, textOf } from './xml-reader.ts';

const CREATION_BYTES = 20 * 1024;

/** "Obtaining a Bucket List" (API reference obs_04_0020). */
export async function listBuckets({ obs, region }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  await obs.adoptAll();
  const buckets = obs.buckets().map(({ name }) => {
    const { createdMs, parallelFileSystem } = obs.bucket(name).config.now;
    return [
      'Bucket',
      [
        ['Name', name],
        ['CreationDate', new Date(createdMs).toISOString()],
        ['Location', region],
        ['BucketType', parallelFileSystem ? 'POSIX' : 'OBJECT'],
      ],
    ] as const;
  });
  const body = xmlDocument('ListAllMyBucketsResult', [
    ['Owner', [['ID', call.account.domainId]]],
    ['Buckets', buckets],
  ]);
  return { status: 200, body };
}

/**
 * "Creating a Bucket" (API reference obs_04_0021). An existing bucket keeps its properties, and the response is the same. Unlike the page, no request
 * needs a location.
 */
export async function createBucket({ obs, region }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const body = await readBody(call, CREATION_BYTES);
  const location = body.length === 0 ? undefined : readLocation(body.toString('utf8'));
  if (location !== undefined && location !== '' && location !== region) throw obsErrors.invalidLocationConstraint();
  const config = readCreation(call);
  await obs.adopt(call.bucket);
  await obs.createBucket(call.bucket, config);
  return { status: 200, headers: { Location: `/${call.bucket}` } };
}

function readLocation(body: string): string | undefined {
  const document = readXml(body, 'CreateBucketConfiguration');
  checkNames(document, 'Location', 'LocationConstraint');
  return textOf(document, 'Location') ?? textOf(document, 'LocationConstraint');
}

function readCreation(call: ObsCall): Partial<BucketConfig> {
  const fileInterface = prefixedHeader(call, 'fs-file-interface');
  if (fileInterface !== undefined && fileInterface !== 'Enabled')
    throw obsErrors.invalidArgument('The file interface must be Enabled.');
  if (prefixedHeader(call, 'bucket-object-lock-enabled') !== undefined) throw obsErrors.notImplemented();
  const name = prefixedHeader(call, 'storage-class') ?? call.headers['x-default-storage-class'];
  return {
    storageClass: name === undefined ? undefined : readDefaultClass(String(name)),
    parallelFileSystem: fileInterface === 'Enabled',
    acl: aclOfHeaders(call),
  };
}

/** @throws {ObsError} 400 InvalidDefaultStorageClass */
export function readDefaultClass(name: string): StorageClass {
  const storageClass = readStorageClass(name);
  if (storageClass === undefined) throw obsErrors.invalidDefaultStorageClass();
  return storageClass;
}

/** "Deleting Buckets" (API reference obs_04_0025): a bucket with uploads in progress is not empty. */
export async function deleteBucket({ obs, uploads }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  if (uploads.of(call.bucket).length > 0) throw obsErrors.bucketNotEmpty();
  await obs.deleteBucket(call.bucket);
  return { status: 204 };
}

/** "Obtaining Bucket Metadata" (API reference obs_04_0023; the headers of the S3 dialect: esdk-obs-nodejs 3.26.8). */
export function headBucket({ obs, region }: ObsContext, { bucket, dialect }: ObsCall): ObsResponse {
  const { storageClass = 'STANDARD', parallelFileSystem } = obs.bucket(bucket).config.now;
  const s3 = { 'x-default-storage-class': storageClassName(storageClass, dialect), 'x-amz-bucket-region': region };
  return {
    status: 200,
    headers: {
      'x-obs-version': '3.0',
      'x-obs-bucket-location': region,
      'x-obs-storage-class': storageClass,
      ...(parallelFileSystem ? { 'x-obs-fs-file-interface': 'Enabled' } : {}),
      ...(dialect.scheme === 'AWS' ? s3 : {}),
    },
  };
}

/** "Obtaining Bucket Location" (API reference obs_04_0024; the S3 dialect: esdk-obs-nodejs 3.26.8). */
export function getBucketLocation({ obs, region }: ObsContext, { bucket, dialect }: ObsCall): ObsResponse {
  obs.bucket(bucket);
  const body =
    dialect.scheme === 'AWS'
      ? xmlDocument('CreateBucketConfiguration', [['LocationConstraint', region]])
      : xmlDocument('Location', region);
  return { status: 200, body };
}

/** "Obtaining Storage Information of a Bucket" (API reference obs_04_0054): without the documented delay. */
export async function getBucketStorageInfo({ obs }: ObsContext, { bucket }: ObsCall): Promise<ObsResponse> {
  const versions = await obs.bucket(bucket).storage.versions('');
  const body = xmlDocument('GetBucketStorageInfoResult', [
    ['Size', versions.reduce((sum, { size }) => sum + size, 0)],
    ['ObjectNumber', versions.filter(({ isDeleteMarker }) => !isDeleteMarker).length],
  ]);
  return { status: 200, body };
}

/** "Querying Bucket Storage Quota" (API reference obs_04_0053): no bucket has one. */
export function getBucketQuota({ obs }: ObsContext, { bucket }: ObsCall): ObsResponse {
  obs.bucket(bucket);
  return { status: 200, body: xmlDocument('Quota', [['StorageQuota', 0]]) };
}
