import { createHmac } from 'node:crypto';
import type { Account } from '../operation.ts';
import { dialectOf } from './obs-dialect.ts';
import { obsErrors } from './obs-error.ts';
import { headerOf, type ObsRequestHead, queryPairs, resourceOf } from './request-head.ts';
import { checkPeriod, checkSignedTime } from './signed-time.ts';
import { checkSignature, checkToken, findAccount } from './signing-account.ts';

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
  // Not in the reference, but signed by the official SDK (esdk-obs-nodejs 3.26.8); the token in signed URLs of the S3 dialect.
  'bucketStatus',
  'x-amz-security-token',
]);

/**
 * Returns the account that signed a request in its Authorization header. Follows "Using an Authorization Header" (API reference obs_04_0010, 2025):
 * the signature covers the method, the Content-MD5, Content-Type and Date headers, the headers of the dialect and the resource, but not the body.
 *
 * @param now epoch ms
 * @throws {ObsError} 403, or 400 for an unsupported Authorization header
 */
export function authenticateHeaderV2(request: ObsRequestHead, accounts: readonly Account[], now: number): Account {
  const parts = /^(OBS|AWS) ([^:\s]+):(\S+)$/.exec(headerOf(request, 'authorization') ?? '');
  if (parts === null) throw obsErrors.invalidArgument('Unsupported Authorization Type');
  const [, , accessKey = '', signature = ''] = parts;
  const account = findAccount(accounts, accessKey);
  const { headerPrefix } = dialectOf(request);
  const ownDate = headerOf(request, `${headerPrefix}date`);
  checkSignedTime(ownDate ?? headerOf(request, 'date'), headerPrefix, now);
  const date = ownDate === undefined ? (headerOf(request, 'date') ?? '') : '';
  verify({ request, account, signature, prefix: headerPrefix, date });
  checkToken(account, headerOf(request, `${headerPrefix}security-token`));
  return account;
}

/**
 * Returns the account that signed a URL: "Using a Pre-Signed URL" (API reference obs_04_0011, 2025-11-10). `Expires` takes the place of the date.
 * The S3 dialect names the key `AWSAccessKeyId`. URLs for a whole folder (`Policy`) are not supported.
 *
 * @param now epoch ms
 * @throws {ObsError} 403
 */
export function authenticateUrlV2(request: ObsRequestHead, accounts: readonly Account[], now: number): Account {
  const query = new Map(queryPairs(request.query));
  const { scheme, headerPrefix } = dialectOf(request);
  const accessKey = query.get(scheme === 'AWS' ? 'AWSAccessKeyId' : 'AccessKeyId');
  const expires = query.get('Expires');
  const signature = query.get('Signature');
  if (accessKey === undefined || signature === undefined || expires === undefined || !/^\d{1,15}$/.test(expires)) {
    throw obsErrors.accessDenied('A signed URL requires the access key, Expires (seconds since 1970) and Signature.');
  }
  const account = findAccount(accounts, accessKey);
  checkPeriod(Number.NEGATIVE_INFINITY, Number(expires) * 1000, now);
  verify({ request, account, signature, prefix: headerPrefix, date: expires });
  checkToken(account, query.get(`${headerPrefix}security-token`) ?? headerOf(request, `${headerPrefix}security-token`));
  return account;
}

interface SignedV2 {
  readonly request: ObsRequestHead;
  readonly account: Account;
  readonly signature: string;
  readonly prefix: string;
  /** Or the end of a signed URL. */
  readonly date: string;
}

function verify({ request, account, signature, prefix, date }: SignedV2): void {
  // The resource of a bucket is documented with a trailing slash, but signed without it by the SDK.
  const resource = resourceOf(request);
  const paths = /^\/[^/]+$/.test(resource) ? [resource, `${resource}/`] : [resource];
  const expected = paths.map((path) => {
    const text = stringToSignV2({ ...request, path }, prefix, date);
    return createHmac('sha1', account.secretKey).update(text, 'utf8').digest();
  });
  checkSignature(Buffer.from(signature, 'base64'), expected);
}

/** The string to sign. Exported for the published test vectors. */
export function stringToSignV2(request: ObsRequestHead, prefix: string, date: string): string {
  return [
    request.method,
    headerOf(request, 'content-md5') ?? '',
    headerOf(request, 'content-type') ?? '',
    date,
    `${canonicalHeaders(request, prefix)}${request.path}${canonicalQuery(request.query)}`,
  ].join('\n');
}

function canonicalHeaders(request: ObsRequestHead, prefix: string): string {
  return Object.keys(request.headers)
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => `${name}:${(headerOf(request, name) ?? '').trim()}\n`)
    .join('');
}

/** The signed parameters in order, with decoded values; a parameter without a value has no equals sign. */
function canonicalQuery(query: string): string {
  const pairs = queryPairs(query)
    .filter(([name]) => SIGNED_QUERY.has(name))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .sort();
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
