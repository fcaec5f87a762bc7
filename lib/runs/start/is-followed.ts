import type { PlannedTask } from '../../migrations/action.ts';
import { laneOf } from './lane-fact.ts';

/** Whether there is something left to do once the task exists: others wait for its target, or it has to be configured. */
export function isFollowed(planned: PlannedTask): boolean {
  return laneOf(planned) !== undefined || planned.configure !== undefined;
}
