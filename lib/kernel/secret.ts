import { hasControlCharacter } from './control-characters.ts';

/** Where a secret comes from: the name of an encrypted variable of the function. Safe to log and to record. */
export interface SecretReference {
  readonly user_data: string;
}

/** A value that must not be seen: whatever prints it, logs it or serialises it gets `***`. Only `reveal` gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it where the request is built, and nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toJSON(): string {
    return '***';
  }

  toString(): string {
    return '***';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '***';
  }
}

/**
 * Why a value can't be used as a secret; `undefined` when it can. A line end or a control character comes from how it was copied or stored, and
 * no service takes one: sent, it would be a wrong password, and enough of those lock an account. The value is not in the text.
 */
export function secretProblem(value: string): string | undefined {
  return hasControlCharacter(value) ? 'has a line end or a control character in it' : undefined;
}

/** What is odd about the value of a secret, and may be meant; `undefined` when nothing is. */
export function secretWarning(value: string): string | undefined {
  return value.trim() === value ? undefined : 'begins or ends with a blank';
}

/** Is it a reference and nothing else? */
export function isSecretReference(value: unknown): value is SecretReference {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 1 &&
    typeof (value as { user_data?: unknown }).user_data === 'string'
  );
}
