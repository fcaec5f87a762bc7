import type { Ledger } from '../ledger/ledger.ts';
import type { OpenRun } from '../ledger/open-runs.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';
import { WIDTH } from '../side-by-side.ts';

/**
 * Reads the logs of open runs a little ahead of their turn: most runs of a tick wait, and reading their log is all that it does for them.
 *
 * The first is read alone, and then twice as many each time: a tick has done with the run that it begins with before another one can kill it, so that no
 * run is kept from its turn by one that comes soon after it.
 */
export class ReadAhead {
  readonly #open: readonly OpenRun[];
  readonly #ledger: Ledger;
  readonly #reads = new Map<number, Promise<RunLog>>();
  readonly #alone: number;
  #width = 1;

  /** @param alone so many at the beginning are read one by one */
  constructor(open: readonly OpenRun[], ledger: Ledger, alone = 1) {
    this.#open = open;
    this.#ledger = ledger;
    this.#alone = alone;
  }

  /** @throws as `openRunLog` */
  take(index: number): Promise<RunLog> {
    const end = Math.min(index + this.#width, this.#open.length);
    // A failure is thrown to whoever takes it.
    for (let next = index; next < end; next++) this.#begin(next).catch(() => undefined);
    if (index + 1 >= this.#alone) this.#width = Math.min(WIDTH, this.#width * 2);
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
