import type { BucketSettings, BucketStorage, StoredObject } from './bucket.ts';
import { compareKeys } from './key-order.ts';
import { type ListingRequest, listPage, readMaxKeys } from './listing.ts';
import type { LocalObs } from './local-obs.ts';
import type { ObsCall, ObsResponse } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { type XmlContent, xmlDocument } from './xml.ts';

/** "Listing Objects in a Bucket" (API reference obs_04_0022): the latest versions, without their IDs. */
export async function listObjects(
  obs: LocalObs,
  call: ObsCall,
  bucket: BucketSettings,
  storage: BucketStorage,
): Promise<ObsResponse> {
  const request = readListing(obs, call, 'marker');
  const keys = (await storage.keys(request.prefix)).filter((key) => !obs.isUnlisted(call.bucket, key));
  const page = listPage(keys, (key) => key, request);
  const encode = encoderOf(call);
  const objects = await Promise.all(page.items.map((key) => storage.find(key)));
  const content: XmlContent = [
    ['Name', bucket.name],
    ['Prefix', encode(request.prefix)],
    ['Marker', encode(request.marker)],
    ...(page.isTruncated && page.last ? [['NextMarker', encode(page.last.name)] as const] : []),
    ['MaxKeys', request.maxKeys],
    ...(request.delimiter === '' ? [] : [['Delimiter', encode(request.delimiter)] as const]),
    ...encodingType(call),
    ['IsTruncated', page.isTruncated],
    // Objects deleted in the meantime are left out.
    ...objects.flatMap((object) =>
      object === undefined ? [] : [['Contents', objectContent(object, bucket, call, encode)] as const],
    ),
    ...commonPrefixes(page.commonPrefixes, encode),
  ];
  return { status: 200, body: xmlDocument('ListBucketResult', content) };
}

/** The same page with `versions`: all versions with their IDs. */
export async function listVersions(
  obs: LocalObs,
  call: ObsCall,
  bucket: BucketSettings,
  storage: BucketStorage,
): Promise<ObsResponse> {
  const request = readListing(obs, call, 'key-marker');
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
    ['Name', bucket.name],
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

function readListing(obs: LocalObs, { query }: ObsCall, markerName: string): ListingRequest {
  const maxKeys = readMaxKeys(query.get('max-keys'));
  if (maxKeys === undefined) throw obsErrors.invalidArgument('max-keys must be a non-negative integer');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    marker: query.get(markerName) ?? '',
    maxKeys: obs.assumed('object-page-size') === 'short' ? Math.min(maxKeys, 3) : maxKeys,
  };
}

function objectContent(
  object: StoredObject,
  bucket: BucketSettings,
  call: ObsCall,
  encode: (text: string) => string,
): XmlContent {
  return [
    ['Key', encode(object.key)],
    ['LastModified', new Date(object.modifiedMs).toISOString()],
    ['ETag', `"${object.eTag}"`],
    ['Size', object.size],
    ...(object.appends === undefined ? [] : [['Type', 'Appendable'] as const]),
    ['Owner', [['ID', call.account.domainId]]],
    ['StorageClass', bucket.storageClass ?? 'STANDARD'],
  ];
}

function versionContent(
  version: StoredObject,
  isLatest: boolean,
  bucket: BucketSettings,
  call: ObsCall,
  encode: (text: string) => string,
): XmlContent {
  const contentFields: XmlContent = version.isDeleteMarker
    ? []
    : [
        ['ETag', `"${version.eTag}"`],
        ['Size', version.size],
        ['StorageClass', bucket.storageClass ?? 'STANDARD'],
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
