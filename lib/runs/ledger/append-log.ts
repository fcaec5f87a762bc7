import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import type { LedgerStore, LedgerText } from '../../ports/ledger-store.ts';
import { type Origin, refuseForeign } from './origin.ts';

/** A line of a list. `id` is unique, so that a writer recognizes its own record after a lost response. */
export interface LogRecord {
  readonly id: string;
  /** ms since 1970, by the writer's clock. */
  readonly at: number;
  /** The invocation that wrote it. */
  readonly by: string;
  /** The environment the list belongs to; in its first record, unless the list belongs to none. */
  readonly origin?: Origin;
}

/** Attempts to read a list back after a write whose result is unknown. */
const MAX_READ_BACKS = 2;
/** Concurrent writes to the same list while it is read are few; more than this is a bug. */
export const MAX_ROUNDS = 100;

/** How a list is read. */
export interface ReadOptions<R> {
  /** The environment the list must belong to: its first record has it, and every read refuses the list of another one. If absent, any list is read. */
  readonly origin?: Origin | undefined;
  /** Whether a record is a snapshot of all those before it. Then those are not read: a list with snapshots may be long. */
  readonly isState?: (record: R) => boolean;
  /** Called when the list shows that two writers appended at the same position, which the store should have refused to one of them. @default not noticed */
  readonly forked?: ((list: string) => void) | undefined;
  /** For a list with snapshots, how much is read first; more if that contains none. */
  readonly tailBytes?: number;
}

interface Read<R> {
  readonly records: readonly R[];
  readonly position: number;
}

/** Growth factor of the part that is read when it contains no snapshot. */
const TAIL_GROWTH = 8;
const DEFAULT_TAIL_BYTES = 128 * 1024;

/**
 * An append-only list of records. An append succeeds only if nobody else has appended since the list was read. So exactly one of several writers
 * succeeds, and the others decide again on the new records.
 */
