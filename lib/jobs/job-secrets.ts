import type { SecretReference } from '../kernel/secret-reference.ts';
import { ACTIONS } from '../migrations/actions.ts';
import { valueAt } from '../migrations/value-at.ts';
import type { Job, Jobs } from './job.ts';
import { referencesOf } from './secret-names.ts';

/** The secrets that a job may need: its own, and those of the targets that it or its callers may name. */
export function secretsNeededBy(job: Job, { targets }: Pick<Jobs, 'targets'>): SecretReference[] {
  const { kind, fields, on } = job;
  const named = ACTIONS[kind].namedInstances.flatMap((path) => {
    if (on.request?.accepts.includes(path[0])) return [...targets.values()];
    const name = valueAt(fields, path);
    return (typeof name === 'string' && targets.get(name)) || [];
  });
  return [...referencesOf(job), ...named.flatMap(({ password }) => password ?? [])];
}
