import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Account } from '../operation.ts';
import { obsErrors } from './obs-error.ts';

/** Maximum difference between the request's time and the service's (API reference obs_04_0010, RequestTimeTooSkewed). */
const MAX_SKEW_MS = 15 * 60 * 1000;

/**
 * The two forms of the same signature: `Authorization: OBS AK:...` with `x-obs-` headers, and, for S3-compatible clients,
 * `Authorization: AWS AK:...` with `x-amz-` headers ("V2 Common Request"). The official SDK uses the second if the server is an IP address.
 */
export interface Dialect {
  readonly scheme: 'OBS' | 'AWS';
  readonly headerPrefix: 'x-obs-' | 'x-amz-';
}

const DIALECTS: readonly Dialect[] = [
  { scheme: 'OBS', headerPrefix: 'x-obs-' },
  { scheme: 'AWS', headerPrefix: 'x-amz-' },
];

/** The query parameters that are signed (API reference obs_04_0010, CanonicalizedResource). */
const SIGNED_QUERY = new Set([
  'CDNNotifyConfiguration',
  'acl',
  'append',
  'attname',
  'backtosource',
  'cors',
  'customdomain',
  'delete',
  'deletebucket',
  'directcoldaccess',
  'encryption',
  'inventory',
  'length',
  'lifecycle',
  'location',
  'logging',
  'metadata',
  'mirrorBackToSource',
  'modify',
  'name',
  'notification',
  'object-lock',
  'obscompresspolicy',
  'partNumber',
  'policy',
  'policyStatus',
  'position',
  'publicAccessBlock',
  'quota',
  'rename',
  'replication',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'retention',
  'storageClass',
  'storageinfo',
  'storagePolicy',
  'tagging',
  'torrent',
  'truncate',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
  'x-image-process',
  'x-image-save-bucket',
  'x-image-save-object',
  'x-obs-security-token',
]);

export interface ObsRequestHead {
  readonly method: string;
  /** As sent, still encoded, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

/** The dialect of a request; the documented `OBS` dialect for a request without a signature. */
export function dialectOf(headers: IncomingHttpHeaders): Dialect {
  const [obs, aws] = DIALECTS as [Dialect, Dialect];
  return headers.authorization?.startsWith('AWS ') ? aws : obs;
}

/**
 * Returns the account that signed a request. Follows "Using an Authorization Header" (API reference obs_04_0010, 2025): the signature covers the
 * method, the Content-MD5, Content-Type and Date headers, the `x-obs-` headers and the resource, but not the body.
 *
 * @param now epoch ms
 * @throws {ObsError} 403, or 400 for an unsupported Authorization header
 */
export function authenticate(request: ObsRequestHead, accounts: readonly Account[], now: number): Account {
  const { authorization } = request.headers;
  if (authorization === undefined) throw obsErrors.accessDenied('Access Denied');
  const parts = /^(OBS|AWS) ([^:\s]+):(\S+)$/.exec(authorization);
  if (parts === null) throw obsErrors.invalidArgument('Unsupported Authorization Type');
  const [, , accessKey, signature] = parts;
  const account = accounts.find((candidate) => candidate.accessKey === accessKey);
  if (account === undefined) throw obsErrors.invalidAccessKey();

  const { headerPrefix } = dialectOf(request.headers);
  checkTime(header(request, `${headerPrefix}date`) ?? header(request, 'date'), now);
  const expected = stringsToSign(request, headerPrefix).map((text) =>
    createHmac('sha1', account.secretKey).update(text, 'utf8').digest(),
  );
  const given = Buffer.from(signature ?? '', 'base64');
  if (!expected.some((right) => right.length === given.length && timingSafeEqual(right, given)))
    throw obsErrors.signatureDoesNotMatch();
  // Temporary keys are unknown without their token. The code for a wrong token is unconfirmed.
  if (header(request, `${headerPrefix}security-token`) !== account.securityToken) throw obsErrors.invalidAccessKey();
  return account;
}

function checkTime(text: string | undefined, now: number): void {
  const time = text === undefined ? Number.NaN : readDate(text);
  if (Number.isNaN(time)) throw obsErrors.accessDenied('OBS authentication requires a valid Date or x-obs-date header');
  if (Math.abs(now - time) > MAX_SKEW_MS) throw obsErrors.requestTimeTooSkewed();
}

/** RFC 1123; the x-obs-date header may also have the format 20260314T091500Z. */
function readDate(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return Date.parse(text);
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The strings to sign: one, or two for a bucket, whose resource is documented with a trailing slash but sent without it by the SDK. */
function stringsToSign(request: ObsRequestHead, prefix: string): string[] {
  const isBucket = /^\/[^/]+$/.test(request.path);
  const paths = isBucket ? [request.path, `${request.path}/`] : [request.path];
  return paths.map((path) => stringToSign({ ...request, path }, prefix));
}

/** The string to sign. Exported for the published test vectors. */
export function stringToSign(request: ObsRequestHead, prefix: string): string {
  const date = header(request, `${prefix}date`) === undefined ? (header(request, 'date') ?? '') : '';
  return [
    request.method,
    header(request, 'content-md5') ?? '',
    header(request, 'content-type') ?? '',
    date,
    `${canonicalHeaders(request, prefix)}${request.path}${canonicalQuery(request.query)}`,
  ].join('\n');
}

function canonicalHeaders(request: ObsRequestHead, prefix: string): string {
  return Object.keys(request.headers)
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => `${name}:${(header(request, name) ?? '').trim()}\n`)
    .join('');
}

/** The signed parameters in order, with decoded values; a parameter without a value has no equals sign. */
function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    })
    .filter(([name]) => SIGNED_QUERY.has(name ?? ''))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .sort();
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw obsErrors.invalidArgument('The query is not percent-encoded UTF-8.');
  }
}

function header(request: ObsRequestHead, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
