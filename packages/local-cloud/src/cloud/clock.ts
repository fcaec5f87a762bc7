import { setImmediate as nextTurn } from 'node:timers/promises';
import { DocumentedTime } from './documented-time.ts';

/** The fastest rate of a clock. */
export const MAX_RATE = 100;

/** How time passes in a local cloud. */
export interface ClockOptions {
  /** Freezes time at this instant (epoch ms) until `advance` moves it. If absent, real time. */
  readonly frozenAt?: number;
  /**
   * Divides documented waits by this factor, so that a person can watch a task progress. Does not affect `now`. At any rate but 1, and while
   * the clock is moved forward, waits are as documented.
   *
   * @default 1
   */
  readonly speed?: number;
}

interface ScheduledCall {
  at: number;
  /** The documented wait behind `at`, which is planned again when the speed changes. */
  readonly documented?: { readonly from: number; readonly ms: number };
  readonly order: number;
  readonly run: () => void;
}

/** Maximum delay of setTimeout in ms; anything longer would fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The clock of a region, which everything in it follows: tasks, locks, timers, deliveries, alarms, and the functions themselves.
 *
 * Real time by default; tests freeze it and move it with `advance`. At a rate of 100 it runs 100 times as fast while nothing is under way, and
 * at normal speed while a function or a call runs, so that their timeouts and leases mean what they mean in a real region. It never keeps the
 * process alive.
 */
export class Clock {
  readonly #speed: number;
  readonly #time: DocumentedTime;
  readonly #due = new Set<ScheduledCall>();
  readonly #paceListeners = new Set<() => void>();
  readonly #moveListeners = new Set<() => void>();
  #frozenAt: number | undefined;
  #offsetMs = 0;
  #order = 0;
  #rate = 1;
  /** Real time (epoch ms) up to which the rate is part of the offset. */
  #countedAt = Date.now();
  #underWay = 0;
  #whenIdle: (() => void)[] = [];
  #isMovedForward = false;
  #forwards: Promise<void> = Promise.resolve();
  #armed: { readonly timer: NodeJS.Timeout; readonly at: number } | undefined;

