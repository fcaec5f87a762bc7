/** What a start has begun so far, so that all of it can be ended again. */
export class StartedParts {
  readonly #ends: (() => unknown)[] = [];

  add(end: () => unknown): void {
    this.#ends.push(end);
  }

  /** Ends all of them, the last one first. Does nothing the second time. */
  async end(): Promise<void> {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) await end();
  }
}
