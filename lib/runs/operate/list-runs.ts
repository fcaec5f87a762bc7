import { LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { listOpen } from '../ledger/open-runs.ts';
import type { Origin } from '../ledger/origin.ts';
import { readRunRecords, runName } from '../ledger/run-log.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { type RunView, viewRun } from '../report/run-view.ts';

/** A run in the ledger that has not been read yet. */
export interface ListedRun {
  readonly job: string;
  readonly run: string;
  /** When its list was last written (or its marker put), by the store's clock. ms since 1970. */
  readonly at: number;
}

const PREFIX = 'runs/';
const PAGE = 1_000;
const MAX_PARALLEL_READS = 8;

/**
 * The open runs and those written since a time, newest first, of one job or all. Reads only names: one page per thousand runs in the ledger. Empty
 * when there are none.
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

/** Like `listRuns`, but only open runs: cheap, however many runs the ledger keeps. */
export async function listOpenOnly(ledger: Ledger, job: string | undefined): Promise<ListedRun[]> {
  return (await listOpen(ledger, job)).sort(newestFirst);
}

function newestFirst(a: ListedRun, b: ListedRun): number {
  return b.at - a.at;
}

/** A run whose records were read. */
export interface ReadRun {
  readonly view: Omit<RunView, 'history'>;
  readonly records: readonly RunRecord[];
  /** What triggered the run, as text for people. */
  readonly source: string;
  /** The environment the run belongs to. */
  readonly origin: Origin | undefined;
  /** When it last changed, ms since 1970. */
  readonly changedAt: number;
}

export interface ReadOptions {
  readonly isWanted: (run: ReadRun) => boolean;
  /** Stops reading after this many wanted runs. */
  readonly limit: number;
  /** Called after each step with the number of runs read. */
  readonly onProgress: (read: number) => void;
  /** Called for each run that can't be read; the others are still read. */
  readonly onTrouble: (listed: ListedRun, error: LedgerError) => void;
}

/**
 * Reads runs in the given order, eight at a time. A marker without a first record is not a run yet.
 *
 * @returns the wanted runs, and how many of the list were not read
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
