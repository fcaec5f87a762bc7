/** Runs whose progress or failure is read in turn. Each costs its own call, besides the shared lists. */
const MAX_TURNS = 4;
/** With at most this many runs, every run has its turn in every tick. */
const FEW = 8;
/** Additional runs that can't wait for their turn: why a task failed, and whether to stop one. */
const MAX_URGENT = { failed: 3, stop: 2 };

/**
 * Shares the few detail requests of a tick among all open runs: first the runs whose turn it is, regardless of urgent ones, then a few that can't wait.
 */
export class DetailBudget {
  readonly #first: number;
  readonly #count: number;
  readonly #left = { ...MAX_URGENT };

  /** @param count of open runs @param now ms since 1970 @param everyMs the interval of the ticks */
  constructor(count: number, now: number, everyMs: number) {
    this.#count = count;
    this.#first = count === 0 ? 0 : (Math.floor(now / everyMs) * MAX_TURNS) % count;
  }

  /** Whether it is the turn of the open run at this index. With more than eight runs, each has its turn every `count / 4` ticks. */
  isTurn(index: number): boolean {
    if (this.#count <= FEW) return true;
    return (index - this.#first + this.#count) % this.#count < MAX_TURNS;
  }

  /** Takes one urgent request. @returns false when none are left in this tick */
  take(why: keyof typeof MAX_URGENT): boolean {
    if (this.#left[why] === 0) return false;
    this.#left[why] -= 1;
    return true;
  }
}
