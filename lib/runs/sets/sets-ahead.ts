import type { Ledger } from '../ledger/ledger.ts';
import { type OpenSet, type OpenSetName, openSetLog, readOpenSet, type SetLog } from '../ledger/set-log.ts';
import { WIDTH } from '../side-by-side.ts';

/** What a mark stands for, and what is recorded of it. */
export interface ReadSet {
  readonly set: OpenSet;
  /** @throws as `openSetLog` */
  readonly log: Promise<SetLog>;
}

/** Reads open sets a little ahead of their turn: most of them wait, and reading them is all that a tick does for them. */
export class SetsAhead {
  readonly #names: AsyncIterator<OpenSetName, unknown>;
  readonly #ledger: Ledger;
  #next: OpenSetName[] = [];
  readonly #reads = new Map<OpenSetName, Promise<ReadSet | undefined>>();

  constructor(names: AsyncIterator<OpenSetName, unknown>, ledger: Ledger) {
    this.#names = names;
    this.#ledger = ledger;
  }

  /** The name of the next set, of which nothing needs to have been read; `undefined` behind the last one. @throws {LedgerError} */
  async next(): Promise<OpenSetName | undefined> {
    while (this.#next.length < WIDTH) {
      const { done, value } = await this.#names.next();
      if (done) break;
      this.#next.push(value);
    }
    return this.#next.shift();
  }

  /**
   * Reads a set, and begins to read those after it.
   *
   * @param width so many together
   * @returns `undefined` when it has been closed meanwhile
   * @throws {LedgerError} when its mark cannot be read
   */
  read(name: OpenSetName, width: number): Promise<ReadSet | undefined> {
    // A failure is thrown to whoever takes it.
    for (const later of this.#next.slice(0, width - 1)) this.#begin(later).catch(() => undefined);
    const read = this.#begin(name);
    this.#reads.delete(name);
    return read;
  }

  #begin(name: OpenSetName): Promise<ReadSet | undefined> {
    const begun = this.#reads.get(name) ?? this.#read(name);
    this.#reads.set(name, begun);
    return begun;
  }

  async #read(name: OpenSetName): Promise<ReadSet | undefined> {
    const set = await readOpenSet(this.#ledger, name);
    if (!set) return undefined;
    const log = openSetLog(this.#ledger, set.job, set.prefix);
    log.catch(() => undefined);
    return { set, log };
  }
}
