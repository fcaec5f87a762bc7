import type { Account } from '../operation.ts';
import { obsErrors } from './obs-error.ts';
import { headerOf, type ObsRequestHead, queryPairs } from './request-head.ts';
import { hmac, type Scope, scopeText, sha256, signingKey } from './scope-v4.ts';
import { bodyReader } from './signed-body.ts';
import type { SignedRequest } from './signed-request.ts';
import { checkPeriod, checkSignedTime, readSignedTime } from './signed-time.ts';
import { checkSignature, checkToken, findAccount } from './signing-account.ts';

/*
 * Signature version 4. The API reference of OBS does not describe it, but the official SDK signs URLs with it (`createV4SignedUrlSync` of
 * esdk-obs-nodejs 3.26.8: service `s3`, body `UNSIGNED-PAYLOAD`, and an empty region by default), and s3cmd and rclone use it with OBS unless they
 * are told otherwise. The algorithm is that of "Authenticating Requests (AWS Signature Version 4)" in the Amazon S3 API reference. What OBS responds
 * to a malformed signature of this version is unconfirmed: the codes below are those of OBS for the same mistakes in version 2, or, where there is
 * none, of Amazon S3.
 */

export const ALGORITHM_V4 = 'AWS4-HMAC-SHA256';
/** Maximum validity of a signed URL: 7 days (Amazon S3 API reference, X-Amz-Expires). */
const MAX_EXPIRES_S = 604_800;

/** A signature, from a header or a URL. */
interface SignatureV4 {
  readonly accessKey: string;
  readonly scope: Scope;
  /** Lower case, in order. */
  readonly signedHeaders: readonly string[];
  /** 64 hex digits. */
  readonly signature: string;
  /** As sent: YYYYMMDD'T'HHMMSS'Z'. */
  readonly time: string;
  /** The last line of the canonical request. */
  readonly payloadHash: string;
}

/**
 * Verifies `Authorization: AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`.
 *
 * @param now epoch ms
 * @throws {ObsError} 403, or 400 for a malformed header
 */
export function authenticateHeaderV4(
  request: ObsRequestHead,
  accounts: readonly Account[],
  now: number,
): SignedRequest {
  const authorization = headerOf(request, 'authorization') ?? '';
  const fields = new Map(
    authorization
      .slice(ALGORITHM_V4.length)
      .split(',')
      .map((field) => {
        const at = field.indexOf('=');
        return [field.slice(0, at).trim(), field.slice(at + 1).trim()] as const;
      }),
  );
  const time = isoTime(request);
  const payloadHash = headerOf(request, 'x-amz-content-sha256');
  const signed = readSignature({
    credential: fields.get('Credential'),
    signedHeaders: fields.get('SignedHeaders'),
    signature: fields.get('Signature'),
    time,
    payloadHash: payloadHash ?? '',
  });
  const account = findAccount(accounts, signed.accessKey);
  checkSignedTime(time, 'x-amz-', now);
  if (payloadHash === undefined) throw obsErrors.missingHeader('x-amz-content-sha256');
  return accept(request, account, signed, headerOf(request, 'x-amz-security-token'));
}

/**
 * Verifies a signed URL: `X-Amz-Algorithm`, `X-Amz-Credential`, `X-Amz-Date`, `X-Amz-Expires` (1 to 604,800 s), `X-Amz-SignedHeaders` and
 * `X-Amz-Signature`. Its body is not signed, unless the request has a signed `x-amz-content-sha256` header.
 *
 * @param now epoch ms
 * @throws {ObsError} 403, or 400 for malformed parameters
 */
