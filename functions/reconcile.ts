import { cloud } from '../lib/cloud/cloud.ts';
import type { PlatformContext } from '../lib/kernel/context.ts';
import { ConfigError } from '../lib/kernel/errors.ts';
import { makeFunction } from '../lib/platform/handler.ts';
import { reconcile as reconcileRuns } from '../lib/runs/follow/reconcile.ts';

/**
 * Runs every few minutes on a timer: processes every run that is not settled.
 *
 * Safe to run concurrently with itself and the other functions: each step is a compare-and-swap in the ledger.
 */
const reconcile = makeFunction({
  name: 'reconcile',
  cloud,
  folder: import.meta.dirname,
  isReconcile: true,
  work: async (_event, { deps, jobs, settings }) => {
    if (deps.ledger) return reconcileRuns({ ...deps, ledger: deps.ledger }, jobs, settings.RECONCILE_EVERY);
    const message =
      'is missing, so there is nothing to process; configure a ledger, or remove the timer of this function';
    throw new ConfigError('jobs file', [{ path: ['ledger'], message }]);
  },
});

// The platform tells async handlers apart by their constructor, so this is a real async function.
export async function handler(event: unknown, context: PlatformContext): Promise<unknown> {
  return reconcile.handle(event, context);
}

export const initializer = reconcile.initialize;
