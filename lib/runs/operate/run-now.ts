import { RunError } from '../../kernel/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openRunLog } from '../ledger/run-log.ts';
import type { RunState } from '../ledger/run-state.ts';
import type { RunReason } from '../report/run-result.ts';
import { refuseWhileHandled } from './refuse-while-handled.ts';

/**
 * Lets one run start although the budget of its job is used up. Nothing is sent: `reconcile` starts it at its next tick, under all other rules: pause,
 * lane, checks. The run does not count against the budget, which stays as it is for other runs. Replays of it need a decision of their own.
 *
 * @param why stored, and shown to other operators; must not contain secrets
 * @returns `existing` when this was decided before; nothing is recorded then
 * @throws {RunError} and records nothing: `no_such_run`; `ended`; `in_progress` while an invocation handles it (retry later); `not_over_budget` when
 *   it waits for something else
 * @throws {LedgerError} when the ledger can't be read or written
 */
export async function runNow(
  ledger: Ledger,
  { job, run }: { readonly job: string; readonly run: string },
  why: string,
): Promise<'recorded' | 'existing'> {
  const log = await openRunLog(ledger, job, run);
  const reason: RunReason = { code: 'run_now', message: `started beyond its limit by an operator: ${why}` };
  const isNew = await log.change((state) => {
    refuse(state, ledger, `job ${job}, run ${run}`);
    return state.runNow ? [] : [{ ...ledger.stamp(), type: 'run_now', reason }];
  });
  return isNew ? 'recorded' : 'existing';
}

function refuse(state: RunState, ledger: Ledger, what: string): void {
  const { received, end, reason } = state;
  if (!received) throw new RunError('no_such_run', `${what}: not found in the ledger`);
  if (end) throw new RunError('ended', `${what}: the run has ended (${end}), which is final`);
  if (state.runNow) return;
  refuseWhileHandled(state, ledger, what);
  if (reason?.code !== 'over_budget') {
    const waits = reason ? `: ${reason.message}` : '';
    throw new RunError('not_over_budget', `${what}: the run does not wait for its job's limit${waits}`);
  }
}
