import { RECONCILE_INTERVAL_MS } from './ledger/heartbeat.ts';

/** Runs whose progress or failure is read at a tick: each costs a call of its own, beside the lists that all share. */
const MOST_DETAILS = 5;

/** Shares the few detailed looks of a tick among all open runs: those whose turn it is, further ones at the next ticks. */
export class DetailBudget {
  readonly #first: number;
  readonly #count: number;
  #left = MOST_DETAILS;

  /** @param count of open runs @param now ms since 1970 */
  constructor(count: number, now: number) {
    this.#count = count;
    this.#first = count === 0 ? 0 : (Math.floor(now / RECONCILE_INTERVAL_MS) * MOST_DETAILS) % count;
  }

  /** Is it the turn of the run at this place among the open ones? Each has its turn every `count / 5` ticks. */
  isTurn(index: number): boolean {
    return (index - this.#first + this.#count) % this.#count < MOST_DETAILS;
  }

  /** Takes one look. @returns false when there are none left at this tick */
  take(): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
