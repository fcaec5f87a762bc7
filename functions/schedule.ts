import { cloud } from '../lib/cloud/cloud.ts';
import { parseTimerEvent } from '../lib/events/timer-event.ts';
import type { PlatformContext } from '../lib/kernel/context.ts';
import { makeFunction } from '../lib/platform/handler.ts';
import { settleRuns } from '../lib/runs/report/run-result.ts';
import { startTickRuns } from '../lib/runs/start/tick-runs.ts';

/**
 * Runs when a timer ticks: the jobs that it names get their tasks.
 *
 * Safe to call twice with the same tick: a task's name contains the tick's time, and a task that exists is returned as `existing`.
 */
const schedule = makeFunction({
  name: 'schedule',
  cloud,
  folder: import.meta.dirname,
  work: async (event, { jobs, deps }) =>
    settleRuns(await startTickRuns(parseTimerEvent(event), jobs, deps), { hasLedger: deps.ledger !== undefined }),
});

// The platform tells async handlers apart by their constructor, so this is a real async function.
export async function handler(event: unknown, context: PlatformContext): Promise<unknown> {
  return schedule.handle(event, context);
}

export const initializer = schedule.initialize;
