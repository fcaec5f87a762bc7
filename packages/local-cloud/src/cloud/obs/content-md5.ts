import { obsErrors } from './obs-error.ts';

/** Whether a Content-MD5 header, in base64, has this digest. @throws {ObsError} 400 InvalidDigest */
export function md5Matches(base64: string, hex: string): boolean {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== 16) throw obsErrors.invalidDigest();
  return bytes.toString('hex') === hex;
}
