import { createHash, createHmac } from 'node:crypto';

const ALGORITHM = 'SDK-HMAC-SHA256';
const AUTHORIZATION = /^SDK-HMAC-SHA256 Access=([^,\s]+), SignedHeaders=([^,\s]+), Signature=([0-9a-f]{64})$/;
const SDK_DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
/** The gateway refuses a request signed more than 15 minutes away from its own time (API Request Signing Guide, api-sign-algorithm-002). */
const MAX_SKEW_MS = 15 * 60 * 1000;

/** A request as received: header names in lower case, path and query still encoded. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Keys of an account. Temporary keys have a security token, which every request signed with them must include. */
export interface SigningKeys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
}

export type SignatureCheck<K> =
  | { readonly ok: true; readonly keys: K }
  | { readonly ok: false; readonly accessKey: string | undefined; readonly reason: string };

/**
 * Checks the signature of a request as the gateway does (SDK-HMAC-SHA256, API Request Signing Guide, api-sign-algorithm-002).
 *
 * @param nowMs the gateway's time (epoch ms), or several that are all right
 * @returns the keys it was signed with, or the reason in the gateway's words, which echo the canonical request with `|` for newlines
 */
export function checkSignature<K extends SigningKeys>(
  request: SignedRequest,
  findKeys: (accessKey: string) => K | undefined,
  ...nowMs: readonly number[]
): SignatureCheck<K> {
  const refuse = (reason: string, accessKey?: string): SignatureCheck<K> => ({ ok: false, accessKey, reason });

  const authorization = headerValue(request, 'authorization');
  if (authorization === undefined) return refuse('no Authorization header');
  const [, accessKey, names, signature] = AUTHORIZATION.exec(authorization) ?? [];
  if (accessKey === undefined || names === undefined) return refuse('illegal Authorization header');
  const keys = findKeys(accessKey);
  if (keys === undefined) return refuse('the access key is not known', accessKey);

  const date = headerValue(request, 'x-sdk-date');
  const signedAtMs = date === undefined ? undefined : parseSdkDate(date);
  if (date === undefined || signedAtMs === undefined) return refuse('X-Sdk-Date is missing or malformed', accessKey);
  if (nowMs.every((now) => Math.abs(now - signedAtMs) > MAX_SKEW_MS)) {
    return refuse('X-Sdk-Date differs from the current time by more than 15 minutes', accessKey);
  }

  const signedNames = names.split(';');
  if (!signedNames.includes('x-sdk-date')) return refuse('X-Sdk-Date is not signed', accessKey);
  if (signedNames.some((name, index) => index > 0 && name <= (signedNames[index - 1] ?? ''))) {
    return refuse('SignedHeaders are not sorted', accessKey);
  }
  const missing = signedNames.find((name) => headerValue(request, name) === undefined);
  if (missing !== undefined) return refuse(`signed header ${missing} was not sent`, accessKey);

  const token = headerValue(request, 'x-security-token');
  if (token !== keys.securityToken) {
    return refuse(token === undefined ? 'X-Security-Token is missing' : 'X-Security-Token is not valid', accessKey);
  }

  const canonical = canonicalRequest(request, signedNames);
  if (canonical === undefined) return refuse('path or query is not percent-encoded', accessKey);
  if (signCanonicalRequest(canonical, date, keys.secretKey) !== signature) {
    return refuse(`verify aksk signature fail, canonicalRequest:${canonical.replaceAll('\n', '|')}`, accessKey);
  }
  return { ok: true, keys };
}

/** The canonical form of a request; undefined if its path or query cannot be decoded. */
export function canonicalRequest(request: SignedRequest, signedNames: readonly string[]): string | undefined {
  try {
    return [
      request.method,
      canonicalPath(request.path),
      canonicalQuery(request.query),
      signedNames.map((name) => `${name}:${(headerValue(request, name) ?? '').trim()}\n`).join(''),
      signedNames.join(';'),
      headerValue(request, 'x-sdk-content-sha256') ?? sha256Hex(request.body),
    ].join('\n');
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** The signature of a canonical request: 64 hex digits. The secret key itself is the HMAC key; nothing is derived from it. */
export function signCanonicalRequest(canonical: string, date: string, secretKey: string): string {
  return createHmac('sha256', secretKey)
    .update(`${ALGORITHM}\n${date}\n${sha256Hex(canonical)}`)
    .digest('hex');
}

function canonicalPath(path: string): string {
  const encoded = path
    .split('/')
    .map((segment) => encode(decodeURIComponent(segment)))
    .join('/');
  // Only the canonical path has this slash, not the URL that is sent.
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((part): [string, string] => {
    const at = part.indexOf('=');
    return at < 0 ? [decodeQuery(part), ''] : [decodeQuery(part.slice(0, at)), decodeQuery(part.slice(at + 1))];
  });
  pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function decodeQuery(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** Percent-encodes everything except the unreserved characters `A-Za-z0-9-_.~`, with upper-case hex. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function headerValue(request: SignedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Epoch ms; undefined if it is not a date in the format YYYYMMDDTHHMMSSZ. */
function parseSdkDate(text: string): number | undefined {
  const parts = SDK_DATE.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function sha256Hex(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}
