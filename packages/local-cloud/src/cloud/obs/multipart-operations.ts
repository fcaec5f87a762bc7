import type { Attributes } from './bucket.ts';
import {
  type MultipartUpload,
  multipartETag,
  namedParts,
  readPartNumber,
  readParts,
  type UploadedPart,
} from './multipart.ts';
import { attributesOf, quotedETag, versionHeaders } from './object-attributes.ts';
import type { ObsCall, ObsContext, ObsResponse } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { contentMd5, readDocument } from './request-body.ts';
import { storageClassName } from './storage-class.ts';
import { xmlDocument } from './xml.ts';
import { childrenOf, requiredText } from './xml-reader.ts';

/** More than 10,000 parts need. */
const COMPLETION_BYTES = 4 * 1024 * 1024;
const MAX_PAGE_SIZE = 1000;

/** "Initiating a Multipart Upload" (API reference obs_04_0098). */
export function initiateMultipartUpload({ obs, uploads, now }: ObsContext, call: ObsCall): ObsResponse {
  obs.bucket(call.bucket);
  const { id } = uploads.begin(call.bucket, call.key, attributesOf(call), now());
  const body = xmlDocument('InitiateMultipartUploadResult', [
    ['Bucket', call.bucket],
    ['Key', call.key],
    ['UploadId', id],
  ]);
  return { status: 200, body };
}

/** "Multipart Upload" (API reference obs_04_0099). */
export async function uploadPart({ obs, uploads, now }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const number = readPartNumber(call.query.get('partNumber') ?? '');
  const upload = uploadOf(uploads, call);
  const staged = await obs.stage(call.bucket, call.body, contentMd5(call));
  await uploads.setPart(upload, number, staged, now());
  return { status: 200, headers: { ETag: `"${staged.md5}"` } };
}

/** "Completing a Multipart Upload" (API reference obs_04_0102). */
export async function completeMultipartUpload({ obs, uploads }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const document = await readDocument(call, 'CompleteMultipartUpload', COMPLETION_BYTES);
  const upload = uploadOf(uploads, call);
  const named = childrenOf(document, 'Part').map((part) => ({
    number: readPartNumber(requiredText(part, 'PartNumber')),
    eTag: requiredText(part, 'ETag'),
  }));
  const parts = namedParts(upload, named);
  const object = await uploads.complete(upload, () =>
    obs.put(
      call.bucket,
      call.key,
      readParts(parts),
      upload.attributes,
      undefined,
      'ObjectCreated:CompleteMultipartUpload',
      obs.assumed('multipart-etag') === 'of-parts' ? multipartETag(parts) : undefined,
    ),
  );
  const body = xmlDocument('CompleteMultipartUploadResult', [
    ['Location', `/${call.bucket}/${call.key}`],
    ['Bucket', call.bucket],
    ['Key', call.key],
    ['ETag', quotedETag(object)],
  ]);
  return { status: 200, headers: versionHeaders(obs.bucket(call.bucket), call, object), body };
}

/** "Canceling a Multipart Upload Task" (API reference obs_04_0103). */
export async function abortMultipartUpload({ uploads }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  await uploads.end(uploadOf(uploads, call));
  return { status: 204 };
}

