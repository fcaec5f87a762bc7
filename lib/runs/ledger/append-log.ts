import { LedgerError } from './ledger-error.ts';
import type { LedgerStore } from './ledger-store.ts';

/** A line of a list. `id` is this record's alone, so that a writer knows its own again after a lost answer. */
export interface LogRecord {
  readonly id: string;
  /** ms since 1970, by the writer's clock. */
  readonly at: number;
  /** The invocation that wrote it. */
  readonly by: string;
}

/** How often a write whose fate is unknown is looked for before it is given up. */
const MOST_READ_BACKS = 2;

/**
 * A list of records that only grows. An append goes through only if nobody else has appended since the list was read: then exactly one
 * of several writers succeeds, and the others decide anew on what they then find.
 */
export class AppendLog<R extends LogRecord> {
  readonly #store: LedgerStore;
  readonly name: string;
  #records: readonly R[] = [];
  #position = 0;

  private constructor(store: LedgerStore, name: string) {
    this.#store = store;
    this.name = name;
  }

  /** @throws {LedgerError} when the list can't be read */
  static async open<R extends LogRecord>(store: LedgerStore, name: string): Promise<AppendLog<R>> {
    const log = new AppendLog<R>(store, name);
    await log.refresh();
    return log;
  }

  /** As they were when the list was last read or written. */
  get records(): readonly R[] {
    return this.#records;
  }

  /** Reads the list again. */
  async refresh(): Promise<void> {
    const { text, position } = await this.#store.read(this.name);
    this.#records = parse<R>(this.name, text);
    this.#position = position;
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
  async append(...records: readonly R[]): Promise<boolean> {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    let failure: unknown;
    try {
      const next = await this.#store.append(this.name, this.#position, text);
      if (next !== 'stale') {
        this.#records = [...this.#records, ...records];
        this.#position = next;
        return true;
      }
    } catch (error) {
      if (!(error instanceof LedgerError) || !error.temporary) throw error;
      failure = error;
    }
    const position = this.#position;
    await this.#readBack();
    if (records.every(({ id }) => this.#records.some((record) => record.id === id))) return true;
    // Unchanged: it may still arrive, but then nobody has written in between, and what we do next makes it stale.
    if (failure !== undefined && this.#position === position) throw failure;
    return false;
  }

  async #readBack(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.refresh();
      } catch (error) {
        if (attempt >= MOST_READ_BACKS || !(error instanceof LedgerError) || !error.temporary) throw error;
      }
    }
  }
}

function parse<R>(name: string, text: string): R[] {
  return text.split('\n').flatMap((line, i) => {
    if (line === '') return [];
    const record = parseLine(name, line, i + 1);
    if (isRecord(record)) return [record as R];
    throw noRecord(name, i + 1);
  });
}

function parseLine(name: string, line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw noRecord(name, number, cause);
  }
}

/** What every record has: whatever else is JSON was written by somebody else. */
function isRecord(value: unknown): value is LogRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, at, by } = value as Partial<Record<keyof LogRecord, unknown>>;
  return typeof id === 'string' && typeof at === 'number' && typeof by === 'string';
}

function noRecord(name: string, line: number, cause?: unknown): LedgerError {
  return new LedgerError(`ledger ${name}: line ${line} is no record; somebody else writes there`, {
    temporary: false,
    ...(cause === undefined ? {} : { cause }),
  });
}