export class AppendLog<R extends LogRecord> {
  readonly #store: LedgerStore;
  readonly name: string;
  readonly #options: ReadOptions<R>;
  #records: readonly R[] = [];
  #position = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(store: LedgerStore, name: string, options: ReadOptions<R>) {
    this.#store = store;
    this.name = name;
    this.#options = options;
  }

  /**
   * @throws {LedgerError} when the list can't be read @throws {OtherEnvironmentError}
   */
  static async open<R extends LogRecord>(
    store: LedgerStore,
    name: string,
    options: ReadOptions<R> = {},
  ): Promise<AppendLog<R>> {
    const log = new AppendLog<R>(store, name, options);
    await log.refresh();
    return log;
  }

  /** Where the list ended when it was last read or written. */
  get position(): number {
    return this.#position;
  }

  /** As of the last read or write; starting at the last snapshot, if there are snapshots. */
  get records(): readonly R[] {
    return this.#records;
  }

  /** Reads the list again. */
  refresh(): Promise<void> {
    return this.#serialize(() => this.#read());
  }

  /** Runs operations one after the other, because concurrent work on the same list in one invocation shares its state. */
  #serialize<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #read(): Promise<void> {
    const { isState, origin } = this.#options;
    const { records, position } = isState
      ? await this.#readEnd(isState)
      : this.#parsed(await this.#store.read(this.name));
    refuseForeign(this.name, origin, records);
    const last = this.#records.at(-1);
    // What was read or written once stays where it is; only a list with snapshots is not read from its beginning.
    if (!isState && last && records[this.#records.length - 1]?.id !== last.id) this.#options.forked?.(this.name);
    this.#records = records;
    this.#position = position;
  }

  #parsed({ text, position }: LedgerText): Read<R> {
    const lines = parse<R & Link>(this.name, text);
    const isFork = lines.some(({ after }, i) => i > 0 && after !== undefined && after !== lines[i - 1]?.id);
    if (isFork) this.#options.forked?.(this.name);
    return { records: lines.map(withoutLink), position };
  }

  async #readEnd(isState: (record: R) => boolean): Promise<Read<R>> {
    for (let bytes = this.#options.tailBytes ?? DEFAULT_TAIL_BYTES; ; bytes *= TAIL_GROWTH) {
      const { text, position, isWhole } = await this.#store.tail(this.name, bytes);
      // The first line is cut.
      const { records } = this.#parsed({ text: isWhole ? text : text.slice(text.indexOf('\n') + 1), position });
      const last = records.findLastIndex(isState);
      if (last >= 0 || isWhole) return { records: records.slice(Math.max(0, last)), position };
    }
  }

  /**
   * Adds records, all or none.
   *
   * A response may be lost although the records were written, and a conflict may be with our own write. So the list is read back and searched for our
   * own records before a result is returned.
   *
   * @returns false when another writer was faster; `records` then includes what it wrote
   * @throws {LedgerError} when the result is unknown, or the list can't be written
   */
  append(...given: readonly R[]): Promise<boolean> {
    const decidedAt = this.#position;
    return this.#serialize(async () => decidedAt === this.#position && this.#append(given));
  }

  async #append(given: readonly R[]): Promise<boolean> {
    const records = this.#position === 0 ? given.map((record, i) => this.#withOrigin(record, i)) : given;
    const link: Link = this.#options.forked ? { after: this.#records.at(-1)?.id ?? '' } : {};
    const text = records.map((record, i) => `${JSON.stringify(i === 0 ? { ...record, ...link } : record)}\n`).join('');
    let failure: unknown;
    try {
      const next = await this.#store.append(this.name, this.#position, text);
      if (next !== 'stale') {
        this.#records = this.#fromState([...this.#records, ...records]);
        this.#position = next;
        return true;
      }
    } catch (error) {
      if (!(error instanceof LedgerError) || !error.temporary) throw error;
      failure = error;
    }
    const position = this.#position;
    await this.#readBack();
    // Either all or none were written. Records before a later snapshot are not kept.
    if (this.#records.some(({ id }) => id === records.at(-1)?.id)) return true;
    // Unchanged: the write may still arrive, but our next write makes it stale.
    if (failure !== undefined && this.#position === position) throw failure;
    return false;
  }

  /**
   * Appends the records that `decide` returns. `decide` is called again whenever another writer was faster, so every append is based on the records
   * that it follows.
   *
   * @param decide returns an empty list if nothing is to be added (any more); if it throws, nothing is added
   * @returns whether something was added
   * @throws {LedgerError} when the result is unknown, the list can't be written, or others were faster a hundred times
   */
  async change(decide: (records: readonly R[]) => readonly R[]): Promise<boolean> {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
      const records = decide(this.#records);
      if (records.length === 0) return false;
      if (await this.append(...records)) return true;
    }
    throw new LedgerError(`ledger ${this.name}: it changed ${MAX_ROUNDS} times while it was being written`, {
      temporary: true,
    });
  }

  #fromState(records: readonly R[]): readonly R[] {
    const { isState } = this.#options;
    return isState ? records.slice(Math.max(0, records.findLastIndex(isState))) : records;
  }

  #withOrigin(record: R, index: number): R {
    const { origin } = this.#options;
    return origin && index === 0 ? { ...record, origin } : record;
  }

  async #readBack(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#read();
      } catch (error) {
        if (attempt >= MAX_READ_BACKS || !(error instanceof LedgerError) || !error.temporary) throw error;
      }
    }
  }
}

/** The first record of an append names the record that its writer saw before it, if any, so that a fork is noticed. */
interface Link {
  readonly after?: string;
}

function withoutLink<R extends LogRecord>(line: R & Link): R {
  if (line.after === undefined) return line;
  const { after: _link, ...record } = line;
  return record as unknown as R;
}

/** @throws {DamagedListError} when a line is not a record */
function parse<R extends LogRecord>(name: string, text: string): R[] {
  return text.split('\n').flatMap((line, i) => {
    if (line === '') return [];
    const record = recordOf(line);
    if (record === undefined) {
      throw new DamagedListError(name, `line ${i + 1} is not a record; it was damaged, or something else wrote it`);
    }
    return [record as R];
  });
}

/** Parses a line to the fields that the records of all lists have; `undefined` when it is not a record. */
export function recordOf(line: string): LogRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<LogRecord> | null;
    const isRecord = typeof value?.id === 'string' && typeof value.at === 'number' && typeof value.by === 'string';
    return isRecord ? (value as LogRecord) : undefined;
  } catch {
    return undefined;
  }
}
