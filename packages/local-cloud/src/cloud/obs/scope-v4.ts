import { createHash, createHmac } from 'node:crypto';

/** What the key of a version 4 signature is derived from, besides the secret key. */
export interface Scope {
  /** YYYYMMDD */
  readonly day: string;
  /** Not compared with the region of the local cloud: the official SDK signs for an empty region by default. */
  readonly region: string;
}

export function scopeText({ day, region }: Scope): string {
  return `${day}/${region}/s3/aws4_request`;
}

/** The key that signs the requests and chunks of one day. */
export function signingKey(secretKey: string, { day, region }: Scope): Buffer {
  return [day, region, 's3', 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secretKey}`));
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

/** Hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
