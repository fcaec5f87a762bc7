/** What stands in place of a secret. */
export const HIDDEN = '***';

/** Takes the secrets that this invocation has met out of all that leaves it. The last line of defence, not the first. */
export interface Redactor {
  /** From now on this value is replaced wherever it stands. One under four characters is too common to replace. */
  add(secret: string): void;
  /** Replaces the known values in a text. */
  text(text: string): string;
  /** The same for a value that JSON can hold. */
  value<T>(value: T): T;
}

const MIN_LENGTH = 4;

export function makeRedactor(): Redactor {
  const secrets = new Set<string>();
  const text = (given: string): string => {
    let redacted = given;
    // Longest first: one secret may be part of another.
    for (const secret of [...secrets].sort((a, b) => b.length - a.length))
      redacted = redacted.replaceAll(secret, HIDDEN);
    return redacted;
  };
  return {
    add: (secret) => {
      if (secret.length < MIN_LENGTH) return;
      secrets.add(secret);
      // As JSON and as a URL write it.
      secrets.add(JSON.stringify(secret).slice(1, -1));
      secrets.add(encodeURIComponent(secret));
    },
    text,
    value: (value) => {
      const json = JSON.stringify(value);
      const redacted = text(json);
      return redacted === json ? value : JSON.parse(redacted);
    },
  };
}
