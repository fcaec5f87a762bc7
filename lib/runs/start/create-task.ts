import { CloudError } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';
import type { Action, FoundTask, PlannedTask } from '../../migrations/action.ts';
import type { CreatedTask } from '../../ports/created-task.ts';
import type { RunDeps } from '../run-deps.ts';
import { backoffMs } from './backoff.ts';

/** How looking for a task ended. `waiting`: the list could not be read, which proves nothing; `rejected`: and waiting does not help. */
export type LookEnd =
  | { readonly end: 'found'; readonly task: FoundTask }
  | { readonly end: 'absent' }
  | { readonly end: 'rejected' | 'waiting'; readonly error: CloudError };

/** How sending a create call ended. `waiting`: surely nothing was created, and it may work later. */
export type SendEnd =
  | { readonly end: 'created'; readonly task: CreatedTask }
  | { readonly end: 'rejected' | 'waiting'; readonly error: CloudError }
  | { readonly end: 'unknown'; readonly error: CloudError };

/** Kept of the remaining time for writing down and answering what came out; calls end that long before (lib/cloud). */
export const RESERVE_MS = 1_500;
/** A look at the list after a lost answer: now, and then again while there is time. */
const LOOK_AGAIN_MS = 2_000;
const MAX_LOOKS = 3;
const MAX_ATTEMPTS = 5;

/**
 * Sends the create call of a plan. All creating goes through here.
 *
 * It is sent again only when surely nothing was created and the fault is known as temporary (no connection, throttling, a busy instance),
 * with back-off and jitter, within the remaining time. After a lost answer it is never sent again here.
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

/** Looks for the task of a plan in the service's list. A list that can't be read is read again while there is time. */
export async function lookForTask(action: Action, planned: PlannedTask, deps: RunDeps): Promise<LookEnd> {
  for (let attempt = 1; ; attempt++) {
    try {
      const task = await action.find(deps.services, planned);
      return task ? { end: 'found', task } : { end: 'absent' };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (!error.temporary && !transientFailure(error)) return { end: 'rejected', error };
      const isSureToFail = error.outcome !== 'unknown' && !error.temporary;
      if (isSureToFail || !(await waitAfter(error, attempt, deps))) return { end: 'waiting', error };
    }
  }
}

/**
 * Looks for the task of a create call whose answer was lost, a few times while there is time. Nothing is sent again: that it does not
 * show yet proves nothing.
 */
export async function lookAfterLostAnswer(
  action: Action,
  planned: PlannedTask,
  deps: RunDeps,
): Promise<FoundTask | undefined> {
  for (let looks = 1; looks <= MAX_LOOKS; looks++) {
    const seen = await lookForTask(action, planned, deps);
    if (seen.end === 'found') return seen.task;
    const isLast = deps.looksAgain || looks === MAX_LOOKS || !hasTimeFor(LOOK_AGAIN_MS, deps);
    if (seen.end !== 'absent' || isLast) return undefined;
    await deps.sleep(LOOK_AGAIN_MS);
  }
  return undefined;
}

/** Waits before the next attempt. @returns false when there may be none: too many, or no time left */
async function waitAfter(error: CloudError, attempt: number, deps: RunDeps): Promise<boolean> {
  const waitMs = backoffMs(attempt, deps.random(), error.retryAfterSeconds);
  if (attempt >= MAX_ATTEMPTS || !hasTimeFor(waitMs, deps)) return false;
  deps.log.warn('will be tried again', { attempt, waitMs, error });
  await deps.sleep(waitMs);
  return true;
}

function hasTimeFor(ms: number, { remainingMs }: RunDeps): boolean {
  return remainingMs() - ms > RESERVE_MS;
}
