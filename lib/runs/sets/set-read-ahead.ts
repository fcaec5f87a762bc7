import { MAX_PARALLEL } from '../in-parallel.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type OpenSet, type OpenSetName, openSetLog, readOpenSet, type SetLog } from '../ledger/set-log.ts';

/** An open set and its records. */
export interface ReadSet {
  readonly set: OpenSet;
  /** @throws as `openSetLog` */
  readonly log: Promise<SetLog>;
}

/** Reads open sets a little ahead of their turn. Most of them wait, and reading them is all a tick does for them. */
export class SetReadAhead {
  readonly #names: AsyncIterator<OpenSetName, unknown>;
  readonly #ledger: Ledger;
  #next: OpenSetName[] = [];
  readonly #reads = new Map<OpenSetName, Promise<ReadSet | undefined>>();

  constructor(names: AsyncIterator<OpenSetName, unknown>, ledger: Ledger) {
    this.#names = names;
    this.#ledger = ledger;
  }

  /** The name of the next set, whether or not it was read; `undefined` after the last one. @throws {LedgerError} */
  async next(): Promise<OpenSetName | undefined> {
    while (this.#next.length < MAX_PARALLEL) {
      const { done, value } = await this.#names.next();
      if (done) break;
      this.#next.push(value);
    }
    return this.#next.shift();
  }

  /**
   * Reads a set, and starts to read those after it.
   *
   * @param width the number of sets to read in parallel
   * @returns `undefined` when the set was closed meanwhile
   * @throws {LedgerError} when its marker cannot be read
   */
  read(name: OpenSetName, width: number): Promise<ReadSet | undefined> {
    // A failure is thrown by the `read` of that set.
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
