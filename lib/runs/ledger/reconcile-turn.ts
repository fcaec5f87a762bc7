import { type ControlState, controlOf } from './control.ts';
import type { Ledger } from './ledger.ts';
import type { OpenRun } from './open-runs.ts';

type Marked = Pick<OpenRun, 'job' | 'run' | 'at'>;

const NAME = 'control/reconcile-next';

/** The parts of a tick, in their usual order. */
const PARTS = ['runs', 'sets', 'sweep'] as const;
export type Part = (typeof PARTS)[number];

/** Where a tick begins. */
export interface Place {
  /** The part that the last tick began with; absent when it had nothing to do. */
  readonly began?: Part;
  /** The open run after which the next tick continues, and when its marker was put. If absent, it begins with the oldest. */
  readonly after?: { readonly at: number; readonly job: string; readonly run: string };
  /** More runs were open than a tick can list: they are processed in the order of their names, and listed from here on. */
  readonly byName?: true;
}

/** Where a tick began, as recorded with its heartbeat. `isLong`: it may have stored a later place as a separate object. */
export type TickPlace = Place & { readonly isLong?: true };

/** Where the next tick begins. `hasDied`: the last tick died while it processed many runs. */
export interface NextPlace extends Place {
  readonly hasDied?: true;
}

/**
 * Where the next tick begins: after the first run of the last tick, whether that tick finished or was killed, or after a later run if the last tick
 * stored that place.
 *
 * @throws {LedgerError} when it cannot be read; a damaged place is ignored
 */
export async function readPlace({ store }: Ledger, { tick, beat }: ControlState): Promise<NextPlace> {
  if (!tick) return {};
  const { isLong, ...place } = tick;
  if (!isLong) return place;
  const { isLast = false, ...further } = noted((await store.get(NAME)) ?? '', beat?.at);
  return { ...place, ...further, ...(isLast ? {} : { hasDied: true }) };
}

/** The stored place of a tick. `isLast`: it was the last one before the end of the tick. */
type Note = Pick<Place, 'after' | 'byName'> & { readonly isLast?: boolean };

/** The place stored by the tick that began at `tickAt`; empty if it belongs to another tick or is damaged. */
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

/** Stores the progress of a long tick. */
export async function notePlace(ledger: Ledger, { after, byName, isLast }: Note): Promise<void> {
  const { beat } = await controlOf(ledger);
  await ledger.store.put(NAME, JSON.stringify({ after, byName, isLast, at: beat?.at }));
}

/** The order of the parts: each tick begins with the part after the first part of the last tick, because that part may have killed it. */
export function partsInTurn({ began }: Place): Part[] {
  const next = began === undefined ? 0 : PARTS.indexOf(began) + 1;
  return [...PARTS.slice(next), ...PARTS.slice(0, next)];
}

/**
 * The order in which a tick processes open runs: oldest first, but runs that the last tick had no time for come before those that it processed. So
 * runs that stay open for long do not block the others.
 */
export function inTurn<R extends Marked>(open: readonly R[], { after }: Place): R[] {
  const sorted = [...open].sort(byAge);
  const next = after ? sorted.findIndex((run) => byAge(run, after) > 0) : 0;
  return next <= 0 ? sorted : [...sorted.slice(next), ...sorted.slice(0, next)];
}

/** Oldest first. */
export function byAge(a: Marked, b: Marked): number {
  return (
    a.at - b.at || (`${a.job}/${a.run}` < `${b.job}/${b.run}` ? -1 : `${a.job}/${a.run}` > `${b.job}/${b.run}` ? 1 : 0)
  );
}
