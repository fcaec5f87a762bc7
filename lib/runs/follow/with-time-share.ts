import type { Logger } from '../../kernel/logger.ts';
import type { RunDeps } from '../run-deps.ts';

/**
 * Limits work to a share of the remaining time: it sees a shorter `remainingMs`, and is abandoned if it does not end in time.
 *
 * Abandoned work may continue in the background and may still write. That is safe, because every step is a compare-and-swap, and its claims last
 * until the whole invocation is over (`leaseMs`), not just its share. It starts no call after its time is over.
 *
 * @returns `abandoned` when the work did not end within its share
 * @throws what the work throws in time; a later failure is logged
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
    if (isOver) deps.log.warn('abandoned work failed', { error });
  });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'abandoned'>((resolve) => {
    timer = setTimeout(() => resolve('abandoned'), Math.max(0, leftMs()));
    // Does not keep the process alive.
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
