import { RunError } from '../../kernel/errors.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { settleRun } from '../follow/settle-run.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { NewRunRecord } from '../ledger/run-record.ts';
import { createdResult, existingResult, type RunReason, type RunResult, reasonOf } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { findTaskAfterLostResponse, type SendEnd, sendCreate } from './create-task.ts';
import { refuseOrWait } from './decide-create.ts';
import type { FactFinder } from './facts.ts';
import { isFollowed } from './is-followed.ts';
import { runOf } from './run.ts';

/** The result is recorded; decide again. */
const AGAIN = 'again';
type Sent = RunResult | typeof AGAIN;

/**
 * Sends the create call of a run whose intent is recorded. The only place that does this for a recorded run. The result is recorded right after. The
 * spent budget is returned if the service refuses the call permanently.
 */
export async function createRecorded(log: RunLog, deps: RecordedDeps, finder: FactFinder): Promise<Sent> {
  const run = runOf(log);
  const { planned } = run;
  let sent: SendEnd;
  try {
    sent = await sendCreate(ACTIONS[planned.kind], planned, deps);
  } catch (error) {
    // Refused before anything was sent, for example because a secret is not set. After any other error, it is unknown how far the call got.
    if (!(error instanceof RunError)) throw error;
    await append(log, deps, [{ type: 'rejected', reason: reasonOf(error) }]);
    return giveBack(log, deps, finder);
  }
  switch (sent.end) {
    case 'created':
      return recordCreated(log, deps, createdResult(planned, sent.task));
    case 'rejected':
    case 'waiting': {
      const decision = refuseOrWait(run, finder.facts, sent);
      const recording = decision.do === 'leave' ? decision.next : decision;
      if (recording.do === 'record') await append(log, deps, recording.records);
      if ('alarm' in recording && recording.alarm)
        deps.log.error(recording.alarm.message, { reason: recording.alarm.reason });
      return giveBack(log, deps, finder);
    }
    case 'unknown':
      deps.log.warn('the response to a create call was lost; looking for its task', { error: sent.error });
      return watch(log, deps, reasonOf(sent.error));
  }
}

function append(log: RunLog, { ledger }: RecordedDeps, records: readonly NewRunRecord[]): Promise<boolean> {
  return log.append(...records.map((record) => ({ ...ledger.stamp(), ...record })));
}

/** Nothing was created: another run may use what this one spent. A failure here is ignored, because the budget is a guard, not an account. */
async function giveBack(log: RunLog, deps: RecordedDeps, { budget }: FactFinder): Promise<typeof AGAIN> {
  if (log.state.end !== 'rejected') return AGAIN;
  try {
    await budget.giveBack();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    deps.log.warn('the budget spent by a refused run could not be returned', { error });
  }
  return AGAIN;
}

/** Handles a lost response to a create call. If it can't be recorded now, the recorded intent is enough. */
async function watch(log: RunLog, deps: RecordedDeps, reason: RunReason): Promise<Sent> {
  const { planned } = runOf(log);
  try {
    await append(log, deps, [{ type: 'unknown', reason }]);
    const task = await findTaskAfterLostResponse(ACTIONS[planned.kind], planned, deps);
    if (task) return await recordCreated(log, deps, { ...existingResult(planned, task), outcome: 'created' });
  } catch (error) {
    // Another task uses the source server: the next step records that.
    if (error instanceof RunError) return AGAIN;
    if (!(error instanceof LedgerError)) throw error;
    deps.log.error('a lost response could not be recorded; reconcile will look for the task', { error });
  }
  return { outcome: 'unknown', reason };
}

/** The task exists whatever the ledger says. If it can't be recorded now, `reconcile` finds the intent, looks for the task and adopts it. */
async function recordCreated(log: RunLog, deps: RecordedDeps, result: RunResult): Promise<RunResult> {
  const { task } = result;
  if (!task) return result;
  const { ledger } = deps;
  try {
    // Writers in between did not know of the task; only a recorded end takes precedence.
    const isNews = await log.change(({ end }) => (end ? [] : [{ ...ledger.stamp(), type: 'created', task }]));
    if (isNews && !isFollowed(runOf(log).planned)) await settleRun(log, deps);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    deps.log.error('the task was created but could not be recorded; reconcile will find it', {
      error,
      task: task.id,
    });
  }
  return result;
}
