import type { SetState } from '../ledger/set-log.ts';

/** Whether the set is complete or given up. A new version of the marker reopens a complete set; anything else that arrives is too late. */
export function isOver({ complete, incomplete, marker }: SetState): boolean {
  return incomplete !== undefined || (complete.length > 0 && marker === undefined);
}

/** Whether only another version of the marker can change the set. */
export function isDormant(state: SetState): boolean {
  return isOver(state) || state.badManifest !== undefined;
}
