import { hasControlCharacter } from './control-characters.ts';

/** Shorter bearer tokens can be guessed. */
export const MIN_TOKEN_LENGTH = 16;

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

/** Why a value can't authenticate callers that send it as a bearer token; `undefined` when it can. */
export function tokenProblem(value: string): string | undefined {
  if (value.length >= MIN_TOKEN_LENGTH) return undefined;
  return `has fewer than ${MIN_TOKEN_LENGTH} characters, too few for a bearer token`;
}
