import type { LedgerEntry, LedgerStore } from '../../ports/ledger-store.ts';
import type { Ledger } from './ledger.ts';
import type { OpenWork } from './open-work.ts';

const PREFIX = 'open/';
const PAGE = 1_000;

/** A run that is not settled. */
export interface OpenRun {
  readonly job: string;
  readonly run: string;
  /** When its marker was written, ms since 1970. */
  readonly at: number;
  /** Generation of the marker: see `generationOf`. */
  readonly generation: number;
}

/**
 * The number of abandoned markers of a run, that is of `void` records in its log. An invocation that announces the run after that puts a new marker,
 * so that a late removal of the old one never removes one that is needed.
 */
export function generationOf(records: readonly { readonly type: string }[]): number {
  return records.filter(({ type }) => type === 'void').length;
}

function nameOf(job: string, run: string, generation: number): string {
  return `${PREFIX}${job}/${run}${generation === 0 ? '' : `.${generation}`}`;
}

/**
 * Puts the marker of a run that is not settled. Without markers, each tick would have to read every run ever recorded. A marker is put before the
 * run's first record and removed after its last.
 */
export function markOpen({ store }: Ledger, job: string, run: string, generation = 0): Promise<void> {
  return store.put(nameOf(job, run, generation), '');
}

/** Removes the markers of a run, of this generation and all earlier ones. */
export async function unmarkOpen({ store }: Ledger, job: string, run: string, generation = 0): Promise<void> {
  for (let g = 0; g <= generation; g++) await store.remove(nameOf(job, run, g));
}

export async function isMarkedOpen({ store }: Ledger, job: string, run: string): Promise<boolean> {
  return (await store.list(nameOf(job, run, 0), { limit: 1 })).length > 0;
}

/** Like `markOpen`, for a replay of the run `of`, so that it is found before its first record exists. */
export function markReplay(
  { store }: Ledger,
  { job, run }: Pick<OpenRun, 'job' | 'run'>,
  generation: number,
  of: string,
): Promise<void> {
  return store.put(nameOf(job, run, generation), of);
}

/** The run that a marked run replays; `undefined` when it is not a replay. */
export async function replayMarked({ store }: Ledger, { job, run, generation }: OpenRun): Promise<string | undefined> {
  return (await store.get(nameOf(job, run, generation))) || undefined;
}

/** All open runs, or those of one job, oldest first. Empty when there are none. */
export async function listOpen({ store }: Ledger, ofJob?: string): Promise<OpenRun[]> {
  const open: OpenRun[] = [];
  for await (const page of openPages(store, ofJob === undefined ? PREFIX : `${PREFIX}${ofJob}/`)) open.push(...page);
  return open.sort((a, b) => a.at - b.at);
}

/** The open runs that a tick could list. */
export interface OpenRuns {
  /** In the order of their names: those after `from`, then those up to it. */
  readonly open: readonly OpenRun[];
  /** Whether the list is complete. */
  readonly isAll: boolean;
}

/** Lists as many open runs as there is time for, at least a thousand, starting after `from` if given. Sends no request if all were listed before. */
export async function listOpenInTime(
  { store }: Ledger,
  from: Pick<OpenRun, 'job' | 'run'> | undefined,
  hasTime: () => boolean,
  { entries, isAll }: OpenWork,
): Promise<OpenRuns> {
  if (isAll) return { open: openRunsIn(entries), isAll };
  const open: OpenRun[] = [];
  const start = from ? `${PREFIX}${from.job}/${from.run}` : '';
  for await (const page of openPages(store, PREFIX, start)) {
    open.push(...page);
    if (page.length === PAGE && !hasTime()) return { open, isAll: false };
  }
  if (start === '') return { open, isAll: true };
  if (!hasTime() && open.length > 0) return { open, isAll: false };
  for await (const page of openPages(store, PREFIX)) {
    const before = page.filter(({ job, run }) => `${PREFIX}${job}/${run}` <= start);
    open.push(...before);
    if (before.length < page.length) return { open, isAll: true };
    if (!hasTime()) return { open, isAll: false };
  }
  return { open, isAll: true };
}

/** The open runs among the listed entries. */
export function openRunsIn(entries: readonly LedgerEntry[]): OpenRun[] {
  return entries
    .filter(({ name }) => name.startsWith(PREFIX))
    .flatMap(({ name, at }) => {
      const [job, marked = ''] = name.slice(PREFIX.length).split('/');
      const [run, generation = '0'] = marked.split('.');
      return job && run ? [{ job, run, at, generation: Number(generation) }] : [];
    });
}

async function* openPages(store: LedgerStore, prefix: string, from = ''): AsyncGenerator<OpenRun[]> {
  for (let after = from; ; ) {
    const page = await store.list(prefix, { after, limit: PAGE });
    yield openRunsIn(page);
    const last = page.at(-1);
    if (page.length < PAGE || !last) return;
    after = last.name;
  }
}
