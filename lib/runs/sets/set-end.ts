import type { SetState } from '../ledger/set-log.ts';

/** Is it decided what becomes of the set? A new version of the marker opens a complete one again; what else comes is too late. */
export function isOver({ complete, incomplete, marker }: SetState): boolean {
  return incomplete !== undefined || (complete.length > 0 && marker === undefined);
}

/** Is there nothing to wait for but another version of the marker? */
export function isDormant(state: SetState): boolean {
  return isOver(state) || state.badManifest !== undefined;
}
