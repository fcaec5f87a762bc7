import { SecretFinder } from './find-secrets.ts';

/** What stands in place of a secret. */
export const HIDDEN = '***';

/** Takes the secrets that this invocation has met out of all that leaves it. The last line of defence, not the first. */
export interface Redactor {
  /** From now on this value is replaced wherever it stands. One under four characters is too common to replace. */
  add(secret: string): void;
  /** Replaces the known values in a text, however the usual encodings write them (lib/kernel/find-secrets.ts). */
  text(text: string): string;
  /** The same for each text in a value that JSON can hold. Keys, numbers and everything else stay. */
  value<T>(value: T): T;
}

const MIN_LENGTH = 4;
/** Digits of a number that is a secret. Shorter ones are sizes and counts. */
const MIN_DIGITS = 8;
/** Long texts are searched piece by piece, so that the work grows with the length alone. */
const WINDOW = 64 * 1024;
/** Longer than a secret in any encoding that begins in one piece and ends in the next. */
const BEYOND = 8 * 1024;

export function makeRedactor(): Redactor {
  const secrets = new Set<string>();
  const finder = new SecretFinder();

  const text = (given: string): string => {
    if (secrets.size === 0) return given;
    let redacted = '';
    let done = 0;
    for (let start = 0; start < given.length; start += WINDOW) {
      for (const [from, to] of finder.find(given.slice(start, start + WINDOW + BEYOND))) {
        if (start + to <= done) continue;
        redacted += given.slice(done, Math.max(done, start + from)) + (start + from < done ? '' : HIDDEN);
        done = start + to;
      }
    }
    return redacted + given.slice(done);
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
