import { lateAfterMs, RECONCILE_INTERVAL_MS } from '../../kernel/reconcile-interval.ts';
import { cloudEyeEvent } from '../report/cloud-eye-events.ts';
import type { RunDeps } from '../run-deps.ts';
import { changeControl, controlOf } from './control.ts';
import type { Ledger } from './ledger.ts';
import { isForeign, type Origin, originText } from './origin.ts';
import type { TickPlace } from './reconcile-turn.ts';

/** Invocations report one event within this time, so that a storm of events sends one alarm. Cloud Eye accepts events of the last hour. */
const REPORTED_EVERY_MS = 30 * 60_000;

/**
 * Records the heartbeat of `reconcile`.
 *
 * @param tick where the tick begins; absent when it has nothing to do
 * @param everyMs the interval of its timer
 */
export function beat(ledger: Ledger, tick?: TickPlace, everyMs: number = RECONCILE_INTERVAL_MS): Promise<void> {
  const { now, origin } = ledger;
  const every = everyMs === RECONCILE_INTERVAL_MS ? {} : { every: everyMs };
  return changeControl(ledger, ({ tick: _before, ...state }) => ({
    ...state,
    beat: { at: now(), ...(origin ? { origin } : {}), ...every },
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
  /** No tick has begun for three intervals of its timer, at least 15 minutes, none ever did, or the last one was of another environment. */
  readonly late: boolean;
  /** What is late, and the consequence; only if it is. */
  readonly message?: string;
}

/** At most two seconds old, as `controlOf`: no request if this invocation has just read the pauses. @throws {LedgerError} when it can't be read */
export async function readHeartbeat(ledger: Ledger): Promise<Heartbeat> {
  const { beat: last } = await controlOf(ledger);
  if (!last) return { late: true, message: 'reconcile has never run: waiting and unknown runs will not continue' };
  const { at, origin, every } = last;
  const seen = { last_tick_at: new Date(at).toISOString(), ...(origin ? { origin } : {}) };
  if (origin && isForeign(ledger, [{ origin }])) {
    const message = `the ledger was last used by reconcile of ${originText(origin)}: give each region, project and stage its own ledger (ledger.obs.prefix)`;
    return { ...seen, late: true, message };
  }
  const age = ledger.now() - at;
  if (age <= lateAfterMs(every)) return { ...seen, late: false };
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
    const at = Math.floor(ledger.now() / REPORTED_EVERY_MS) * REPORTED_EVERY_MS;
    cloudEye?.note(cloudEyeEvent('reconcile_late', { at, content: message }));
  } catch (error) {
    log.warn('the heartbeat of reconcile could not be read', { error });
  }
}
