import type { ObsRequestHead } from './request-head.ts';

/**
 * The two families of headers. `x-obs-` belongs to the signature of OBS (`Authorization: OBS AK:...`). `x-amz-` belongs to S3-compatible clients,
 * which sign with version 2 (`Authorization: AWS AK:...`) or version 4 (`Authorization: AWS4-HMAC-SHA256 ...`). The official SDK uses version 2 if
 * the server is an IP address.
 */
export interface Dialect {
  /** The name of the signature whose algorithm is HMAC-SHA1. */
  readonly scheme: 'OBS' | 'AWS';
  readonly headerPrefix: 'x-obs-' | 'x-amz-';
}

const OBS: Dialect = { scheme: 'OBS', headerPrefix: 'x-obs-' };
const S3: Dialect = { scheme: 'AWS', headerPrefix: 'x-amz-' };

/** The dialect of a request, by its signature; the documented `OBS` dialect for a request without one. */
export function dialectOf({ headers, query }: Pick<ObsRequestHead, 'headers' | 'query'>): Dialect {
  if (headers.authorization !== undefined) return /^AWS4?[ -]/.test(headers.authorization) ? S3 : OBS;
  return /(^|&)(X-Amz-Algorithm|AWSAccessKeyId)=/.test(query) ? S3 : OBS;
}
