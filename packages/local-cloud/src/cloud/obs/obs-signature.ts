import type { Account } from '../operation.ts';
import type { ServiceTimes } from '../service-times.ts';
import { obsErrors } from './obs-error.ts';
import { headerOf, type ObsRequestHead } from './request-head.ts';
import { authenticateHeaderV2, authenticateUrlV2 } from './signature-v2.ts';
import { ALGORITHM_V4, authenticateHeaderV4, authenticateUrlV4 } from './signature-v4.ts';
import type { SignedRequest } from './signed-request.ts';

/**
 * Verifies the signature of a request, in its Authorization header or in its URL: the one of OBS, or version 2 or 4 of S3.
 *
 * @param now epoch ms
 * @throws {ObsError} 403, or 400 for a malformed signature
 */
export function authenticate(request: ObsRequestHead, accounts: readonly Account[], now: number): SignedRequest {
  const authorization = headerOf(request, 'authorization');
  const inUrl = /(^|&)(X-Amz-Algorithm|X-Amz-Signature|Signature)=/.exec(request.query)?.[2];
  if (authorization !== undefined && inUrl !== undefined)
    throw obsErrors.invalidArgument('Only one auth mechanism allowed: the Authorization header or a signed URL.');
  if (authorization?.startsWith(`${ALGORITHM_V4} `)) return authenticateHeaderV4(request, accounts, now);
  if (authorization !== undefined) return withoutBody(authenticateHeaderV2(request, accounts, now));
  if (inUrl === undefined) throw obsErrors.accessDenied('Access Denied');
  if (inUrl !== 'Signature') return authenticateUrlV4(request, accounts, now);
  return withoutBody(authenticateUrlV2(request, accounts, now));
}

/**
 * As `authenticate`, at the first of these times at which the signature is valid.
 *
 * @throws {ObsError} what it throws at the first time, if there is none
 */
export function authenticateAtAny(
  request: ObsRequestHead,
  accounts: readonly Account[],
  [first, ...others]: ServiceTimes,
): SignedRequest {
  try {
    return authenticate(request, accounts, first);
  } catch (error) {
    for (const other of others) {
      try {
        return authenticate(request, accounts, other);
      } catch {
        // The first reason is the one that is told.
      }
    }
    throw error;
  }
}

/** The signatures of OBS and version 2 do not cover the body. */
function withoutBody(account: Account): SignedRequest {
  return { account, readBody: (body) => body };
}
