import { hasControlCharacter } from './control-characters.ts';

/** A reference to a secret: the name of an encrypted variable of the function. Safe to log and to record. */
export interface SecretReference {
  readonly user_data: string;
}

/** A value that must not be seen: printing, logging or serialising it yields `***`. Only `reveal` returns it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call this only where the request is built. */
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
 * Why a value can't be used as a secret; `undefined` when it can. A line break or a control character comes from how it was copied or stored, and
 * no service accepts one: it would be a wrong password, and enough of those lock an account. The message does not contain the value.
 */
export function secretProblem(value: string): string | undefined {
  return hasControlCharacter(value) ? 'contains a line break or a control character' : undefined;
}

/** What is odd about the value of a secret, though it may be intended; `undefined` when nothing is. */
export function secretWarning(value: string): string | undefined {
  return value.trim() === value ? undefined : 'begins or ends with whitespace';
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
