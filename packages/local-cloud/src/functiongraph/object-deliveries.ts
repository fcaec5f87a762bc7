import type { Clock } from '../cloud/clock.ts';
import type { Assumed } from '../cloud/open-questions/assumptions.ts';

const AGAIN_MS = 2_000;
const LATE_MS = 60_000;
const HELD_MS = 5_000;

/** What deliveries depend on: the cloud. */
interface DeliveringCloud {
  readonly assumed: Assumed;
  readonly clock: Clock;
}

/** Delivers the events of objects as often, as late and in the order that is assumed. */
export class ObjectDeliveries {
  readonly #cloud: () => DeliveringCloud;
  #held: (() => void) | undefined;

  /** @param cloud asked at each event */
  constructor(cloud: () => DeliveringCloud) {
    this.#cloud = cloud;
  }

  /** @param deliver delivers the event once; called any number of times, now or later */
  send(deliver: () => void): void {
    const { assumed, clock } = this.#cloud();
    switch (assumed('object-event-delivery')) {
      case 'once':
        deliver();
        return;
      case 'twice':
        deliver();
        clock.after(AGAIN_MS, deliver);
        return;
      case 'late':
        clock.after(LATE_MS, deliver);
        return;
      case 'out-of-order':
        this.#sendOutOfOrder(deliver, clock);
        return;
      case 'lost':
        return;
    }
  }

  #sendOutOfOrder(deliver: () => void, clock: Clock): void {
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
    clock.after(HELD_MS, once);
  }
}
