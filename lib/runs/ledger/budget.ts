import { AppendLog, type LogRecord } from './append-log.ts';
import { type Ledger, segment } from './ledger.ts';
import type { RunPolicies } from './run-record.ts';

export interface SpendRecord extends LogRecord {
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

/** The `limit` of a job. */
export interface JobLimit {
  readonly job: string;
  readonly limit: RunPolicies['limit'];
}

interface BudgetOf extends JobLimit {
  readonly run: string;
}

interface Shard {
  readonly name: string;
  /** How many runs it takes. */
  readonly capacity: number;
}

/** The lists of a job's budget in one window. */
interface BudgetWindow {
  readonly shards: readonly Shard[];
  /** When the next window begins, ms since 1970. */
  readonly end: number;
  /** The list that exists once a run was refused. */
  readonly alarm: string;
}

/** The window at a time. Windows begin at multiples of their length, so that all functions agree on them. */
export function budgetWindow({ job, limit: { runs, perMs } }: JobLimit, now: number): BudgetWindow {
  const index = Math.floor(now / perMs);
  const count = Math.ceil(runs / SHARD_RUNS);
  const base = `lanes/job/${segment(job)}/${perMs}-${index}`;
  const shards = Array.from({ length: count }, (_, i) => ({
    name: `${base}-${i}`,
    capacity: Math.floor(runs / count) + (i < runs % count ? 1 : 0),
  }));
  return { shards, end: (index + 1) * perMs, alarm: `${base}-alarm` };
}

/** The budget of a job in the current window, for one run. */
export class Budget {
  readonly #ledger: Ledger;
  readonly #run: string;
  readonly #shards: readonly Shard[];
  readonly #end: number;
  readonly #alarm: string;
  readonly #logs = new Map<string, SpendLog>();

  constructor(ledger: Ledger, { run, ...of }: BudgetOf) {
    const { shards, end, alarm } = budgetWindow(of, ledger.now());
    // Runs start at different lists, and try the others in turn.
    const own = Number.parseInt(run.slice(0, 8), 16) % shards.length;
    this.#ledger = ledger;
    this.#run = run;
    this.#shards = [...shards.slice(own), ...shards.slice(0, own)];
    this.#end = end;
    this.#alarm = alarm;
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

/** How many runs a list counts now. */
export function usedIn(records: readonly SpendRecord[]): number {
  return records.length - 2 * records.filter(({ back }) => back).length;
}

/** Refused creates are counted separately: at most as many as the limit return their share. */
export function hasRoom(records: readonly SpendRecord[], capacity: number): boolean {
  const refused = records.filter(({ back }) => back).length;
  return usedIn(records) < capacity && refused < capacity;
}
