import type { Jobs } from '../../jobs/job.ts';
import { secretReferences } from '../../jobs/secret-names.ts';
import { RunError } from '../../kernel/errors.ts';
import { makeRedactor, type Redactor } from '../../kernel/redactor.ts';
import { Secret, secretProblem } from '../../kernel/secret.ts';
import { isStoredReference, referenceName, type SecretReference } from '../../kernel/secret-reference.ts';
import type { Settings } from '../../kernel/settings.ts';
import { localValue } from '../../local-system/local-secret.ts';

/** Those of the functions' secrets that this machine has. */
export interface KnownSecrets {
  /** @throws {RunError} `secret_missing` if this machine does not have it, `bad_secret` if it can't be used */
  secret(reference: SecretReference): Secret;
  /** Is it the secret that `npm start` generates for its functions? */
  isGenerated(reference: SecretReference): boolean;
  /** Removes the secrets from output. */
  readonly redactor: Redactor;
}

/** What an event is matched against. */
export interface MatchContext {
  readonly jobs: Jobs;
  readonly settings: Pick<Settings, 'WEBHOOK_BASE_PATH'>;
  readonly secrets: Pick<KnownSecrets, 'secret' | 'isGenerated'>;
}

/** @param isLocal for the functions that `npm start` runs: they have generated secrets where the environment has none */
export function knownSecrets(jobs: Jobs, env: NodeJS.ProcessEnv, isLocal: boolean): KnownSecrets {
  const given = (reference: SecretReference) => (isStoredReference(reference) ? undefined : env[reference.user_data]);
  const findValue = (reference: SecretReference) =>
    given(reference) || (isLocal ? localValue(reference, jobs) : undefined);
  const redactor = makeRedactor();
  for (const reference of secretReferences(jobs)) redactor.add(findValue(reference) ?? '');
  return {
    secret: (reference) => {
      const name = referenceName(reference);
      const value = findValue(reference);
      const problem = secretProblem(value ?? '');
      if (problem) throw new RunError('bad_secret', `the environment's ${name} ${problem}`);
      if (value) return new Secret(value);
      const why = isStoredReference(reference) ? 'is in DEW, and is not read here' : 'is not set in the environment';
      throw new RunError('secret_missing', `${name} ${why}`);
    },
    isGenerated: (reference) => isLocal && !given(reference),
    redactor,
  };
}
