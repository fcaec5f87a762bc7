/**
 * Where the ledger is kept. Names are paths of our own making: segments of `[A-Za-z0-9_.-]`, separated by `/`.
 *
 * Every method may throw `LedgerError`: then nothing is known about whether a write happened, and the caller reads back.
 */
export interface LedgerStore {
  /** The whole list and its position: the expected position of the next append. Empty text and position 0 when there is none. */
  read(list: string): Promise<LedgerText>;
  /**
   * The last bytes of a list, and its position: what a list that repeats its state now and then is read by. All of it when it has no more; it may be
   * more than was asked for. A character at the cut may be lost.
   *
   * @param bytes at least 1
   */
  tail(list: string, bytes: number): Promise<LedgerTail>;
  /**
   * Adds some text to the end of a list if it still ends at `position`: a compare-and-swap. Position 0 creates the list, and only if there
   * is none. Of several writers at one position exactly one succeeds.
   *
   * @returns the next position, or `stale` when the list has another length. After a lost answer `stale` may be our own success
   */
  append(list: string, position: number, text: string): Promise<number | 'stale'>;
  /** Puts a small text under a name, in place of what was there. */
  put(name: string, text: string): Promise<void>;
  /** The text that was put; `undefined` when there is none. */
  get(name: string): Promise<string | undefined>;
  /** Removes a name. One that does not exist counts as removed. */
  remove(name: string): Promise<void>;
  /** One page of the names below a prefix, in the order of their code units, after `after`. Fewer than `limit` means the end. */
  list(prefix: string, options: { readonly after?: string; readonly limit: number }): Promise<readonly LedgerEntry[]>;
}

export interface LedgerText {
  readonly text: string;
  readonly position: number;
}

export interface LedgerTail extends LedgerText {
  /** Nothing comes before it. */
  readonly isWhole: boolean;
}

export interface LedgerEntry {
  /** Whole, with the prefix. */
  readonly name: string;
  /** When it was last written, ms since 1970, by the store's clock. */
  readonly at: number;
}
