import type { PlannedTask } from '../../migrations/action.ts';
import { laneOf } from './lane-fact.ts';

/** Is there something to do or to wait for once the task is there? Others wait for its target, or it has to be configured. */
export function isFollowed(planned: PlannedTask): boolean {
  return laneOf(planned) !== undefined || planned.configure !== undefined;
}
