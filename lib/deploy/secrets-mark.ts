import { scryptSync } from 'node:crypto';

/** The plain variable by which the next deploy sees whether encrypted values have changed. */
export const SECRETS_MARK = 'DEPLOYED_SECRETS';

/**
 * A text that changes when names or values change, and tells nothing of them. The service does not promise to give encrypted values back,
 * so there is nothing to compare them with.
 *
 * It is salted with the URN that the functions share, and made by scrypt (about a tenth of a second for each guess), as a plain hash of a weak password
 * could be guessed from.
 *
 * @returns `undefined` when there are no secrets
 */
export function secretsMark(salt: string, secrets: Readonly<Record<string, string>>): string | undefined {
  if (Object.keys(secrets).length === 0) return undefined;
  const text = JSON.stringify(Object.entries(secrets).sort(([a], [b]) => (a < b ? -1 : 1)));
  return scryptSync(text, salt, 16, { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }).toString('hex');
}
