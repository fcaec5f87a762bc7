import type { Ledger } from './ledger.ts';
import { isMarkedOpen } from './open-runs.ts';
import type { Received } from './run-record.ts';

const PREFIX = 'waiting-requests/';

/**
 * Runs of one job that requests asked for and that wait. Each keeps its request's body twice, up to 256 KiB each time: a hundred are about 50 MB,
 * and five hours of the default `limit`. Objects and ticks are events that come once, and are never turned away.
 */
export const MAX_WAITING_REQUESTS = 100;
/** Of markers that are full, the oldest so many are looked at: whoever should have removed one may have died. */
const MAX_CHECKED = 3;

/** Is it one of those that are counted while they wait? A replay is made by a person, one at a time. */
export function isCounted({ trigger, replayOf }: Pick<Received, 'trigger' | 'replayOf'>): boolean {
  return trigger === 'request' && replayOf === undefined;
}

/** A marker for each run that a request asked for, from before its first record until it has a task or has ended. */
export function markWaiting({ store }: Ledger, job: string, run: string): Promise<void> {
  return store.put(`${PREFIX}${job}/${run}`, '');
}

export function unmarkWaiting({ store }: Ledger, job: string, run: string): Promise<void> {
  return store.remove(`${PREFIX}${job}/${run}`);
}

/** May one more request of this job wait? One page of names, however many runs there are. */
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
