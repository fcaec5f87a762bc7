import { type ControlState, controlOf } from './control.ts';
import type { Ledger } from './ledger.ts';
import type { OpenRun } from './open-runs.ts';

type Marked = Pick<OpenRun, 'job' | 'run' | 'at'>;

const NAME = 'control/reconcile-next';

/** What a tick has to do, in the order in which it usually does it. */
const PARTS = ['runs', 'sets', 'sweep'] as const;
export type Part = (typeof PARTS)[number];

/** Where a tick begins. */
export interface Place {
  /** The part that the last tick began with; absent when it had nothing to do. */
  readonly began?: Part;
  /** The open run after which the next tick continues, and when its marker was put. Absent: with the oldest. */
  readonly after?: { readonly at: number; readonly job: string; readonly run: string };
  /** There were more open runs than a tick can list: they are taken up in the order of their names, and listed from here on. */
  readonly byName?: true;
}

/** Where a tick began, as it is noted with its heartbeat. `isLong`: it may have noted more under a name of its own. */
export type TickPlace = Place & { readonly isLong?: true };

/** Where a tick begins after the last one. `hasDied`: that one died before it had come to the end of many runs. */
export interface NextPlace extends Place {
  readonly hasDied?: true;
}

/**
 * Where the next tick begins: after the first run of the last one, whether that one came to its end or was killed, and further on if it got further and
 * said so.
 *
 * @throws {LedgerError} when it cannot be read; a note that is damaged is as good as none
 */
export async function readPlace({ store }: Ledger, { tick, beat }: ControlState): Promise<NextPlace> {
  if (!tick) return {};
  const { isLong, ...place } = tick;
  if (!isLong) return place;
  const { isLast = false, ...further } = noted((await store.get(NAME)) ?? '', beat?.at);
  return { ...place, ...further, ...(isLast ? {} : { hasDied: true }) };
}

/** Where a tick was. `isLast`: when it wrote it down for the last time, unless it left a place at its end. */
type Note = Pick<Place, 'after' | 'byName'> & { readonly isLast?: boolean };

/** What a tick noted that began then; nothing where that is another one's, or damaged. */
function noted(text: string, tickAt: number | undefined): Note {
  try {
    const { after, byName, isLast, at } = JSON.parse(text) as Partial<Note> & { readonly at?: number };
    const isRun = typeof after?.at === 'number' && typeof after.job === 'string' && typeof after.run === 'string';
    if (at !== tickAt || !isRun || !after) return {};
    return { after, ...(byName === true ? { byName } : {}), isLast: isLast === true };
  } catch {
    return {};
  }
}

/** Notes how far a tick is that takes long. */
export async function notePlace(ledger: Ledger, { after, byName, isLast }: Note): Promise<void> {
  const { beat } = await controlOf(ledger);
  await ledger.store.put(NAME, JSON.stringify({ after, byName, isLast, at: beat?.at }));
}

/** The parts of a tick in turn: each tick begins with the one after that with which the last one began, which may have killed it. */
export function partsInTurn({ began }: Place): Part[] {
  const next = began === undefined ? 0 : PARTS.indexOf(began) + 1;
  return [...PARTS.slice(next), ...PARTS.slice(0, next)];
}

/**
 * Open runs in the order in which a tick takes them up: the oldest first, but those that the last tick had no time for come before those that
 * it looked at. So runs that stay open for long do not keep the others from their turn.
 */
export function inTurn<R extends Marked>(open: readonly R[], { after }: Place): R[] {
  const sorted = [...open].sort(byAge);
  const next = after ? sorted.findIndex((run) => byAge(run, after) > 0) : 0;
  return next <= 0 ? sorted : [...sorted.slice(next), ...sorted.slice(0, next)];
}

/** The oldest first. */
export function byAge(a: Marked, b: Marked): number {
  return (
    a.at - b.at || (`${a.job}/${a.run}` < `${b.job}/${b.run}` ? -1 : `${a.job}/${a.run}` > `${b.job}/${b.run}` ? 1 : 0)
  );
}
