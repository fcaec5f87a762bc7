import { AppendLog, type LogRecord } from './append-log.ts';
import { type Ledger, segment } from './ledger.ts';
import type { RunPolicies } from './run-record.ts';

interface SpendRecord extends LogRecord {
  readonly run: string;
  /** The run returns what it spent. */
  readonly back?: true;
}

type SpendLog = AppendLog<SpendRecord>;

/** A list is read as a whole, so a large budget is spread over several lists. */
const SHARD_RUNS = 500;

export interface Refusal {
  /** When the next window begins, ms since 1970. */
  readonly until: number;
  /** The first refusal in this window: raises an alarm, once. */
  readonly first: boolean;
}

export interface BudgetOf {
  readonly job: string;
  readonly run: string;
  readonly limit: RunPolicies['limit'];
}

/** The budget of a job in the current window, for one run. Windows begin at multiples of their length, so that all functions agree on them. */
export class Budget {
  readonly #ledger: Ledger;
  readonly #run: string;
  readonly #shards: readonly { readonly name: string; readonly capacity: number }[];
  readonly #end: number;
  readonly #alarm: string;
  readonly #logs = new Map<string, SpendLog>();

  constructor(ledger: Ledger, { job, run, limit: { runs, perMs } }: BudgetOf) {
    const index = Math.floor(ledger.now() / perMs);
    const count = Math.ceil(runs / SHARD_RUNS);
    const base = `lanes/job/${segment(job)}/${perMs}-${index}`;
    // Runs start at different lists, and try the others in turn.
    const own = Number.parseInt(run.slice(0, 8), 16);
    const inTurn = Array.from({ length: count }, (_, i) => (own + i) % count);
    this.#ledger = ledger;
    this.#run = run;
    this.#shards = inTurn.map((i) => ({
      name: `${base}-${i}`,
      capacity: Math.floor(runs / count) + (i < runs % count ? 1 : 0),
    }));
    this.#end = (index + 1) * perMs;
    this.#alarm = `${base}-alarm`;
  }

  /**
   * Checks, without spending, whether the run would be refused now, so that a run without budget need not queue in a lane first.
   *
   * @returns `undefined` when there is budget, or when this run has already spent in this window
   */
  async refusal(): Promise<Refusal | undefined> {
    for (const { name, capacity } of this.#shards) {
      const { records } = await this.#open(name);
      if (this.#hasSpent(records) || hasRoom(records, capacity)) return undefined;
    }
    return this.#refused();
  }

  /**
   * Spends the budget for the run, once per window. This is the guard against event storms: a thousand events create `limit.runs` tasks.
   *
   * @returns `undefined` when the run may continue, otherwise how long it has to wait
   */
  async spend(): Promise<Refusal | undefined> {
    for (const { name, capacity } of this.#shards) {
      const log = await this.#open(name);
      await log.change((records) =>
        this.#hasSpent(records) || !hasRoom(records, capacity) ? [] : [{ ...this.#ledger.stamp(), run: this.#run }],
      );
      if (this.#hasSpent(log.records)) return undefined;
    }
    return this.#refused();
  }

  /** Returns what the run spent in this window, if anything, because its create call was refused and created nothing. */
  async giveBack(): Promise<void> {
    for (const { name } of this.#shards) {
      const log = await this.#open(name);
      await log.change((records) =>
        this.#hasSpent(records) ? [{ ...this.#ledger.stamp(), run: this.#run, back: true }] : [],
      );
    }
  }

  async #open(name: string): Promise<SpendLog> {
    const log = this.#logs.get(name) ?? (await AppendLog.open<SpendRecord>(this.#ledger.store, name));
    this.#logs.set(name, log);
    return log;
  }

  #hasSpent(records: readonly SpendRecord[]): boolean {
    const mine = records.filter(({ run }) => run === this.#run);
    return mine.length % 2 === 1;
  }

  /** Exactly one of the refused runs in a window is the first, because creating a list is a compare-and-swap. */
  async #refused(): Promise<Refusal> {
    const log = await AppendLog.open(this.#ledger.store, this.#alarm);
    const first = log.records.length === 0 && (await log.append(this.#ledger.stamp()));
    return { until: this.#end, first };
  }
}

/** Refused creates are counted separately: at most as many as the limit return their share. */
function hasRoom(records: readonly SpendRecord[], capacity: number): boolean {
  const refused = records.filter(({ back }) => back).length;
  return records.length - 2 * refused < capacity && refused < capacity;
}
