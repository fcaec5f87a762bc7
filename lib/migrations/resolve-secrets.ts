import { isSecretReference, type ReadSecret } from '../kernel/secret-reference.ts';

/** A copy of a planned body with secret references replaced by their values. Send it to the service, and nowhere else. @throws what `secret` throws */
export async function resolveSecrets<T>(value: T, secret: ReadSecret): Promise<T>;
export async function resolveSecrets(value: unknown, secret: ReadSecret): Promise<unknown> {
  if (isSecretReference(value)) return (await secret(value)).reveal();
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveSecrets(item, secret)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await resolveSecrets(item, secret)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
