import { CloudError } from '../kernel/errors.ts';

export interface RetryOptions {
  readonly wait: (ms: number) => Promise<void>;
}

/** Backoff between attempts. */
const PAUSES_MS = [1000, 2000, 4000, 8000] as const;

/**
 * Retries an idempotent operation after temporary failures: throttling, network errors, 5xx responses. Not when the time for all calls is over.
 *
 * @throws what the last attempt that was sent threw, or the first permanent error
 */
export async function withRetries<T>(work: () => Promise<T>, { wait }: RetryOptions): Promise<T> {
  let last: unknown;
  for (const pauseMs of [...PAUSES_MS, undefined]) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CloudError && error.cloudCode === 'out_of_time') throw last ?? error;
      if (pauseMs === undefined || !isTemporary(error)) throw error;
      last = error;
      await wait(error.retryAfterSeconds === undefined ? pauseMs : Math.min(error.retryAfterSeconds * 1000, 30_000));
    }
  }
  throw last;
}

function isTemporary(error: unknown): error is CloudError {
  if (!(error instanceof CloudError)) return false;
  return error.temporary || (error.outcome === 'unknown' && (error.status === undefined || error.status >= 500));
}
