import { Buffer } from 'node:buffer';
import type { BucketSettings, StoredObject } from './bucket.ts';
import type { LocalObs } from './local-obs.ts';
import { type MultipartUploads, multipartETag, namedParts, readPartNumber, readParts } from './multipart.ts';
import { attributesOf, type ObsCall, type ObsResponse } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { textsOf, xmlDocument } from './xml.ts';

/** "Uploading Objects - PUT" (API reference obs_04_0080). */
export async function putObject(obs: LocalObs, call: ObsCall): Promise<ObsResponse> {
  const object = await obs.put(call.bucket, call.key, call.body, attributesOf(call), contentMd5(call));
  return { status: 200, headers: { ETag: quoted(object), ...versionHeader(obs, call, object) } };
}

/** "Copying Objects" (API reference obs_04_0082). The copy is a normal object, even if the source is appendable. */
export async function copyObject(obs: LocalObs, call: ObsCall): Promise<ObsResponse> {
  const source = readCopySource(String(call.headers[`${call.dialect.headerPrefix}copy-source`]));
  const { object, content } = await obs.open(source.bucket, source.key, source.versionId, wholeRange);
  const replaces = call.headers[`${call.dialect.headerPrefix}metadata-directive`] === 'REPLACE';
  const { contentType, metadata } = replaces ? attributesOf(call) : object;
  const copy = await obs.put(
    call.bucket,
    call.key,
    content,
    { contentType, metadata },
    undefined,
    'ObjectCreated:Copy',
  );
  return {
    status: 200,
    headers: versionHeader(obs, call, copy),
    body: xmlDocument('CopyObjectResult', [
      ['LastModified', new Date(copy.modifiedMs).toISOString()],
      ['ETag', quoted(copy)],
    ]),
  };
}

/** "Appending an Object" (API reference obs_04_0088). */
export async function appendObject(obs: LocalObs, call: ObsCall): Promise<ObsResponse> {
  const position = call.query.get('position') ?? '';
  if (!/^\d{1,15}$/.test(position)) throw obsErrors.invalidArgument('position must be a non-negative integer');
  const data = await readAll(call.body);
  const object = await obs.append(call.bucket, call.key, Number(position), data, attributesOf(call), contentMd5(call));
  return {
    status: 200,
    headers: {
      ETag: quoted(object),
      // The same name in both dialects.
      'x-obs-next-append-position': String(object.size),
      ...versionHeader(obs, call, object),
    },
  };
}

/** "Downloading Objects" (API reference obs_04_0083): supports `Range`, but no conditions. */
export async function getObject(obs: LocalObs, call: ObsCall): Promise<ObsResponse> {
  let range: { start: number; end: number } | undefined;
  const { object, content } = await obs.open(call.bucket, call.key, versionIdOf(call), (found) => {
    range = readRange(call.headers.range, found.size);
    return range ?? wholeRange(found);
  });
  const headers = objectHeaders(obs, call, object);
  if (range === undefined) return { status: 200, headers, body: content };
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'Content-Length': String(end - start + 1),
      'Content-Range': `bytes ${start}-${end}/${object.size}`,
    },
    body: content,
  };
}

/** "Querying Object Metadata" (API reference obs_04_0084). */
export async function headObject(obs: LocalObs, call: ObsCall): Promise<ObsResponse> {
  const object = await obs.stat(call.bucket, call.key, versionIdOf(call));
  return { status: 200, headers: objectHeaders(obs, call, object) };
}

/** "Deleting an Object" (API reference obs_04_0085): 204 also if the object did not exist. */
export async function deleteObject(obs: LocalObs, call: ObsCall): Promise<ObsResponse> {
  const removed = await obs.remove(call.bucket, call.key, versionIdOf(call));
  const headers = removed === undefined ? {} : versionHeader(obs, call, removed);
  return { status: 204, headers };
}

/** "Initiating a Multipart Upload" (API reference obs_04_0098). */
export function initiateMultipartUpload(obs: LocalObs, uploads: MultipartUploads, call: ObsCall): ObsResponse {
  obs.bucket(call.bucket);
  const { id } = uploads.begin(call.bucket, call.key, attributesOf(call));
  const body = xmlDocument('InitiateMultipartUploadResult', [
    ['Bucket', call.bucket],
    ['Key', call.key],
    ['UploadId', id],
  ]);
  return { status: 200, body };
}

/** "Multipart Upload" (API reference obs_04_0099). */
export async function uploadPart(obs: LocalObs, uploads: MultipartUploads, call: ObsCall): Promise<ObsResponse> {
  const number = readPartNumber(call.query.get('partNumber') ?? '');
  const upload = uploads.get(call.bucket, call.key, call.query.get('uploadId') ?? '');
  const staged = await obs.stage(call.bucket, call.body, contentMd5(call));
  await uploads.setPart(upload, number, staged);
  return { status: 200, headers: { ETag: `"${staged.md5}"` } };
}

