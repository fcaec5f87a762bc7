import { cloud } from '../lib/cloud/cloud.ts';
import { parseObjectEvent } from '../lib/events/object-event.ts';
import type { PlatformContext } from '../lib/kernel/context.ts';
import { makeFunction } from '../lib/platform/handler.ts';
import { settleRuns } from '../lib/runs/report/run-result.ts';
import { startObjectRuns } from '../lib/runs/start/object-runs.ts';

/**
 * Runs when an object lands in a bucket: every matching job gets its task.
 *
 * Safe to call twice with the same event: a task's name contains the object's version, and a task that exists is returned as `existing`.
 */
const backupLanded = makeFunction({
  name: 'backup-landed',
  cloud,
  folder: import.meta.dirname,
  work: async (event, { settings, jobs, deps }) =>
    settleRuns(await startObjectRuns(parseObjectEvent(event, settings.OBJECT_KEYS), jobs, deps), {
      hasLedger: deps.ledger !== undefined,
    }),
});

// The platform tells async handlers apart by their constructor, so this is a real async function.
export async function handler(event: unknown, context: PlatformContext): Promise<unknown> {
  return backupLanded.handle(event, context);
}

export const initializer = backupLanded.initialize;
