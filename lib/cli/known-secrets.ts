import { RunError } from '../errors.ts';
import type { Jobs } from '../jobs/job.ts';
import { secretNames } from '../jobs/secret-names.ts';
import { makeRedactor, type Redactor } from '../redactor.ts';
import { Secret, type SecretReference } from '../secret.ts';

/** The function's secrets, as far as the environment of this machine has them. */
export interface KnownSecrets {
  /** @throws {RunError} `secret_missing` for one that the environment does not have */
  secret(reference: SecretReference): Secret;
  /** Takes them out of what is shown. */
  readonly redactor: Redactor;
}

export function knownSecrets(jobs: Jobs, env: NodeJS.ProcessEnv): KnownSecrets {
  const redactor = makeRedactor();
  for (const name of secretNames(jobs)) redactor.add(env[name] ?? '');
  return {
    secret: ({ user_data: name }) => {
      const value = env[name];
      if (value) return new Secret(value);
      throw new RunError('secret_missing', `the environment has no ${name}`);
    },
    redactor,
  };
}
