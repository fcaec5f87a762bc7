import { MAX_PARALLEL } from '../in-parallel.ts';
import type { OpenRun } from '../ledger/open-runs.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';
import type { RecordedDeps } from '../run-deps.ts';
import type { FactFinder } from '../start/facts.ts';
import { prefetchFacts } from './prefetch-facts.ts';

/** A run whose log was read ahead of its turn. */
export interface AheadRun {
  readonly log: RunLog;
  /** The lookups started for it; `undefined` when there are none, or they failed and have to be repeated. */
  readonly lookups: Promise<FactFinder | undefined>;
}

/**
 * Reads the logs of open runs a little ahead of their turn, and starts to look up the files of new ones. Most runs of a tick wait, and this is nearly
 * all the tick does for them.
 *
 * The first log is read alone, then twice as many each time. So the first run of a tick is finished before another one can kill the tick, and no run
 * loses its turn to one shortly after it.
 */
export class ReadAhead {
  readonly #open: readonly OpenRun[];
  readonly #deps: RecordedDeps;
  readonly #reads = new Map<number, Promise<AheadRun>>();
  readonly #alone: number;
  #width = 1;

  /** @param alone the number of runs at the beginning that are read one by one */
  constructor(open: readonly OpenRun[], deps: RecordedDeps, alone = 1) {
    this.#open = open;
    this.#deps = deps;
    this.#alone = alone;
  }

  /** @throws as `openRunLog` */
  take(index: number): Promise<AheadRun> {
    const end = Math.min(index + this.#width, this.#open.length);
    // A failure is thrown by `take`.
    for (let next = index; next < end; next++) this.#begin(next).catch(() => undefined);
    if (index + 1 >= this.#alone) this.#width = Math.min(MAX_PARALLEL, this.#width * 2);
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
    return { log, lookups: prefetchFacts(log, deps).catch(() => undefined) };
  }
}
