import type { Ledger } from './ledger.ts';
import { isMarkedOpen } from './open-runs.ts';
import type { Received } from './run-record.ts';

const PREFIX = 'waiting-requests/';

/**
 * Maximum number of waiting runs of one job that requests started. Each stores its request body twice, up to 256 KiB each: a hundred are about 50 MB,
 * and five hours of the default `limit`. Objects and ticks are events that come only once, and are never refused.
 */
export const MAX_WAITING_REQUESTS = 100;
/** When the limit is reached, this many of the oldest markers are checked, because the invocation that should have removed one may have died. */
const MAX_CHECKED = 3;

/** Whether the run counts while it waits. Replays don't, because an operator makes them one at a time. */
export function isCounted({ trigger, replayOf }: Pick<Received, 'trigger' | 'replayOf'>): boolean {
  return trigger === 'request' && replayOf === undefined;
}

/** Puts the marker of a run that a request started. It exists from before the first record until the run has a task or has ended. */
export function markWaiting({ store }: Ledger, job: string, run: string): Promise<void> {
  return store.put(`${PREFIX}${job}/${run}`, '');
}

export function unmarkWaiting({ store }: Ledger, job: string, run: string): Promise<void> {
  return store.remove(`${PREFIX}${job}/${run}`);
}

/** Whether one more request of this job may wait. Lists one page of names, however many runs there are. */
export async function hasRoomToWait(ledger: Ledger, job: string): Promise<boolean> {
  const prefix = `${PREFIX}${job}/`;
  const page = await ledger.store.list(prefix, { limit: MAX_WAITING_REQUESTS });
  if (page.length < MAX_WAITING_REQUESTS) return true;
  const oldest = [...page].sort((a, b) => a.at - b.at).slice(0, MAX_CHECKED);
  let isRoom = false;
  for (const { name } of oldest) {
    const run = name.slice(prefix.length);
    if (await isMarkedOpen(ledger, job, run)) continue;
    await unmarkWaiting(ledger, job, run);
    isRoom = true;
  }
  return isRoom;
}
