import { createHash } from 'node:crypto';
import { ByteReader } from './byte-reader.ts';
import type { ChunkSignatures } from './chunk-signatures.ts';
import { obsErrors } from './obs-error.ts';
import type { TrailerChecksum } from './trailer-checksum.ts';

export interface AwsChunkedOptions {
  /** `x-amz-decoded-content-length`: the bytes of all chunks. */
  readonly length: number;
  /** The checksum after the last chunk, named by `x-amz-trailer`; undefined if there is none. */
  readonly checksum: TrailerChecksum | undefined;
  /** Undefined for chunks that are not signed. */
  readonly signatures: ChunkSignatures | undefined;
}

/**
 * The data of a body with the encoding `aws-chunked`: chunks of `<size in hex>[;chunk-signature=<64 hex digits>]`, a line end, the data and a line
 * end. The last one has size 0; the trailer and an empty line follow it.
 *
 * @throws {ObsError} 400 for a body that is malformed or has another length or checksum, 403 for a wrong signature
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
  options: AwsChunkedOptions,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(body);
  try {
    yield* chunksOf(reader, options);
    await checkTrailer(reader, options);
  } finally {
    await reader.end();
  }
}

async function* chunksOf(
  reader: ByteReader,
  { length, checksum, signatures }: AwsChunkedOptions,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for (;;) {
    const { size, signature } = readChunkHeader(await reader.line(), signatures !== undefined);
    total += size;
    if (total > length) throw obsErrors.incompleteBody(`The chunks have more than ${length} bytes.`);
    const hash = createHash('sha256');
    for await (const part of reader.bytes(size)) {
      hash.update(part);
      checksum?.update(part);
      yield part;
    }
    signatures?.checkChunk(signature, hash.digest('hex'));
    if (size === 0) break;
    if ((await reader.line()) !== '') throw malformed('a chunk is longer than its size');
  }
  if (total < length) throw obsErrors.incompleteBody(`The chunks have ${total} of ${length} bytes.`);
}

async function checkTrailer(reader: ByteReader, { checksum, signatures }: AwsChunkedOptions): Promise<void> {
  const lines: string[] = [];
  for (let line = await reader.line(); line !== ''; line = await reader.line()) lines.push(line.trim());
  const signatureLine = /^x-amz-trailer-signature:(.*)$/i;
  const trailers = lines.filter((line) => !signatureLine.test(line));
  if (checksum === undefined) {
    if (lines.length > 0) throw malformed('a trailer that x-amz-trailer does not name');
    return;
  }
  const [line = '', ...others] = trailers;
  const at = line.indexOf(':');
  if (others.length > 0 || line.slice(0, at).toLowerCase() !== checksum.name) {
    throw malformed(`the trailer must be ${checksum.name}`);
  }
  if (signatures !== undefined) {
    const signature = lines.map((each) => signatureLine.exec(each)?.[1]).find((text) => text !== undefined);
    signatures.checkTrailer(signature ?? '', `${line}\n`);
  }
  if (checksum.digest() !== line.slice(at + 1)) throw obsErrors.badChecksum(checksum.name);
}

function readChunkHeader(line: string, isSigned: boolean): { readonly size: number; readonly signature: string } {
  const parts = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (parts === null) throw malformed('a chunk starts with its size in hex and its signature');
  const [, size = '', signature] = parts;
  if (isSigned !== (signature !== undefined)) throw malformed('x-amz-content-sha256 says whether chunks are signed');
  return { size: Number.parseInt(size, 16), signature: signature ?? '' };
}

function malformed(why: string): Error {
  return obsErrors.invalidArgument(`The aws-chunked body is malformed: ${why}.`);
}
