interface Stretch {
  /** The instant (epoch ms) from which on it counts. */
  readonly from: number;
  readonly speed: number;
}

/** The time that documents speak of, which passes `speed` times as fast as the clock. The speed may change. */
export class DocumentedTime {
  readonly #stretches: Stretch[];

  constructor(speed: number) {
    this.#stretches = [{ from: Number.NEGATIVE_INFINITY, speed }];
  }

  /** @param from not before the last change */
  change(from: number, speed: number): void {
    this.#stretches.push({ from, speed });
  }

  /** ms between two instants. */
  between(from: number, to: number): number {
    if (to < from) return -this.between(to, from);
    let ms = 0;
    for (const [index, stretch] of this.#stretches.entries()) {
      const begin = Math.max(from, stretch.from);
      const end = Math.min(to, this.#endOf(index));
      if (end > begin) ms += (end - begin) * stretch.speed;
    }
    return ms;
  }

  /** The instant at which `ms` have passed since `from`. */
  instantAfter(from: number, ms: number): number {
    let left = ms;
    for (const [index, stretch] of this.#stretches.entries()) {
      const begin = Math.max(from, stretch.from);
      const end = this.#endOf(index);
      if (end <= begin) continue;
      if (left <= (end - begin) * stretch.speed) return begin + left / stretch.speed;
      left -= (end - begin) * stretch.speed;
    }
    return from;
  }

  #endOf(index: number): number {
    return this.#stretches[index + 1]?.from ?? Number.POSITIVE_INFINITY;
  }
}
