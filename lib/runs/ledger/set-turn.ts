import type { Ledger } from './ledger.ts';
import type { OpenSetName } from './set-log.ts';

const NAME = 'control/sets-next';

/**
 * The place of a tick among the open sets; the next set is the first one after `after`.
 *
 * - `done`: the tick ended normally.
 * - `busy`: the following sets were being processed. A tick that finds this knows that the last tick died at one of the next few.
 * - `at`: the set `after` itself was being processed. A tick that finds this knows that the last tick died at this set.
 */
export interface SetTurn {
  readonly state: 'done' | 'busy' | 'at';
  /** If absent, the next set is the first of all. */
  readonly after?: OpenSetName;
}

const STATES = ['done', 'busy', 'at'] as const;

export async function readSetTurn({ store }: Ledger): Promise<SetTurn> {
  const [given, after] = ((await store.get(NAME)) ?? '').split(' ');
  const state = STATES.find((one) => one === given) ?? 'done';
  return { state, ...(after ? { after } : {}) };
}

export function writeSetTurn({ store }: Ledger, { state, after = '' }: SetTurn): Promise<void> {
  return store.put(NAME, `${state} ${after}`);
}
