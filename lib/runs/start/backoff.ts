const FIRST_MS = 500;
const MAX_DURATION_MS = 10_000;

/**
 * Milliseconds to wait before the next attempt: exponential backoff with jitter, so that functions that failed together do not retry together. At
 * least the time that the service asked for.
 *
 * @param attempt 1 after the first failure
 * @param random from 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(attempt: number, random: number, retryAfterSeconds = 0): number {
  const ceiling = Math.min(MAX_DURATION_MS, FIRST_MS * 2 ** (attempt - 1));
  return Math.max(retryAfterSeconds * 1000, Math.round(ceiling / 2 + (random * ceiling) / 2));
}
