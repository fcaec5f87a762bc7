import type { Assumed } from '../cloud/open-questions/assumptions.ts';

const AGAIN_MS = 2_000;
const LATE_MS = 60_000;
const HELD_MS = 5_000;

/** Delivers the events of objects as often, as late and in the order that is assumed. */
export class ObjectDeliveries {
  readonly #assumed: () => Assumed;
  readonly #timers = new Set<NodeJS.Timeout>();
  #held: (() => void) | undefined;

  constructor(assumed: () => Assumed) {
    this.#assumed = assumed;
  }

  /** @param deliver delivers the event once; called any number of times, now or later */
  send(deliver: () => void): void {
    switch (this.#assumed()('object-event-delivery')) {
      case 'once':
        deliver();
        return;
      case 'twice':
        deliver();
        this.#later(AGAIN_MS, deliver);
        return;
      case 'late':
        this.#later(LATE_MS, deliver);
        return;
      case 'out-of-order':
        this.#sendOutOfOrder(deliver);
        return;
      case 'lost':
        return;
    }
  }

  /** Deliveries that are still to come are lost. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#held = undefined;
  }

  #sendOutOfOrder(deliver: () => void): void {
    const held = this.#held;
    if (held !== undefined) {
      deliver();
      held();
      return;
    }
    const once = () => {
      if (this.#held !== once) return;
      this.#held = undefined;
      deliver();
    };
    this.#held = once;
    this.#later(HELD_MS, once);
  }

  #later(ms: number, deliver: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      deliver();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }
}
