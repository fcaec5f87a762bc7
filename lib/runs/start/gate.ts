import type { RunReason } from '../report/run-result.ts';
import type { Decision } from './decision.ts';
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
