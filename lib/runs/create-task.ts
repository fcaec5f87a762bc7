import { CloudError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Action, FoundTask, PlannedTask } from '../migrations/action.ts';
import type { CreatedTask, Services } from '../migrations/services.ts';
import type { Secret, SecretReference } from '../secret.ts';
import { backoffMs } from './backoff.ts';

export interface CreateDeps {
  readonly services: Services;
  readonly secret: (reference: SecretReference) => Secret;
  /** Milliseconds that this invocation still has. */
  readonly remainingMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly log: Logger;
}

/** How asking for a task ended. `found`: it was there already. */
export type CreateEnd =
  | { readonly end: 'created'; readonly task: CreatedTask }
  | { readonly end: 'found'; readonly task: FoundTask }
  | { readonly end: 'rejected' | 'waiting' | 'unknown'; readonly error: CloudError };

/** Kept of the remaining time for writing down and answering what came out. */
export const RESERVE_MS = 1_000;
/** A look at the list after a lost answer: now, and then again while there is time. */
const LOOK_AGAIN_MS = 2_000;
const MOST_LOOKS = 3;
const MOST_ATTEMPTS = 5;

/**
 * Gets the task of a plan: finds it, or asks for it. All creating goes through here.
 *
 * A create call is sent again only when surely nothing was created and the fault is known as temporary (`not_sent`; throttling; a busy
 * instance). After a lost answer it is never sent again here: the list is looked at, and a task that shows up is adopted.
 */
export async function createTask(action: Action, planned: PlannedTask, deps: CreateDeps): Promise<CreateEnd> {
  const before = await look(action, planned, deps);
  if (before.end !== 'absent') return before;
  for (let attempt = 1; ; attempt++) {
    try {
      return { end: 'created', task: await action.create(deps.services, planned, deps.secret) };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (error.outcome === 'unknown') return lookAfterLostAnswer(action, planned, deps, error);
      if (!error.temporary) return { end: error.outcome === 'rejected' ? 'rejected' : 'waiting', error };
      const waitMs = backoffMs(attempt, deps.random(), error.retryAfterSeconds);
      if (attempt >= MOST_ATTEMPTS || !hasTimeFor(waitMs, deps)) return { end: 'waiting', error };
      deps.log.warn('create will be tried again', { attempt, waitMs, error });
      await deps.sleep(waitMs);
    }
  }
}

type Look = Exclude<CreateEnd, { end: 'created' | 'unknown' }> | { readonly end: 'absent' };

/** A list that can't be read proves nothing, so nothing may be created on it. */
async function look(action: Action, planned: PlannedTask, deps: CreateDeps): Promise<Look> {
  for (let attempt = 1; ; attempt++) {
    try {
      const task = await action.find(deps.services, planned);
      return task ? { end: 'found', task } : { end: 'absent' };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (error.outcome === 'rejected' && !error.temporary) return { end: 'rejected', error };
      const waitMs = backoffMs(attempt, deps.random(), error.retryAfterSeconds);
      const hopeless = error.outcome === 'not_sent' && !error.temporary;
      if (hopeless || attempt >= MOST_ATTEMPTS || !hasTimeFor(waitMs, deps)) return { end: 'waiting', error };
      deps.log.warn('the list will be read again', { attempt, waitMs, error });
      await deps.sleep(waitMs);
    }
  }
}

async function lookAfterLostAnswer(
  action: Action,
  planned: PlannedTask,
  deps: CreateDeps,
  lost: CloudError,
): Promise<CreateEnd> {
  deps.log.warn('the answer to a create call was lost; looking for its task', { error: lost });
  for (let looks = 1; looks <= MOST_LOOKS; looks++) {
    const seen = await look(action, planned, deps);
    if (seen.end === 'found') return { end: 'created', task: seen.task };
    if (seen.end !== 'absent' || !hasTimeFor(LOOK_AGAIN_MS, deps)) break;
    await deps.sleep(LOOK_AGAIN_MS);
  }
  return { end: 'unknown', error: lost };
}

function hasTimeFor(ms: number, { remainingMs }: CreateDeps): boolean {
  return remainingMs() - ms > RESERVE_MS;
}
