import { createHash, randomBytes } from 'node:crypto';
import type { Attributes, StagedUpload } from './bucket.ts';
import { compareKeys } from './key-order.ts';
import { listPage } from './listing.ts';
import { obsErrors } from './obs-error.ts';

/** Minimum size of every part except the last (API reference obs_04_0102: 100 KB to 5 GB; numbers 1 to 10,000). */
const MIN_PART_BYTES = 100 * 1024;
const MAX_PARTS = 10_000;

/** A multipart upload in progress. */
export interface MultipartUpload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly attributes: Attributes;
  /** Epoch ms. */
  readonly initiatedMs: number;
  readonly parts: Map<number, UploadedPart>;
}

export interface UploadedPart {
  readonly staged: StagedUpload;
  /** Epoch ms. */
  readonly uploadedMs: number;
}

export interface UploadsRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly keyMarker: string;
  /** Lists also the later uploads of `keyMarker`. */
  readonly idMarker: string;
  readonly maxUploads: number;
}

export interface UploadsPage {
  readonly uploads: readonly MultipartUpload[];
  readonly commonPrefixes: readonly string[];
  /** The last item of a truncated page; `id` is empty for a common prefix. */
  readonly next: { readonly key: string; readonly id: string } | undefined;
}

/** A part that a client lists when it completes an upload. */
export interface NamedPart {
  readonly number: number;
  readonly eTag: string;
}

/** The multipart uploads in progress; they are lost when the local OBS stops. */
export class MultipartUploads {
  readonly #uploads = new Map<string, MultipartUpload>();

  begin(bucket: string, key: string, attributes: Attributes, initiatedMs: number): MultipartUpload {
    const id = randomBytes(16).toString('hex').toUpperCase();
    const upload = { id, bucket, key, attributes, initiatedMs, parts: new Map() };
    this.#uploads.set(id, upload);
    return upload;
  }

  /** @throws {ObsError} 404 NoSuchUpload */
  get(bucket: string, key: string, id: string): MultipartUpload {
    const upload = this.#uploads.get(id);
    if (upload?.bucket !== bucket || upload.key !== key) throw obsErrors.noSuchUpload();
    return upload;
  }

  /**
   * A part that is sent again replaces the previous one.
   *
   * @throws {ObsError} 404 NoSuchUpload when the upload ended while the part was sent
   */
  async setPart(upload: MultipartUpload, number: number, staged: StagedUpload, uploadedMs: number): Promise<void> {
    if (!this.#uploads.has(upload.id)) {
      await staged.discard();
      throw obsErrors.noSuchUpload();
    }
    const before = upload.parts.get(number);
    upload.parts.set(number, { staged, uploadedMs });
    await before?.staged.discard();
  }

  /** The uploads of a bucket, by key and then in the order in which they were initiated. */
  of(bucket: string): MultipartUpload[] {
    return [...this.#uploads.values()]
      .filter((upload) => upload.bucket === bucket)
      .sort((a, b) => compareKeys(a.key, b.key) || a.initiatedMs - b.initiatedMs);
  }

  list(bucket: string, { prefix, delimiter, keyMarker, idMarker, maxUploads }: UploadsRequest): UploadsPage {
    const all = this.of(bucket);
    const markerAt = all.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
    const page = listPage(
      all.map((upload, i) => ({ upload, i })),
      ({ upload }) => upload.key,
      { prefix, delimiter, marker: keyMarker, maxKeys: maxUploads },
      ({ upload, i }) => (markerAt >= 0 ? i > markerAt : compareKeys(upload.key, keyMarker) > 0),
    );
    return {
      uploads: page.items.map(({ upload }) => upload),
      commonPrefixes: page.commonPrefixes,
      next: page.isTruncated && page.last ? { key: page.last.name, id: page.last.item?.upload.id ?? '' } : undefined,
    };
  }

  /** Ends an upload unless `complete` fails. Meanwhile no other request finds it: two completions would create the object twice. */
  async complete<T>(upload: MultipartUpload, complete: () => Promise<T>): Promise<T> {
    this.#uploads.delete(upload.id);
    const completed = await complete().catch((error: unknown) => {
      this.#uploads.set(upload.id, upload);
      throw error;
    });
    await this.end(upload);
    return completed;
  }

  async end(upload: MultipartUpload): Promise<void> {
    this.#uploads.delete(upload.id);
    for (const { staged } of upload.parts.values()) await staged.discard();
  }
}

/** @throws {ObsError} 400 unless it is a number from 1 to 10,000 */
export function readPartNumber(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > MAX_PARTS) {
    throw obsErrors.invalidArgument('Part number must be an integer between 1 and 10000, inclusive');
  }
  return number;
}

/**
 * Checks the listed parts and returns them.
 *
 * @throws {ObsError} 400 for parts that are out of order, unknown or changed, or too small and not the last
 */
export function namedParts(upload: MultipartUpload, named: readonly NamedPart[]): StagedUpload[] {
  if (named.length === 0) throw obsErrors.malformedXml();
  if (named.some(({ number }, i) => i > 0 && number <= (named[i - 1]?.number ?? 0))) throw obsErrors.invalidPartOrder();
  const parts = named.map(({ number, eTag }) => {
    const staged = upload.parts.get(number)?.staged;
    if (staged === undefined || staged.md5 !== eTag.replaceAll('"', '').toLowerCase()) throw obsErrors.invalidPart();
    return staged;
  });
  if (parts.slice(0, -1).some(({ size }) => size < MIN_PART_BYTES)) throw obsErrors.entityTooSmall();
  return parts;
}

/** `<MD5 of the parts' MD5s>-<number of parts>`: the S3 convention; it is unconfirmed for OBS. */
export function multipartETag(parts: readonly StagedUpload[]): string {
  const hash = createHash('md5');
  for (const { md5 } of parts) hash.update(Buffer.from(md5, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

/** Reads all bytes, part by part. */
export async function* readParts(parts: readonly StagedUpload[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* part.read();
}
