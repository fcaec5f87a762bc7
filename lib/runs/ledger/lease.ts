/** Clocks of function instances are right to within a minute. */
const MAX_CLOCK_ERROR_MS = 60_000;
/** By so much the clocks of two of them differ at most: what one of them recorded is older than a time only so much later by the other's. */
export const MAX_CLOCK_DIFFERENCE_MS = 2 * MAX_CLOCK_ERROR_MS;
/** For what an invocation still does when its time is over, until the platform has ended it. */
const ENDING_MS = 15_000;

/**
 * When an invocation that handles a run, or makes a call for it, is surely over: also by the clock of somebody that is a minute fast, when that of
 * the invocation was a minute slow.
 *
 * @param leaseMs how long the platform lets it run
 * @returns ms since 1970, by the invocation's own clock
 */
export function leaseEnd(now: number, leaseMs: number): number {
  return now + Math.max(0, leaseMs) + MAX_CLOCK_DIFFERENCE_MS + ENDING_MS;
}
