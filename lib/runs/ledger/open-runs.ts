import type { Ledger } from './ledger.ts';

const PREFIX = 'open/';
const PAGE = 1_000;

/** A run that is not settled. */
export interface OpenRun {
  readonly job: string;
  readonly run: string;
  /** When its marker was put, ms since 1970. */
  readonly at: number;
}

/**
 * Markers of the runs that are not settled: without them each tick would have to read every run that ever was. A marker is put before the
 * run's first record and removed after its last.
 */
export function markOpen({ store }: Ledger, job: string, run: string): Promise<void> {
  return store.put(`${PREFIX}${job}/${run}`, '');
}

export function unmarkOpen({ store }: Ledger, job: string, run: string): Promise<void> {
  return store.remove(`${PREFIX}${job}/${run}`);
}

export async function isMarkedOpen({ store }: Ledger, job: string, run: string): Promise<boolean> {
  return (await store.get(`${PREFIX}${job}/${run}`)) !== undefined;
}

/** As `markOpen`, of a run that is another attempt at `of`: so that it is found when its first record is not there yet. */
export function markReplay({ store }: Ledger, job: string, run: string, of: string): Promise<void> {
  return store.put(`${PREFIX}${job}/${run}`, of);
}

/** Of which run a marked one is another attempt; `undefined` when it is none. */
export async function replayMarked({ store }: Ledger, job: string, run: string): Promise<string | undefined> {
  return (await store.get(`${PREFIX}${job}/${run}`)) || undefined;
}

/** All open runs, or those of one job, oldest first. Empty when there are none. */
export async function listOpen({ store }: Ledger, ofJob?: string): Promise<OpenRun[]> {
  const prefix = ofJob === undefined ? PREFIX : `${PREFIX}${ofJob}/`;
  const open: OpenRun[] = [];
  let after = '';
  for (;;) {
    const page = await store.list(prefix, { after, limit: PAGE });
    for (const { name, at } of page) {
      const [job, run] = name.slice(PREFIX.length).split('/');
      if (job && run) open.push({ job, run, at });
    }
    const last = page.at(-1);
    if (page.length < PAGE || !last) return open.sort((a, b) => a.at - b.at);
    after = last.name;
  }
}
