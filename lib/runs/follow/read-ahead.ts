import type { OpenRun } from '../ledger/open-runs.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { WIDTH } from '../side-by-side.ts';
import type { FactFinder } from '../start/facts.ts';
import { lookAhead } from './look-ahead.ts';

/** A run that was read ahead of its turn. */
export interface AheadRun {
  readonly log: RunLog;
  /** What is being found out about it; `undefined` when that is nothing, or failed: then it is asked again. */
  readonly looks: Promise<FactFinder | undefined>;
}

/**
 * Reads the logs of open runs a little ahead of their turn, and begins to look at the files of those that are new: most runs of a tick wait, and this is
 * nearly all that it does for them.
 *
 * The first is read alone, and then twice as many each time: a tick has done with the run that it begins with before another one can kill it, so that no
 * run is kept from its turn by one that comes soon after it.
 */
export class ReadAhead {
  readonly #open: readonly OpenRun[];
  readonly #deps: RecordedDeps;
  readonly #reads = new Map<number, Promise<AheadRun>>();
  readonly #alone: number;
  #width = 1;

  /** @param alone so many at the beginning are read one by one */
  constructor(open: readonly OpenRun[], deps: RecordedDeps, alone = 1) {
    this.#open = open;
    this.#deps = deps;
    this.#alone = alone;
  }

  /** @throws as `openRunLog` */
  take(index: number): Promise<AheadRun> {
    const end = Math.min(index + this.#width, this.#open.length);
    // A failure is thrown to whoever takes it.
    for (let next = index; next < end; next++) this.#begin(next).catch(() => undefined);
    if (index + 1 >= this.#alone) this.#width = Math.min(WIDTH, this.#width * 2);
    const read = this.#begin(index);
    this.#reads.delete(index);
    return read;
  }

  #begin(index: number): Promise<AheadRun> {
    const begun = this.#reads.get(index);
    if (begun) return begun;
    const { job = '', run = '' } = this.#open[index] ?? {};
    const read = this.#read(job, run);
    this.#reads.set(index, read);
    return read;
  }

  async #read(job: string, run: string): Promise<AheadRun> {
    const log = await openRunLog(this.#deps.ledger, job, run);
    const deps = { ...this.#deps, log: this.#deps.log.with({ job, run }) };
    return { log, looks: lookAhead(log, deps).catch(() => undefined) };
  }
}
