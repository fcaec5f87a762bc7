import type { Logger } from '../../kernel/logger.ts';
import { type ControlState, changeControl, controlOf } from './control.ts';
import type { Ledger } from './ledger.ts';
import { isForeign, originText } from './origin.ts';
import type { TickPlace } from './reconcile-turn.ts';

/** How often `reconcile` is meant to run: `serverless.yml` sets its timer. */
export const RECONCILE_INTERVAL_MS = 5 * 60_000;
const MISSED_INTERVALS = 3;

/**
 * `reconcile` was here.
 *
 * @param tick where it begins; absent when it has nothing to do
 */
export function beat(ledger: Ledger, tick?: TickPlace): Promise<void> {
  const { now, origin } = ledger;
  return changeControl(ledger, ({ tick: _before, ...state }) => ({
    ...state,
    beat: { at: now(), ...(origin ? { origin } : {}) },
    ...(tick ? { tick } : {}),
  }));
}

/** A tick came to its end, and not to all that is open: the next one continues there. */
export function savePlace(ledger: Ledger, tick: TickPlace): Promise<void> {
  return changeControl(ledger, (state) => ({ ...state, tick }));
}

/** What is wrong with `reconcile`, for a warning; `undefined` when it ran lately. Without it nothing that waits continues. */
export async function missedHeartbeat(ledger: Ledger): Promise<string | undefined> {
  const { beat: last }: ControlState = await controlOf(ledger);
  if (!last) return 'reconcile has never run: what waits or is unknown will not continue by itself';
  const { at, origin: theirs } = last;
  if (theirs && isForeign(ledger, [{ origin: theirs }])) {
    return `the ledger was last looked after by reconcile of ${originText(theirs)}: give each region, project and stage its own ledger (ledger.obs.prefix)`;
  }
  const age = ledger.now() - at;
  if (age <= MISSED_INTERVALS * RECONCILE_INTERVAL_MS) return undefined;
  return `reconcile has not run for ${Math.floor(age / 60_000)} minutes: what waits or is unknown does not continue`;
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
