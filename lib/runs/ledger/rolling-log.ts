import { LedgerError } from '../../ports/ledger-error.ts';
import { AppendLog, type LogRecord, MAX_ROUNDS } from './append-log.ts';
import type { Ledger } from './ledger.ts';

/** The dependencies for reading and writing a list. Without an origin, lists of all environments are read. */
export type RollingLedger = Pick<Ledger, 'store' | 'stamp' | 'origin'>;

/** A record of the caller. The types `rolled` and `carried` are reserved. */
export type RollingRecord = LogRecord & { readonly type: string };

/** Records written by the list itself. */
type Seam =
  /** The last record of a full list: the next list continues. */
  | (LogRecord & { readonly type: 'rolled' })
  /** The first record of every list but the first: the next `count` records come from the list before. */
  | (LogRecord & { readonly type: 'carried'; readonly count: number });

/** A list takes 10,000 appends (AppendObject), and each append adds at least one record. */
const ROLL_AT = 1_000;
const PAGE = 1_000;

/** @returns far fewer records with the same meaning as all of these; the next list begins with them */
export type Compact<R> = (records: readonly R[]) => readonly R[];

/**
 * An `AppendLog` of unlimited length: a full list is continued in the next one, which begins with the records that `compact` returns.
 *
 * The first list has the plain name, those after it `<name>/000002` and so on: a list that never filled up costs one read. Lists are never removed,
 * so that a slow writer finds its list unchanged. Every step is a compare-and-swap: if several writers roll concurrently, one of them writes, and no
 * record is lost or duplicated.
 */
export class RollingLog<R extends RollingRecord> {
  readonly #ledger: RollingLedger;
  readonly name: string;
  readonly #compact: Compact<R>;
  readonly #rollAt: number;
  #segment = 1;
  #log: AppendLog<R | Seam>;

  private constructor(
    ledger: RollingLedger,
    name: string,
    compact: Compact<R>,
    rollAt: number,
    log: AppendLog<R | Seam>,
  ) {
    this.#ledger = ledger;
    this.name = name;
    this.#compact = compact;
    this.#rollAt = rollAt;
    this.#log = log;
  }

  /**
   * @param rollAt the number of records a list takes, besides those it began with; below OBS's limit of 10,000 appends
   * @throws {LedgerError} when the list can't be read
   */
  static async open<R extends RollingRecord>(
    ledger: RollingLedger,
    name: string,
    compact: Compact<R>,
    rollAt = ROLL_AT,
  ): Promise<RollingLog<R>> {
    const first = await AppendLog.open<R | Seam>(ledger.store, name, { origin: ledger.origin });
    const log = new RollingLog<R>(ledger, name, compact, rollAt, first);
    await log.#follow();
    return log;
  }

  /** As of the last read or write; earlier lists are represented by what `compact` returned. */
  get records(): readonly R[] {
    return this.#log.records.filter((record): record is R => !isSeam(record));
  }

  /** Reads the list again. */
  async refresh(): Promise<void> {
    await this.#log.refresh();
    await this.#follow();
  }

  /**
   * Adds records, all or none.
   *
   * @returns false when they were not written, because another writer was faster or the list was full: decide again on `records`
   * @throws {LedgerError} when the result is unknown, or the list can't be written
   */
  async append(...records: readonly R[]): Promise<boolean> {
    if (this.#isFull()) {
      await this.#log.append({ ...this.#ledger.stamp(), type: 'rolled' });
      await this.#follow();
      // Others may have written meanwhile, here or in the next list.
      return false;
    }
    const isWritten = await this.#log.append(...records);
    await this.#follow();
    return isWritten;
  }

  /** See `AppendLog.change`. */
  async change(decide: (records: readonly R[]) => readonly R[]): Promise<boolean> {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
      const records = decide(this.records);
      if (records.length === 0) return false;
      if (await this.append(...records)) return true;
    }
    throw new LedgerError(`ledger ${this.name}: it changed ${MAX_ROUNDS} times while it was being written`, {
      temporary: true,
    });
  }

  #open(segment: number): Promise<AppendLog<R | Seam>> {
    return AppendLog.open<R | Seam>(this.#ledger.store, segmentName(this.name, segment), {
      origin: this.#ledger.origin,
    });
  }

  #isFull(): boolean {
    const [first] = this.#log.records;
    const carried = first && isSeam(first) && first.type === 'carried' ? first.count + 1 : 0;
    return this.#log.records.length - carried >= this.#rollAt;
  }

  /** Moves to the newest list. Whoever finds it empty begins it: all would write the same. */
  async #follow(): Promise<void> {
    if (!isRolled(this.#log)) return;
    const newest = await lastSegment(this.#ledger, this.name);
    if (newest > this.#segment) {
      this.#log = await this.#open(newest);
      this.#segment = newest;
    }
    while (isRolled(this.#log)) {
      const next = await this.#open(this.#segment + 1);
      if (next.records.length === 0) {
        const carried = this.#compact(this.records);
        await next.append({ ...this.#ledger.stamp(), type: 'carried', count: carried.length }, ...carried);
      }
      this.#segment += 1;
      this.#log = next;
    }
  }
}

function isSeam(record: LogRecord & { readonly type: string }): record is Seam {
  return record.type === 'rolled' || record.type === 'carried';
}

function isRolled({ records }: { readonly records: readonly { readonly type: string }[] }): boolean {
  return records.at(-1)?.type === 'rolled';
}

function segmentName(name: string, segment: number): string {
  return `${name}/${String(segment).padStart(6, '0')}`;
}

async function lastSegment({ store }: RollingLedger, name: string): Promise<number> {
  const prefix = `${name}/`;
  for (let last = ''; ; ) {
    const page = await store.list(prefix, { after: last, limit: PAGE });
    last = page.at(-1)?.name ?? last;
    if (page.length < PAGE) return last === '' ? 1 : Number(last.slice(prefix.length));
  }
}
