import type { Ledger } from '../ledger/ledger.ts';
import { generationOf, unmarkOpen } from '../ledger/open-runs.ts';
import { foldRun, type RunLog, type RunState } from '../ledger/run-log.ts';
import { TargetLane } from '../ledger/target-lane.ts';
import { isCounted, unmarkWaiting } from '../ledger/waiting-requests.ts';
import { awaitsReports } from '../report/notify.ts';
import type { RunReason } from '../report/run-result.ts';
import { laneOf, leaveLane } from '../start/lane-turn.ts';

export interface Settlement {
  /** The task's last status; absent when it is not known how it ends. */
  readonly status?: string | undefined;
  readonly reason?: RunReason | undefined;
  /** Is the decision to settle right for what the run is when it is written? By default: while it has ended as it had when this was called. */
  readonly isStillRight?: (state: RunState) => boolean;
}

/**
 * Nothing more is to be done for a run: its last record is written, then the lane is left, then the marker removed, unless something is still
 * to be reported. Killed between two of these, the same again does the rest.
 *
 * @returns false when somebody else changed the run so that it is not to be settled (now)
 * @throws {LedgerError} when the ledger cannot be read or written
 */
export async function settleRun(
  log: RunLog,
  { ledger }: { readonly ledger: Ledger },
  { status, reason, isStillRight }: Settlement = {},
): Promise<boolean> {
  const { end: before } = foldRun(log.records);
  const isRight = isStillRight ?? (({ end }: RunState) => end === before);
  const known = { ...(status === undefined ? {} : { status }), ...(reason === undefined ? {} : { reason }) };
  await log.change((records) => {
    const state = foldRun(records);
    if (!state.received || state.settled || !isRight(state)) return [];
    return [{ ...ledger.stamp(), type: 'settled', ...known }];
  });
  const { received, settled, lastClaim } = foldRun(log.records);
  if (!received || !settled) return false;
  const lane = received.planned && laneOf(received.planned);
  if (lane !== undefined) {
    // A slow claimant may be about to enter: it finds that the run has left.
    const fenced = log.records.some(({ type, by }) => type === 'claimed' && by !== ledger.by);
    await leaveLane(ledger, lane, { run: received.run, claim: lastClaim, fenced });
  }
  if (isCounted(received)) await unmarkWaiting(ledger, received.job, received.run);
  if (!awaitsReports(log.records, ledger.now())) {
    await unmarkOpen(ledger, received.job, received.run, generationOf(log.records));
  }
  return true;
}

/**
 * Takes a run that has not ended out of its lane, as its claimant: others on the same target need not wait for it.
 *
 * @returns false when somebody else wrote to the run first: decide again
 * @throws {LedgerError} when the ledger cannot be read or written
 */
export async function stepOut(log: RunLog, { ledger }: { readonly ledger: Ledger }): Promise<boolean> {
  const { received } = foldRun(log.records);
  const lane = received?.planned && laneOf(received.planned);
  if (!received || lane === undefined) return true;
  const queue = await TargetLane.open(ledger, lane);
  if (!queue.state.entries.some(({ run }) => run === received.run)) return true;
  const isMine = log.records.findLast(({ type }) => type === 'claimed')?.by === ledger.by;
  if (!isMine && !(await log.append({ ...ledger.stamp(), type: 'claimed', until: ledger.now() }))) return false;
  await queue.leave(received.run, foldRun(log.records).lastClaim);
  return true;
}
