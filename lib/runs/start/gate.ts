import type { FoundTask } from '../../migrations/action.ts';
import type { RunReason } from '../report/run-result.ts';
import type { Decision, Recording } from './decision.ts';
import type { FactName, Facts } from './facts.ts';
import type { Run } from './run.ts';

/** It may go on to the next gate. */
export const PASSED = undefined;

/** Something that a run has to have before it is created. */
export type Gate = (run: Run, facts: Facts) => Decision | typeof PASSED;

export function learn(...facts: readonly FactName[]): Decision {
  return { do: 'learn', facts };
}

export function reject(reason: RunReason): Decision {
  return { do: 'record', records: [{ type: 'rejected', reason }] };
}

/** Its task is there. */
export function adopt({ planned: { kind, name } }: Run, { id, status }: Pick<FoundTask, 'id' | 'status'>): Recording {
  return { do: 'record', records: [{ type: 'adopted', task: { kind, id, name, ...(status ? { status } : {}) } }] };
}
