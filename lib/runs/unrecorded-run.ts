import type { CloudError } from '../errors.ts';
import type { Trigger } from '../events/trigger.ts';
import type { Action, PlannedTask } from '../migrations/action.ts';
import { type CreateDeps, lookAfterLostAnswer, lookForTask, RESERVE_MS, sendCreate } from './create-task.ts';
import { isDeniedToCaller } from './denied-to-caller.ts';
import { completePlan, dryReason } from './prepare-run.ts';
import { createdResult, existingResult, type RunResult, reasonOf } from './run-result.ts';

export interface UnrecordedRun {
  readonly action: Action;
  readonly planned: PlannedTask;
  /** What started it. */
  readonly given?: Trigger | undefined;
}

/**
 * Gets the task of a plan with no record but the cloud's own list: finds it, or creates it.
 *
 * Repeated deliveries one after the other make one task; simultaneous ones may not. Nothing goes on by itself afterwards.
 */
export async function unrecordedRun({ action, planned, given }: UnrecordedRun, deps: CreateDeps): Promise<RunResult> {
  if (deps.remainingMs() <= RESERVE_MS) {
    const reason = { code: 'out_of_time', message: 'the invocation had no time left to start it' };
    return { outcome: 'waiting', reason };
  }
  const before = await lookForTask(action, planned, deps);
  if (before.end === 'found') return existingResult(planned, before.task);
  const failed = ({
    end,
    error,
  }: {
    readonly end: 'rejected' | 'waiting' | 'unknown';
    readonly error: CloudError;
  }) => ({
    outcome: end === 'waiting' && isDeniedToCaller(error, planned, given) ? 'rejected' : end,
    reason: reasonOf(error),
  });
  if (before.end !== 'absent') return failed(before);
  const completed = await completePlan(planned, deps, given);
  if (completed.end === 'refused') return { outcome: 'rejected', reason: completed.reason };
  if (completed.end === 'waiting') return { outcome: 'waiting', reason: completed.reason };
  if (completed.targetTrouble) return { outcome: 'waiting', reason: completed.targetTrouble };
  const complete = completed.planned;
  if (complete.policies?.dryRun) return { outcome: 'skipped', reason: dryReason(complete) };
  for (const warning of complete.warnings) deps.log.warn(warning);
  const sent = await sendCreate(action, complete, deps);
  if (sent.end === 'created') return createdResult(planned, sent.task);
  if (sent.end === 'unknown') {
    deps.log.warn('the answer to a create call was lost; looking for its task', { error: sent.error });
    const task = await lookAfterLostAnswer(action, planned, deps);
    if (task) return createdResult(planned, task);
  }
  return failed(sent);
}
