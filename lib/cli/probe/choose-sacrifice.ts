import type { Jobs } from '../../jobs/job.ts';
import { Secret } from '../../kernel/secret.ts';
import { isStoredReference } from '../../kernel/secret-reference.ts';
import { UsageError } from '../usage-error.ts';
import type { Sacrifice } from './probe-world.ts';

/** The instance of a target, with its password from the environment. @throws {UsageError} if the target does not exist, or its password is not set or in DEW */
export function chooseSacrifice({ targets }: Jobs, name: string, env: NodeJS.ProcessEnv): Sacrifice {
  const target = targets.get(name);
  if (target === undefined) throw new UsageError(`probe: --with-task ${name}: no such target in the jobs file`);
  const { id: instanceId, password: reference } = target;
  if (reference === undefined) return { instanceId };
  if (isStoredReference(reference)) {
    throw new UsageError(
      `probe: --with-task ${name}: its password is in DEW, which probe does not read; name a target with { user_data: NAME }`,
    );
  }
  const password = env[reference.user_data];
  if (password === undefined || password === '')
    throw new UsageError(
      `probe: --with-task ${name}: set ${reference.user_data}, its password, in the environment or .env`,
    );
  return { instanceId, password: new Secret(password) };
}
