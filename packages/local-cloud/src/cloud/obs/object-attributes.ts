import { validateHeaderValue } from 'node:http';
import { aclOfHeaders } from './acl.ts';
import type { Attributes, StoredObject } from './bucket.ts';
import type { Bucket } from './local-obs.ts';
import { type ObsCall, prefixedHeader } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { readStorageClass, type StorageClass, storageClassName } from './storage-class.ts';
import { readTagHeader } from './tags.ts';

/** Stored and returned as they are, beside Content-Type (API reference obs_04_0091). */
const STORED_HEADERS = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];
/** Query parameters that replace headers of the response (API reference obs_04_0083). */
const REPLACED_HEADERS = ['content-type', ...STORED_HEADERS];

/** The attributes in an upload's headers. @throws {ObsError} 400 for an unknown storage class, ACL or malformed tags */
export function attributesOf(call: ObsCall): Attributes {
  const { headers, dialect } = call;
  const prefix = `${dialect.headerPrefix}meta-`;
  const metadata = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), String(value)] as const] : [],
  );
  const stored = STORED_HEADERS.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  const redirect = prefixedHeader(call, 'website-redirect-location');
  const tagging = prefixedHeader(call, 'tagging');
  return {
    contentType: headers['content-type'],
    metadata: Object.fromEntries(metadata),
    headers: Object.fromEntries([
      ...stored,
      ...(redirect === undefined ? [] : [['website-redirect-location', redirect] as const]),
    ]),
    storageClass: storageClassOf(call),
    tags: tagging === undefined ? undefined : readTagHeader(tagging),
    acl: aclOfHeaders(call),
  };
}

/** The storage class in the headers; undefined if there is none. @throws {ObsError} 400 InvalidArgument */
function storageClassOf(call: ObsCall): StorageClass | undefined {
  const name = prefixedHeader(call, 'storage-class');
  if (name === undefined) return undefined;
  const storageClass = readStorageClass(name);
  if (storageClass === undefined) throw obsErrors.invalidArgument(`The storage class ${name} does not exist.`);
  return storageClass;
}

/** The headers of a response with an object's attributes. */
export function attributeHeaders(bucket: Bucket, { dialect }: ObsCall, object: StoredObject): Record<string, string> {
  const { headerPrefix } = dialect;
  const metadata = Object.entries(object.metadata).map(([name, value]) => [`${headerPrefix}meta-${name}`, value]);
  const { 'website-redirect-location': redirect, ...stored } = object.headers ?? {};
  const storageClass = classOf(object, bucket);
  return {
    'Content-Type': object.contentType ?? 'binary/octet-stream',
    ...Object.fromEntries(metadata),
    ...stored,
    ...(redirect === undefined ? {} : { [`${headerPrefix}website-redirect-location`]: redirect }),
    ...(storageClass === 'STANDARD'
      ? {}
      : { [`${headerPrefix}storage-class`]: storageClassName(storageClass, dialect) }),
    ...(object.tags?.length ? { [`${headerPrefix}tagging-count`]: String(object.tags.length) } : {}),
  };
}

/** All headers of a response with an object. */
export function objectHeaders(bucket: Bucket, call: ObsCall, object: StoredObject): Record<string, string> {
  return {
    ETag: quotedETag(object),
    'Content-Length': String(object.size),
    'Last-Modified': new Date(object.modifiedMs).toUTCString(),
    'Accept-Ranges': 'bytes',
    ...attributeHeaders(bucket, call, object),
    ...(object.appends === undefined
      ? {}
      : { 'x-obs-object-type': 'Appendable', 'x-obs-next-append-position': String(object.size) }),
    ...versionHeaders(bucket, call, object),
  };
}

/** The headers that the parameters of a download replace. @throws {ObsError} 400 for a value that a header cannot have */
export function replacedHeaders({ query }: ObsCall): Record<string, string> {
  const replaced = REPLACED_HEADERS.flatMap((name) => {
    const value = query.get(`response-${name}`);
    if (value === null) return [];
    checkHeaderValue(`response-${name}`, value);
    return [[name === 'content-type' ? 'Content-Type' : name, value] as const];
  });
  const name = query.get('attname');
  const attachment =
    name === null ? {} : { 'content-disposition': `attachment;filename="${encodeURIComponent(name)}"` };
  return { ...attachment, ...Object.fromEntries(replaced) };
}

function checkHeaderValue(parameter: string, value: string): void {
  try {
    validateHeaderValue(parameter, value);
  } catch {
    throw obsErrors.invalidArgument(`${parameter} has characters that a header cannot have.`);
  }
}

/** Empty unless the bucket has, or had, versioning. */
export function versionHeaders(
  { config }: Bucket,
  { dialect: { headerPrefix } }: ObsCall,
  { versionId, isDeleteMarker }: StoredObject,
): Record<string, string> {
  if (config.now.versioning === undefined) return {};
  return {
    [`${headerPrefix}version-id`]: versionId,
    ...(isDeleteMarker ? { [`${headerPrefix}delete-marker`]: 'true' } : {}),
  };
}

export function classOf({ storageClass }: StoredObject, { config }: Bucket): StorageClass {
  return storageClass ?? config.now.storageClass ?? 'STANDARD';
}

export function quotedETag({ eTag }: { readonly eTag: string }): string {
  return `"${eTag}"`;
}
