import { createHash } from 'node:crypto';
import { decodeAwsChunked } from './aws-chunked.ts';
import { ChunkSignatures, type SeedSignature } from './chunk-signatures.ts';
import { obsErrors } from './obs-error.ts';
import { headerOf, type ObsRequestHead } from './request-head.ts';
import { sha256 } from './scope-v4.ts';
import type { SignedRequest } from './signed-request.ts';
import { trailerChecksum } from './trailer-checksum.ts';

const STREAMING = /^STREAMING-(AWS4-HMAC-SHA256-PAYLOAD|AWS4-HMAC-SHA256-PAYLOAD-TRAILER|UNSIGNED-PAYLOAD-TRAILER)$/;

/**
 * How the body of a version 4 request is read, by its `x-amz-content-sha256`: unsigned, with one hash, or in chunks ("Signature Calculations for
 * the Authorization Header: Transferring Payload in Multiple Chunks", Amazon S3 API reference). Whether OBS takes chunks is unconfirmed.
 *
 * @throws {ObsError} 400 for any other value, and for a hash that is not the one of an absent body; 411 without the length of a body in chunks
 */
export function bodyReader(
  request: ObsRequestHead,
  payloadHash: string,
  seed: SeedSignature,
): SignedRequest['readBody'] {
  if (payloadHash === 'UNSIGNED-PAYLOAD') return (body) => body;
  if (/^[0-9a-f]{64}$/.test(payloadHash)) {
    // An operation that takes no body does not read it.
    if (!hasBody(request) && payloadHash !== sha256('')) throw obsErrors.contentSha256Mismatch();
    return (body) => checkHash(body, payloadHash);
  }
  if (!STREAMING.test(payloadHash)) {
    throw obsErrors.invalidArgument(
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a SHA-256 in lower-case hex, or the name of a streaming signature.',
    );
  }
  const length = headerOf(request, 'x-amz-decoded-content-length') ?? '';
  if (!/^\d{1,15}$/.test(length)) throw obsErrors.missingContentLength('x-amz-decoded-content-length');
  const trailer = payloadHash.endsWith('-TRAILER') ? headerOf(request, 'x-amz-trailer')?.toLowerCase() : undefined;
  const signatures = payloadHash.startsWith('STREAMING-UNSIGNED') ? undefined : new ChunkSignatures(seed);
  const checksum = trailer === undefined ? undefined : trailerChecksum(trailer);
  return (body) => decodeAwsChunked(body, { length: Number(length), checksum, signatures });
}

function hasBody({ headers }: ObsRequestHead): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

async function* checkHash(body: AsyncIterable<Uint8Array>, expected: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const part of body) {
    hash.update(part);
    yield part;
  }
  if (hash.digest('hex') !== expected) throw obsErrors.contentSha256Mismatch();
}
