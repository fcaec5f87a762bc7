import { CloudError } from '../../kernel/errors.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { isOver } from '../../migrations/task-state.ts';
import type { RunDeps } from '../run-deps.ts';

/**
 * Whether a complete listing shows no unfinished task on the target of a plan.
 *
 * @returns false also when the list cannot be read: that proves nothing
 */
export async function isTargetIdle({ kind, target }: PlannedTask, { services, log }: RunDeps): Promise<boolean> {
  if (target === undefined) return false;
  try {
    const states = await ACTIONS[kind].taskStatesOn(services, target);
    return states.every((state) => isOver(ACTIONS[kind].stateOf(state)));
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    log.warn('the tasks of a target could not be listed; retrying at the next tick', { error });
    return false;
  }
}
