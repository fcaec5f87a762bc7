import { createHash } from 'node:crypto';
import type { ActionKind } from '../../migrations/action.ts';
import type { LogRecord } from './append-log.ts';

/** The format version of lanes. A lane with another version is refused. */
export const LANE_VERSION = 2;

/** A run in the queue: at most 300 bytes, because a lane may contain hundreds. The run's own log has the rest. */
export interface LaneEntry {
  readonly job: string;
  readonly run: string;
  /** ms since 1970. */
  readonly order: number;
  readonly kind: ActionKind;
  /** The name of its task, so that its state can be checked without reading the run's log. */
  readonly task: string;
  /** The object whose versions must be imported in order: see `objectId`. */
  readonly object?: string;
  /** Which version of it: see `versionId`. Absent in entries of earlier versions of the functions. */
  readonly version?: string;
  /** The position of this entry's claim in the run's log. Records of an older claim of that run are ignored. */
  readonly claim: number;
}

/** Identifies the claim of a run that wrote a record. */
interface ByClaim {
  readonly run: string;
  readonly claim: number;
}

export type LaneRecord = LogRecord &
  (
    | ({ readonly type: 'enter'; readonly v: number } & LaneEntry)
    /** From here on only this run may create. */
    | ({ readonly type: 'hold' } & ByClaim)
    | ({ readonly type: 'leave' } & ByClaim)
    /** The holder's log cannot be read, and a complete listing that began at `at` showed no unfinished task on the target. */
    | ({ readonly type: 'idle' } & ByClaim)
    /** The list is full: the next one continues from a snapshot. */
    | { readonly type: 'rolled' }
    /** The state after all records before it. `before`: the number of those in this list. */
    | ({ readonly type: 'snapshot'; readonly v: number; readonly before?: number } & LaneState)
  );

export interface LaneState {
  /** The runs that have not left, in lane order. */
  readonly entries: readonly LaneEntry[];
  readonly holder?: string;
  /** The time of the newest version of each object that had its turn, by `objectId`. */
  readonly landed: Readonly<Record<string, number>>;
  /** Which version that was, by `objectId`. Of the last objects only. */
  readonly versions: Readonly<Record<string, string>>;
  /** The claims with which runs left recently: later records of these or older claims are ignored. */
  readonly left: Readonly<Record<string, number>>;
  /** When the target was first seen without an unfinished task, while its holder cannot be read; ms since 1970. */
  readonly idleAt?: number;
}

/** Objects remembered in a snapshot; those with the oldest time are dropped first. */
const MAX_LANDED = 1_000;
/** Objects whose version is remembered in a snapshot. */
const MAX_VERSIONS = 200;
/** Departed runs that are remembered: a slower writer is stopped by the position of its append, or by the run's own log. */
const MAX_LEFT = 100;
const TYPES = new Set<string>(['enter', 'hold', 'leave', 'idle', 'rolled', 'snapshot'] satisfies LaneRecord['type'][]);

const EMPTY_LANE: LaneState = { entries: [], landed: {}, versions: {}, left: {} };

/** A lane during a fold: `left` changes in place, because copying it for each record would take most of the time. */
type FoldedLane = Omit<LaneState, 'left'> & { readonly left: Map<string, number> };

/** A hash of sixteen hex digits for an object, because keys may be a kilobyte long. */
export function objectId(object: string): string {
  return createHash('sha256').update(object).digest('hex').slice(0, 16);
}

/** A hash of eight hex digits for the content of an object, because each entry has one. */
export function versionId(content: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8);
}

/**
 * Whether a newer version of its object had its turn. The same version is not newer, although its time may be later: a notification and a list of the
 * bucket give different times.
 */
export function isOutdated(
  { landed, versions }: LaneState,
  { object, order, version }: Pick<LaneEntry, 'object' | 'order' | 'version'>,
): boolean {
  if (object === undefined || (landed[object] ?? order) <= order) return false;
  return version === undefined || version !== versions[object];
}

/** Whether this is a lane record. */
export function isLaneRecord(record: LogRecord): record is LaneRecord {
  return TYPES.has((record as Partial<LaneRecord>).type ?? '');
}

/**
 * Folds the records of a lane onto the state before them. A record counts only if it is not older than its run's entry: a hold without an entry, or a
 * record of a claim that was taken over since, is ignored. So a lane with such records is still consistent.
 */
export function foldLane(records: readonly LaneRecord[], before: LaneState = EMPTY_LANE): LaneState {
  const left = new Map(Object.entries(before.left));
  const folded = records.reduce<FoldedLane>(applyRecord, { ...before, left });
  return { ...folded, left: Object.fromEntries(folded.left) };
}

function applyRecord(state: FoldedLane, record: LaneRecord): FoldedLane {
  switch (record.type) {
    case 'snapshot': {
      const { entries, landed, versions = {}, left = {}, holder, idleAt } = record;
      return { entries, landed, versions, left: new Map(Object.entries(left)), ...given({ holder, idleAt }) };
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
  const { object, order, version = '' } = entry;
  // The same version again, with an earlier time: what is between the two times stays outdated.
  if (object === undefined || order < (state.landed[object] ?? order)) return { ...state, holder: run };
  return {
    ...state,
    holder: run,
    landed: { ...state.landed, [object]: order },
    versions: { ...state.versions, [object]: version },
  };
}

function leave(state: FoldedLane, { run, claim }: ByClaim): FoldedLane {
  const entry = state.entries.find((other) => other.run === run);
  if (entry && claim < entry.claim) return state;
  const { holder, idleAt, ...free } = state;
  const before = free.left.get(run) ?? -1;
  // Moves it to the end: the oldest departures are dropped first.
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

/** Only the fields of an entry. */
export function entryOf({ job, run, order, kind, task, object, version, claim }: LaneEntry): LaneEntry {
  return { job, run, order, kind, task, ...given({ object, version }), claim };
}

/** The order of a lane: by planned or object time, then by run. */
export function inOrder(a: Pick<LaneEntry, 'order' | 'run'>, b: Pick<LaneEntry, 'order' | 'run'>): number {
  return a.order - b.order || (a.run < b.run ? -1 : 1);
}

/** The state of a lane in one record. */
export function snapshotOf(
  state: LaneState,
): Omit<Extract<LaneRecord, { readonly type: 'snapshot' }>, keyof LogRecord | 'before'> {
  const newestFirst = Object.entries(state.landed).sort(([, a], [, b]) => b - a);
  const landed = Object.fromEntries(newestFirst.slice(0, MAX_LANDED));
  const versions = newestFirst.slice(0, MAX_VERSIONS).map(([object]) => [object, state.versions[object]]);
  return { ...state, type: 'snapshot', v: LANE_VERSION, landed, versions: Object.fromEntries(versions) };
}
