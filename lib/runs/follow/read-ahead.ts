import type { Ledger } from '../ledger/ledger.ts';
import type { OpenRun } from '../ledger/open-runs.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';

/** Logs that are read side by side. */
const WIDTH = 8;

/** Reads the logs of open runs a little ahead of their turn: most runs of a tick wait, and reading their log is all that it does for them. */
export class ReadAhead {
  readonly #open: readonly OpenRun[];
  readonly #ledger: Ledger;
  readonly #reads = new Map<number, Promise<RunLog>>();

  constructor(open: readonly OpenRun[], ledger: Ledger) {
    this.#open = open;
    this.#ledger = ledger;
  }

  /** @throws as `openRunLog` */
  take(index: number): Promise<RunLog> {
    for (let next = index; next < Math.min(index + WIDTH, this.#open.length); next++) this.#begin(next);
    const read = this.#begin(index);
    this.#reads.delete(index);
    return read;
  }

  #begin(index: number): Promise<RunLog> {
    const begun = this.#reads.get(index);
    if (begun) return begun;
    const { job = '', run = '' } = this.#open[index] ?? {};
    const read = openRunLog(this.#ledger, job, run);
    this.#reads.set(index, read);
    // Thrown to whoever takes it.
    read.catch(() => undefined);
    return read;
  }
}
