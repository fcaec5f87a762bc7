import type { Ledger } from '../ledger/ledger.ts';
import type { OpenRun } from '../ledger/open-runs.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';

/** Logs read in parallel. */
const MAX_WIDTH = 8;

/**
 * Reads the logs of open runs a little ahead of their turn. Most runs of a tick wait, and reading their log is all the tick does for them.
 *
 * The first log is read alone, then twice as many each time. So the first run of a tick is finished before another one can kill the tick, and no run
 * loses its turn to one shortly after it.
 */
export class ReadAhead {
  readonly #open: readonly OpenRun[];
  readonly #ledger: Ledger;
  readonly #reads = new Map<number, Promise<RunLog>>();
  #width = 1;

  constructor(open: readonly OpenRun[], ledger: Ledger) {
    this.#open = open;
    this.#ledger = ledger;
  }

  /** @throws as `openRunLog` */
  take(index: number): Promise<RunLog> {
    const end = Math.min(index + this.#width, this.#open.length);
    // A failure is thrown by `take`.
    for (let next = index; next < end; next++) this.#begin(next).catch(() => undefined);
    this.#width = Math.min(MAX_WIDTH, this.#width * 2);
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
    return read;
  }
}