export function authenticateUrlV4(request: ObsRequestHead, accounts: readonly Account[], now: number): SignedRequest {
  // The official SDK writes the name of the token in lower case.
  const query = new Map(queryPairs(request.query).map(([name, value]) => [name.toLowerCase(), value]));
  if (query.get('x-amz-algorithm') !== ALGORITHM_V4) {
    throw obsErrors.invalidArgument(`X-Amz-Algorithm must be ${ALGORITHM_V4}.`);
  }
  const time = query.get('x-amz-date') ?? '';
  const seconds = query.get('x-amz-expires') ?? '';
  const signed = readSignature({
    credential: query.get('x-amz-credential'),
    signedHeaders: query.get('x-amz-signedheaders'),
    signature: query.get('x-amz-signature'),
    time,
    payloadHash: headerOf(request, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  });
  if (!/^\d{1,6}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > MAX_EXPIRES_S) {
    throw obsErrors.invalidArgument(`X-Amz-Expires must be an integer between 1 and ${MAX_EXPIRES_S}.`);
  }
  const account = findAccount(accounts, signed.accessKey);
  const from = readSignedTime(time);
  checkPeriod(from, from + Number(seconds) * 1000, now);
  const token = query.get('x-amz-security-token') ?? headerOf(request, 'x-amz-security-token');
  return accept(request, account, signed, token);
}

/** The time of the request in the form that is signed; empty if it has none. A Date header may stand in for x-amz-date. */
function isoTime(request: ObsRequestHead): string {
  const own = headerOf(request, 'x-amz-date');
  if (own !== undefined) return own;
  const date = Date.parse(headerOf(request, 'date') ?? '');
  return Number.isNaN(date) ? '' : new Date(date).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

interface SignatureFields {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly time: string;
  readonly payloadHash: string;
}

/** @throws {ObsError} 400, or 403 if there is no time */
function readSignature({ credential, signedHeaders, signature, time, payloadHash }: SignatureFields): SignatureV4 {
  // An access key may contain slashes, so it is read from the end.
  const parts = /^(.+)\/(\d{8})\/([^/]*)\/s3\/aws4_request$/.exec(credential ?? '');
  if (parts === null) {
    throw obsErrors.invalidArgument('Credential must be <access key>/<YYYYMMDD>/<region>/s3/aws4_request.');
  }
  const [, accessKey = '', day = '', region = ''] = parts;
  const names = (signedHeaders ?? '').split(';');
  if (!names.includes('host')) throw obsErrors.invalidArgument('SignedHeaders must include host.');
  if (!/^[0-9a-f]{64}$/.test(signature ?? '')) throw obsErrors.invalidArgument('Signature must be 64 hex digits.');
  if (!/^\d{8}T\d{6}Z$/.test(time) || Number.isNaN(readSignedTime(time))) {
    throw obsErrors.accessDenied('Authentication requires a valid x-amz-date.');
  }
  if (!time.startsWith(day)) throw obsErrors.invalidArgument('The date of Credential must be that of the request.');
  return { accessKey, scope: { day, region }, signedHeaders: names, signature: signature ?? '', time, payloadHash };
}

function accept(
  request: ObsRequestHead,
  account: Account,
  signed: SignatureV4,
  token: string | undefined,
): SignedRequest {
  const { signedHeaders, scope, time, signature, payloadHash } = signed;
  const unsigned = Object.keys(request.headers).find(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (unsigned !== undefined) throw obsErrors.accessDenied(`The header ${unsigned} is not signed.`);
  const key = signingKey(account.secretKey, scope);
  // Clients differ in whether they reduce several spaces inside a value to one, as "Create a canonical request" says.
  const expected = [true, false].map((oneSpace) => {
    const hash = sha256(canonicalRequest(request, signed, oneSpace));
    return hmac(key, [ALGORITHM_V4, time, scopeText(scope), hash].join('\n'));
  });
  checkSignature(Buffer.from(signature, 'hex'), expected);
  checkToken(account, token);
  return { account, readBody: bodyReader(request, payloadHash, { key, scope, time, signature }) };
}

function canonicalRequest(request: ObsRequestHead, signed: SignatureV4, oneSpace: boolean): string {
  const headerValue = (name: string) => {
    const value = (headerOf(request, name) ?? '').trim();
    return oneSpace ? value.replaceAll(/ +/g, ' ') : value;
  };
  return [
    request.method,
    encodePath(request.path),
    canonicalQuery(request.query),
    ...signed.signedHeaders.map((name) => `${name}:${headerValue(name)}`),
    '',
    signed.signedHeaders.join(';'),
    signed.payloadHash,
  ].join('\n');
}

/** Every segment is encoded once, however the client encoded it in the request. */
function encodePath(path: string): string {
  return path
    .split('/')
    .map((segment) => encode(decodePath(segment)))
    .join('/');
}

function decodePath(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw obsErrors.invalidArgument('The path is not percent-encoded UTF-8.');
  }
}

function canonicalQuery(query: string): string {
  return queryPairs(query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Percent-encodes everything except A-Z, a-z, 0-9, `-`, `_`, `.` and `~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
