import type { Ledger } from './ledger.ts';
import type { OpenRun } from './open-runs.ts';

type Marked = Pick<OpenRun, 'job' | 'run' | 'at'>;

const NAME = 'control/reconcile-next';

/** What a tick has to do, in the order in which it usually does it. */
const PARTS = ['runs', 'sets', 'sweep'] as const;
export type Part = (typeof PARTS)[number];

/** Where a tick begins. */
export interface Place {
  /** The part that the tick began with; absent when it came to its end. */
  readonly began?: Part;
  /** The open run after which the next tick goes on, and when its marker was put. Absent: with the oldest. */
  readonly after?: { readonly at: number; readonly job: string; readonly run: string };
  /** There were more open runs than a tick can list: they are taken up in the order of their names, and listed from here on. */
  readonly byName?: true;
}

/** Where the last tick stopped or died. A note that cannot be read is as good as none. */
export async function readPlace({ store }: Ledger): Promise<Place> {
  const text = await store.get(NAME);
  if (text === undefined) return {};
  try {
    const { began, after, byName } = JSON.parse(text) as Partial<Place>;
    const isPart = PARTS.some((part) => part === began);
    const isRun = typeof after?.at === 'number' && typeof after.job === 'string' && typeof after.run === 'string';
    return {
      ...(isPart && began ? { began } : {}),
      ...(isRun && after ? { after } : {}),
      ...(byName === true && isRun ? { byName } : {}),
    };
  } catch {
    return {};
  }
}

export function writePlace({ store }: Ledger, place: Place): Promise<void> {
  return store.put(NAME, JSON.stringify(place));
}

/** A tick had time for all: the next one begins with the first part and the oldest run. */
export function removePlace({ store }: Ledger): Promise<void> {
  return store.remove(NAME);
}

/** The parts of a tick in turn: where the last one did not come to its end, those first that come after what it began with. */
export function partsInTurn({ began }: Place): Part[] {
  const next = began === undefined ? 0 : PARTS.indexOf(began) + 1;
  return [...PARTS.slice(next), ...PARTS.slice(0, next)];
}

/**
 * Open runs in the order in which a tick takes them up: the oldest first, but those that the last tick had no time for come before those that
 * it looked at. So runs that stay open for long do not keep the others from their turn.
 */
export function inTurn<R extends Marked>(open: readonly R[], { after }: Place): R[] {
  const sorted = [...open].sort(inOrder);
  const next = after ? sorted.findIndex((run) => inOrder(run, after) > 0) : 0;
  return next <= 0 ? sorted : [...sorted.slice(next), ...sorted.slice(0, next)];
}

function inOrder(a: Marked, b: Marked): number {
  return (
    a.at - b.at || (`${a.job}/${a.run}` < `${b.job}/${b.run}` ? -1 : `${a.job}/${a.run}` > `${b.job}/${b.run}` ? 1 : 0)
  );
}
