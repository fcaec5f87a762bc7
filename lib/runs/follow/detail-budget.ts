import { RECONCILE_INTERVAL_MS } from '../ledger/heartbeat.ts';

/** Runs whose progress or failure is read because it is their turn: each costs a call of its own, beside the lists that all share. */
const MAX_TURNS = 4;
/** So few that it is the turn of all of them. */
const FEW = 8;
/** Further runs that can't wait for their turn: why a task failed, and whether it is time to stop one. */
const MAX_URGENT = { failed: 3, stop: 2 };

/**
 * Shares the few detailed looks of a tick among all open runs: those whose turn it is, which keep theirs whatever else is urgent, and a few
 * that can't wait.
 */
export class DetailBudget {
  readonly #first: number;
  readonly #count: number;
  readonly #left = { ...MAX_URGENT };

  /** @param count of open runs @param now ms since 1970 */
  constructor(count: number, now: number) {
    this.#count = count;
    this.#first = count === 0 ? 0 : (Math.floor(now / RECONCILE_INTERVAL_MS) * MAX_TURNS) % count;
  }

  /** Is it the turn of the run at this place among the open ones? With more than a few each has its turn every `count / 4` ticks. */
  isTurn(index: number): boolean {
    if (this.#count <= FEW) return true;
    return (index - this.#first + this.#count) % this.#count < MAX_TURNS;
  }

  /** Takes one urgent look. @returns false when there are none left at this tick */
  take(why: keyof typeof MAX_URGENT): boolean {
    if (this.#left[why] === 0) return false;
    this.#left[why] -= 1;
    return true;
  }
}
