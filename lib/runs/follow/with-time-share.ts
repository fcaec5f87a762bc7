import type { Logger } from '../../kernel/logger.ts';
import type { RunDeps } from '../run-deps.ts';

/**
 * Gives some work a share of the time that is left, and no more: it sees a shorter `remainingMs`, and is left alone when it does not end.
 *
 * What was left alone may go on beside what comes next, and may still write: that is safe, because every step is a compare-and-swap, and
 * what it claimed stays claimed until the whole invocation is over (`leaseMs`), not just its share. It begins no call when its time is over.
 *
 * @returns `abandoned` when the work did not end in its share
 * @throws what the work throws in time; a later failure is in the log
 */
export async function withTimeShare<D extends Pick<RunDeps, 'remainingMs' | 'leaseMs'> & { readonly log: Logger }, T>(
  shareMs: number,
  deps: D,
  work: (deps: D) => Promise<T>,
): Promise<T | 'abandoned'> {
  const { remainingMs, leaseMs = remainingMs } = deps;
  const startMs = remainingMs();
  const leftMs = (): number => {
    const now = remainingMs();
    return Math.min(now, shareMs - (startMs - now));
  };
  let isOver = false;
  const working = work({ ...deps, remainingMs: leftMs, leaseMs });
  working.catch((error: unknown) => {
    if (isOver) deps.log.warn('what was abandoned failed', { error });
  });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'abandoned'>((resolve) => {
    timer = setTimeout(() => resolve('abandoned'), Math.max(0, leftMs()));
    // Where nothing else is left to come, nothing is waited for.
    timer.unref();
  });
  try {
    const end = await Promise.race([working, timeout]);
    isOver = end === 'abandoned';
    return end;
  } finally {
    clearTimeout(timer);
  }
}
