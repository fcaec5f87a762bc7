import { Secret } from '../../kernel/secret.ts';
import { isSecretReference } from '../../kernel/secret-reference.ts';

export interface RevealedBody {
  readonly body: Record<string, unknown>;
  /** All secrets in it, to be redacted from errors and logs about the call. */
  readonly secrets: readonly string[];
}

/**
 * Copies a request body, replacing each {@link Secret} with the plain value that the service needs.
 *
 * @throws {TypeError} when it still contains a secret reference: the service would use the reference as the password
 */
export function revealSecrets(body: Readonly<Record<string, unknown>>): RevealedBody {
  const secrets: string[] = [];

  const copy = (value: unknown, key: string): unknown => {
    if (value instanceof Secret) {
      secrets.push(value.reveal());
      return value.reveal();
    }
    if (isSecretReference(value)) throw new TypeError(`the secret for "${key}" was not resolved before the call`);
    if (Array.isArray(value)) return value.map((item) => copy(item, key));
    if (typeof value === 'object' && value !== null) return copyObject(value);
    if (typeof value === 'string' && /password/i.test(key)) secrets.push(value);
    return value;
  };
  const copyObject = (object: object) =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key, copy(value, key)]));

  return { body: copyObject(body), secrets };
}
