import type { Ledger } from './ledger.ts';
import { TargetLane } from './target-lane.ts';

/**
 * Removes a run from its lane. Anybody may remove a run that has ended, with its last claim; any other run only its claimant.
 *
 * @param fenced record this even if the run is not in the lane, because an earlier claimant may be about to enter
 * @throws {LedgerError} when the lane cannot be read or written
 */
export async function leaveLane(
  ledger: Ledger,
  lane: string,
  { run, claim, fenced = false }: { readonly run: string; readonly claim: number; readonly fenced?: boolean },
): Promise<void> {
  const queue = await TargetLane.shared(ledger, lane);
  // The cached state may be older than the entry.
  if (!queue.state.entries.some((entry) => entry.run === run)) await queue.refresh();
  await queue.leave(run, claim, { fenced });
}
