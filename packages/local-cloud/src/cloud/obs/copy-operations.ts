import type { Readable } from 'node:stream';
import type { Attributes, StoredObject } from './bucket.ts';
import { type ByteRange, wholeRange } from './byte-range.ts';
import { unmetCondition } from './conditions.ts';
import { readPartNumber } from './multipart.ts';
import { attributesOf, quotedETag, versionHeaders } from './object-attributes.ts';
import { checkReadable } from './object-operations.ts';
import { type ObsCall, type ObsContext, type ObsResponse, prefixedHeader } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { xmlDocument } from './xml.ts';

/** "Copying Objects" (API reference obs_04_0082). The copy is a normal object, even if the source is appendable. */
export async function copyObject(context: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { obs } = context;
  const sent = attributesOf(call);
  const { object, content } = await openSource(context, call, wholeRange);
  const copy = await closing(content, async () => {
    const attributes = copiedAttributes(call, sent, object);
    return obs.put(call.bucket, call.key, content, attributes, undefined, 'ObjectCreated:Copy');
  });
  return {
    status: 200,
    headers: versionHeaders(obs.bucket(call.bucket), call, copy),
    body: copyResult('CopyObjectResult', copy),
  };
}

/** "Copying Parts" (API reference obs_04_0100). */
export async function copyPart(context: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { obs, uploads, now } = context;
  const number = readPartNumber(call.query.get('partNumber') ?? '');
  const upload = uploads.get(call.bucket, call.key, call.query.get('uploadId') ?? '');
  const header = prefixedHeader(call, 'copy-source-range');
  const { content } = await openSource(context, call, (object) => readSourceRange(header, object));
  const staged = await closing(content, () => obs.stage(call.bucket, content, undefined));
  await uploads.setPart(upload, number, staged, now());
  return { status: 200, body: copyResult('CopyPartResult', { modifiedMs: now(), eTag: staged.md5 }) };
}

/** Closes the file of the source, also if it is not read to its end. */
async function closing<T>(content: Readable, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    content.destroy();
  }
}

function copyResult(root: string, { modifiedMs, eTag }: Pick<StoredObject, 'modifiedMs' | 'eTag'>): string {
  return xmlDocument(root, [
    ['LastModified', new Date(modifiedMs).toISOString()],
    ['ETag', quotedETag({ eTag })],
  ]);
}

/** Metadata and tags are copied unless the request replaces them; the storage class and the ACL are not. */
function copiedAttributes(call: ObsCall, sent: Attributes, source: StoredObject): Attributes {
  const directive = prefixedHeader(call, 'metadata-directive') ?? 'COPY';
  if (!['COPY', 'REPLACE', 'REPLACE_NEW'].includes(directive))
    throw obsErrors.invalidArgument('The metadata directive must be COPY, REPLACE or REPLACE_NEW.');
  const { contentType, metadata, headers } = directive === 'COPY' ? source : sent;
  const tags = prefixedHeader(call, 'tagging-directive') === 'REPLACE' ? sent.tags : source.tags;
  return { contentType, metadata, headers, tags, storageClass: sent.storageClass, acl: sent.acl };
}

/** @throws {ObsError} 403 for an archived source, 404, 412 */
async function openSource(
  { obs, now }: ObsContext,
  call: ObsCall,
  range: (object: StoredObject) => ByteRange,
): Promise<{ readonly object: StoredObject; readonly content: Readable }> {
  const source = readCopySource(prefixedHeader(call, 'copy-source') ?? '');
  const condition = (name: string) => prefixedHeader(call, `copy-source-if-${name}`);
  const conditions = {
    ifMatch: condition('match'),
    ifNoneMatch: condition('none-match'),
    ifModifiedSince: condition('modified-since'),
    ifUnmodifiedSince: condition('unmodified-since'),
  };
  const bucket = obs.bucket(source.bucket);
  return obs.open(source.bucket, source.key, source.versionId, (object) => {
    if (unmetCondition(conditions, object, now()) !== undefined) throw obsErrors.preconditionFailed();
    checkReadable(object, bucket, now());
    return range(object);
  });
}

/** Unlike a download, a copy needs a range inside the object. */
function readSourceRange(header: string | undefined, object: StoredObject): ByteRange {
  if (header === undefined) return wholeRange(object);
  const parts = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header);
  const [start, end] = [Number(parts?.[1]), Number(parts?.[2])];
  if (parts === null || end < start || end >= object.size)
    throw obsErrors.invalidArgument('The copy source range must be bytes=first-last, within the object.');
  return { start, end };
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
