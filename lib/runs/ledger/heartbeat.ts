import type { Logger } from '../../logger.ts';
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

/** Warns when `reconcile` does not run. For beside the work, and never in its way: it throws nothing. */
export async function warnOfMissedHeartbeat({
  ledger,
  log,
}: {
  readonly ledger?: Ledger;
  readonly log: Logger;
}): Promise<void> {
  if (!ledger) return;
  try {
    const missed = await missedHeartbeat(ledger);
    if (missed) log.warn(missed);
  } catch (error) {
    log.warn('the heartbeat of reconcile could not be read', { error });
  }
}
