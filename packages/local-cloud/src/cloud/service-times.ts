import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from './clock.ts';
import { readSignedTime } from './obs/signed-time.ts';
import type { Assumed } from './open-questions/assumptions.ts';

/** The times of the services (epoch ms) that a signature may have. */
export type ServiceTimes = readonly [number, ...number[]];

/** By how much the services' clocks are ahead of those of their callers. */
const SKEW_MS = { none: 0, 'minute-ahead': 60_000, 'minute-behind': -60_000, 'beyond-signing': 16 * 60_000 } as const;

/**
 * The functions of a region sign with its clock, programs of this machine with real time; both are right.
 */
export function serviceTimes(clock: Clock, assumed: Assumed, signatureTime?: () => number): ServiceTimes {
  const skewMs = SKEW_MS[assumed('clock-skew')];
  if (signatureTime !== undefined) return [signatureTime() + skewMs];
  return [Date.now() + skewMs, clock.now() + skewMs];
}

const DATE_HEADERS = ['x-sdk-date', 'x-obs-date', 'x-amz-date', 'date'];

/** The time in the Date header of a response: the one that the caller's is nearest to, so that each sees the clock that it follows. */
export function shownTime(times: ServiceTimes, headers: IncomingHttpHeaders): number {
  const signed = DATE_HEADERS.map((name) => headers[name]).find((value) => typeof value === 'string');
  const at = readSignedTime(String(signed));
  const [first, ...others] = times;
  if (Number.isNaN(at)) return first;
  return others.reduce((best, time) => (Math.abs(time - at) < Math.abs(best - at) ? time : best), first);
}
