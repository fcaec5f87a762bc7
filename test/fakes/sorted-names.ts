/** So few new names are put in their places one by one; more are sorted together. */
const FEW = 50;

/** Names in the order of their code units, of which pages are read: also of some hundred thousand. */
export class SortedNames {
  #sorted: string[] = [];
  /** Not in their places yet. */
  #added: string[] = [];

  /** @param name one that is not here */
  add(name: string): void {
    this.#added.push(name);
  }

  delete(name: string): void {
    this.#settle();
    const place = this.#placeOf(name);
    if (this.#sorted[place] === name) this.#sorted.splice(place, 1);
  }

  /** The first names with this prefix that come after `after`. */
  page(prefix: string, after: string, limit: number): string[] {
    this.#settle();
    const from = after < prefix ? this.#placeOf(prefix) : this.#placeOf(after);
    const start = this.#sorted[from] === after ? from + 1 : from;
    const found: string[] = [];
    for (let place = start; place < this.#sorted.length && found.length < limit; place++) {
      const name = this.#sorted[place] ?? '';
      if (!name.startsWith(prefix)) break;
      found.push(name);
    }
    return found;
  }

  #settle(): void {
    if (this.#added.length <= FEW) for (const name of this.#added) this.#sorted.splice(this.#placeOf(name), 0, name);
    else this.#sorted = [...this.#sorted, ...this.#added].sort((a, b) => (a < b ? -1 : 1));
    this.#added = [];
  }

  /** Of the first name that is not before this one. */
  #placeOf(name: string): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? '') < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
