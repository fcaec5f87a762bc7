import type { Ledger } from './ledger.ts';

const NAME = 'control/heartbeat';

/** How often `reconcile` is meant to run: `serverless.yml` sets its timer. */
export const RECONCILE_INTERVAL_MS = 5 * 60_000;
const MISSED_INTERVALS = 3;

/** `reconcile` was here. */
export function beat({ store, now }: Ledger): Promise<void> {
  return store.put(NAME, String(now()));
}

/** What is wrong with `reconcile`, for a warning; `undefined` when it ran lately. Without it nothing that waits goes on. */
export async function missedHeartbeat({ store, now }: Ledger): Promise<string | undefined> {
  const at = Number((await store.get(NAME)) ?? Number.NaN);
  if (Number.isNaN(at)) return 'reconcile has never run: what waits or is unknown will not go on by itself';
  const minutes = Math.floor((now() - at) / 60_000);
  if (now() - at <= MISSED_INTERVALS * RECONCILE_INTERVAL_MS) return undefined;
  return `reconcile has not run for ${minutes} minutes: what waits or is unknown does not go on`;
}
