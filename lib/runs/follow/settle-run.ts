import { leaveLane } from '../ledger/leave-lane.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { generationOf, unmarkOpen } from '../ledger/open-runs.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { RunState } from '../ledger/run-state.ts';
import { TargetLane } from '../ledger/target-lane.ts';
import { isCounted, unmarkWaiting } from '../ledger/waiting-requests.ts';
import { awaitsReports } from '../report/notify.ts';
import type { RunReason } from '../report/run-result.ts';
import { laneOf } from '../start/lane-fact.ts';

export interface Settlement {
  /** The task's last status; absent when it is unknown how the task ends. */
  readonly status?: string | undefined;
  readonly reason?: RunReason | undefined;
  /** Whether settling is still right for the state at the time of the write. Default: the run's `end` has not changed since the call. */
  readonly isStillRight?: (state: RunState) => boolean;
}

/**
 * Finishes a run: writes its last record, leaves its lane, then removes its marker unless reports are still due. If it is killed in between, calling
 * it again does the rest.
 *
 * @returns false when another invocation changed the run so that it must not be settled (now)
 * @throws {LedgerError} when the ledger cannot be read or written
 */
export async function settleRun(
  log: RunLog,
  { ledger }: { readonly ledger: Ledger },
  { status, reason, isStillRight }: Settlement = {},
): Promise<boolean> {
  const { end: before } = log.state;
  const isRight = isStillRight ?? (({ end }: RunState) => end === before);
  const known = { ...(status === undefined ? {} : { status }), ...(reason === undefined ? {} : { reason }) };
  await log.change((state) => {
    if (!state.received || state.settled || !isRight(state)) return [];
    return [{ ...ledger.stamp(), type: 'settled', ...known }];
  });
  const { received, settled } = log.state;
  if (!received || !settled) return false;
  await leaveAfterEnd(log, ledger);
  if (isCounted(received)) await unmarkWaiting(ledger, received.job, received.run);
  if (!awaitsReports(log.records, ledger.now())) {
    await unmarkOpen(ledger, received.job, received.run, generationOf(log.records));
  }
  return true;
}

async function leaveAfterEnd({ state, records }: RunLog, ledger: Ledger): Promise<void> {
  const { received, lastClaim: claim, lane: place } = state;
  const lane = received?.planned && laneOf(received.planned);
  if (!received || lane === undefined) return;
  const { run } = received;
  const isQuiet = place !== undefined && !TargetLane.isKnown(ledger, lane);
  if (isQuiet && (await TargetLane.leaveAt(ledger, lane, { run, claim }, place))) return;
  // A slow claimant may be about to enter; the fence keeps it out.
  const fenced = records.some(({ type, by }) => type === 'claimed' && by !== ledger.by);
  await leaveLane(ledger, lane, { run, claim, fenced });
}

/**
 * Takes a run that has not ended out of its lane, as its claimant, so that others on the same target need not wait for it.
 *
 * @returns false when another invocation wrote to the run first: decide again
 * @throws {LedgerError} when the ledger cannot be read or written
 */
export async function leaveQueue(log: RunLog, { ledger }: { readonly ledger: Ledger }): Promise<boolean> {
  const { received } = log.state;
  const lane = received?.planned && laneOf(received.planned);
  if (!received || lane === undefined) return true;
  const { run } = received;
  const queue = await TargetLane.shared(ledger, lane);
  if (!queue.state.entries.some((entry) => entry.run === run)) return true;
  const isMine = log.state.claimant === ledger.by;
  if (!isMine && !(await log.append({ ...ledger.stamp(), type: 'claimed', until: ledger.now() }))) return false;
  await queue.leave(run, log.state.lastClaim);
  return true;
}
