import { cloudEyeEvent } from '../report/cloud-eye-events.ts';
import type { RunDeps } from '../run-deps.ts';
import { changeControl, controlOf } from './control.ts';
import type { Ledger } from './ledger.ts';
import { isForeign, type Origin, originText } from './origin.ts';
import type { TickPlace } from './reconcile-turn.ts';

/** How often `reconcile` should run: `serverless.yml` sets its timer. */
export const RECONCILE_INTERVAL_MS = 5 * 60_000;
/** `reconcile` is late when no tick has begun for longer than this: three times its interval. */
const LATE_AFTER_MS = 3 * RECONCILE_INTERVAL_MS;

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

/** Whether `reconcile` runs. Without it, nothing that waits continues. */
export interface Heartbeat {
  /** When its last tick began, ISO 8601, UTC; absent if there was none. */
  readonly last_tick_at?: string;
  /** The environment of that tick; absent if it has none. */
  readonly origin?: Origin;
  /** No tick has begun for more than 15 minutes, none ever did, or the last one was of another environment. */
  readonly late: boolean;
  /** What is late, and the consequence; only if it is. */
  readonly message?: string;
}

/** At most two seconds old, as `controlOf`: no request if this invocation has just read the pauses. @throws {LedgerError} when it can't be read */
export async function readHeartbeat(ledger: Ledger): Promise<Heartbeat> {
  const { beat: last } = await controlOf(ledger);
  if (!last) return { late: true, message: 'reconcile has never run: waiting and unknown runs will not continue' };
  const { at, origin } = last;
  const seen = { last_tick_at: new Date(at).toISOString(), ...(origin ? { origin } : {}) };
  if (origin && isForeign(ledger, [{ origin }])) {
    const message = `the ledger was last used by reconcile of ${originText(origin)}: give each region, project and stage its own ledger (ledger.obs.prefix)`;
    return { ...seen, late: true, message };
  }
  const age = ledger.now() - at;
  if (age <= LATE_AFTER_MS) return { ...seen, late: false };
  const message = `reconcile has not run for ${Math.floor(age / 60_000)} minutes: waiting and unknown runs do not continue`;
  return { ...seen, late: true, message };
}

/** Logs a warning when `reconcile` does not run. Runs alongside other work and never throws. */
export async function warnOfMissedHeartbeat({
  ledger,
  log,
  cloudEye,
}: Pick<RunDeps, 'ledger' | 'log' | 'cloudEye'>): Promise<void> {
  if (!ledger) return;
  try {
    const { message } = await readHeartbeat(ledger);
    if (message === undefined) return;
    log.warn(message);
    // Rounded, so that several invocations report one event.
    const at = Math.floor(ledger.now() / RECONCILE_INTERVAL_MS) * RECONCILE_INTERVAL_MS;
    cloudEye?.note(cloudEyeEvent('reconcile_late', { at, content: message }));
  } catch (error) {
    log.warn('the heartbeat of reconcile could not be read', { error });
  }
}
