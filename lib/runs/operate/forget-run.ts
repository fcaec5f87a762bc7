import { RunError } from '../../kernel/errors.ts';
import { settleRun } from '../follow/settle-run.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openRunLog } from '../ledger/run-log.ts';
import type { RunState } from '../ledger/run-state.ts';
import type { RunReason } from '../report/run-result.ts';
import { refuseWhileHandled } from './refuse-while-handled.ts';

/** What remains when a run is forgotten. */
export interface ForgetRunPlan {
  readonly job: string;
  readonly run: string;
  /** Its task, which is left unchanged. */
  readonly task?: RunState['task'];
  /** A create call may have been sent, and nobody will look for its task. */
  readonly mayHaveTask: boolean;
}

/**
 * Returns what would remain if the run were forgotten. Writes nothing.
 *
 * @throws as `forgetRun`
 */
export async function planForget(
  ledger: Ledger,
  name: { readonly job: string; readonly run: string },
): Promise<ForgetRunPlan> {
  const log = await openRunLog(ledger, name.job, name.run);
  return planOf(log.state, name, ledger);
}

/**
 * Stops following a run. Its list of records stays, with who, when and why, as a tombstone: a redelivery of its occurrence returns `skipped` (or
 * `existing` if its task is known) and never creates.
 *
 * Nothing is sent to the cloud: an existing task continues, and nobody configures, starts, stops or reports it. The target is immediately free for
 * other runs, whatever that task does. Nothing more is reported, not even reports that were due. Final: another attempt is a replay.
 *
 * The first write decides. If the call is killed after it, `reconcile` or a repeated call does the rest. `why` is stored and returned to callers: it
 * must not contain secrets.
 *
 * @returns what remains
 * @throws {RunError} and records nothing: `no_such_run`; `ended` when there is nothing left to follow; `in_progress` while an invocation handles the
 *   run (retry later)
 * @throws {LedgerError} when the ledger can't be read or written
 */
export async function forgetRun(
  ledger: Ledger,
  name: { readonly job: string; readonly run: string },
  why: string,
): Promise<ForgetRunPlan> {
  const log = await openRunLog(ledger, name.job, name.run);
  let plan = planOf(log.state, name, ledger);
  const reason: RunReason = { code: 'forgotten', message: `forgotten by an operator: ${why}` };
  await log.change((state) => {
    plan = planOf(state, name, ledger);
    if (state.end === 'forgotten') return [];
    return [
      { ...ledger.stamp(), type: 'claimed', until: ledger.now() },
      { ...ledger.stamp(), type: 'forgotten', reason },
    ];
  });
  await settleRun(log, { ledger });
  return plan;
}

function planOf(state: RunState, { job, run }: { job: string; run: string }, ledger: Ledger): ForgetRunPlan {
  const what = `job ${job}, run ${run}`;
  const { received, end, settled, task, attempt } = state;
  if (!received) throw new RunError('no_such_run', `${what}: not found in the ledger`);
  if (settled || (end !== undefined && end !== 'created' && end !== 'forgotten')) {
    throw new RunError('ended', `${what}: the run has ended (${end ?? 'settled'}); there is nothing to forget`);
  }
  refuseWhileHandled(state, ledger, what);
  return { job, run, ...(task ? { task } : {}), mayHaveTask: attempt !== undefined };
}
