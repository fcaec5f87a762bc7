import { DamagedListError } from '../../ports/ledger-error.ts';
import { AppendLog, type LogRecord } from './append-log.ts';
import type { Ledger } from './ledger.ts';
import { isRunRecord, type RunRecord } from './run-record.ts';
import { foldRun, type RunState } from './run-state.ts';

/** What the log of a run is opened with. */
type LedgerOfRuns = Pick<Ledger, 'store' | 'origin' | 'forked'>;

export function runName(job: string, run: string): string {
  return `runs/${job}/${run}`;
}

/** The records of a run, and the state that they add up to. */
export class RunLog {
  readonly #log: AppendLog<RunRecord>;
  #folded: { readonly records: readonly RunRecord[]; readonly state: RunState } | undefined;

  private constructor(log: AppendLog<RunRecord>) {
    this.#log = log;
  }

  /**
   * @throws {DamagedListError} when a line is not a record of a run; {LedgerError} when the list cannot be read; {OtherEnvironmentError}, here and on
   *   every later read
   */
  static async open(
    { store, origin, forked }: LedgerOfRuns,
    { job, run }: { readonly job: string; readonly run: string },
  ): Promise<RunLog> {
    const log = await AppendLog.open<RunRecord>(store, runName(job, run), { origin, forked });
    refuseUnknown(log);
    return new RunLog(log);
  }

  get name(): string {
    return this.#log.name;
  }

  /** As of the last read or write. */
  get records(): readonly RunRecord[] {
    return this.#log.records;
  }

  /** The folded records: cached, and continued when records were added. */
  get state(): RunState {
    const { records } = this.#log;
    const known = this.#folded;
    if (known?.records === records) return known.state;
    const count = known?.records.length ?? 0;
    const isContinued = known && count > 0 && known.records[count - 1] === records[count - 1];
    const state = isContinued ? foldRun(records.slice(count), { state: known.state, count }) : foldRun(records);
    this.#folded = { records, state };
    return state;
  }

  /** Reads the list again. @throws as `open` */
  async refresh(): Promise<void> {
    await this.#log.refresh();
    refuseUnknown(this.#log);
  }

  /** Adds records, all or none. @returns false when another writer was faster: decide again. @throws {LedgerError} as `AppendLog.append` */
  append(...records: readonly RunRecord[]): Promise<boolean> {
    return this.#log.append(...records);
  }

  /**
   * Appends the records that `decide` returns. `decide` is called again whenever another writer was faster.
   *
   * @param decide returns an empty list if nothing is to be added (any more); if it throws, nothing is added
   * @returns whether something was added
   * @throws {LedgerError} as `AppendLog.change`
   */
  change(decide: (state: RunState) => readonly RunRecord[]): Promise<boolean> {
    return this.#log.change(() => decide(this.state));
  }
}

/** @throws as `RunLog.open` */
export function openRunLog(ledger: LedgerOfRuns, job: string, run: string): Promise<RunLog> {
  return RunLog.open(ledger, { job, run });
}

/** The records of a run of any environment, for reading only. @throws as `RunLog.open` */
export async function readRunRecords(
  { store }: Pick<Ledger, 'store'>,
  job: string,
  run: string,
): Promise<readonly RunRecord[]> {
  return (await openRunLog({ store }, job, run)).records;
}

function refuseUnknown({ name, records }: AppendLog<RunRecord>): void {
  const unknown = (records as readonly LogRecord[]).find((record) => !isRunRecord(record));
  if (unknown) throw new DamagedListError(name, `record ${unknown.id} has a type that runs do not have`);
}