/** "Listing Uploaded Parts" (API reference obs_04_0101). */
export function listParts(context: ObsContext, call: ObsCall): ObsResponse {
  const upload = uploadOf(context.uploads, call);
  const marker = readCount(call, 'part-number-marker', 0);
  const maxParts = Math.min(readCount(call, 'max-parts', MAX_PAGE_SIZE), MAX_PAGE_SIZE);
  const later = [...upload.parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
  const page = later.slice(0, maxParts);
  const isTruncated = page.length < later.length;
  const owner = [['ID', call.account.domainId]] as const;
  const body = xmlDocument('ListPartsResult', [
    ['Bucket', call.bucket],
    ['Key', encode(call, call.key)],
    ['UploadId', upload.id],
    ['Initiator', owner],
    ['Owner', owner],
    ['StorageClass', uploadClass(context, call, upload.attributes)],
    ['PartNumberMarker', marker],
    ...(isTruncated ? [['NextPartNumberMarker', page.at(-1)?.[0] ?? marker] as const] : []),
    ['MaxParts', maxParts],
    ['IsTruncated', isTruncated],
    ...page.map(([number, part]) => ['Part', partContent(number, part)] as const),
  ]);
  return { status: 200, body };
}

function partContent(number: number, { staged, uploadedMs }: UploadedPart) {
  return [
    ['PartNumber', number],
    ['LastModified', new Date(uploadedMs).toISOString()],
    ['ETag', `"${staged.md5}"`],
    ['Size', staged.size],
  ] as const;
}

/** "Listing Initiated Multipart Uploads in a Bucket" (API reference obs_04_0097). */
export function listMultipartUploads(context: ObsContext, call: ObsCall): ObsResponse {
  const { obs, uploads } = context;
  obs.bucket(call.bucket);
  const text = (name: string) => call.query.get(name) ?? '';
  const maxUploads = Math.min(readCount(call, 'max-uploads', MAX_PAGE_SIZE), MAX_PAGE_SIZE) || MAX_PAGE_SIZE;
  const request = { prefix: text('prefix'), delimiter: text('delimiter'), maxUploads };
  const page = uploads.list(call.bucket, {
    ...request,
    keyMarker: text('key-marker'),
    idMarker: text('upload-id-marker'),
  });
  const owner = [['ID', call.account.domainId]] as const;
  const uploadContent = (upload: MultipartUpload) =>
    [
      ['Key', encode(call, upload.key)],
      ['UploadId', upload.id],
      ['Initiator', owner],
      ['Owner', owner],
      ['StorageClass', uploadClass(context, call, upload.attributes)],
      ['Initiated', new Date(upload.initiatedMs).toISOString()],
    ] as const;
  const body = xmlDocument('ListMultipartUploadsResult', [
    ['Bucket', call.bucket],
    ['KeyMarker', encode(call, text('key-marker'))],
    ['UploadIdMarker', text('upload-id-marker')],
    ...(page.next === undefined
      ? []
      : ([
          ['NextKeyMarker', encode(call, page.next.key)],
          ['NextUploadIdMarker', page.next.id],
        ] as const)),
    ['Prefix', encode(call, request.prefix)],
    ...(request.delimiter === '' ? [] : [['Delimiter', encode(call, request.delimiter)] as const]),
    ['MaxUploads', maxUploads],
    ['IsTruncated', page.next !== undefined],
    ...page.uploads.map((upload) => ['Upload', uploadContent(upload)] as const),
    ...page.commonPrefixes.map((prefix) => ['CommonPrefixes', [['Prefix', encode(call, prefix)]]] as const),
  ]);
  return { status: 200, body };
}

function uploadOf(uploads: ObsContext['uploads'], call: ObsCall): MultipartUpload {
  return uploads.get(call.bucket, call.key, call.query.get('uploadId') ?? '');
}

function uploadClass({ obs }: ObsContext, { bucket, dialect }: ObsCall, { storageClass }: Attributes): string {
  return storageClassName(storageClass ?? obs.bucket(bucket).config.now.storageClass ?? 'STANDARD', dialect);
}

function encode({ query }: ObsCall, text: string): string {
  return query.get('encoding-type') === 'url' ? encodeURIComponent(text) : text;
}

/** @throws {ObsError} 400 unless it is a non-negative integer */
function readCount({ query }: ObsCall, name: string, absent: number): number {
  const text = query.get(name) ?? '';
  if (text === '') return absent;
  if (!/^\d{1,9}$/.test(text)) throw obsErrors.invalidArgument(`${name} must be a non-negative integer`);
  return Number(text);
}
