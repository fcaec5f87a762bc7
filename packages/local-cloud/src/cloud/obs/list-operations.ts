import type { StoredObject } from './bucket.ts';
import { compareKeys } from './key-order.ts';
import { type ListingRequest, listPage, readMaxKeys } from './listing.ts';
import type { Bucket, LocalObs } from './local-obs.ts';
import { classOf } from './object-attributes.ts';
import type { ObsCall, ObsContext, ObsResponse } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { storageClassName } from './storage-class.ts';
import { type XmlContent, xmlDocument } from './xml.ts';

/** "Listing Objects in a Bucket" (API reference obs_04_0022): the latest versions, without their IDs. */
export async function listObjects({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const bucket = obs.bucket(call.bucket);
  const request = readListing(obs, call, call.query.get('marker'));
  const page = listPage(await listedKeys(obs, call.bucket, request.prefix), (key) => key, request);
  const encode = encoderOf(call);
  const content: XmlContent = [
    ['Name', call.bucket],
    ['Prefix', encode(request.prefix)],
    ['Marker', encode(request.marker)],
    ...(page.isTruncated && page.last ? [['NextMarker', encode(page.last.name)] as const] : []),
    ['MaxKeys', request.maxKeys],
    ...(request.delimiter === '' ? [] : [['Delimiter', encode(request.delimiter)] as const]),
    ...encodingType(call),
    ['IsTruncated', page.isTruncated],
    ...(await contents(page.items, bucket, call, true)),
    ...commonPrefixes(page.commonPrefixes, encode),
  ];
  return { status: 200, body: xmlDocument('ListBucketResult', content) };
}

/** "Listing Objects in a Bucket (V2)" (API reference obs_04_0160): with a token instead of a marker, and without owners unless requested. */
export async function listObjectsV2({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { query } = call;
  if (query.get('list-type') !== '2') throw obsErrors.invalidArgument('list-type must be 2');
  const bucket = obs.bucket(call.bucket);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const request = readListing(obs, call, token === null ? startAfter : readToken(token));
  const page = listPage(await listedKeys(obs, call.bucket, request.prefix), (key) => key, request);
  const encode = encoderOf(call);
  const content: XmlContent = [
    ['Name', call.bucket],
    ['Prefix', encode(request.prefix)],
    ...(startAfter === null ? [] : [['StartAfter', encode(startAfter)] as const]),
    ...(token === null ? [] : [['ContinuationToken', token] as const]),
    ...(page.isTruncated && page.last ? [['NextContinuationToken', makeToken(page.last.name)] as const] : []),
    ['KeyCount', page.items.length + page.commonPrefixes.length],
    ['MaxKeys', request.maxKeys],
    ...(request.delimiter === '' ? [] : [['Delimiter', encode(request.delimiter)] as const]),
    ...encodingType(call),
    ['IsTruncated', page.isTruncated],
    ...(await contents(page.items, bucket, call, query.get('fetch-owner') === 'true')),
    ...commonPrefixes(page.commonPrefixes, encode),
  ];
  return { status: 200, body: xmlDocument('ListBucketResult', content) };
}

function makeToken(last: string): string {
  return Buffer.from(last).toString('base64url');
}

function readToken(token: string): string {
  const last = Buffer.from(token, 'base64url').toString();
  if (makeToken(last) !== token) throw obsErrors.invalidArgument('The continuation token provided is incorrect');
  return last;
}

/** The page of `ListObjects`, with `versions`: all versions with their IDs. */
export async function listVersions({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const bucket = obs.bucket(call.bucket);
  const { storage } = bucket;
  const request = readListing(obs, call, call.query.get('key-marker'));
  const versionMarker = call.query.get('version-id-marker') ?? '';
  const versions = (await storage.versions(request.prefix)).filter(({ key }) => !obs.isUnlisted(call.bucket, key));
  const markerAt = versions.findIndex(
    ({ key, versionId }) => key === request.marker && versionId === versionMarker && versionMarker !== '',
  );
  const page = listPage(
    versions.map((version, i) => ({ version, i, isLatest: versions[i - 1]?.key !== version.key })),
    ({ version }) => version.key,
    request,
    ({ version, i }) => (markerAt >= 0 ? i > markerAt : compareKeys(version.key, request.marker) > 0),
  );
  const encode = encoderOf(call);
  const next = page.isTruncated ? page.last : undefined;
  const content: XmlContent = [
    ['Name', call.bucket],
    ['Prefix', encode(request.prefix)],
    ['KeyMarker', encode(request.marker)],
    ['VersionIdMarker', versionMarker],
    ...(next ? [['NextKeyMarker', encode(next.name)] as const] : []),
    ...(next?.item ? [['NextVersionIdMarker', next.item.version.versionId] as const] : []),
    ['MaxKeys', request.maxKeys],
    ...(request.delimiter === '' ? [] : [['Delimiter', encode(request.delimiter)] as const]),
    ...encodingType(call),
    ['IsTruncated', page.isTruncated],
    ...page.items.map(
      ({ version, isLatest }) =>
        [
          version.isDeleteMarker ? 'DeleteMarker' : 'Version',
          versionContent(version, isLatest, bucket, call, encode),
        ] as const,
    ),
    ...commonPrefixes(page.commonPrefixes, encode),
  ];
  return { status: 200, body: xmlDocument('ListVersionsResult', content) };
}

function readListing(obs: LocalObs, { query }: ObsCall, marker: string | null): ListingRequest {
  const maxKeys = readMaxKeys(query.get('max-keys'));
  if (maxKeys === undefined) throw obsErrors.invalidArgument('max-keys must be a non-negative integer');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    marker: marker ?? '',
    maxKeys: obs.assumed('object-page-size') === 'short' ? Math.min(maxKeys, 3) : maxKeys,
  };
}

async function listedKeys(obs: LocalObs, bucket: string, prefix: string): Promise<string[]> {
  const keys = await obs.bucket(bucket).storage.keys(prefix);
  return keys.filter((key) => !obs.isUnlisted(bucket, key));
}

/** Objects deleted in the meantime are left out. */
async function contents(
  keys: readonly string[],
  bucket: Bucket,
  call: ObsCall,
  withOwner: boolean,
): Promise<XmlContent> {
  const objects = await Promise.all(keys.map((key) => bucket.storage.find(key)));
  return objects.flatMap((object) =>
    object === undefined ? [] : [['Contents', objectContent(object, bucket, call, withOwner)] as const],
  );
}

function objectContent(object: StoredObject, bucket: Bucket, call: ObsCall, withOwner: boolean): XmlContent {
  const encode = encoderOf(call);
  return [
    ['Key', encode(object.key)],
    ['LastModified', new Date(object.modifiedMs).toISOString()],
    ['ETag', `"${object.eTag}"`],
    ['Size', object.size],
    ...(object.appends === undefined ? [] : [['Type', 'Appendable'] as const]),
    ...(withOwner ? [['Owner', [['ID', call.account.domainId]]] as const] : []),
    ['StorageClass', storageClassName(classOf(object, bucket), call.dialect)],
  ];
}

function versionContent(
  version: StoredObject,
  isLatest: boolean,
  bucket: Bucket,
  call: ObsCall,
  encode: (text: string) => string,
): XmlContent {
  const contentFields: XmlContent = version.isDeleteMarker
    ? []
    : [
        ['ETag', `"${version.eTag}"`],
        ['Size', version.size],
        ['StorageClass', storageClassName(classOf(version, bucket), call.dialect)],
      ];
  return [
    ['Key', encode(version.key)],
    ['VersionId', version.versionId],
    ['IsLatest', isLatest],
    ['LastModified', new Date(version.modifiedMs).toISOString()],
    ...contentFields,
    ['Owner', [['ID', call.account.domainId]]],
  ];
}

function commonPrefixes(prefixes: readonly string[], encode: (text: string) => string): XmlContent {
  return prefixes.map((prefix) => ['CommonPrefixes', [['Prefix', encode(prefix)]]] as const);
}

function encoderOf({ query }: ObsCall): (text: string) => string {
  return query.get('encoding-type') === 'url' ? encodeURIComponent : (text) => text;
}

function encodingType({ query }: ObsCall): XmlContent {
  return query.get('encoding-type') === 'url' ? [['EncodingType', 'url']] : [];
}
