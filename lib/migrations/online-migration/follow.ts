import { hasPlaceholder } from '../../schema/placeholder-syntax.ts';
import type { Activation, FollowServices, PlannedTask, TaskProgress } from '../action.ts';
import { resolveSecrets } from '../resolve-secrets.ts';
import { valueAt } from '../value-at.ts';
import { dcsProgress } from './progress-line.ts';

/** See `Action.isIncremental`. */
export function isIncremental(fields: unknown): boolean | undefined {
  const method = valueAt(fields, ['configure', 'migration_method']);
  return typeof method === 'string' && hasPlaceholder(method) ? undefined : method === 'incremental_migration';
}

/** SetOnlineMigrationTask, only while the task is `RUNNING` (waiting to be configured). `undefined` when someone else does that. */
export function configureTask({ configure: body }: PlannedTask): Activation | undefined {
  if (!body) return undefined;
  return {
    name: 'configure',
    notWhile: 'CREATING',
    send: async (services, id, secret) => {
      await (await services.dcsFollow()).setOnlineMigrationTask(id, await resolveSecrets(body, secret));
    },
  };
}

/** `undefined` when the task no longer exists, or has no figures yet. @throws {CloudError} when they cannot be read */
export async function progressOf(services: FollowServices, id: string): Promise<TaskProgress | undefined> {
  const stats = await (await services.dcsFollow()).showStats(id);
  if (!stats) return undefined;
  const { fullProgress: percent, offset, sourceKeys, targetKeys } = stats;
  return {
    line: dcsProgress(stats),
    figures: { percent, offset, source_keys: sourceKeys, target_keys: targetKeys },
    offset,
  };
}
