import { make, setAttribute, setText } from './elements.js';
import { arrange, Keyed } from './keyed.js';

/** As the style sheet says it. */
const ROW_HEIGHT = 36;
/** Rows beyond the edges, so that scrolling shows no gaps. */
const BEYOND = 8;

/**
 * @typedef {object} TableRow
 * @property {HTMLTableRowElement} element
 * @property {HTMLButtonElement} button what opens the row; the one of its parts that takes the focus
 */

/**
 * A table that holds thousands of rows, of which only those in sight are in the page. Arrow keys, Home, End, Page Up and Page Down go from row to
 * row; what has the focus stays where it is, whatever is added above it.
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
  /** Takes the focus when the table gets it. @type {string | undefined} */
  #active;
  #height = 0;
  #isAsked = false;
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
    scroller.addEventListener('scroll', () => this.#askForDraw(), { passive: true });
    scroller.addEventListener('keydown', (event) => this.#move(event));
    new ResizeObserver(() => {
      this.#height = scroller.clientHeight;
      this.#askForDraw();
    }).observe(scroller);
  }

  /**
   * @param {readonly Row[]} rows
   * @param {string} whenEmpty what to say, and what to do, when there are none
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
      // The body gets its new height first: it may not be scrolled so far yet.
      this.#draw(this.#scroller.scrollTop + (place - anchor.place) * ROW_HEIGHT);
      this.#scroller.scrollTop += (place - anchor.place) * ROW_HEIGHT;
    }
    this.#draw();
  }

  /** Gives the focus to a row. @param {string} key @returns {boolean} false when there is no such row */
  focus(key) {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#active = key;
    const top = place * ROW_HEIGHT;
    const { scrollTop } = this.#scroller;
    // One row's height is the head's.
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + 2 * ROW_HEIGHT > scrollTop + this.#height) {
      this.#scroller.scrollTop = top + 2 * ROW_HEIGHT - this.#height;
    }
    this.#draw();
    this.#keyed.get(key)?.button.focus({ preventScroll: true });
    return true;
  }

  /** What stays in its place on the screen: the row with the focus, or the first one in sight unless the list is at its top. */
  #anchor() {
    const { scrollTop } = this.#scroller;
    const focused = this.#keyed.focused();
    const first = Math.floor(scrollTop / ROW_HEIGHT);
    const top = this.#rows[first];
    const key = focused ?? (scrollTop > 0 && top !== undefined ? this.#keyOf(top) : undefined);
    const place = key === undefined ? undefined : this.#places.get(key);
    return key === undefined || place === undefined ? undefined : { key, place };
  }

  #askForDraw() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#draw();
    });
  }

  #draw(scrollTop = this.#scroller.scrollTop) {
    const inSight = Math.floor(scrollTop / ROW_HEIGHT);
    const first = Math.max(0, inSight - BEYOND);
    const last = Math.min(this.#rows.length, Math.ceil((scrollTop + this.#height) / ROW_HEIGHT) + BEYOND);
    const focused = this.#keyed.focused();
    const focusedPlace = focused === undefined ? undefined : this.#places.get(focused);
    this.#chooseActive(focused, inSight);
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
    const leaveOut = (/** @type {number} */ upTo) => {
      if (upTo > next) elements.push(this.#spacer(spacers++, upTo - next));
    };
    places.forEach((place, at) => {
      const entry = entries[at];
      if (entry === undefined) return;
      leaveOut(place);
      next = place + 1;
      // The head is the first.
      setAttribute(entry.element, 'aria-rowindex', place + 2);
      setAttribute(entry.button, 'tabindex', this.#places.get(this.#active ?? '') === place ? 0 : -1);
      elements.push(entry.element);
    });
    leaveOut(this.#rows.length);
    arrange(this.#body, elements);
  }

  /** @param {string | undefined} focused @param {number} inSight */
  #chooseActive(focused, inSight) {
    const place = this.#active === undefined ? undefined : this.#places.get(this.#active);
    if (focused !== undefined) this.#active = focused;
    else if (place === undefined || place < inSight || place > inSight + this.#height / ROW_HEIGHT) {
      const row = this.#rows[inSight] ?? this.#rows[0];
      this.#active = row === undefined ? undefined : this.#keyOf(row);
    }
  }

  /** Stands for so many rows that are out of sight. @param {number} number @param {number} rows */
  #spacer(number, rows) {
    this.#spacers[number] ??= make('tr', { 'aria-hidden': 'true', class: 'spacer' }, make('td'));
    const spacer = this.#spacers[number];
    spacer.style.height = `${rows * ROW_HEIGHT}px`;
    return spacer;
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const focused = this.#keyed.focused();
    const from = focused === undefined ? undefined : this.#places.get(focused);
    if (from === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.#height / ROW_HEIGHT) - 2);
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
