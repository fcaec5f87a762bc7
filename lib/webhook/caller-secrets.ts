import type { Job } from '../jobs/job.ts';
import { authReferences } from '../jobs/secret-names.ts';
import { CloudError, RunError } from '../kernel/errors.ts';
import type { Secret } from '../kernel/secret.ts';
import { referenceName, referencesIn, type SecretReference } from '../kernel/secret-reference.ts';
import type { Invocation } from '../platform/invocation.ts';
import type { CallerCredentials } from './authenticate.ts';

/** The secrets that callers authenticate with. */
export interface CallerSecrets {
  /** Resolves when it is known what the secrets of a job are; at once for a job that does not exist. @throws like `all` */
  of(job: Job | undefined): Promise<void>;
  /** Resolves when all secrets are known. @throws what `callerSecret` throws, except when a secret is unusable or cannot be read now */
  all(): Promise<void>;
  /** @throws when the secret has no usable value, or is not known yet */
  secret(reference: SecretReference): Secret;
  /** The names of those that cannot be read now. */
  readonly unavailable: ReadonlySet<string>;
}

/**
 * Begins to read the secrets of all jobs, of the schemes for which the caller presents something. They are the same whichever job the request is for.
 * A caller who may use a job waits for its secrets only; anybody else waits for all, so neither the time it takes nor a failure tells whether a job
 * exists.
 */
export function readCallerSecrets(
  { token, message }: CallerCredentials,
  { jobs, deps, callerSecret }: Pick<Invocation, 'jobs' | 'deps' | 'callerSecret'>,
): CallerSecrets {
  const values = new Map<string, Secret>();
  const unavailable = new Set<string>();
  const read = async (name: string, reference: SecretReference): Promise<void> => {
    try {
      values.set(name, await callerSecret(reference));
    } catch (error) {
      if (error instanceof RunError) return;
      if (!(error instanceof CloudError)) throw error;
      unavailable.add(name);
      deps.log.error('a secret in on.request.auth cannot be read now', { name, error });
    }
  };
  const references = [
    ...(token === undefined ? [] : authReferences(jobs, 'bearer')),
    ...(message === undefined ? [] : authReferences(jobs, 'standard_webhooks')),
  ];
  const reading = new Map<string, Promise<void>>();
  for (const reference of references) {
    const name = referenceName(reference);
    if (!reading.has(name)) reading.set(name, read(name, reference));
  }
  // Who is let in does not wait for the others, so nobody may be there when one fails.
  for (const end of reading.values()) end.catch(() => undefined);
  const wait = async (names: Iterable<string>) => {
    await Promise.all([...names].map((name) => reading.get(name)));
  };
  return {
    of: (job) => wait(referencesIn(job?.on.request?.auth).map(referenceName)),
    all: () => wait(reading.keys()),
    secret: (reference) => {
      const name = referenceName(reference);
      const value = values.get(name);
      if (value) return value;
      throw new RunError('secret_missing', `${name} has no usable value`);
    },
    unavailable,
  };
}
