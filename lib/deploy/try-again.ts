import { CloudError } from '../kernel/errors.ts';

export interface Patience {
  readonly wait: (ms: number) => Promise<void>;
}

/** Between tries: a throttled service asks for a pause of some seconds. */
const PAUSES_MS = [1000, 2000, 4000, 8000] as const;

/**
 * Does something that may be done twice, again when it failed for a reason that passes: throttling, a network that was down, a 5xx.
 *
 * @throws what the last try threw, or the first refusal
 */
export async function tryAgain<T>(work: () => Promise<T>, { wait }: Patience): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error)) throw error;
      await wait(error.retryAfterSeconds === undefined ? pauseMs : Math.min(error.retryAfterSeconds * 1000, 30_000));
    }
  }
  return work();
}

function passes(error: unknown): error is CloudError {
  if (!(error instanceof CloudError)) return false;
  return error.temporary || (error.outcome === 'unknown' && (error.status === undefined || error.status >= 500));
}
