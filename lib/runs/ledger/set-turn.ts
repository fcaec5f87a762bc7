import type { Ledger } from './ledger.ts';
import type { OpenSetName } from './set-log.ts';

const NAME = 'control/sets-next';

/**
 * Where the tick that takes up sets is; the next set is the first one after `after`.
 *
 * - `done`: the tick ended in order.
 * - `busy`: the sets that follow were being taken up. Whoever finds it so knows that a tick died at one of the next few.
 * - `at`: the set `after` itself was. Whoever finds it so knows that a tick died at this one.
 */
export interface SetTurn {
  readonly state: 'done' | 'busy' | 'at';
  /** Absent: the next is the first of all. */
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
