import { isSecretReference, type Secret, type SecretReference } from '../kernel/secret.ts';

/** A copy of a planned body with secret references replaced by their values. Send it to the service, and nowhere else. */
export function resolveSecrets<T>(value: T, secret: (reference: SecretReference) => Secret): T;
export function resolveSecrets(value: unknown, secret: (reference: SecretReference) => Secret): unknown {
  if (isSecretReference(value)) return secret(value).reveal();
  if (Array.isArray(value)) return value.map((item) => resolveSecrets(item, secret));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveSecrets(item, secret)]));
}
