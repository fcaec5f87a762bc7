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
 * What a person found out about a run that can't go on by itself.
 *
 * - `try_again`: there is surely no task; create it. For parked runs only. One that was parked by hand goes on from where it was: if a create
 *   call may have gone out, its task is looked for again before anything else.
 * - `task`: this is its task.
 * - `give_up`: there is no task, and there shall be none.
 */
export type Decision =
  | { readonly kind: 'try_again' }
  | { readonly kind: 'task'; readonly id: string }
  | { readonly kind: 'give_up'; readonly why: string };

/**
 * Records what a person decided about a run. Makes no call to the cloud: `reconcile` goes on from it at its next tick.
 *
 * Before it creates after `try_again` it looks for the task once more. A task given by hand is followed under the name that we gave; one
 * of another name is not found, and the run then ends as if its task were gone. `why` is stored and answered: nothing secret in it.
 *
 * @throws {RunError} and nothing is recorded: `no_such_run`; `ended` when the run has ended; `in_progress` while an invocation handles it
 *   (trying again later helps); `not_parked` for `try_again`
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
      throw new RunError('not_parked', `job ${job}, run ${run}: it is not parked and goes on by itself`);
    }
    isOver = decision.kind === 'give_up' || (decision.kind === 'task' && laneOf(planned) === undefined);
    return [recordOf(decision, planned, ledger)];
  });
  if (isOver) await settleRun(log, { ledger });
}

function plannedOf(state: RunState, ledger: Ledger, what: string): PlannedTask {
  const { received, end } = state;
  if (end) throw new RunError('ended', `${what}: it has ended (${end}), and that is final`);
  if (!received?.planned) throw new RunError('no_such_run', `${what}: the ledger has none such`);
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
        reason: { code: 'given_up', message: `given up by a person: ${decision.why}` },
      };
  }
}
