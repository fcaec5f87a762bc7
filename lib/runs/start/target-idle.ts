import { CloudError } from '../../kernel/errors.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import { canonicalId } from '../../migrations/same-instance.ts';
import { dcsTaskState, isOver, smsTaskState } from '../../migrations/task-state.ts';
import type { CreateDeps } from './create-task.ts';

/**
 * Does a complete listing show no unfinished task on the target of a plan? A task whose target the list does not say counts as one on it.
 *
 * @returns false also when the list cannot be read: that proves nothing
 */
export async function isTargetIdle({ kind, target }: PlannedTask, { services, log }: CreateDeps): Promise<boolean> {
  if (target === undefined) return false;
  try {
    if (kind === 'server_migration') {
      const tasks = await (await services.sms()).listTasks(target);
      return tasks.every(({ state }) => isOver(smsTaskState(state)));
    }
    const tasks = await (await services.dcsFollow()).listAllMigrationTasks();
    const mayBeOnTarget = tasks.filter(
      ({ targetInstanceId }) => canonicalId(targetInstanceId ?? target) === canonicalId(target),
    );
    return mayBeOnTarget.every(({ status }) => isOver(dcsTaskState(status)));
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    log.warn('the tasks of a target could not be listed; it is looked at again at the next tick', { error });
    return false;
  }
}
