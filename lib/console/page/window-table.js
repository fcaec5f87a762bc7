import { make, setAttribute, setText } from './elements.js';
import { arrange, Keyed } from './keyed.js';

/** Extra rows beyond the visible ones, so that scrolling shows no gaps. */
const OVERSCAN = 8;

/**
 * @typedef {object} TableRow
 * @property {HTMLTableRowElement} element
 * @property {HTMLButtonElement} button opens the row; its only focusable part
 */

/**
 * A table for thousands of rows, of which only the visible ones are in the page. Arrow keys, Home, End, Page Up and Page Down move between rows.
 * The focused row keeps its position when rows are added above it.
 *
 * @template Row
 */
export class WindowTable {
  #scroller;
  #table;
  #body;
  #empty;
  #keyOf;
  /** @type {Keyed<Row, TableRow & { update(row: Row): void }>} */
  #keyed;
  /** @type {readonly Row[]} */
  #rows = [];
  /** @type {Map<string, number>} */
  #places = new Map();
  /** The row that gets the focus when the table does. @type {string | undefined} */
  #active;
  #height = 0;
  /** Of the style sheet, which depends on the width. */
  #rowHeight = 1;
  #isDrawRequested = false;
  /** @type {HTMLTableRowElement[]} */
  #spacers = [];