  constructor(options: ClockOptions = {}) {
    this.#frozenAt = options.frozenAt;
    this.#speed = options.speed ?? 1;
    if (!(this.#speed > 0)) throw new RangeError(`create a clock: speed must be greater than 0, got ${this.#speed}`);
    this.#time = new DocumentedTime(this.#speed);
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#frozenAt ?? Date.now() + this.#offsetMs + this.#gainedMs();
  }

  /** How far it is ahead of real time, in ms: exactly 0 until it is moved or has another rate. */
  get offsetMs(): number {
    const ms = this.#frozenAt === undefined ? this.#offsetMs + this.#gainedMs() : this.#frozenAt - Date.now();
    return Math.round(ms);
  }

  get isFrozen(): boolean {
    return this.#frozenAt !== undefined;
  }

  get rate(): number {
    return this.#rate;
  }

  /** Whether waits are as long as documented, rather than divided by the speed. */
  get isAsDocumented(): boolean {
    return this.#rate !== 1 || this.#isMovedForward;
  }

  /** Calls `listener` when `isAsDocumented` changes. */
  onPace(listener: () => void): void {
    this.#paceListeners.add(listener);
  }

  /** Calls `listener` when it is further ahead of real time than before. */
  onMoved(listener: () => void): void {
    this.#moveListeners.add(listener);
  }

  /** @param rate how many times as fast as real time, from 1 to 100 @throws {RangeError} for another rate, and for a frozen clock */
  setRate(rate: number): void {
    if (!(rate >= 1 && rate <= MAX_RATE))
      throw new RangeError(`set the clock: rate must be from 1 to ${MAX_RATE}, got ${rate}`);
    if (this.#frozenAt !== undefined) throw new RangeError('set the clock: it is frozen, and moves by advance only');
    this.#count();
    this.#changePace(() => {
      this.#rate = rate;
    });
  }

  /** Runs work during which the clock runs at normal speed. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#count();
    this.#underWay += 1;
    if (this.#underWay === 1) this.#arm();
    try {
      return await work();
    } finally {
      this.#count();
      this.#underWay -= 1;
      if (this.#underWay === 0) {
        for (const resolve of this.#whenIdle.splice(0)) resolve();
        this.#arm();
      }
    }
  }

  /** Documented time between two instants, in ms: the elapsed time multiplied by the speed. */
  documentedMs(from: number, to: number = this.now()): number {
    return this.#time.between(from, to);
  }

  /** The instant (epoch ms) at which the given documented time has passed. */
  instantAfter(from: number, documentedMs: number): number {
    return this.#time.instantAfter(from, documentedMs);
  }

  /** Moves time forward and runs everything that becomes due, in order, each at its own instant. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`advance the clock: expected 0 ms or more, got ${ms}`);
    const real = this.#frozenAt === undefined;
    const target = this.now() + ms;
    for (let next = this.#first(target); next !== undefined; next = this.#first(target)) {
      this.#frozenAt = next.at;
      this.#due.delete(next);
      next.run();
    }
    this.#frozenAt = real ? undefined : target;
    if (real) {
      this.#offsetMs += ms;
      this.#arm();
    }
  }

  /**
   * As `advance`, but waits after each instant until the functions and calls that it has started have ended, as if the time had passed. Waits are
   * as long as documented.
   */
  forward(ms: number): Promise<void> {
    if (this.#frozenAt !== undefined || !(ms >= 0)) {
      this.advance(ms);
      return Promise.resolve();
    }
    const done = this.#forwards.then(() => this.#forward(ms));
    this.#forwards = done.catch(() => undefined);
    return done;
  }

  /** Runs `run` once, after `ms` of documented time. @returns a function that cancels it */
  after(ms: number, run: () => void): () => void {
    const documented = { from: this.now(), ms };
    return this.#schedule({ at: this.instantAfter(documented.from, ms), documented, run });
  }

  /** Runs `run` once, at an instant (epoch ms), or at once if it is past. @returns a function that cancels it */
  at(instant: number, run: () => void): () => void {
    return this.#schedule({ at: instant, run });
  }

  /** Cancels everything that is scheduled, and returns to normal speed, so that listeners know how far ahead it stays. */
  stop(): void {
    this.#count();
    this.#rate = 1;
    this.#due.clear();
    this.#arm();
  }

  /** What the rate has added since it was counted. */
  #gainedMs(): number {
    if (this.#rate === 1 || this.#underWay > 0) return 0;
    return Math.max(0, (this.#rate - 1) * (Date.now() - this.#countedAt));
  }

  #count(): void {
    const gainedMs = this.#gainedMs();
    this.#offsetMs += gainedMs;
    this.#countedAt = Date.now();
    if (gainedMs > 0) this.#reportMove();
  }

  #reportMove(): void {
    for (const listener of this.#moveListeners) listener();
  }

  #changePace(change: () => void): void {
    const was = this.isAsDocumented;
    change();
    if (was !== this.isAsDocumented) {
      this.#time.change(this.now(), this.isAsDocumented ? 1 : this.#speed);
      for (const due of this.#due)
        if (due.documented) due.at = this.instantAfter(due.documented.from, due.documented.ms);
      for (const listener of this.#paceListeners) listener();
    }
    this.#arm();
  }

  async #forward(ms: number): Promise<void> {
    await this.#idle();
    const target = this.now() + ms;
    const setMoved = (isMoved: boolean) =>
      this.#changePace(() => {
        this.#isMovedForward = isMoved;
      });
    setMoved(true);
    try {
      for (let next = this.#first(target); next !== undefined; next = this.#first(target)) {
        this.#offsetMs += Math.max(0, next.at - this.now());
        this.#due.delete(next);
        next.run();
        await this.#idle();
      }
      this.#offsetMs += Math.max(0, target - this.now());
    } finally {
      setMoved(false);
      this.#reportMove();
    }
  }

  /** Resolves when nothing is under way, including what has only just been asked for. */
  async #idle(): Promise<void> {
    await nextTurn();
    while (this.#underWay > 0) {
      await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
      await nextTurn();
    }
  }

  #schedule(call: Omit<ScheduledCall, 'order'>): () => void {
    this.#order += 1;
    const due = { ...call, order: this.#order };
    this.#due.add(due);
    if (due.at < (this.#armed?.at ?? Number.POSITIVE_INFINITY)) this.#arm();
    return () => void this.#due.delete(due);
  }

  #first(until: number): ScheduledCall | undefined {
    let first: ScheduledCall | undefined;
    for (const due of this.#due) {
      if (due.at > until) continue;
      if (first === undefined || due.at < first.at || (due.at === first.at && due.order < first.order)) first = due;
    }
    return first;
  }

  /** Waits for the first call. */
  #arm(): void {
    clearTimeout(this.#armed?.timer);
    this.#armed = undefined;
    if (this.#frozenAt !== undefined || this.#isMovedForward) return;
    const first = this.#first(Number.POSITIVE_INFINITY);
    if (first === undefined) return;
    const waitMs = Math.max(first.at - this.now(), 0) / (this.#underWay > 0 ? 1 : this.#rate);
    const timer = setTimeout(() => this.#runDue(), Math.min(Math.ceil(waitMs), MAX_TIMER_MS));
    timer.unref();
    this.#armed = { timer, at: first.at };
  }

  #runDue(): void {
    const next = this.#first(this.now());
    if (next !== undefined) this.#due.delete(next);
    this.#arm();
    next?.run();
  }
}
