import { cloudEyeEvent } from '../report/cloud-eye-events.ts';
import type { RunDeps } from '../run-deps.ts';
import { type ControlState, changeControl, controlOf } from './control.ts';
import type { Ledger } from './ledger.ts';
import { isForeign, originText } from './origin.ts';
import type { TickPlace } from './reconcile-turn.ts';

/** How often `reconcile` should run: `serverless.yml` sets its timer. */
export const RECONCILE_INTERVAL_MS = 5 * 60_000;
const MISSED_INTERVALS = 3;

/**
 * Records the heartbeat of `reconcile`.
 *
 * @param tick where the tick begins; absent when it has nothing to do
 */
export function beat(ledger: Ledger, tick?: TickPlace): Promise<void> {
  const { now, origin } = ledger;
  return changeControl(ledger, ({ tick: _before, ...state }) => ({
    ...state,
    beat: { at: now(), ...(origin ? { origin } : {}) },
    ...(tick ? { tick } : {}),
  }));
}

/** Records where the next tick continues, when a tick ended before it processed everything. */
export function savePlace(ledger: Ledger, tick: TickPlace): Promise<void> {
  return changeControl(ledger, (state) => ({ ...state, tick }));
}

/** A warning if `reconcile` does not run; `undefined` when it ran recently. Without it, nothing that waits continues. */
export async function missedHeartbeat(ledger: Ledger): Promise<string | undefined> {
  const { beat: last }: ControlState = await controlOf(ledger);
  if (!last) return 'reconcile has never run: waiting and unknown runs will not continue';
  const { at, origin: theirs } = last;
  if (theirs && isForeign(ledger, [{ origin: theirs }])) {
    return `the ledger was last used by reconcile of ${originText(theirs)}: give each region, project and stage its own ledger (ledger.obs.prefix)`;
  }
  const age = ledger.now() - at;
  if (age <= MISSED_INTERVALS * RECONCILE_INTERVAL_MS) return undefined;
  return `reconcile has not run for ${Math.floor(age / 60_000)} minutes: waiting and unknown runs do not continue`;
}

/** Logs a warning when `reconcile` does not run. Runs alongside other work and never throws. */
export async function warnOfMissedHeartbeat({
  ledger,
  log,
  cloudEye,
}: Pick<RunDeps, 'ledger' | 'log' | 'cloudEye'>): Promise<void> {
  if (!ledger) return;
  try {
    const missed = await missedHeartbeat(ledger);
    if (!missed) return;
    log.warn(missed);
    // Rounded, so that several invocations report one event.
    const at = Math.floor(ledger.now() / RECONCILE_INTERVAL_MS) * RECONCILE_INTERVAL_MS;
    cloudEye?.note(cloudEyeEvent('reconcile_late', { at, content: missed }));
  } catch (error) {
    log.warn('the heartbeat of reconcile could not be read', { error });
  }
}
