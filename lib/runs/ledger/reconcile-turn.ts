import type { Ledger } from './ledger.ts';
import type { OpenRun } from './open-runs.ts';

const NAME = 'control/reconcile-next';

const placeOf = ({ at, job, run }: OpenRun) => `${String(at).padStart(16, '0')} ${job}/${run}`;

/**
 * Open runs in the order in which a tick takes them up: the oldest first, but those that the last tick had no time for come before those that
 * it looked at. So runs that stay open for long do not keep the others from their turn.
 */
export async function inTurn({ store }: Ledger, open: readonly OpenRun[]): Promise<OpenRun[]> {
  const sorted = [...open].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const last = await store.get(NAME);
  if (last === undefined) return sorted;
  const next = sorted.findIndex((run) => placeOf(run) > last);
  return next < 0 ? sorted : [...sorted.slice(next), ...sorted.slice(0, next)];
}

/** Notes the last run that a tick had time for, when it had none for all. */
export function stoppedAfter({ store }: Ledger, run: OpenRun): Promise<void> {
  return store.put(NAME, placeOf(run));
}

/** A tick had time for all: the next one begins with the oldest. */
export async function reachedAll({ store }: Ledger): Promise<void> {
  if ((await store.get(NAME)) !== undefined) await store.remove(NAME);
}
