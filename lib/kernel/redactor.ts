import { SecretFinder } from './find-secrets.ts';

/** Replaces a secret. */
export const HIDDEN = '***';

/** Removes the secrets that this invocation has seen from everything that leaves it. The last line of defence, not the first. */
export interface Redactor {
  /** Registers a value to be replaced from now on. Values shorter than four characters are ignored: they are too common to replace. */
  add(secret: string): void;
  /** Replaces the registered values in a text, in all the usual encodings (lib/kernel/find-secrets.ts). */
  text(text: string): string;
  /** The same for each string in a JSON value. Keys stay, and so does everything else but a number that is a secret. */
  value<T>(value: T): T;
}

const MIN_LENGTH = 4;
/** The fewest digits of a number that is treated as a secret. Shorter numbers are sizes and counts. */
const MIN_DIGITS = 8;
/** Long texts are searched in windows, so that the work grows linearly with the length. */
const WINDOW = 64 * 1024;
/** Overlap of two windows: longer than any encoded secret that begins in one and ends in the next. */
const OVERLAP = 8 * 1024;

export function makeRedactor(): Redactor {
  const secrets = new Set<string>();
  const finder = new SecretFinder();

  const text = (given: string): string => {
    if (secrets.size === 0) return given;
    let redacted = '';
    let done = 0;
    for (let start = 0; start < given.length; start += WINDOW) {
      for (const [from, to] of finder.find(given.slice(start, start + WINDOW + OVERLAP))) {
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
      // A signing secret is base64, with or without the prefix.
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
