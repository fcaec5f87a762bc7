/**
 * Sets the children of `parent`, in order, changing only what is out of place. The focused element is never moved, because it would lose the
 * focus: the elements before it are removed instead.
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
 * One element per row of a list, reused by key.
 *
 * @template Row
 * @template {{ readonly element: Element, update?(row: Row): void }} Entry
 */
export class Keyed {
  /** @type {Map<string, { entry: Entry, row: Row }>} */
  #entries = new Map();
  /** @type {(row: Row) => Entry} */
  #make;

  /** @param {(row: Row) => Entry} makeEntry creates an entry; `update` is called if the row of a key changes */
  constructor(makeEntry) {
    this.#make = makeEntry;
  }

  /**
   * The entries of these rows, in order. Entries of other rows are discarded. A row that is the same object as before is not updated.
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
   * Sets the rows of a list.
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
   * @returns {Entry | undefined} `undefined` if it was not among the last rows
   */
  get(key) {
    return this.#entries.get(key)?.entry;
  }

  /** @returns {string | undefined} the key of the focused entry; `undefined` if none has the focus */
  focused() {
    const { activeElement } = document;
    if (activeElement === null) return undefined;
    for (const [key, { entry }] of this.#entries) if (entry.element.contains(activeElement)) return key;
    return undefined;
  }
}
