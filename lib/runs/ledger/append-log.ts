import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import type { LedgerStore, LedgerText } from '../../ports/ledger-store.ts';
import { type Origin, refuseForeign } from './origin.ts';

/** A line of a list. `id` is this record's alone, so that a writer knows its own again after a lost answer. */
export interface LogRecord {
  readonly id: string;
  /** ms since 1970, by the writer's clock. */
  readonly at: number;
  /** The invocation that wrote it. */
  readonly by: string;
  /** Whose the list is; in its first record, where the list belongs to somebody. */
  readonly origin?: Origin;
}

/** How often a write whose fate is unknown is looked for before it is given up. */
const MAX_READ_BACKS = 2;
/** Others write to the same list at most a few times while it is read; more than this is a bug. */
export const MAX_ROUNDS = 100;

/** How a list is read. */
export interface ReadOptions<R> {
  /** Whose the list is: its first record carries it, and the list of another is refused whenever it is read. Absent: anybody's. */
  readonly origin?: Origin | undefined;
  /** Does a record say all that those before it say? Then they are not read: a list with such records may be long. */
  readonly isState?: (record: R) => boolean;
  /** Of a list with such records, what is read at first; more where none is in it. */
  readonly tailBytes?: number;
}

interface Read<R> {
  readonly records: readonly R[];
  readonly position: number;
}

/** Of how much more is read each time when no record in the end of a list says all. */
const TAIL_GROWTH = 8;
const DEFAULT_TAIL_BYTES = 128 * 1024;

/**
 * A list of records that only grows. An append goes through only if nobody else has appended since the list was read: then exactly one
 * of several writers succeeds, and the others decide again on what they then find.
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

  /** As they were when the list was last read or written: from its last record that says all, where there are such. */
  get records(): readonly R[] {
    return this.#records;
  }

  /** Reads the list again. */
  refresh(): Promise<void> {
    return this.#serialize(() => this.#read());
  }

  /** One after the other: several who work on the same list in one invocation share what is known of it. */
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
    this.#records = records;
    this.#position = position;
  }

  #parsed({ text, position }: LedgerText): Read<R> {
    return { records: parse<R>(this.name, text), position };
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
   * An answer may be lost although the records were written, and a refusal may be about our own write: the list is read back and our
   * own records looked for before anything is believed.
   *
   * @returns false when somebody else was faster; `records` then has what they wrote
   * @throws {LedgerError} when it can't be told, or can't be written
   */
  append(...given: readonly R[]): Promise<boolean> {
    const decidedAt = this.#position;
    return this.#serialize(async () => decidedAt === this.#position && this.#append(given));
  }

  async #append(given: readonly R[]): Promise<boolean> {
    const records = this.#position === 0 ? given.map((record, i) => this.#withOrigin(record, i)) : given;
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
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
    // All or none of them are there; what a later record says all of is not kept.
    if (this.#records.some(({ id }) => id === records.at(-1)?.id)) return true;
    // Unchanged: it may still arrive, but then nobody has written in between, and what we do next makes it stale.
    if (failure !== undefined && this.#position === position) throw failure;
    return false;
  }

  /**
   * Adds what `decide` says, which is asked again whenever somebody else was faster: every append is decided on the records that it follows.
   *
   * @param decide empty: nothing is to be added (any more); may throw, and then nothing is added
   * @returns whether something was added
   * @throws {LedgerError} when it can't be told or written, or others were faster a hundred times
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

/** @throws {DamagedListError} when a line is not a record */
function parse<R extends LogRecord>(name: string, text: string): R[] {
  return text.split('\n').flatMap((line, i) => {
    if (line === '') return [];
    const record = recordOf(line);
    if (record === undefined) {
      throw new DamagedListError(name, `line ${i + 1} is not a record; it was damaged, or something else wrote there`);
    }
    return [record as R];
  });
}

/** The record of a line, as far as all lists agree on what one is; `undefined` when it is not one. */
export function recordOf(line: string): LogRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<LogRecord> | null;
    const isRecord = typeof value?.id === 'string' && typeof value.at === 'number' && typeof value.by === 'string';
    return isRecord ? (value as LogRecord) : undefined;
  } catch {
    return undefined;
  }
}
