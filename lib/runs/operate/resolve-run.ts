import { RunError } from '../../kernel/errors.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import { settleRun } from '../follow/settle-run.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openRunLog } from '../ledger/run-log.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import type { RunState } from '../ledger/run-state.ts';
import { laneOf } from '../start/lane-fact.ts';
import { refuseWhileHandled } from './refuse-while-handled.ts';

/**
 * An operator's decision about a run that can't continue on its own.
 *
 * - `try_again`: there is definitely no task; create it. For parked runs only. A run that an operator parked continues from where it was: if a create
 *   call may have been sent, its task is looked for first.
 * - `task`: this is its task.
 * - `give_up`: there is no task, and none is to be created.
 */
export type Decision =
  | { readonly kind: 'try_again' }
  | { readonly kind: 'task'; readonly id: string }
  | { readonly kind: 'give_up'; readonly why: string };

/**
 * Records an operator's decision about a run. Makes no call to the cloud: `reconcile` acts on it at its next tick.
 *
 * After `try_again`, it looks for the task again before it creates. A task given by the operator is followed under the name that we gave; a task with
 * another name is not found, and the run then ends as if its task were gone. `why` is stored and returned: it must not contain secrets.
 *
 * @throws {RunError} and records nothing: `no_such_run`; `ended` when the run has ended; `in_progress` while an invocation handles it (retry later);
 *   `not_parked` for `try_again`
 * @throws {LedgerError} when the ledger can't be read or written
 */
export async function resolveRun(
  ledger: Ledger,
  { job, run }: { readonly job: string; readonly run: string },
  decision: Decision,
): Promise<void> {
  const log = await openRunLog(ledger, job, run);
  let isOver = false;
  await log.change((state) => {
    const planned = plannedOf(state, ledger, `job ${job}, run ${run}`);
    if (decision.kind === 'try_again' && !state.parked) {
      throw new RunError('not_parked', `job ${job}, run ${run}: the run is not parked and continues on its own`);
    }
    isOver = decision.kind === 'give_up' || (decision.kind === 'task' && laneOf(planned) === undefined);
    return [recordOf(decision, planned, ledger)];
  });
  if (isOver) await settleRun(log, { ledger });
}

function plannedOf(state: RunState, ledger: Ledger, what: string): PlannedTask {
  const { received, end } = state;
  if (end) throw new RunError('ended', `${what}: the run has ended (${end}), which is final`);
  if (!received?.planned) throw new RunError('no_such_run', `${what}: not found in the ledger`);
  refuseWhileHandled(state, ledger, what);
  return received.planned;
}

function recordOf(decision: Decision, { kind, name }: PlannedTask, ledger: Ledger): RunRecord {
  const stamp = ledger.stamp();
  switch (decision.kind) {
    case 'try_again':
      return { ...stamp, type: 'resumed' };
    case 'task':
      return { ...stamp, type: 'adopted', task: { kind, id: decision.id, name } };
    case 'give_up':
      return {
        ...stamp,
        type: 'rejected',
        reason: { code: 'given_up', message: `given up by an operator: ${decision.why}` },
      };
  }
}
