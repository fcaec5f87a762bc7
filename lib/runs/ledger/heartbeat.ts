import type { Logger } from '../../kernel/logger.ts';
import type { Ledger } from './ledger.ts';
import { isForeign, type Origin, originText } from './origin.ts';

const NAME = 'control/heartbeat';

/** How often `reconcile` is meant to run: `serverless.yml` sets its timer. */
export const RECONCILE_INTERVAL_MS = 5 * 60_000;
const MISSED_INTERVALS = 3;

/** `reconcile` was here. */
export function beat({ store, now, origin }: Ledger): Promise<void> {
  return store.put(NAME, origin ? `${now()} ${JSON.stringify(origin)}` : String(now()));
}

/** What is wrong with `reconcile`, for a warning; `undefined` when it ran lately. Without it nothing that waits goes on. */
export async function missedHeartbeat({ store, now, origin }: Ledger): Promise<string | undefined> {
  const [, time, whose] = /^(\d+)(?: (\{.*\}))?$/.exec((await store.get(NAME)) ?? '') ?? [];
  const at = time === undefined ? Number.NaN : Number(time);
  const theirs = whose === undefined ? undefined : (JSON.parse(whose) as Origin);
  if (theirs && isForeign({ origin }, [{ origin: theirs }])) {
    return `the ledger was last looked after by reconcile of ${originText(theirs)}: give each region, project and stage its own ledger (ledger.obs.prefix)`;
  }
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
