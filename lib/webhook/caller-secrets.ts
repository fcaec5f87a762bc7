import type { Jobs } from '../jobs/job.ts';
import { authReferences } from '../jobs/secret-names.ts';
import { CloudError, RunError } from '../kernel/errors.ts';
import type { Secret } from '../kernel/secret.ts';
import { referenceName, type SecretReference } from '../kernel/secret-reference.ts';
import type { RunDeps } from '../runs/run-deps.ts';
import type { CallerCredentials } from './authenticate.ts';

/** The secrets that callers authenticate with. */
export interface CallerSecrets {
  /** @throws when the secret has no usable value */
  secret(reference: SecretReference): Secret;
  /** The names of those that cannot be read now. */
  readonly unavailable: ReadonlySet<string>;
}

/**
 * Reads the secrets of all jobs, of the schemes for which the caller presents something. They are the same whichever job the request is for, so
 * neither the time it takes nor a failure tells whether the job exists.
 *
 * @throws what `deps.secret` throws, except when a secret is unusable or cannot be read now
 */
export async function readCallerSecrets(
  jobs: Jobs,
  { token, message }: CallerCredentials,
  { secret, log }: Pick<RunDeps, 'secret' | 'log'>,
): Promise<CallerSecrets> {
  const references = [
    ...(token === undefined ? [] : authReferences(jobs, 'bearer')),
    ...(message === undefined ? [] : authReferences(jobs, 'standard_webhooks')),
  ];
  const values = new Map<string, Secret>();
  const unavailable = new Set<string>();
  await Promise.all(
    [...new Map(references.map((reference) => [referenceName(reference), reference]))].map(
      async ([name, reference]) => {
        try {
          values.set(name, await secret(reference));
        } catch (error) {
          if (error instanceof RunError) return;
          if (!(error instanceof CloudError)) throw error;
          unavailable.add(name);
          log.error('a secret in on.request.auth cannot be read now', { name, error });
        }
      },
    ),
  );
  return {
    secret: (reference) => {
      const name = referenceName(reference);
      const value = values.get(name);
      if (value) return value;
      throw new RunError('secret_missing', `${name} has no usable value`);
    },
    unavailable,
  };
}
