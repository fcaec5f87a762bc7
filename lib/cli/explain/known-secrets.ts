import type { Jobs } from '../../jobs/job.ts';
import { secretNames } from '../../jobs/secret-names.ts';
import { RunError } from '../../kernel/errors.ts';
import { makeRedactor, type Redactor } from '../../kernel/redactor.ts';
import { Secret, type SecretReference, secretProblem } from '../../kernel/secret.ts';
import type { Settings } from '../../kernel/settings.ts';
import { localSecrets } from '../../local-system/local-secret.ts';

/** Those of the functions' secrets that this machine has. */
export interface KnownSecrets {
  /** @throws {RunError} `secret_missing` if this machine does not have it, `bad_secret` if it can't be used */
  secret(reference: SecretReference): Secret;
  /** Is it the secret that `npm start` generates for its functions? */
  isGenerated(name: string): boolean;
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
  const local = isLocal ? localSecrets(jobs) : new Map<string, string>();
  const findValue = (name: string) => env[name] || local.get(name);
  const redactor = makeRedactor();
  for (const name of secretNames(jobs)) redactor.add(findValue(name) ?? '');
  return {
    secret: ({ user_data: name }) => {
      const value = findValue(name);
      const problem = secretProblem(value ?? '');
      if (problem) throw new RunError('bad_secret', `the environment's ${name} ${problem}`);
      if (value) return new Secret(value);
      throw new RunError('secret_missing', `${name} is not set in the environment`);
    },
    isGenerated: (name) => isLocal && !env[name],
    redactor,
  };
}
