import { AppendLog, type LogRecord } from './append-log.ts';
import { type Ledger, segment } from './ledger.ts';
import type { RunPolicies } from './run-record.ts';

interface SpendRecord extends LogRecord {
  readonly run: string;
  /** What this run spent is given back. */
  readonly back?: true;
}

type SpendLog = AppendLog<SpendRecord>;

/** A list is read whole, so a large budget is spread over several. */
const SHARD_RUNS = 500;

export interface Refusal {
  /** When there is a new budget, ms since 1970. */
  readonly until: number;
  /** The first refusal in this window: say it loudly, once. */
  readonly first: boolean;
}

export interface BudgetOf {
  readonly job: string;
  readonly run: string;
  readonly limit: RunPolicies['limit'];
}

/** Budget of a job as one run sees it, in the present window. Windows begin at whole multiples of their length, so that all functions agree on them. */
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
    // Each run begins at a list of its own, and goes round.
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
   * Says without taking anything whether the run would be refused now, so that a run without budget need not stand in a lane first.
   *
   * @returns `undefined` when there is budget, or when this run has had its share in this window
   */
  async refusal(): Promise<Refusal | undefined> {
    for (const { name, capacity } of this.#shards) {
      const { records } = await this.#open(name);
      if (this.#hasSpent(records) || hasRoom(records, capacity)) return undefined;
    }
    return this.#refused();
  }

  /**
   * Takes the run out of the budget, once in a window. The guard against a storm: a thousand events make `limit.runs` tasks.
   *
   * @returns `undefined` when it may go on, else until when it has to wait
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

  /** Gives back what the run spent in this window, if anything: its create call was refused, and made nothing. */
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

  /** Of all who are refused in a window exactly one is the first: creating a list is a compare-and-swap. */
  async #refused(): Promise<Refusal> {
    const log = await AppendLog.open(this.#ledger.store, this.#alarm);
    const first = log.records.length === 0 && (await log.append(this.#ledger.stamp()));
    return { until: this.#end, first };
  }
}

/** Refused creates are counted by themselves: so many as the limit give their share back, and no more. */
function hasRoom(records: readonly SpendRecord[], capacity: number): boolean {
  const refused = records.filter(({ back }) => back).length;
  return records.length - 2 * refused < capacity && refused < capacity;
}
