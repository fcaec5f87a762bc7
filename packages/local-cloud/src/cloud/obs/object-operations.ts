import type { StoredObject } from './bucket.ts';
import { type ByteRange, readRange, wholeRange } from './byte-range.ts';
import { unmetCondition } from './conditions.ts';
import type { Bucket } from './local-obs.ts';
import {
  attributesOf,
  classOf,
  objectHeaders,
  quotedETag,
  replacedHeaders,
  versionHeaders,
} from './object-attributes.ts';
import { type ObsCall, type ObsContext, type ObsResponse, versionIdOf } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { contentMd5, readBody } from './request-body.ts';
import { restorationAt } from './restore-operation.ts';

/** "Uploading Objects - PUT" (API reference obs_04_0080). */
export async function putObject({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const object = await obs.put(call.bucket, call.key, call.body, attributesOf(call), contentMd5(call));
  const headers = { ETag: quotedETag(object), ...versionHeaders(obs.bucket(call.bucket), call, object) };
  return { status: 200, headers };
}

/** "Appending an Object" (API reference obs_04_0088). */
export async function appendObject({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const position = call.query.get('position') ?? '';
  if (!/^\d{1,15}$/.test(position)) throw obsErrors.invalidArgument('position must be a non-negative integer');
  const data = await readBody(call);
  const object = await obs.append(call.bucket, call.key, Number(position), data, attributesOf(call));
  return {
    status: 200,
    headers: {
      ETag: quotedETag(object),
      // The same name in both dialects.
      'x-obs-next-append-position': String(object.size),
      ...versionHeaders(obs.bucket(call.bucket), call, object),
    },
  };
}

/** "Downloading Objects" (API reference obs_04_0083). */
export async function getObject(context: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { obs } = context;
  const bucket = obs.bucket(call.bucket);
  let range: ByteRange | undefined;
  let isModified = true;
  const { object, content } = await obs.open(call.bucket, call.key, versionIdOf(call), (found) => {
    isModified = checkConditions(context, call, found);
    if (!isModified) return { start: 0, end: -1 };
    checkReadable(found, bucket, context.now());
    range = readRange(call.headers.range, found.size);
    return range ?? wholeRange(found);
  });
  if (!isModified) return notModified(bucket, call, object);
  const headers = { ...objectHeaders(bucket, call, object), ...replacedHeaders(call) };
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
export async function headObject(context: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const bucket = context.obs.bucket(call.bucket);
  const object = await context.obs.stat(call.bucket, call.key, versionIdOf(call));
  if (!checkConditions(context, call, object)) return notModified(bucket, call, object);
  return { status: 200, headers: { ...objectHeaders(bucket, call, object), ...restoreHeader(context, call, object) } };
}

/** Whether the object is being restored, or until when it is (API reference obs_04_0084). */
function restoreHeader({ now }: ObsContext, { dialect }: ObsCall, object: StoredObject): Record<string, string> {
  const restoration = restorationAt(object, now());
  if (restoration === undefined) return {};
  const isOngoing = now() < restoration.fromMs;
  const expiry = isOngoing ? '' : `, expiry-date="${new Date(restoration.untilMs).toUTCString()}"`;
  return { [`${dialect.headerPrefix}restore`]: `ongoing-request="${isOngoing}"${expiry}` };
}

/** "Deleting an Object" (API reference obs_04_0085): 204 also if the object did not exist. */
export async function deleteObject({ obs }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const removed = await obs.remove(call.bucket, call.key, versionIdOf(call));
  return { status: 204, headers: removed === undefined ? {} : versionHeaders(obs.bucket(call.bucket), call, removed) };
}

/** @throws {ObsError} 403 InvalidObjectState for an archived object that is not restored */
export function checkReadable(object: StoredObject, bucket: Bucket, now: number): void {
  if (classOf(object, bucket) !== 'COLD') return;
  const restoration = restorationAt(object, now);
  if (restoration === undefined || now < restoration.fromMs) throw obsErrors.invalidObjectState();
}

/** @returns whether the object was modified as the client asks. @throws {ObsError} 412 */
function checkConditions({ now }: ObsContext, { headers }: ObsCall, object: StoredObject): boolean {
  const unmet = unmetCondition(
    {
      ifMatch: headers['if-match'],
      ifNoneMatch: headers['if-none-match'],
      ifModifiedSince: headers['if-modified-since'],
      ifUnmodifiedSince: headers['if-unmodified-since'],
    },
    object,
    now(),
  );
  if (unmet === 'ifMatch' || unmet === 'ifUnmodifiedSince') throw obsErrors.preconditionFailed();
  return unmet === undefined;
}

function notModified(bucket: Bucket, call: ObsCall, object: StoredObject): ObsResponse {
  const { 'Content-Length': _length, 'Content-Type': _type, ...headers } = objectHeaders(bucket, call, object);
  return { status: 304, headers };
}
