/**
 * Makes the children of `parent` these, in this order, and touches only what is out of place. What has the focus is never moved, for a
 * moved element loses it: what stands before it is taken out in its place.
 *
 * @param {Element} parent
 * @param {readonly Element[]} wanted
 */
export function arrange(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  let cursor = parent.firstElementChild;
  for (const element of wanted) {
    if (element !== cursor && element.parentElement === parent && element.contains(document.activeElement)) {
      while (cursor !== null && cursor !== element) {
        const next = cursor.nextElementSibling;
        cursor.remove();
        cursor = next;
      }
    }
    if (element === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(element, cursor);
  }
}

/**
 * One element per row of a list, found again by its key.
 *
 * @template Row
 * @template {{ readonly element: Element, update?(row: Row): void }} Entry
 */
export class Keyed {
  /** @type {Map<string, { entry: Entry, row: Row }>} */
  #entries = new Map();
  /** @type {(row: Row) => Entry} */
  #make;

  /** @param {(row: Row) => Entry} makeEntry makes it; `update` follows, where a row may change under its key */
  constructor(makeEntry) {
    this.#make = makeEntry;
  }

  /**
   * The entries of these rows, in their order. Those of other rows are forgotten. A row that is the very object of last time is not
   * updated.
   *
   * @param {readonly Row[]} rows
   * @param {(row: Row) => string} keyOf
   * @returns {Entry[]}
   */
  take(rows, keyOf) {
    const before = this.#entries;
    this.#entries = new Map();
    return rows.map((row) => {
      const key = keyOf(row);
      const known = before.get(key);
      const entry = known?.entry ?? this.#make(row);
      if (known?.row !== row) entry.update?.(row);
      this.#entries.set(key, { entry, row });
      return entry;
    });
  }

  /**
   * Makes these rows the children of a list.
   *
   * @param {Element} list
   * @param {readonly Row[]} rows
   * @param {(row: Row) => string} keyOf
   */
  show(list, rows, keyOf) {
    const elements = this.take(rows, keyOf).map(({ element }) => element);
    arrange(list, elements);
  }

  /**
   * @param {string} key
   * @returns {Entry | undefined} `undefined` when it was not among the last rows
   */
  get(key) {
    return this.#entries.get(key)?.entry;
  }

  /** @returns {string | undefined} the key of the entry that has the focus; `undefined` when none has */
  focused() {
    const { activeElement } = document;
    if (activeElement === null) return undefined;
    for (const [key, { entry }] of this.#entries) if (entry.element.contains(activeElement)) return key;
    return undefined;
  }
}
