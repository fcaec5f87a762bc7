import { LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { readRunRecords } from '../../runs/ledger/run-log.ts';
import type { RunRecord } from '../../runs/ledger/run-record.ts';
import { foldRun } from '../../runs/ledger/run-state.ts';
import { limitWaitedFor } from '../../runs/operate/budgets.ts';
import { viewRun } from '../../runs/report/run-view.ts';
import type { RunProgress, RunRow } from '../wire.ts';

/** What is known about a task from outside the ledger. */
export interface TaskUpdate {
  readonly status: string;
  readonly progress?: RunProgress;
  /** When the change was observed, epoch ms. */
  readonly changedAt: number;
}

export interface RunRowsOptions {
  /** The name of the place whose runs they are. */
  readonly place: string;
  readonly ledger: Pick<Ledger, 'store' | 'now'>;
  /** The current state of a task in the cloud; `undefined` if there is no such task, or nobody asks the cloud. */
  readonly taskUpdate: (id: string) => TaskUpdate | undefined;
  /** How many runs have a row: so many open ones, and so many of all, those that changed last. */
  readonly keep: number;
  /** Called with new and changed rows as soon as they are read. */
  readonly onRows: (rows: readonly RunRow[]) => void;
  /** Called with the names, `job/run`, of rows that are no longer among those to keep. */
  readonly onGone: (names: readonly string[]) => void;
  /** How far the clock of the store and its rounding may be off: a list written this shortly before it was read is read again. */
  readonly clockMarginMs: number;
}

const PREFIX = 'runs/';
const PAGE = 1_000;
/** Maximum number of lists read in one refresh; the others are read in the next. */
const MAX_READS = 500;
const MAX_PARALLEL_READS = 16;

/** States in which progress is meaningful. */
const IN_PROGRESS = new Set<RunRow['state']>(['running', 'stuck']);

type Limit = NonNullable<ReturnType<typeof limitWaitedFor>>;

interface Known {
  /** When its list was read, epoch ms. */
  readonly readAt: number;
  /** The time of its list in the listing that made it be read; absent if something else did. */
  readonly listedAt?: number;
  readonly row?: RunRow;
  /** The row as JSON, to detect changes. */
  readonly json?: string;
  /** The limit of its job, if it waits for that. */
  readonly waitsFor?: Limit;
  /** Why it can't be read; the row is then the last one that could. */
  readonly error?: string;
}

/** A run that can't be read. */
export interface UnreadRun {
  readonly job: string;
  readonly run: string;
  readonly why: string;
}

/**
 * Runs of a ledger, one row each: the open ones, and those that changed last. A listing of names finds what may have changed, one request per
 * thousand runs in the ledger; only those lists, and those passed to `touch`, are read.
 */
export class RunRows {
  readonly #options: RunRowsOptions;
  readonly #known = new Map<string, Known>();
  /** What to read, with the time in the listing, if that is the reason. */
  readonly #touched = new Map<string, number | undefined>();
  /** The run of each task, by the task's id. */
  readonly #byTask = new Map<string, string>();
  #keep: number;
  #total = 0;

  constructor(options: RunRowsOptions) {
    this.#options = options;
    this.#keep = options.keep;
  }

  /** Newest first. */
  rows(): RunRow[] {
    const rows = [...this.#known.values()].flatMap(({ row }) => (row ? [row] : []));
    return rows.sort((a, b) => (a.received_at < b.received_at ? 1 : -1));
  }

  /** The runs of the ledger that have no row, according to the last scan. */
  get left(): number {
    return Math.max(0, this.#total - this.#known.size);
  }

  /** Those that could not be read when they changed last. */
  unread(): UnreadRun[] {
    return [...this.#known].flatMap(([name, { error }]) => {
      const [job = '', run = ''] = name.split('/');
      return error === undefined ? [] : [{ job, run, why: error }];
    });
  }

  /** For each run that waits for the limit of its job, that limit. */
  limitsWaitedFor(): Limit[] {
    return [...this.#known.values()].flatMap(({ waitsFor }) => waitsFor ?? []);
  }

  /** Keeps more rows from the next scan on. */
  keepMore(count: number): void {
    this.#keep += count;
  }

  /** The id of a run's task; `undefined` if it has no known task. */
  taskOf(job: string, run: string): string | undefined {
    return this.#known.get(`${job}/${run}`)?.row?.task?.id;
  }

  /** Marks a run as possibly changed. */
  touch(job: string, run: string): void {
    this.#touched.set(`${job}/${run}`, undefined);
  }

  /** Marks the run of a task as possibly changed. No effect if no known run has the task. */
  touchTask(id: string): void {
    const name = this.#byTask.get(id);
    if (name !== undefined) this.#touched.set(name, undefined);
  }

  /**
   * Finds what may have changed, without reading it. Must not be called concurrently.
   *
   * @param open the names, `job/run`, of the open runs
   * @throws {LedgerError} if the names can't be listed; the rows stay as they are
   */
  async scan(open: ReadonlySet<string>): Promise<void> {
    const { ledger, clockMarginMs } = this.#options;
    const listed: { readonly name: string; readonly at: number }[] = [];
    for (let after = ''; ; ) {
      const page = await ledger.store.list(PREFIX, { after, limit: PAGE });
      for (const { name, at } of page) listed.push({ name: name.slice(PREFIX.length), at });
      const last = page.at(-1);
      if (page.length < PAGE || !last) break;
      after = last.name;
    }
    this.#total = listed.length;
    const newest = listed.sort((a, b) => b.at - a.at);
    const ofOpen = newest.filter(({ name }) => open.has(name)).slice(0, this.#keep);
    const kept = new Set<string>();
    // What is open is read first.
    for (const { name, at } of [...ofOpen, ...newest.slice(0, this.#keep)]) {
      if (kept.has(name)) continue;
      kept.add(name);
      const known = this.#known.get(name);
      const isSame = known && (known.listedAt ?? at) === at && at < known.readAt - clockMarginMs;
      if (!isSame && !this.#touched.has(name)) this.#touched.set(name, at);
    }
    const gone = [...this.#known.keys()].filter((name) => !kept.has(name));
    for (const name of gone) this.#forget(name);
    if (gone.length > 0) this.#options.onGone(gone);
  }

  /** Reads what may have changed, the open runs and the newest first. Must not be called concurrently. @returns whether something is left to read */
  async read(): Promise<boolean> {
    const next = [...this.#touched].slice(0, MAX_READS);
    for (const [name] of next) this.#touched.delete(name);
    for (let at = 0; at < next.length; at += MAX_PARALLEL_READS) {
      const rows = await Promise.all(
        next.slice(at, at + MAX_PARALLEL_READS).map(([name, listedAt]) => this.#read(name, listedAt)),
      );
      const changed = rows.flatMap((row) => (row ? [row] : []));
      if (changed.length > 0) this.#options.onRows(changed);
    }
    return this.#touched.size > 0;
  }

  #forget(name: string): void {
    const id = this.#known.get(name)?.row?.task?.id;
    if (id !== undefined) this.#byTask.delete(id);
    this.#known.delete(name);
  }

  /** @returns the row, if it has changed */
  async #read(name: string, listedAt: number | undefined): Promise<RunRow | undefined> {
    const seen = { readAt: this.#options.ledger.now(), ...(listedAt === undefined ? {} : { listedAt }) };
    try {
      const [job = '', run = ''] = name.split('/');
      const records = await readRunRecords(this.#options.ledger, job, run);
      const row = this.#rowOf(records);
      const waitsFor = limitWaitedFor(records);
      const json = JSON.stringify(row);
      const before = this.#known.get(name);
      this.#known.set(name, { ...seen, ...(row && json ? { row, json } : {}), ...(waitsFor ? { waitsFor } : {}) });
      if (row?.task) this.#byTask.set(row.task.id, name);
      return json === before?.json ? undefined : row;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      const { row, json } = this.#known.get(name) ?? {};
      // Read again when it changes, or at the next scan if that may help.
      const readAt = error.temporary ? 0 : seen.readAt;
      this.#known.set(name, { ...seen, readAt, ...(row && json ? { row, json } : {}), error: error.message });
      return undefined;
    }
  }

  #rowOf(records: readonly RunRecord[]): RunRow | undefined {
    const { received, task, settled } = foldRun(records);
    // A settled run is final: its task may have been deleted, or restarted manually.
    const update = task && !settled ? this.#options.taskUpdate(task.id) : undefined;
    const view = viewRun(records, update?.status);
    if (!view || !received) return undefined;
    const { history: _history, progress: _figures, received_at: receivedAt, ...rest } = view;
    const updatedAt = Math.max(records.at(-1)?.at ?? 0, update?.changedAt ?? 0);
    return {
      place: this.#options.place,
      ...rest,
      received_at: receivedAt ?? new Date(received.at).toISOString(),
      source: received.source,
      ...(update?.progress && IN_PROGRESS.has(view.state) ? { progress: update.progress } : {}),
      updated_at: new Date(updatedAt).toISOString(),
    };
  }
}
