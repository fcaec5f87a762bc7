import { loadJobs } from '../jobs/load-jobs.ts';
import { ConfigError } from '../kernel/errors.ts';
import { listOpenSets } from '../runs/ledger/set-log.ts';
import { type SetView, type ViewSetDeps, viewOpenSets } from '../runs/sets/view-set.ts';

/** The minimum interval between reads of the open sets. */
const REFRESH_MS = 2_000;
/** Maximum number of sets that a page shows; the command line shows the others. */
const MAX_SETS = 100;

export interface SetRowsOptions extends Omit<ViewSetDeps, 'jobs'> {
  readonly jobsFile: string;
  /** Called once when the sets can't be read. */
  readonly onTrouble: (error: unknown) => void;
}

/** The open sets, with what they wait for according to the jobs file. */
export class SetRows {
  readonly #options: SetRowsOptions;
  #rows: readonly SetView[] = [];
  #json = '[]';
  #next = 0;
  #hasFailed = false;

  constructor(options: SetRowsOptions) {
    this.#options = options;
  }

  rows(): readonly SetView[] {
    return this.#rows;
  }

  /** @returns all sets if something has changed; `undefined` if not, or if it is too early to read again */
  async refresh(): Promise<readonly SetView[] | undefined> {
    const { ledger, onTrouble } = this.#options;
    if (ledger.now() < this.#next) return undefined;
    this.#next = ledger.now() + REFRESH_MS;
    try {
      const sets = await this.#read();
      this.#hasFailed = false;
      const json = JSON.stringify(sets);
      if (json === this.#json) return undefined;
      this.#json = json;
      this.#rows = sets;
      return sets;
    } catch (error) {
      // The problems of the jobs file are shown in its own tab.
      if (!(error instanceof ConfigError) && !this.#hasFailed) onTrouble(error);
      this.#hasFailed = true;
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
