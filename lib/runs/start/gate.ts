import type { FoundTask } from '../../migrations/action.ts';
import type { RunReason } from '../report/run-result.ts';
import type { Decision, Recording } from './decision.ts';
import type { FactName, Facts } from './facts.ts';
import type { Run } from './run.ts';

/** Continue with the next gate. */
export const PASSED = undefined;

/** A condition that a run must meet before its task is created. */
export type Gate = (run: Run, facts: Facts) => Decision | typeof PASSED;

export function learn(...facts: readonly FactName[]): Decision {
  return { do: 'learn', facts };
}

export function reject(reason: RunReason): Decision {
  return { do: 'record', records: [{ type: 'rejected', reason }] };
}

/** Its task exists. */
export function adopt({ planned: { kind, name } }: Run, { id, status }: Pick<FoundTask, 'id' | 'status'>): Recording {
  return { do: 'record', records: [{ type: 'adopted', task: { kind, id, name, ...(status ? { status } : {}) } }] };
}
