import { createHash } from 'node:crypto';
import type { Jobs } from '../jobs/job.ts';
import { authReferences, secretReferences, storedReferences } from '../jobs/secret-names.ts';
import { MIN_TOKEN_LENGTH } from '../kernel/secret.ts';
import { isStoredReference, referenceName, type SecretReference } from '../kernel/secret-reference.ts';

/** The generated value of a secret variable: the same at every start, for the functions and for the instances. */
export function localSecret(variable: string): string {
  return `local-${variable}`;
}

/** The same for a bearer token, which must not be too short. */
export function localToken(variable: string): string {
  return localSecret(variable).padEnd(MIN_TOKEN_LENGTH, '0');
}

/** The same for a signing secret, as Standard Webhooks requires: 24 to 64 bytes in base64. */
export function localSigningSecret(variable: string): string {
  return `whsec_${createHash('sha256').update(localSecret(variable)).digest('base64')}`;
}

/** The generated value of a secret that a jobs file refers to, in the form that its uses require. */
export function localValue(reference: SecretReference, jobs: Jobs): string {
  const name = referenceName(reference);
  const isUsedFor = (scheme: 'standard_webhooks' | 'bearer') =>
    authReferences(jobs, scheme).some((other) => referenceName(other) === name);
  const plain = localName(reference);
  if (isUsedFor('standard_webhooks')) return localSigningSecret(plain);
  return isUsedFor('bearer') ? localToken(plain) : localSecret(plain);
}

/** The values of all variables that a jobs file reads secrets from, by name. */
export function localSecrets(jobs: Jobs): ReadonlyMap<string, string> {
  const variables = secretReferences(jobs).flatMap((reference) => (isStoredReference(reference) ? [] : [reference]));
  return new Map(variables.map((reference) => [reference.user_data, localValue(reference, jobs)]));
}

/** The values of the secrets in DEW that a jobs file refers to, by name of secret: a JSON object if it names keys, else the value. */
export function localStoredSecrets(jobs: Jobs): ReadonlyMap<string, string> {
  const all = storedReferences(jobs);
  const entries = [...new Set(all.map(({ csms }) => csms))].map((name) => {
    const references = all.filter(({ csms }) => csms === name);
    const keys = references.flatMap((reference) =>
      reference.key === undefined ? [] : [[reference.key, localValue(reference, jobs)] as const],
    );
    const [first] = references;
    const text = keys.length > 0 ? JSON.stringify(Object.fromEntries(keys)) : first ? localValue(first, jobs) : '';
    return [name, text] as const;
  });
  return new Map(entries);
}

/** What the generated value of a secret is made of: a short name without spaces. */
export function localName(reference: SecretReference): string {
  if (!isStoredReference(reference)) return reference.user_data;
  const { csms, key } = reference;
  return key === undefined ? csms : `${csms}-${key.replaceAll(/\s/g, '-')}`;
}
