import type { Clock } from './clock.ts';
import type { Assumed } from './open-questions/assumptions.ts';

/** The time of the services (epoch ms), and others that a signature may have. */
export type ServiceTimes = readonly [number, ...number[]];

/** By how much the services' clocks are ahead of those of their callers. */
const SKEW_MS = { none: 0, 'minute-ahead': 60_000, 'minute-behind': -60_000, 'beyond-signing': 16 * 60_000 } as const;

/**
 * The functions of a region sign with its clock, programs of this machine with real time; both are right. The services tell the region's time, unless
 * a test has frozen it.
 */
export function serviceTimes(clock: Clock, assumed: Assumed, signatureTime?: () => number): ServiceTimes {
  const skewMs = SKEW_MS[assumed('clock-skew')];
  if (signatureTime !== undefined) return [signatureTime() + skewMs];
  const times = [clock.now() + skewMs, Date.now() + skewMs] as const;
  return clock.isFrozen ? [times[1], times[0]] : times;
}
