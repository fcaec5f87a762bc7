import type { Ledger } from './ledger.ts';
import { TargetLane } from './target-lane.ts';

/**
 * Removes a run from its lane: of one that has ended anybody, with its last claim; of another one its claimant alone.
 *
 * @param fenced also when the run is not there: an earlier claimant of it may be about to enter
 * @throws {LedgerError} when the lane cannot be read or written
 */
export async function leaveLane(
  ledger: Ledger,
  lane: string,
  { run, claim, fenced = false }: { readonly run: string; readonly claim: number; readonly fenced?: boolean },
): Promise<void> {
  const queue = await TargetLane.shared(ledger, lane);
  // What is known may be older than the entry.
  if (!queue.state.entries.some((entry) => entry.run === run)) await queue.refresh();
  await queue.leave(run, claim, { fenced });
}
