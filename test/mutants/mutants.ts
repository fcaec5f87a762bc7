import { CALL_MUTANTS } from './calls.ts';
import { DECISION_MUTANTS } from './decisions.ts';
import { LANE_MUTANTS } from './lanes.ts';
import { LIST_MUTANTS } from './lists.ts';
import type { Mutant } from './mutant.ts';
import { RUN_MUTANTS } from './runs.ts';
import { SECRET_MUTANTS } from './secrets.ts';
import { SET_MUTANTS } from './sets.ts';
import { TICK_MUTANTS } from './ticks.ts';

/** Changes of one line in the rules of runs, each of which some test has to see: `npm run mutants` tries them. */
export const MUTANTS: readonly Mutant[] = [
  ...LANE_MUTANTS,
  ...RUN_MUTANTS,
  ...CALL_MUTANTS,
  ...DECISION_MUTANTS,
  ...TICK_MUTANTS,
  ...SET_MUTANTS,
  ...LIST_MUTANTS,
  ...SECRET_MUTANTS,
];
