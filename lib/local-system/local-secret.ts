import { createHash } from 'node:crypto';
import type { Jobs } from '../jobs/job.ts';
import { secretNames, signingNames } from '../jobs/secret-names.ts';

/** The generated value of a secret variable: the same at every start, for the functions and for the instances. */
export function localSecret(variable: string): string {
  return `local-${variable}`;
}

/** The same for a signing secret, as Standard Webhooks requires: 24 to 64 bytes in base64. */
export function localSigningSecret(variable: string): string {
  return `whsec_${createHash('sha256').update(localSecret(variable)).digest('base64')}`;
}

/** The values of all secrets that a jobs file refers to, by variable name. */
export function localSecrets(jobs: Jobs): ReadonlyMap<string, string> {
  const signing = signingNames(jobs);
  return new Map(
    [...secretNames(jobs)].map((name) => [name, signing.has(name) ? localSigningSecret(name) : localSecret(name)]),
  );
}
