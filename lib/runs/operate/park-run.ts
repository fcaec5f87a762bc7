import { RunError } from '../../kernel/errors.ts';
import { leaveLane } from '../ledger/leave-lane.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openRunLog } from '../ledger/run-log.ts';
import type { RunState } from '../ledger/run-state.ts';
import type { RunReason } from '../report/run-result.ts';
import { laneOf } from '../start/lane-fact.ts';
import { refuseWhileHandled } from './refuse-while-handled.ts';

/**
 * Makes a run that, as far as is known, has created nothing wait for an operator until `resolveRun`. Nothing is sent or looked up for it. It stays
 * open, and a redelivery is answered from the ledger.
 *
 * - A run that waits or was just received leaves the lane, and others can use its target meanwhile. A backup that is already being taken for it is
 *   completed.
 * - A run with a create call of unknown result keeps its target, because its task may be running; others wait until it is resolved.
 * - A run that was parked automatically: its task is no longer looked for either.
 *
 * Not for a run that has its task: nothing is left to hold back, and following the task may be urgent. `why` is stored, returned and reported: it
 * must not contain secrets.
 *
 * @throws {RunError} and records nothing: `no_such_run`; `ended`; `has_task`; `parked_already` if an operator parked it; `in_progress` while an
 *   invocation handles it (retry later)
 * @throws {LedgerError} when the ledger can't be read or written
 */
export async function parkRun(
  ledger: Ledger,
  { job, run }: { readonly job: string; readonly run: string },
  why: string,
): Promise<void> {
  const log = await openRunLog(ledger, job, run);
  const what = `job ${job}, run ${run}`;
  const reason: RunReason = { code: 'parked', message: `parked by an operator: ${why}` };
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
  // Recorded first, so nobody creates for it from here on. If this is killed, reconcile takes it out of the lane; whoever claims the run later keeps
  // its turn.
  if (lane !== undefined && !attempt) await leaveLane(ledger, lane, { run, claim, fenced: true });
}

function refuse({ received, end, settled, parkedByHand, reason }: RunState, what: string): void {
  if (!received) throw new RunError('no_such_run', `${what}: not found in the ledger`);
  if (end === 'created' && !settled) {
    throw new RunError(
      'has_task',
      `${what}: its task exists, so there is nothing to hold back; use forget to stop following it`,
    );
  }
  if (end) throw new RunError('ended', `${what}: the run has ended (${end}), which is final`);
  if (parkedByHand)
    throw new RunError('parked_already', `${what}: the run is already ${reason?.message ?? 'parked by an operator'}`);
}
