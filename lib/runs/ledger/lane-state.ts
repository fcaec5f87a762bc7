import { createHash } from 'node:crypto';
import type { ActionKind } from '../../migrations/action.ts';
import type { LogRecord } from './append-log.ts';

/** The format of lanes. A lane of another one is refused. */
export const LANE_VERSION = 2;

/** A run that wants its turn: at most 300 bytes, because a lane may hold hundreds. Its own log has the rest. */
export interface LaneEntry {
  readonly job: string;
  readonly run: string;
  /** ms since 1970. */
  readonly order: number;
  readonly kind: ActionKind;
  /** The name of its task: whether that is over is seen without reading the run's log. */
  readonly task: string;
  /** The object whose versions must land in order: see `objectId`. */
  readonly object?: string;
  /** The position in the run's log of the claim that this entry stands for. What an older claim of that run writes here counts for nothing. */
  readonly claim: number;
}

/** What a claim of a run does in a lane. */
interface ByClaim {
  readonly run: string;
  readonly claim: number;
}

export type LaneRecord = LogRecord &
  (
    | ({ readonly type: 'enter'; readonly v: number } & LaneEntry)
    /** From here this run, and no other, may create. */
    | ({ readonly type: 'hold' } & ByClaim)
    | ({ readonly type: 'leave' } & ByClaim)
    /** The holder's log cannot be read, and a complete listing that began at `at` showed no unfinished task on the target. */
    | ({ readonly type: 'idle' } & ByClaim)
    /** The list is full: the next one continues from a snapshot. */
    | { readonly type: 'rolled' }
    /** All that the records before it say. `before`: how many these are in this list. */
    | ({ readonly type: 'snapshot'; readonly v: number; readonly before?: number } & LaneState)
  );

export interface LaneState {
  /** Those who have not left, first in order first. */
  readonly entries: readonly LaneEntry[];
  readonly holder?: string;
  /** The newest version of each object that had its turn, by `objectId`. */
  readonly landed: Readonly<Record<string, number>>;
  /** The claims with which runs left lately: a slower writer of theirs comes too late. */
  readonly left: Readonly<Record<string, number>>;
  /** Since when the target was seen without an unfinished task, while its holder cannot be read; ms since 1970. */
  readonly idleAt?: number;
}

/** Of objects that are remembered in a snapshot; those with the oldest time are forgotten first. */
const MAX_LANDED = 1_000;
/** Of runs that left: a writer that is slower than so many others is stopped by the position of its append, or by the run's own log. */
const MAX_LEFT = 100;
const TYPES = new Set<string>(['enter', 'hold', 'leave', 'idle', 'rolled', 'snapshot'] satisfies LaneRecord['type'][]);

export const EMPTY_LANE: LaneState = { entries: [], landed: {}, left: {} };

/** A lane while it is folded: `left` changes in place, because copying it for each record takes most of the time of a fold. */
type FoldedLane = Omit<LaneState, 'left'> & { readonly left: Map<string, number> };

/** Sixteen hex digits that stand for an object: keys may have a kilobyte. */
export function objectId(object: string): string {
  return createHash('sha256').update(object).digest('hex').slice(0, 16);
}

/** Is it a record that a lane has? */
export function isLaneRecord(record: LogRecord): record is LaneRecord {
  return TYPES.has((record as Partial<LaneRecord>).type ?? '');
}

/**
 * What the records of a lane say, after what those before them said. A record counts only if it is not older than its run's entry: a hold without an
 * entry, or a record of a claim that was taken over since, changes nothing. So a lane that such a record was written to is sound as soon as it
 * is read.
 */
export function foldLane(records: readonly LaneRecord[], before: LaneState = EMPTY_LANE): LaneState {
  const left = new Map(Object.entries(before.left));
  const folded = records.reduce<FoldedLane>(applyRecord, { ...before, left });
  return { ...folded, left: Object.fromEntries(folded.left) };
}

function applyRecord(state: FoldedLane, record: LaneRecord): FoldedLane {
  switch (record.type) {
    case 'snapshot': {
      const { entries, landed, left = {}, holder, idleAt } = record;
      return { entries, landed, left: new Map(Object.entries(left)), ...given({ holder, idleAt }) };
    }
    case 'enter':
      return enter(state, record);
    case 'hold':
      return hold(state, record);
    case 'leave':
      return leave(state, record);
    case 'idle':
      return record.run === state.holder && state.idleAt === undefined ? { ...state, idleAt: record.at } : state;
    case 'rolled':
      return state;
  }
}

function enter(state: FoldedLane, record: LaneEntry): FoldedLane {
  const entry = entryOf(record);
  const known = state.entries.find(({ run }) => run === entry.run);
  const isLate = entry.claim <= (state.left.get(entry.run) ?? -1) || (known && entry.claim < known.claim);
  if (isLate) return state;
  const others = state.entries.filter(({ run }) => run !== entry.run);
  return { ...state, entries: [...others, entry].sort(inOrder) };
}

function hold(state: FoldedLane, { run, claim }: ByClaim): FoldedLane {
  const entry = state.entries.find((other) => other.run === run);
  if (!entry || claim < entry.claim || state.holder !== undefined) return state;
  const landed = entry.object === undefined ? {} : { [entry.object]: entry.order };
  return { ...state, holder: run, landed: { ...state.landed, ...landed } };
}

function leave(state: FoldedLane, { run, claim }: ByClaim): FoldedLane {
  const entry = state.entries.find((other) => other.run === run);
  if (entry && claim < entry.claim) return state;
  const { holder, idleAt, ...free } = state;
  const before = free.left.get(run) ?? -1;
  // Behind all others: those that left first are forgotten first.
  free.left.delete(run);
  free.left.set(run, Math.max(before, claim));
  for (const oldest of free.left.keys()) {
    if (free.left.size <= MAX_LEFT) break;
    free.left.delete(oldest);
  }
  const entries = state.entries.filter((other) => other.run !== run);
  return { ...free, entries, ...(holder === run ? {} : given({ holder, idleAt })) };
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** No more of it than an entry has. */
export function entryOf({ job, run, order, kind, task, object, claim }: LaneEntry): LaneEntry {
  return { job, run, order, kind, task, ...given({ object }), claim };
}

/** The order of a lane: by planned or object time, then by run. */
export function inOrder(a: Pick<LaneEntry, 'order' | 'run'>, b: Pick<LaneEntry, 'order' | 'run'>): number {
  return a.order - b.order || (a.run < b.run ? -1 : 1);
}

/** All that a lane says, in one record. */
export function snapshotOf(
  state: LaneState,
): Omit<Extract<LaneRecord, { readonly type: 'snapshot' }>, keyof LogRecord | 'before'> {
  const newestFirst = Object.entries(state.landed).sort(([, a], [, b]) => b - a);
  const landed = Object.fromEntries(newestFirst.slice(0, MAX_LANDED));
  return { ...state, type: 'snapshot', v: LANE_VERSION, landed };
}
