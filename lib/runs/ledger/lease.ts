/** Clocks of function instances are accurate to within a minute. */
const MAX_CLOCK_ERROR_MS = 60_000;
/** The maximum difference between two of these clocks: a time that another instance recorded is over only so much later by one's own. */
export const MAX_CLOCK_DIFFERENCE_MS = 2 * MAX_CLOCK_ERROR_MS;
/** The time an invocation may continue after its timeout until the platform has ended it. */
const ENDING_MS = 15_000;

/**
 * When an invocation that handles a run, or makes a call for it, is certainly over, even if its clock is a minute slow and the reader's clock is a
 * minute fast.
 *
 * @param leaseMs remaining time before the platform ends it
 * @returns ms since 1970, by the invocation's own clock
 */
export function leaseEnd(now: number, leaseMs: number): number {
  return now + Math.max(0, leaseMs) + MAX_CLOCK_DIFFERENCE_MS + ENDING_MS;
}
