/** A timer that somebody waits for. */
interface Timer {
  readonly at: number;
  readonly number: number;
  readonly fire: () => void;
  isCleared: boolean;
}

/**
 * Virtual time: it stands still while there is something to do, and then goes on to the next timer. Requests that are under way together take their time
 * together.
 */
export class VirtualClock {
  now: number;
  readonly #heap: Timer[] = [];
  #count = 0;

  constructor(now: number) {
    this.now = now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#add(resolve, ms));
  }

  /** From now on all timers of the process are those of this clock. */
  install(): void {
    const timeouts = {
      setTimeout: (fire: () => void, ms = 0) => {
        const timer = this.#add(fire, ms);
        return { timer, unref: () => undefined, ref: () => undefined };
      },
      clearTimeout: (handle?: { readonly timer: Timer }) => {
        if (handle) handle.timer.isCleared = true;
      },
    };
    Object.assign(globalThis, timeouts);
  }

  /** Lets time pass until something has ended. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (isOver) return work;
      const next = this.#next();
      if (!next) throw new Error('nothing is under way, and it has not ended');
      this.now = next.at;
      next.fire();
      while (this.#heap[0]?.at === this.now) this.#next()?.fire();
    }
  }

  #add(fire: () => void, ms: number): Timer {
    this.#count += 1;
    const timer = { at: this.now + Math.max(0, ms), number: this.#count, fire, isCleared: false };
    const heap = this.#heap;
    let place = heap.push(timer) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(place, parent)) break;
      this.#swap(place, parent);
      place = parent;
    }
    return timer;
  }

  #next(): Timer | undefined {
    for (;;) {
      const first = this.#pop();
      if (!first?.isCleared) return first;
    }
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    heap[0] = last;
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      let least = place;
      if (left < heap.length && this.#isBefore(left, least)) least = left;
      if (right < heap.length && this.#isBefore(right, least)) least = right;
      if (least === place) return first;
      this.#swap(place, least);
      place = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a] as Timer, this.#heap[b] as Timer];
    return one.at < other.at || (one.at === other.at && one.number < other.number);
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b] as Timer, heap[a] as Timer];
  }
}
