import { LedgerError } from '../../ports/ledger-error.ts';
import { inOrder, type LaneEntry } from '../ledger/lane-state.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { foldRun } from '../ledger/run-state.ts';
import { TargetLane } from '../ledger/target-lane.ts';
import type { RunReason } from '../report/run-result.ts';
import { laneOf, turnText } from '../start/lane-fact.ts';

/**
 * The reason of a queued run as of now. A run records the one that it first waited for, not each that has the turn later. Reads each lane once for all
 * runs of an invocation.
 *
 * @returns `undefined` for a run that is not queued, or while its lane cannot be read: then the recorded reason is what is known
 */
export async function turnNow(ledger: Ledger, records: readonly RunRecord[]): Promise<RunReason | undefined> {
  const { received, end, attempt, parked, reason } = foldRun(records);
  const lane = received?.planned && laneOf(received.planned);
  if (!received || lane === undefined || end || attempt || parked || reason?.code !== 'queued') return undefined;
  try {
    const { entries, holder } = (await TargetLane.shared(ledger, lane)).state;
    const isAhead = (entry: LaneEntry) => entry.run !== received.run && inOrder(entry, received) < 0;
    const ahead = entries.find(({ run }) => run === holder) ?? entries.find(isAhead);
    if (!ahead)
      return { ...reason, message: `no other run is ahead of it on ${lane}; reconcile starts it at its next tick` };
    return { ...reason, message: turnText(ahead, lane) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return undefined;
  }
}
