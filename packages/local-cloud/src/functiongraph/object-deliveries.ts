import type { Clock } from '../cloud/clock.ts';
import type { Assumed } from '../cloud/open-questions/assumptions.ts';
import { isLike, type Situations } from '../cloud/situations.ts';
import type { ObjectChange } from './object-notification.ts';

const AGAIN_MS = 2_000;
const LATE_MS = 60_000;
const HELD_MS = 5_000;

/** What deliveries depend on: the cloud. */
interface DeliveringCloud {
  readonly assumed: Assumed;
  readonly clock: Clock;
  readonly situations: Situations;
}

/** How much later an event comes that a fault delays. */
const DELAY_MS = 10 * 60_000;

/** Delivers the events of objects as often, as late and in the order that is assumed, unless a fault affects them. */
export class ObjectDeliveries {
  readonly #cloud: () => DeliveringCloud;
  #held: (() => void) | undefined;

  /** @param cloud asked at each event */
  constructor(cloud: () => DeliveringCloud) {
    this.#cloud = cloud;
  }

  /**
   * @param change a change that several functions are told of is one for each of them
   * @param deliver delivers the event once; called any number of times, now or later
   */
  send({ bucket, key }: Pick<ObjectChange, 'bucket' | 'key'>, deliver: () => void): void {
    const { assumed, clock, situations } = this.#cloud();
    const fault = situations.take('notification', (one) => isLike(one, 'bucket', bucket) && isLike(one, 'key', key));
    switch (fault?.kind) {
      case 'lost':
        return;
      case 'twice':
        deliver();
        deliver();
        return;
      case 'delayed':
        clock.at(clock.now() + Number(fault.options['by'] ?? DELAY_MS), deliver);
        return;
    }
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
