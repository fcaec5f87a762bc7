import { parseObjectEvent } from '../../../../lib/events/object-event.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { SETTINGS } from '../../../../lib/kernel/settings.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import type { RunResult } from '../../../../lib/runs/report/run-result.ts';
import { startObjectRuns } from '../../../../lib/runs/start/object-runs.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

/** What `backup-landed` does with events, in this process. */
export class FunctionInProcess {
  /** Results that are more than skipped. */
  readonly started: RunResult[] = [];
  readonly #jobs: Jobs;
  readonly #store: LedgerStore;
  #last: Promise<unknown> = Promise.resolve();
  #now = 0;
  #isNextLost = false;

  constructor(jobs: Jobs, store: LedgerStore) {
    this.#jobs = jobs;
    this.#store = store;
  }

  /** Invoked later, one after the other. */
  deliver(event: unknown): void {
    if (this.#isNextLost) this.#isNextLost = false;
    else this.#last = this.#last.then(() => this.invoke(event));
  }

  async invoke(event: unknown): Promise<{ runs: readonly RunResult[] }> {
    const ledger = makeLedger(this.#store, 'function', () => ++this.#now);
    const records = parseObjectEvent(event, SETTINGS.OBJECT_KEYS.fallback);
    const runs = await startObjectRuns(records, this.#jobs, { ...fakeRun().deps, ledger });
    this.started.push(...runs.filter(({ outcome }) => outcome !== 'skipped'));
    return { runs };
  }

  loseNext(): void {
    this.#isNextLost = true;
  }

  async idle(): Promise<void> {
    await this.#last;
  }
}