/** "Completing a Multipart Upload" (API reference obs_04_0102). */
export async function completeMultipartUpload(
  obs: LocalObs,
  uploads: MultipartUploads,
  call: ObsCall,
): Promise<ObsResponse> {
  const document = (await readAll(call.body)).toString('utf8');
  const upload = uploads.get(call.bucket, call.key, call.query.get('uploadId') ?? '');
  const numbers = textsOf(document, 'PartNumber');
  const eTags = textsOf(document, 'ETag');
  if (numbers.length !== eTags.length) throw obsErrors.malformedXml();
  const parts = namedParts(
    upload,
    numbers.map((number, i) => ({ number: readPartNumber(number), eTag: eTags[i] ?? '' })),
  );
  const object = await obs.put(
    call.bucket,
    call.key,
    readParts(parts),
    upload.attributes,
    undefined,
    'ObjectCreated:CompleteMultipartUpload',
    obs.assumed('multipart-etag') === 'of-parts' ? multipartETag(parts) : undefined,
  );
  await uploads.end(upload);
  const body = xmlDocument('CompleteMultipartUploadResult', [
    ['Location', `/${call.bucket}/${call.key}`],
    ['Bucket', call.bucket],
    ['Key', call.key],
    ['ETag', quoted(object)],
  ]);
  return { status: 200, headers: versionHeader(obs, call, object), body };
}

/** "Canceling a Multipart Upload Task" (API reference obs_04_0103). */
export async function abortMultipartUpload(uploads: MultipartUploads, call: ObsCall): Promise<ObsResponse> {
  await uploads.end(uploads.get(call.bucket, call.key, call.query.get('uploadId') ?? ''));
  return { status: 204 };
}

/** "Obtaining Bucket Metadata" (API reference obs_04_0024). */
export function headBucket({ storageClass, parallelFileSystem }: BucketSettings, region: string): ObsResponse {
  return {
    status: 200,
    headers: {
      'x-obs-version': '3.0',
      'x-obs-bucket-location': region,
      'x-obs-storage-class': storageClass ?? 'STANDARD',
      ...(parallelFileSystem ? { 'x-obs-fs-file-interface': 'Enabled' } : {}),
    },
  };
}

/** "Obtaining Bucket Versioning Status" (API reference obs_04_0038): the status is missing if versioning was never enabled. */
export function bucketVersioning({ versioning }: BucketSettings): ObsResponse {
  return { status: 200, body: xmlDocument('VersioningConfiguration', versioning ? [['Status', 'Enabled']] : []) };
}

function objectHeaders(obs: LocalObs, call: ObsCall, object: StoredObject): Record<string, string> {
  const { headerPrefix } = call.dialect;
  const metadata = Object.entries(object.metadata).map(([name, value]) => [`${headerPrefix}meta-${name}`, value]);
  return {
    ETag: quoted(object),
    'Content-Length': String(object.size),
    'Content-Type': object.contentType ?? 'binary/octet-stream',
    'Last-Modified': new Date(object.modifiedMs).toUTCString(),
    'Accept-Ranges': 'bytes',
    ...Object.fromEntries(metadata),
    ...(object.appends === undefined
      ? {}
      : { 'x-obs-object-type': 'Appendable', 'x-obs-next-append-position': String(object.size) }),
    ...versionHeader(obs, call, object),
  };
}

function versionHeader(obs: LocalObs, call: ObsCall, { versionId, isDeleteMarker }: StoredObject) {
  if (!obs.bucket(call.bucket).settings.versioning) return {};
  const { headerPrefix } = call.dialect;
  return {
    [`${headerPrefix}version-id`]: versionId,
    ...(isDeleteMarker ? { [`${headerPrefix}delete-marker`]: 'true' } : {}),
  };
}

function readCopySource(header: string): { bucket: string; key: string; versionId: string | undefined } {
  const [pathname = '', query = ''] = header.split('?');
  let source: string;
  try {
    source = decodeURIComponent(pathname).replace(/^\//, '');
  } catch {
    throw obsErrors.invalidArgument('The copy source is not percent-encoded UTF-8.');
  }
  const slash = source.indexOf('/');
  if (slash <= 0 || slash === source.length - 1)
    throw obsErrors.invalidArgument('The copy source must be /bucket/key.');
  const versionId = new URLSearchParams(query).get('versionId') ?? undefined;
  return { bucket: source.slice(0, slash), key: source.slice(slash + 1), versionId };
}

/** @throws {ObsError} 416; a header that is not a single byte range is ignored (RFC 9110) */
function readRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, from = '', to = ''] = parts ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(size - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < start) return undefined;
  if (start >= size || (from === '' && Number(to) === 0)) throw obsErrors.invalidRange();
  return { start, end };
}

function wholeRange({ size }: StoredObject): { start: number; end: number } {
  return { start: 0, end: size - 1 };
}

function versionIdOf({ query }: ObsCall): string | undefined {
  return query.get('versionId') ?? undefined;
}

function contentMd5({ headers }: ObsCall): string | undefined {
  const value = headers['content-md5'];
  return Array.isArray(value) ? value[0] : value;
}

function quoted({ eTag }: StoredObject): string {
  return `"${eTag}"`;
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
