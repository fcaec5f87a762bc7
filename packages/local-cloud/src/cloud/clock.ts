/** How time passes in a local cloud. */
export interface ClockOptions {
  /** Freezes time at this instant (epoch ms) until `advance` moves it. If absent, real time. */
  readonly frozenAt?: number;
  /** Divides documented waits by this factor, so that a person can watch a task progress. Does not affect `now`. @default 1 */
  readonly speed?: number;
}

interface ScheduledCall {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** Maximum delay of setTimeout in ms; anything longer would fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The clock of a local cloud, on which tasks progress and locks expire.
 *
 * Real time by default; tests freeze it and move it with `advance`. It never keeps the process alive.
 */
export class Clock {
  readonly #speed: number;
  readonly #due = new Set<ScheduledCall>();
  #frozenAt: number | undefined;
  #offsetMs = 0;
  #order = 0;

  constructor(options: ClockOptions = {}) {
    this.#frozenAt = options.frozenAt;
    this.#speed = options.speed ?? 1;
    if (!(this.#speed > 0)) throw new RangeError(`create a clock: speed must be greater than 0, got ${this.#speed}`);
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#frozenAt ?? Date.now() + this.#offsetMs;
  }

  /** Documented time between two instants, in ms: the elapsed time multiplied by the speed. */
  documentedMs(from: number, to: number = this.now()): number {
    return (to - from) * this.#speed;
  }

  /** The instant (epoch ms) at which the given documented time has passed. */
  instantAfter(from: number, documentedMs: number): number {
    return from + documentedMs / this.#speed;
  }

  /** Moves time forward and runs everything that becomes due, in order, each at its own instant. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`advance the clock: expected 0 ms or more, got ${ms}`);
    const real = this.#frozenAt === undefined;
    const target = this.now() + ms;
    for (let next = this.#first(target); next !== undefined; next = this.#first(target)) {
      this.#frozenAt = next.at;
      this.#finishDeletion(next);
      next.run();
    }
    this.#frozenAt = real ? undefined : target;
    if (real) {
      this.#offsetMs += ms;
      for (const due of this.#due) this.#arm(due);
    }
  }

  /** Runs `run` once, after `ms` of documented time divided by the clock's speed. @returns a function that cancels it */
  after(ms: number, run: () => void): () => void {
    this.#order += 1;
    const due: ScheduledCall = { at: this.now() + ms / this.#speed, order: this.#order, run, timer: undefined };
    this.#due.add(due);
    if (this.#frozenAt === undefined) this.#arm(due);
    return () => this.#finishDeletion(due);
  }

  /** Cancels everything that is scheduled. */
  stop(): void {
    for (const due of this.#due) this.#finishDeletion(due);
  }

  #first(until: number): ScheduledCall | undefined {
    let first: ScheduledCall | undefined;
    for (const due of this.#due) {
      if (due.at > until) continue;
      if (first === undefined || due.at < first.at || (due.at === first.at && due.order < first.order)) first = due;
    }
    return first;
  }

  #arm(due: ScheduledCall): void {
    clearTimeout(due.timer);
    const waitMs = Math.min(Math.max(due.at - this.now(), 0), MAX_TIMER_MS);
    due.timer = setTimeout(() => {
      if (due.at > this.now()) {
        this.#arm(due);
        return;
      }
      this.#finishDeletion(due);
      due.run();
    }, waitMs);
    due.timer.unref();
  }

  #finishDeletion(due: ScheduledCall): void {
    clearTimeout(due.timer);
    this.#due.delete(due);
  }
}
