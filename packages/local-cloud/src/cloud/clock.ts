/** How the time of a local cloud passes. */
export interface ClockOptions {
  /** Time stands at this instant (epoch ms) until `advance` moves it. Absent: real time. */
  readonly standsAt?: number;
  /** Waits are this many times shorter than documented, so that a person can watch a task walk. `now` is not changed by it. @default 1 */
  readonly speed?: number;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** setTimeout takes at most this many ms; anything longer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The time of a local cloud: tasks walk on it, locks end on it.
 *
 * Real by default; tests let it stand and move it with `advance`. It never keeps the process alive.
 */
export class Clock {
  readonly #speed: number;
  readonly #due = new Set<Due>();
  #standsAt: number | undefined;
  #offsetMs = 0;
  #order = 0;

  constructor(options: ClockOptions = {}) {
    this.#standsAt = options.standsAt;
    this.#speed = options.speed ?? 1;
    if (!(this.#speed > 0)) throw new RangeError(`make a clock: speed must be greater than 0, got ${this.#speed}`);
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#standsAt ?? Date.now() + this.#offsetMs;
  }

  /** Ms of documented time between two instants: what a step of so many ms takes. */
  documentedMs(from: number, to: number = this.now()): number {
    return (to - from) * this.#speed;
  }

  /** Epoch ms at which so many ms of documented time have passed since then. */
  instantAfter(from: number, documentedMs: number): number {
    return from + documentedMs / this.#speed;
  }

  /** Moves the time forward and runs what falls due on the way, in order, each at its own instant. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`advance the clock: expected 0 ms or more, got ${ms}`);
    const real = this.#standsAt === undefined;
    const target = this.now() + ms;
    for (let next = this.#first(target); next !== undefined; next = this.#first(target)) {
      this.#standsAt = next.at;
      this.#forget(next);
      next.run();
    }
    this.#standsAt = real ? undefined : target;
    if (real) {
      this.#offsetMs += ms;
      for (const due of this.#due) this.#arm(due);
    }
  }

  /** Runs `run` once, after `ms` of documented time divided by the clock's speed. What comes back takes it off again. */
  after(ms: number, run: () => void): () => void {
    this.#order += 1;
    const due: Due = { at: this.now() + ms / this.#speed, order: this.#order, run, timer: undefined };
    this.#due.add(due);
    if (this.#standsAt === undefined) this.#arm(due);
    return () => this.#forget(due);
  }

  /** Takes everything off: nothing runs any more. */
  stop(): void {
    for (const due of this.#due) this.#forget(due);
  }

  #first(until: number): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) {
      if (due.at > until) continue;
      if (first === undefined || due.at < first.at || (due.at === first.at && due.order < first.order)) first = due;
    }
    return first;
  }

  #arm(due: Due): void {
    clearTimeout(due.timer);
    const waitMs = Math.min(Math.max(due.at - this.now(), 0), MAX_TIMER_MS);
    due.timer = setTimeout(() => {
      if (due.at > this.now()) {
        this.#arm(due);
        return;
      }
      this.#forget(due);
      due.run();
    }, waitMs);
    due.timer.unref();
  }

  #forget(due: Due): void {
    clearTimeout(due.timer);
    this.#due.delete(due);
  }
}
