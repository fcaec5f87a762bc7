/** The parts that have been started so far, so that all of them can be stopped. */
export class StartedParts {
  readonly #ends: (() => unknown)[] = [];

  add(end: () => unknown): void {
    this.#ends.push(end);
  }

  /** Stops all parts in reverse order. Does nothing the second time. */
  async end(): Promise<void> {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) await end();
  }
}
