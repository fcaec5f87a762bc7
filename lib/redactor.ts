import { SecretFinder } from './find-secrets.ts';

/** What stands in place of a secret. */
export const HIDDEN = '***';

/** Takes the secrets that this invocation has met out of all that leaves it. The last line of defence, not the first. */
export interface Redactor {
  /** From now on this value is replaced wherever it stands. One under four characters is too common to replace. */
  add(secret: string): void;
  /**
   * Replaces the known values in a text, however the usual encodings write them (lib/find-secrets.ts). Of a text of more than 128 Ki
   * characters only the beginning is kept.
   */
  text(text: string): string;
  /** The same for each text in a value that JSON can hold. Keys, numbers and everything else stay. */
  value<T>(value: T): T;
}

const MIN_LENGTH = 4;
/** Digits of a number that is a secret. Shorter ones are sizes and counts. */
const MIN_DIGITS = 8;
const MAX_TEXT = 128 * 1024;
/** Longer than a secret in any encoding that stands at the end of what is kept. */
const BEYOND = 4 * 1024;

export function makeRedactor(): Redactor {
  const secrets = new Set<string>();
  const finder = new SecretFinder();

  const text = (given: string): string => {
    if (secrets.size === 0 && given.length <= MAX_TEXT) return given;
    const isLong = given.length > MAX_TEXT;
    const end = isLong ? MAX_TEXT : given.length;
    let redacted = '';
    let done = 0;
    for (const [from, to] of finder.find(isLong ? given.slice(0, MAX_TEXT + BEYOND) : given)) {
      if (from >= end) break;
      redacted += given.slice(done, from) + HIDDEN;
      done = to;
    }
    return `${redacted}${given.slice(done, Math.max(done, end))}${isLong ? '...' : ''}`;
  };

  const leaf = (_key: string, value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'number' || String(value).length < MIN_DIGITS) return value;
    return secrets.has(String(value)) ? HIDDEN : value;
  };

  return {
    add: (secret) => {
      // A signing secret is its base64, with or without the prefix.
      for (const form of [secret, secret.replace(/^whsec_/, '')]) {
        if (form.length < MIN_LENGTH || secrets.has(form)) continue;
        secrets.add(form);
        finder.add(form);
      }
    },
    text,
    value: (value) => {
      const json = JSON.stringify(value);
      if (json === undefined) return value;
      const redacted = JSON.stringify(value, leaf);
      return redacted === json ? value : JSON.parse(redacted);
    },
  };
}
