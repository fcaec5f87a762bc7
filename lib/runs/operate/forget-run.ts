import { RunError } from '../../kernel/errors.ts';
import { settleRun } from '../follow/settle-run.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openRunLog } from '../ledger/run-log.ts';
import type { RunState } from '../ledger/run-state.ts';
import type { RunReason } from '../report/run-result.ts';
import { refuseWhileHandled } from './refuse-while-handled.ts';

/** What is left when a run is forgotten. */
export interface ForgetRunPlan {
  readonly job: string;
  readonly run: string;
  /** Its task, which is left as it is. */
  readonly task?: RunState['task'];
  /** A create call may have gone out, and nobody will look for its task. */
  readonly mayHaveTask: boolean;
}

/**
 * Says what forgetting a run would leave. Writes nothing.
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
 * Follows a run no more. What stays is its list of records with who, when and why: a tombstone, from which a redelivery of its occurrence is
 * answered (`skipped`, or `existing` where its task is known), and never creates.
 *
 * Nothing is sent to the cloud: a task that is there goes on as it is, and nobody configures, starts, stops or reports it. The target is
 * free for other runs at once, whatever that task does. Nothing more is reported, not even what waited to be. Final: another attempt
 * is a replay.
 *
 * The first write decides; killed after it, `reconcile` or the same again does the rest. `why` is stored and answered: nothing secret in it.
 *
 * @returns what is left
 * @throws {RunError} and nothing is recorded: `no_such_run`; `ended` when there is nothing left to follow; `in_progress` while an invocation
 *   handles it (trying again later helps)
 * @throws {LedgerError} when the ledger can't be read or written
 */
export async function forgetRun(
  ledger: Ledger,
  name: { readonly job: string; readonly run: string },
  why: string,
): Promise<ForgetRunPlan> {
  const log = await openRunLog(ledger, name.job, name.run);
  let plan = planOf(log.state, name, ledger);
  const reason: RunReason = { code: 'forgotten', message: `forgotten by a person: ${why}` };
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
  if (!received) throw new RunError('no_such_run', `${what}: the ledger has none such`);
  if (settled || (end !== undefined && end !== 'created' && end !== 'forgotten')) {
    throw new RunError('ended', `${what}: it has ended (${end ?? 'settled'}), and nothing follows it`);
  }
  refuseWhileHandled(state, ledger, what);
  return { job, run, ...(task ? { task } : {}), mayHaveTask: attempt !== undefined };
}
