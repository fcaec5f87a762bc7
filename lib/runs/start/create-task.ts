import { CloudError } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';
import type { Action, FoundTask, PlannedTask } from '../../migrations/action.ts';
import type { CreatedTask } from '../../ports/created-task.ts';
import type { RunDeps } from '../run-deps.ts';
import { backoffMs } from './backoff.ts';

/**
 * The result of looking for a task. `waiting`: the list could not be read, which proves nothing; `rejected`: it could not be read, and waiting does
 * not help.
 */
export type TaskLookup =
  | { readonly end: 'found'; readonly task: FoundTask }
  | { readonly end: 'absent' }
  | { readonly end: 'rejected' | 'waiting'; readonly error: CloudError };

/** The result of sending a create call. `waiting`: definitely nothing was created, and a retry may succeed. */
export type SendEnd =
  | { readonly end: 'created'; readonly task: CreatedTask }
  | { readonly end: 'rejected' | 'waiting'; readonly error: CloudError }
  | { readonly end: 'unknown'; readonly error: CloudError };

/** Time reserved for recording and returning the result; calls end this long before the invocation does (lib/cloud). */
export const RESERVE_MS = 1_500;
/** Delay between lookups after a lost response. */
const LOOKUP_DELAY_MS = 2_000;
const MAX_LOOKUPS = 3;
const MAX_ATTEMPTS = 5;

/**
 * Sends the create call of a plan. Every create goes through here.
 *
 * It is retried only if definitely nothing was created and the failure is known to be transient (no connection, throttling, a busy instance), with
 * backoff and jitter, within the remaining time. After a lost response it is never retried here.
 */
export async function sendCreate(action: Action, planned: PlannedTask, deps: RunDeps): Promise<SendEnd> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { end: 'created', task: await action.create(deps.services, planned, deps.secret) };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (error.outcome === 'unknown') return { end: 'unknown', error };
      if (!error.temporary && !transientFailure(error)) return { end: 'rejected', error };
      if (!error.temporary || !(await waitAfter(error, attempt, deps))) return { end: 'waiting', error };
    }
  }
}

/** Looks for the task of a plan in the service's list. Reading the list is retried while there is time. */
export async function findTask(action: Action, planned: PlannedTask, deps: RunDeps): Promise<TaskLookup> {
  for (let attempt = 1; ; attempt++) {
    try {
      const task = await action.find(deps.services, planned);
      return task ? { end: 'found', task } : { end: 'absent' };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (!error.temporary && !transientFailure(error)) return { end: 'rejected', error };
      const willFailAgain = error.outcome !== 'unknown' && !error.temporary;
      if (willFailAgain || !(await waitAfter(error, attempt, deps))) return { end: 'waiting', error };
    }
  }
}

/**
 * Looks for the task of a create call whose response was lost, a few times while there is time. Nothing is sent again, because absence from the list
 * proves nothing yet.
 */
export async function findTaskAfterLostResponse(
  action: Action,
  planned: PlannedTask,
  deps: RunDeps,
): Promise<FoundTask | undefined> {
  for (let looks = 1; looks <= MAX_LOOKUPS; looks++) {
    const seen = await findTask(action, planned, deps);
    if (seen.end === 'found') return seen.task;
    const isLast = deps.isTick || looks === MAX_LOOKUPS || !hasTimeFor(LOOKUP_DELAY_MS, deps);
    if (seen.end !== 'absent' || isLast) return undefined;
    await deps.sleep(LOOKUP_DELAY_MS);
  }
  return undefined;
}

/** Waits before the next attempt. @returns false when there is no next attempt: too many, or no time left */
async function waitAfter(error: CloudError, attempt: number, deps: RunDeps): Promise<boolean> {
  const waitMs = backoffMs(attempt, deps.random(), error.retryAfterSeconds);
  if (attempt >= MAX_ATTEMPTS || !hasTimeFor(waitMs, deps)) return false;
  deps.log.warn('retrying', { attempt, waitMs, error });
  await deps.sleep(waitMs);
  return true;
}

function hasTimeFor(ms: number, { remainingMs }: RunDeps): boolean {
  return remainingMs() - ms > RESERVE_MS;
}
