import { scryptSync } from 'node:crypto';

/** The plain variable that shows the next deployment whether encrypted values have changed. */
export const SECRETS_MARK = 'DEPLOYED_SECRETS';

/**
 * A string that changes when names or values change, and reveals nothing about them. It is needed because the service is not guaranteed to
 * return encrypted values, so they can't be compared directly.
 *
 * It is salted with the URN prefix that the functions share, and derived with scrypt (about 0.1 s per guess), because a weak password could be
 * guessed from a plain hash.
 *
 * @returns `undefined` without secrets
 */
export function secretsMark(salt: string, secrets: Readonly<Record<string, string>>): string | undefined {
  if (Object.keys(secrets).length === 0) return undefined;
  const text = JSON.stringify(Object.entries(secrets).sort(([a], [b]) => (a < b ? -1 : 1)));
  return scryptSync(text, salt, 16, { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }).toString('hex');
}
