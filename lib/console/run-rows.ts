import type { Ledger } from '../runs/ledger/ledger.ts';
import { readRunRecords } from '../runs/ledger/run-log.ts';
import { foldRun } from '../runs/ledger/run-state.ts';
import { viewRun } from '../runs/report/run-view.ts';
import type { RunProgress, RunRow } from './wire.ts';

/** What is known of a task beside the ledger. */
export interface TaskNews {
  readonly status: string;
  readonly progress?: RunProgress;
  /** When it was seen to change, ms since 1970. */
  readonly changedAt: number;
}

export interface RunRowsOptions {
  readonly ledger: Pick<Ledger, 'store' | 'now'>;
  /** The task as the cloud has it now; `undefined` when it has none of this id. */
  readonly taskNews: (id: string) => TaskNews | undefined;
  /** Told once for each run that can't be read. */
  readonly onTrouble: (error: unknown) => void;
}

const PREFIX = 'runs/';
const PAGE = 1_000;
/** Lists that are read in one look; the others have their turn at the next. */
const MAX_READS = 500;
const READS_AT_ONCE = 16;
/** Times of files and of this process may differ by so much; a list that was written so shortly before it was read is read again. */
const CLOCK_MARGIN_MS = 100;
/** All lists are asked for their times so often, and so rarely that it takes a small part of the time however many they are. */
const SCAN_MS = 1_000;
const SCAN_SHARE = 20;

/** States in which figures say something. */
const MOVING = new Set<RunRow['state']>(['running', 'stuck']);

interface Known {
  /** When its list was read, ms since 1970. */
  readonly readAt: number;
  readonly row?: RunRow;
  /** The row as text, to see if it changed. */
  readonly json?: string;
}

/**
 * The runs of the ledger, one row each. Only lists that may have changed are read again: those that somebody names with `touch`, and
 * those with a newer time.
 */
export class RunRows {
  readonly #options: RunRowsOptions;
  readonly #known = new Map<string, Known>();
  readonly #touched = new Set<string>();
  /** The run of each task, by the task's id. */
  readonly #byTask = new Map<string, string>();
  readonly #troubled = new Set<string>();
  #nextScan = 0;

  constructor(options: RunRowsOptions) {
    this.#options = options;
  }

  /** Newest first. */
  rows(): RunRow[] {
    const rows = [...this.#known.values()].flatMap(({ row }) => (row ? [row] : []));
    return rows.sort((a, b) => (a.received_at < b.received_at ? 1 : -1));
  }

  /** The id of a run's task; `undefined` when it has none, or none that is known. */
  taskOf(job: string, run: string): string | undefined {
    return this.#known.get(`${job}/${run}`)?.row?.task?.id;
  }

  /** This run may have changed. */
  touch(job: string, run: string): void {
    this.#touched.add(`${job}/${run}`);
  }

  /** This task may have changed; nothing happens if no known run has it. */
  touchTask(id: string): void {
    const name = this.#byTask.get(id);
    if (name !== undefined) this.#touched.add(name);
  }

  /**
   * Reads what may have changed. Not to be called again before it is over.
   *
   * @returns the rows that are new or changed
   */
  async look(): Promise<RunRow[]> {
    await this.#scan();
    const names = [...this.#touched].slice(0, MAX_READS);
    for (const name of names) this.#touched.delete(name);
    const changed: RunRow[] = [];
    for (let at = 0; at < names.length; at += READS_AT_ONCE) {
      const rows = await Promise.all(names.slice(at, at + READS_AT_ONCE).map((name) => this.#read(name)));
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
      this.#tellOnce(PREFIX, error);
    }
    const took = ledger.now() - begin;
    this.#nextScan = ledger.now() + Math.max(SCAN_MS, took * SCAN_SHARE);
  }

  /** @returns the row, if it is another one than before */
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
      // Looked at again when it changes.
      this.#known.set(name, { ...this.#known.get(name), readAt });
      this.#tellOnce(name, error);
      return undefined;
    }
  }

  async #rowOf(name: string): Promise<RunRow | undefined> {
    const [job = '', run = ''] = name.split('/');
    const records = await readRunRecords(this.#options.ledger, job, run);
    const { received, task, settled } = foldRun(records);
    // A settled run has the last word: its task may be gone, or be started again by hand.
    const news = task && !settled ? this.#options.taskNews(task.id) : undefined;
    const view = viewRun(records, news?.status);
    if (!view || !received) return undefined;
    const { history: _history, progress: _figures, received_at: receivedAt, ...rest } = view;
    const updatedAt = Math.max(records.at(-1)?.at ?? 0, news?.changedAt ?? 0);
    return {
      ...rest,
      received_at: receivedAt ?? new Date(received.at).toISOString(),
      source: received.source,
      ...(news?.progress && MOVING.has(view.state) ? { progress: news.progress } : {}),
      updated_at: new Date(updatedAt).toISOString(),
    };
  }

  #tellOnce(name: string, error: unknown): void {
    if (this.#troubled.has(name)) return;
    this.#troubled.add(name);
    this.#options.onTrouble(error);
  }
}
