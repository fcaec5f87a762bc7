import { LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { listOpen } from '../ledger/open-runs.ts';
import type { Origin } from '../ledger/origin.ts';
import { readRunRecords, runName } from '../ledger/run-log.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { type RunView, viewRun } from '../report/run-view.ts';

/** A run that the ledger has, not read yet. */
export interface ListedRun {
  readonly job: string;
  readonly run: string;
  /** When its list was last written, by the store's clock; of a marker, when that was put. ms since 1970. */
  readonly at: number;
}

const PREFIX = 'runs/';
const PAGE = 1_000;
const MAX_PARALLEL_READS = 8;

/**
 * The runs that are open, and those that were written to since a time, newest first; of one job, or of all. Only names are read: of every run
 * that the ledger keeps, a page for each thousand. Empty when there are none.
 *
 * @throws {LedgerError} when the ledger can't be read
 */
export async function listRuns(
  ledger: Ledger,
  { job, since }: { readonly job?: string | undefined; readonly since: number },
): Promise<ListedRun[]> {
  const open = new Map((await listOpen(ledger, job)).map((entry) => [runName(entry.job, entry.run), entry]));
  const found: ListedRun[] = [];
  const prefix = job === undefined ? PREFIX : `${PREFIX}${job}/`;
  for (let after = ''; ; ) {
    const page = await ledger.store.list(prefix, { after, limit: PAGE });
    for (const { name, at } of page) {
      const [ofJob = '', run = ''] = name.slice(PREFIX.length).split('/');
      if (at >= since || open.has(name)) found.push({ job: ofJob, run, at });
    }
    const last = page.at(-1);
    if (page.length < PAGE || !last) return found.sort(newestFirst);
    after = last.name;
  }
}

/** As `listRuns`, of the open ones alone: cheap, however many runs the ledger keeps. */
export async function listOpenOnly(ledger: Ledger, job: string | undefined): Promise<ListedRun[]> {
  return (await listOpen(ledger, job)).sort(newestFirst);
}

function newestFirst(a: ListedRun, b: ListedRun): number {
  return b.at - a.at;
}

/** A run that was read. */
export interface ReadRun {
  readonly view: Omit<RunView, 'history'>;
  readonly records: readonly RunRecord[];
  /** What came, for people. */
  readonly source: string;
  /** Whose it is. */
  readonly origin: Origin | undefined;
  /** When it last changed, ms since 1970. */
  readonly changedAt: number;
}

export interface ReadOptions {
  readonly isWanted: (run: ReadRun) => boolean;
  /** So many that are wanted, then no more is read. */
  readonly limit: number;
  /** Told after each step how many were read. */
  readonly onProgress: (read: number) => void;
  /** Told of each that can't be read; the others go on. */
  readonly onTrouble: (listed: ListedRun, error: LedgerError) => void;
}

/**
 * Reads runs in the order in which they are listed, eight at a time. A marker without a first record is no run yet.
 *
 * @returns those that are wanted, and how many of the list were not read
 */
export async function readRuns(
  ledger: Ledger,
  listed: readonly ListedRun[],
  { isWanted, limit, onProgress, onTrouble }: ReadOptions,
): Promise<{ readonly runs: readonly ReadRun[]; readonly left: number }> {
  const runs: ReadRun[] = [];
  let read = 0;
  while (read < listed.length && runs.length < limit) {
    const step = listed.slice(read, read + MAX_PARALLEL_READS);
    const found = await Promise.all(step.map((entry) => readOne(ledger, entry, onTrouble)));
    for (const run of found) {
      if (runs.length >= limit) break;
      read += 1;
      if (run && isWanted(run)) runs.push(run);
    }
    onProgress(read);
  }
  return { runs, left: listed.length - read };
}

async function readOne(
  ledger: Ledger,
  listed: ListedRun,
  onTrouble: ReadOptions['onTrouble'],
): Promise<ReadRun | undefined> {
  try {
    const records = await readRunRecords(ledger, listed.job, listed.run);
    const received = records.find((record) => record.type === 'received');
    const seen = viewRun(records);
    if (!seen || !received) return undefined;
    const { history: _history, ...view } = seen;
    const origin = records[0]?.origin;
    return { view, records, source: received.source, origin, changedAt: records.at(-1)?.at ?? listed.at };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    onTrouble(listed, error);
    return undefined;
  }
}
