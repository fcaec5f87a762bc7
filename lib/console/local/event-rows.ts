import type { EventLine } from '../../local-system/describe-event.ts';
import type { EventRow } from '../wire-system.ts';

const MAX_ROWS = 500;

/** The most recent event lines. */
export class EventRows {
  readonly #now: () => Date;
  #rows: EventRow[] = [];
  #last = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Oldest first, at most 500. */
  rows(): readonly EventRow[] {
    return this.#rows.slice(-MAX_ROWS);
  }

  add(line: EventLine): EventRow {
    this.#last += 1;
    const row = { id: this.#last, at: this.#now().toISOString(), ...line };
    this.#rows.push(row);
    if (this.#rows.length >= 2 * MAX_ROWS) this.#rows = this.#rows.slice(-MAX_ROWS);
    return row;
  }
}
