import { loadJobs } from '../jobs/load-jobs.ts';
import { ConfigError } from '../kernel/errors.ts';
import { listOpenSets } from '../runs/ledger/set-log.ts';
import { type SetView, type ViewSetDeps, viewOpenSets } from '../runs/sets/view-set.ts';

/** At most so often the open sets are read. */
const POLL_MS = 2_000;
/** What a page shows; the command line has the others. */
const MAX_SETS = 100;

export interface SetRowsOptions extends Omit<ViewSetDeps, 'jobs'> {
  readonly jobsFile: string;
  /** Told once when they can't be read. */
  readonly onTrouble: (error: unknown) => void;
}

/** The sets that are open, as the jobs file says what they wait for. */
export class SetRows {
  readonly #options: SetRowsOptions;
  #rows: readonly SetView[] = [];
  #json = '[]';
  #next = 0;
  #isTroubled = false;

  constructor(options: SetRowsOptions) {
    this.#options = options;
  }

  rows(): readonly SetView[] {
    return this.#rows;
  }

  /** @returns all of them when something has changed; `undefined` when nothing has, or it is too early to look again */
  async look(): Promise<readonly SetView[] | undefined> {
    const { ledger, onTrouble } = this.#options;
    if (ledger.now() < this.#next) return undefined;
    this.#next = ledger.now() + POLL_MS;
    try {
      const sets = await this.#read();
      this.#isTroubled = false;
      const json = JSON.stringify(sets);
      if (json === this.#json) return undefined;
      this.#json = json;
      this.#rows = sets;
      return sets;
    } catch (error) {
      // The problems of the jobs file are shown in its own tab.
      if (!(error instanceof ConfigError) && !this.#isTroubled) onTrouble(error);
      this.#isTroubled = true;
      return undefined;
    }
  }

  async #read(): Promise<readonly SetView[]> {
    const { ledger, look, jobsFile } = this.#options;
    if ((await listOpenSets(ledger, { limit: 1 })).length === 0) return [];
    const { jobs } = await loadJobs(jobsFile, { ledger: 'given' });
    const { sets } = await viewOpenSets({ limit: MAX_SETS }, { ledger, look, jobs });
    return sets;
  }
}
