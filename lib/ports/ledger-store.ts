/**
 * The storage of the ledger. Names are paths that we choose: segments of `[A-Za-z0-9_.-]`, separated by `/`.
 *
 * Every method may throw `LedgerError`: a write may or may not have happened, so the caller reads back.
 */
export interface LedgerStore {
  /** The whole list and its position, which the next append expects. Empty text and position 0 when the list does not exist. */
  read(list: string): Promise<LedgerText>;
  /**
   * The last bytes of a list and its position, for lists that repeat their state. The whole list if it is no longer than that; it may be more than was
   * requested. A character at the cut may be lost.
   *
   * @param bytes at least 1
   */
  tail(list: string, bytes: number): Promise<LedgerTail>;
  /**
   * Appends text to a list if it still ends at `position`: a compare-and-swap. Position 0 creates the list, and only if it does not
   * exist. Of several writers at the same position, exactly one succeeds.
   *
   * @returns the next position, or `stale` when the list has another length. After a lost response, `stale` may mean that our own append succeeded
   */
  append(list: string, position: number, text: string): Promise<number | 'stale'>;
  /** Stores a small text under a name, replacing any previous one. */
  put(name: string, text: string): Promise<void>;
  /** The text that is stored under a name; `undefined` when there is none. */
  get(name: string): Promise<string | undefined>;
  /** Removes a name. A name that does not exist counts as removed. */
  remove(name: string): Promise<void>;
  /** One page of the names below a prefix that come after `after`, in code unit order. Fewer than `limit` means the end. */
  list(prefix: string, options: { readonly after?: string; readonly limit: number }): Promise<readonly LedgerEntry[]>;
}

export interface LedgerText {
  readonly text: string;
  readonly position: number;
}

interface LedgerTail extends LedgerText {
  /** Nothing comes before it. */
  readonly isWhole: boolean;
}

export interface LedgerEntry {
  /** The full name, with the prefix. */
  readonly name: string;
  /** When it was last written, ms since 1970, by the store's clock. */
  readonly at: number;
}
