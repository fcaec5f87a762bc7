import { RunError } from '../../kernel/errors.ts';
import { leaveLane } from '../ledger/leave-lane.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openRunLog } from '../ledger/run-log.ts';
import type { RunState } from '../ledger/run-state.ts';
import type { RunReason } from '../report/run-result.ts';
import { laneOf } from '../start/lane-fact.ts';
import { refuseWhileHandled } from './refuse-while-handled.ts';

/**
 * Has a run that created nothing yet, as far as is known, wait for a person until `resolveRun`. Nothing is sent for it and nothing is looked
 * for; it stays open, and a redelivery is answered from the ledger.
 *
 * - One that waits, or was received: it leaves the lane, and others have its target meanwhile. A backup that was being taken for it is made.
 * - One whose create call's fate is unknown: its task may be running, so it keeps its target, and others wait until it is resolved.
 * - One that parked by itself: now it is not looked for either.
 *
 * Not for a run that has its task: nothing is left to hold back, and what follows the task may be overdue. `why` is stored, answered and
 * reported: nothing secret in it.
 *
 * @throws {RunError} and nothing is recorded: `no_such_run`; `ended`; `has_task`; `parked_already`, by hand; `in_progress` while an invocation
 *   handles it (trying again later helps)
 * @throws {LedgerError} when the ledger can't be read or written
 */
export async function parkRun(
  ledger: Ledger,
  { job, run }: { readonly job: string; readonly run: string },
  why: string,
): Promise<void> {
  const log = await openRunLog(ledger, job, run);
  const what = `job ${job}, run ${run}`;
  const reason: RunReason = { code: 'parked', message: `parked by a person: ${why}` };
  await log.change((state) => {
    refuse(state, what);
    refuseWhileHandled(state, ledger, what);
    return [
      { ...ledger.stamp(), type: 'claimed', until: ledger.now() },
      { ...ledger.stamp(), type: 'parked', reason, byHand: true },
    ];
  });
  const { received, attempt, lastClaim: claim } = log.state;
  const lane = received?.planned && laneOf(received.planned);
  // Recorded first: nobody creates for it any more. Killed here, reconcile takes it out; whoever claims it later keeps its turn.
  if (lane !== undefined && !attempt) await leaveLane(ledger, lane, { run, claim, fenced: true });
}

function refuse({ received, end, settled, parkedByHand, reason }: RunState, what: string): void {
  if (!received) throw new RunError('no_such_run', `${what}: the ledger has none such`);
  if (end === 'created' && !settled) {
    throw new RunError(
      'has_task',
      `${what}: its task is there, and parking holds nothing back; forget it to stop following`,
    );
  }
  if (end) throw new RunError('ended', `${what}: it has ended (${end}), and that is final`);
  if (parkedByHand) throw new RunError('parked_already', `${what}: it is ${reason?.message ?? 'parked by a person'}`);
}
