import { type CloudError, RunError } from '../../kernel/errors.ts';
import type { FoundTask, PlannedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import type { CreatedTask } from '../../ports/created-task.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { Step } from '../follow/run-step.ts';
import { settleRun } from '../follow/settle-run.ts';
import type { Budget } from '../ledger/budget.ts';
import { foldRun, type RunRecord } from '../ledger/run-log.ts';
import { createdResult, existingResult, type RunReason, type RunResult, reasonOf } from '../report/run-result.ts';
import { lookAfterLostAnswer, sendCreate } from './create-task.ts';
import { isDeniedToCaller } from './denied-to-caller.ts';
import { laneOf } from './lane-turn.ts';

/** Is there something to do or to wait for once the task is there? Others wait for its target, or it has to be configured. */
export function isFollowed(planned: PlannedTask): boolean {
  return laneOf(planned) !== undefined || planned.configure !== undefined;
}

/**
 * Records the intent and sends the create call: the one place that does for a recorded run. What came of it is recorded right after.
 *
 * @param budget what was spent for it is given back when the service refuses it for good
 */
export async function createRecorded(at: Step, budget: Budget): Promise<RunResult | undefined> {
  const until = at.state.claim?.until ?? at.now;
  if (!(await at.log.append({ ...at.stamp(), type: 'intent', until }))) return undefined;
  return send(new Step(at.log, at.deps), budget);
}

async function send(at: Step, budget: Budget): Promise<RunResult | undefined> {
  const { deps, planned } = at;
  let sent: Awaited<ReturnType<typeof sendCreate>>;
  try {
    sent = await sendCreate(ACTIONS[planned.kind], planned, deps);
  } catch (error) {
    // Refused before anything was sent: a secret that is not set. Of any other error nobody can say how far it got.
    if (!(error instanceof RunError)) throw error;
    await at.record({ ...at.stamp(), type: 'rejected', reason: reasonOf(error) });
    return giveBack(at, budget);
  }
  switch (sent.end) {
    case 'created':
      return recordCreated(at, createdResult(planned, sent.task));
    case 'rejected':
    case 'waiting': {
      const refused = await refuseOrWait(new Step(at.log, deps), sent);
      return refused ?? giveBack(at, budget);
    }
    case 'unknown':
      deps.log.warn('the answer to a create call was lost; looking for its task', { error: sent.error });
      return watch(at, reasonOf(sent.error));
  }
}

/** Nothing was made: another run may have what this one spent. Not given back when that fails, for it is a guard and no account. */
async function giveBack(at: Step, budget: Budget): Promise<undefined> {
  if (foldRun(at.log.records).end !== 'rejected') return;
  try {
    await budget.giveBack();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    at.deps.log.warn('what a refused run had spent of its limit could not be given back', { error });
  }
}

/** A call of the run failed: it waits for trouble to pass, unless there is none that does, or it is denied what its caller named. */
export function refuseOrWait(
  at: Step,
  { end, error }: { readonly end: 'rejected' | 'waiting'; readonly error: CloudError },
): Promise<RunResult | undefined> {
  const reason = reasonOf(error);
  const isFinal = end === 'rejected' || isDeniedToCaller(error, at.planned, at.received.given);
  return isFinal ? at.record({ ...at.stamp(), type: 'rejected', reason }) : at.waitOut(reason);
}

/** A create call went out and its answer was lost. The recorded intent says so already if it can't be recorded now. */
async function watch(at: Step, reason: RunReason): Promise<RunResult | undefined> {
  const { deps, planned } = at;
  try {
    await at.record({ ...at.stamp(), type: 'unknown', reason });
    const task = await lookAfterLostAnswer(ACTIONS[planned.kind], planned, deps);
    if (task) return await recordCreated(at, { ...existingResult(planned, task), outcome: 'created' });
  } catch (error) {
    // Another task has the source server: the next step records that.
    if (error instanceof RunError) return undefined;
    if (!(error instanceof LedgerError)) throw error;
    deps.log.error('a lost answer could not be recorded; reconcile will look for the task', { error });
  }
  return { outcome: 'unknown', reason };
}

/** The task exists whatever the ledger says: if it can't be recorded now, `reconcile` finds the intent, looks, and adopts it. */
async function recordCreated(
  at: Step,
  result: RunResult & { task?: RunResult['task'] },
): Promise<RunResult | undefined> {
  const { task } = result;
  if (!task) return result;
  try {
    // Whoever wrote in between did not know of the task; only an end that was recorded stands.
    const isNews = await at.log.change((records) =>
      foldRun(records).end ? [] : [{ ...at.stamp(), type: 'created', task }],
    );
    if (!isNews) return result;
    if (!isFollowed(at.planned)) await settleRun(at.log, at.deps);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    at.deps.log.error('the task was created, and could not be recorded; reconcile will find it', {
      error,
      task: task.id,
    });
  }
  return result;
}

export function adoptedRecord(at: Step, found: FoundTask | CreatedTask): RunRecord {
  const { kind, name } = at.planned;
  const task = { kind, id: found.id, name, ...(found.status ? { status: found.status } : {}) };
  return { ...at.stamp(), type: 'adopted', task };
}