  /**
   * @param {HTMLElement} scroller
   * @param {object} parts
   * @param {string} parts.caption
   * @param {readonly { readonly title: string, readonly name: string }[]} parts.columns
   * @param {(row: Row) => string} parts.keyOf
   * @param {() => TableRow & { update(row: Row): void }} parts.makeRow
   */
  constructor(scroller, { caption, columns, keyOf, makeRow }) {
    this.#scroller = scroller;
    this.#keyOf = keyOf;
    this.#keyed = new Keyed(makeRow);
    this.#body = make('tbody');
    const titles = columns.map(({ title, name }) => make('th', { scope: 'col', class: `column-${name}` }, title));
    this.#table = make(
      'table',
      {},
      make('caption', { class: 'unseen' }, caption),
      make('thead', {}, make('tr', { 'aria-rowindex': 1 }, ...titles)),
      this.#body,
    );
    this.#empty = make('div', { class: 'empty' });
    scroller.append(this.#table, this.#empty);
    scroller.addEventListener('scroll', () => this.#requestDraw(), { passive: true });
    scroller.addEventListener('keydown', (event) => this.#move(event));
    new ResizeObserver(() => {
      this.#height = scroller.clientHeight;
      this.#rowHeight = Number.parseFloat(getComputedStyle(scroller).getPropertyValue('--row-height'));
      this.#requestDraw();
    }).observe(scroller);
  }

  /**
   * @param {readonly Row[]} rows
   * @param {string} whenEmpty what to show if there are none, and what to do
   */
  render(rows, whenEmpty) {
    const anchor = this.#anchor();
    this.#rows = rows;
    this.#places = new Map(rows.map((row, place) => [this.#keyOf(row), place]));
    const place = anchor === undefined ? undefined : this.#places.get(anchor.key);
    setAttribute(this.#table, 'aria-rowcount', rows.length + 1);
    setText(this.#empty, rows.length === 0 ? whenEmpty : '');
    this.#empty.hidden = rows.length > 0;
    this.#table.hidden = rows.length === 0;
    if (anchor !== undefined && place !== undefined && place !== anchor.place) {
      // Set the new height of the body first, or it can't be scrolled that far.
      this.#draw(this.#scroller.scrollTop + (place - anchor.place) * this.#rowHeight);
      this.#scroller.scrollTop += (place - anchor.place) * this.#rowHeight;
    }
    this.#draw();
  }

  /** Focuses a row. @param {string} key @returns {boolean} false if there is no such row */
  focus(key) {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#active = key;
    const top = place * this.#rowHeight;
    const { scrollTop } = this.#scroller;
    // The header is one row high.
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + 2 * this.#rowHeight > scrollTop + this.#height) {
      this.#scroller.scrollTop = top + 2 * this.#rowHeight - this.#height;
    }
    this.#draw();
    this.#keyed.get(key)?.button.focus({ preventScroll: true });
    return true;
  }

  /** The row that keeps its position on the screen: the focused one, or the first visible one unless the list is scrolled to the top. */
  #anchor() {
    const { scrollTop } = this.#scroller;
    const focused = this.#keyed.focused();
    const first = Math.floor(scrollTop / this.#rowHeight);
    const top = this.#rows[first];
    const key = focused ?? (scrollTop > 0 && top !== undefined ? this.#keyOf(top) : undefined);
    const place = key === undefined ? undefined : this.#places.get(key);
    return key === undefined || place === undefined ? undefined : { key, place };
  }

  #requestDraw() {
    if (this.#isDrawRequested) return;
    this.#isDrawRequested = true;
    requestAnimationFrame(() => {
      this.#isDrawRequested = false;
      this.#draw();
    });
  }

  #draw(scrollTop = this.#scroller.scrollTop) {
    const firstVisible = Math.floor(scrollTop / this.#rowHeight);
    const first = Math.max(0, firstVisible - OVERSCAN);
    const last = Math.min(this.#rows.length, Math.ceil((scrollTop + this.#height) / this.#rowHeight) + OVERSCAN);
    const focused = this.#keyed.focused();
    const focusedPlace = focused === undefined ? undefined : this.#places.get(focused);
    this.#chooseActive(focused, firstVisible);
    const shown = new Set(focusedPlace === undefined ? [] : [focusedPlace]);
    for (let place = first; place < last; place++) shown.add(place);
    const places = [...shown].sort((a, b) => a - b);
    const entries = this.#keyed.take(
      places.flatMap((place) => this.#rows[place] ?? []),
      this.#keyOf,
    );
    /** @type {HTMLTableRowElement[]} */
    const elements = [];
    let next = 0;
    let spacers = 0;
    const skipTo = (/** @type {number} */ upTo) => {
      if (upTo > next) elements.push(this.#spacer(spacers++, upTo - next));
    };
    places.forEach((place, at) => {
      const entry = entries[at];
      if (entry === undefined) return;
      skipTo(place);
      next = place + 1;
      // The header is row 1.
      setAttribute(entry.element, 'aria-rowindex', place + 2);
      setAttribute(entry.button, 'tabindex', this.#places.get(this.#active ?? '') === place ? 0 : -1);
      elements.push(entry.element);
    });
    skipTo(this.#rows.length);
    arrange(this.#body, elements);
  }

  /** @param {string | undefined} focused @param {number} firstVisible */
  #chooseActive(focused, firstVisible) {
    const place = this.#active === undefined ? undefined : this.#places.get(this.#active);
    if (focused !== undefined) this.#active = focused;
    else if (place === undefined || place < firstVisible || place > firstVisible + this.#height / this.#rowHeight) {
      const row = this.#rows[firstVisible] ?? this.#rows[0];
      this.#active = row === undefined ? undefined : this.#keyOf(row);
    }
  }

  /** A placeholder for a number of rows that are not visible. @param {number} number @param {number} rows */
  #spacer(number, rows) {
    this.#spacers[number] ??= make('tr', { 'aria-hidden': 'true', class: 'spacer' }, make('td'));
    const spacer = this.#spacers[number];
    spacer.style.height = `${rows * this.#rowHeight}px`;
    return spacer;
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const focused = this.#keyed.focused();
    const from = focused === undefined ? undefined : this.#places.get(focused);
    if (from === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.#height / this.#rowHeight) - 2);
    /** @type {Readonly<Record<string, number>>} */
    const steps = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: this.#rows.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const row = this.#rows[Math.min(Math.max(to, 0), this.#rows.length - 1)];
    if (row !== undefined) this.focus(this.#keyOf(row));
  }
}
