/** How often `reconcile` ticks, unless its timer has another rate: then `RECONCILE_EVERY` tells it so. */
export const RECONCILE_EVERY = '5m';
export const RECONCILE_INTERVAL_MS = 5 * 60_000;
const LATE_INTERVALS = 3;

/** `reconcile` is late when no tick has begun for longer than this: three of its intervals, and never less than 15 minutes. */
export function lateAfterMs(everyMs: number = RECONCILE_INTERVAL_MS): number {
  return LATE_INTERVALS * Math.max(everyMs, RECONCILE_INTERVAL_MS);
}
