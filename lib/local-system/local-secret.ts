import { createHash } from 'node:crypto';
import type { Jobs } from '../jobs/job.ts';
import { secretNames, signingNames } from '../jobs/secret-names.ts';

/** What a variable of the local functions holds: the same at every start, and in an instance as in the functions. */
export function localSecret(variable: string): string {
  return `local-${variable}`;
}

/** The same for one that signs messages: as Standard Webhooks wants them, 24 to 64 bytes in base64. */
export function localSigningSecret(variable: string): string {
  return `whsec_${createHash('sha256').update(localSecret(variable)).digest('base64')}`;
}

/** The values of all secrets that a jobs file names, by the names of their variables. */
export function localSecrets(jobs: Jobs): ReadonlyMap<string, string> {
  const signing = signingNames(jobs);
  return new Map(
    [...secretNames(jobs)].map((name) => [name, signing.has(name) ? localSigningSecret(name) : localSecret(name)]),
  );
}
