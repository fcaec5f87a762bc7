import type { Ledger } from '../runs/ledger/ledger.ts';
import { readRunRecords } from '../runs/ledger/run-log.ts';
import { foldRun } from '../runs/ledger/run-state.ts';
import { viewRun } from '../runs/report/run-view.ts';
import type { RunProgress, RunRow } from './wire.ts';

/** What is known about a task from outside the ledger. */
export interface TaskUpdate {
  readonly status: string;
  readonly progress?: RunProgress;
  /** When the change was observed, epoch ms. */
  readonly changedAt: number;
}

export interface RunRowsOptions {
  readonly ledger: Pick<Ledger, 'store' | 'now'>;
  /** The current state of a task in the cloud; `undefined` if there is no such task. */
  readonly taskUpdate: (id: string) => TaskUpdate | undefined;
  /** Called once for each run that can't be read. */
  readonly onTrouble: (error: unknown) => void;
}

const PREFIX = 'runs/';
const PAGE = 1_000;
/** Maximum number of lists read in one refresh; the others are read in the next. */
const MAX_READS = 500;
const MAX_PARALLEL_READS = 16;
/** The tolerance between file times and this process: a list written this shortly before it was read is read again. */
const CLOCK_MARGIN_MS = 100;
/** The interval of scans for modified lists, and the minimum ratio of the pause to the duration of a scan. */
const SCAN_MS = 1_000;
const SCAN_PAUSE_FACTOR = 20;

/** States in which progress is meaningful. */
const IN_PROGRESS = new Set<RunRow['state']>(['running', 'stuck']);

interface Known {
  /** When its list was read, epoch ms. */
  readonly readAt: number;
  readonly row?: RunRow;
  /** The row as JSON, to detect changes. */
  readonly json?: string;
}

/**
 * The runs of the ledger, one row each. Only lists that may have changed are read again: those passed to `touch`, and those with a newer
 * time.
 */
export class RunRows {
  readonly #options: RunRowsOptions;
  readonly #known = new Map<string, Known>();
  readonly #touched = new Set<string>();
  /** The run of each task, by the task's id. */
  readonly #byTask = new Map<string, string>();
  readonly #reported = new Set<string>();
  #nextScan = 0;

  constructor(options: RunRowsOptions) {
    this.#options = options;
  }

  /** Newest first. */
  rows(): RunRow[] {
    const rows = [...this.#known.values()].flatMap(({ row }) => (row ? [row] : []));
    return rows.sort((a, b) => (a.received_at < b.received_at ? 1 : -1));
  }

  /** The id of a run's task; `undefined` if it has no known task. */
  taskOf(job: string, run: string): string | undefined {
    return this.#known.get(`${job}/${run}`)?.row?.task?.id;
  }

  /** Marks a run as possibly changed. */
  touch(job: string, run: string): void {
    this.#touched.add(`${job}/${run}`);
  }

  /** Marks the run of a task as possibly changed. No effect if no known run has the task. */
  touchTask(id: string): void {
    const name = this.#byTask.get(id);
    if (name !== undefined) this.#touched.add(name);
  }

  /**
   * Reads what may have changed. Must not be called concurrently.
   *
   * @returns the rows that are new or changed
   */
  async refresh(): Promise<RunRow[]> {
    await this.#scan();
    const names = [...this.#touched].slice(0, MAX_READS);
    for (const name of names) this.#touched.delete(name);
    const changed: RunRow[] = [];
    for (let at = 0; at < names.length; at += MAX_PARALLEL_READS) {
      const rows = await Promise.all(names.slice(at, at + MAX_PARALLEL_READS).map((name) => this.#read(name)));
      changed.push(...rows.flatMap((row) => (row ? [row] : [])));
    }
    return changed;
  }

  async #scan(): Promise<void> {
    const { ledger } = this.#options;
    const begin = ledger.now();
    if (begin < this.#nextScan) return;
    try {
      for (let after = ''; ; ) {
        const page = await ledger.store.list(PREFIX, { after, limit: PAGE });
        for (const { name, at } of page) {
          const run = name.slice(PREFIX.length);
          const known = this.#known.get(run);
          if (!known || at >= known.readAt - CLOCK_MARGIN_MS) this.#touched.add(run);
        }
        const last = page.at(-1);
        if (page.length < PAGE || !last) break;
        after = last.name;
      }
    } catch (error) {
      this.#reportOnce(PREFIX, error);
    }
    const took = ledger.now() - begin;
    this.#nextScan = ledger.now() + Math.max(SCAN_MS, took * SCAN_PAUSE_FACTOR);
  }

  /** @returns the row, if it has changed */
  async #read(name: string): Promise<RunRow | undefined> {
    const { ledger } = this.#options;
    const readAt = ledger.now();
    try {
      const row = await this.#rowOf(name);
      const json = JSON.stringify(row);
      const before = this.#known.get(name);
      this.#known.set(name, row && json ? { readAt, row, json } : { readAt });
      if (row?.task) this.#byTask.set(row.task.id, name);
      return json === before?.json ? undefined : row;
    } catch (error) {
      // Read again when it changes.
      this.#known.set(name, { ...this.#known.get(name), readAt });
      this.#reportOnce(name, error);
      return undefined;
    }
  }

  async #rowOf(name: string): Promise<RunRow | undefined> {
    const [job = '', run = ''] = name.split('/');
    const records = await readRunRecords(this.#options.ledger, job, run);
    const { received, task, settled } = foldRun(records);
    // A settled run is final: its task may have been deleted, or restarted manually.
    const update = task && !settled ? this.#options.taskUpdate(task.id) : undefined;
    const view = viewRun(records, update?.status);
    if (!view || !received) return undefined;
    const { history: _history, progress: _figures, received_at: receivedAt, ...rest } = view;
    const updatedAt = Math.max(records.at(-1)?.at ?? 0, update?.changedAt ?? 0);
    return {
      ...rest,
      received_at: receivedAt ?? new Date(received.at).toISOString(),
      source: received.source,
      ...(update?.progress && IN_PROGRESS.has(view.state) ? { progress: update.progress } : {}),
      updated_at: new Date(updatedAt).toISOString(),
    };
  }

  #reportOnce(name: string, error: unknown): void {
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.#options.onTrouble(error);
  }
}
