/** Serializes the changes of each object, in the order in which they were requested. */
export class KeyLocks {
  readonly #last = new Map<string, Promise<void>>();

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    let free: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      free = resolve;
    });
    this.#last.set(name, turn);
    await before;
    try {
      return await work();
    } finally {
      free();
      if (this.#last.get(name) === turn) this.#last.delete(name);
    }
  }
}
