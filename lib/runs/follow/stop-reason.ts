import type { RunState } from '../ledger/run-state.ts';
import type { RunReason } from '../report/run-result.ts';

/** The reason of a run that was cancelled on request. */
export const CANCELLED: RunReason = { code: 'cancelled', message: 'cancelled on request' };

/** @returns why a stopped task was stopped; `undefined` when we stopped it because the job's `stop_when` was met */
export function stopReason(status: string, { calls }: Pick<RunState, 'calls'>): RunReason | undefined {
  if (calls?.cancel) return CANCELLED;
  if (calls?.stop) return undefined;
  return { code: 'task_stopped', message: `the task ended as ${status}; somebody stopped it, or the service did` };
}
