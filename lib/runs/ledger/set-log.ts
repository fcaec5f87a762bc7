import { fullyDecoded } from '../../events/object-key.ts';
import type { ObjectTrigger } from '../../events/trigger.ts';
import type { LogRecord } from './append-log.ts';
import { type Ledger, segment } from './ledger.ts';
import { type RollingLedger, RollingLog } from './rolling-log.ts';

/** An object that was uploaded under a set's prefix. */
export interface SetObject {
  readonly key: string;
  /** The other possible key, as written in its notification. Absent if the key is certain. */
  readonly written?: string;
  /** Version id or eTag. */
  readonly version: string;
  /** When it was uploaded, ISO 8601. */
  readonly time: string;
  /** Bytes. */
  readonly size?: number;
}

export type SetRecord =
  | (LogRecord & { readonly type: 'member' } & SetObject)
  /** The object that marks the set as complete. */
  | (LogRecord & { readonly type: 'marker' } & SetObject)
  /** The set is complete; `trigger` starts its run. */
  | (LogRecord & { readonly type: 'complete'; readonly trigger: ObjectTrigger })
  /** The run is recorded. */
  | (LogRecord & { readonly type: 'started' })
  /** The manifest in this version of the marker is invalid; another version may be valid. */
  | (LogRecord & { readonly type: 'bad_manifest'; readonly version: string; readonly why: string })
  /** When the first object was recorded; its own record may have been dropped. */
  | (LogRecord & { readonly type: 'opened' })
  /** Given up: the set was not complete by its deadline, or its job is gone. */
  | (LogRecord & { readonly type: 'incomplete'; readonly why: string })
  /** An object that arrived after the set was over; starts nothing. */
  | (LogRecord & { readonly type: 'late' } & SetObject)
  /** A report was sent; `messageId` is SMN's. */
  | (LogRecord & { readonly type: 'notified'; readonly report: string; readonly messageId: string });

/** The state of a set, folded from its records. */
export interface SetState {
  /** The newest notified version of each file, by the key as written. */
  readonly members: ReadonlyMap<string, MemberRecord>;
  /** A marker that has neither completed the set nor been found invalid. */
  readonly marker?: MarkerRecord;
  /** When the first object (or the marker that reopened a complete set) and the last one were recorded; ms since 1970. */
  readonly firstAt?: number;
  readonly lastAt?: number;
  /** The triggers of all completions; a new version of the marker completes the set again. */
  readonly complete: readonly ObjectTrigger[];
  /** The last completion, if its run is not started yet. */
  readonly toStart?: ObjectTrigger;
  readonly badManifest?: BadManifestRecord;
  readonly incomplete?: { readonly at: number; readonly why: string };
  readonly late: readonly LateRecord[];
  /** Ids of the reports that were sent. */
  readonly notified: ReadonlySet<string>;
  /** Whether this version of the object was recorded, in any role. */
  readonly known: (object: Pick<SetObject, 'key' | 'version'>) => boolean;
}

type MemberRecord = Extract<SetRecord, { type: 'member' }>;
type MarkerRecord = Extract<SetRecord, { type: 'marker' }>;
type BadManifestRecord = Extract<SetRecord, { type: 'bad_manifest' }>;
type LateRecord = Extract<SetRecord, { type: 'late' }>;

/** What changes as a set waits, is completed, started or given up. */
type SetProgress = Pick<SetState, 'marker' | 'firstAt' | 'lastAt' | 'toStart' | 'badManifest' | 'incomplete'>;

export function foldSet(records: readonly SetRecord[]): SetState {
  const members = new Map<string, MemberRecord>();
  const complete: ObjectTrigger[] = [];
  const late: LateRecord[] = [];
  const notified = new Set<string>();
  const known = new Set<string>();
  let progress: SetProgress = {};
  for (const record of records) {
    if ('key' in record) known.add(idOf(record));
    progress = applyRecord(progress, record, complete.length > 0);
    if (record.type === 'member' && !isOlder(record, members.get(writtenAs(record)))) {
      members.set(writtenAs(record), record);
    }
    if (record.type === 'complete') complete.push(record.trigger);
    if (record.type === 'late') late.push(record);
    if (record.type === 'notified') notified.add(record.report);
  }
  return { ...progress, members, complete, late, notified, known: (object) => known.has(idOf(object)) };
}

function applyRecord(state: SetProgress, record: SetRecord, wasComplete: boolean): SetProgress {
  switch (record.type) {
    case 'opened':
      return { ...state, firstAt: record.at };
    case 'member':
      return { ...state, firstAt: state.firstAt ?? record.at, lastAt: record.at };
    case 'marker': {
      const isOpen = state.marker !== undefined || (!wasComplete && !state.badManifest);
      const { badManifest: _replaced, ...others } = state;
      const firstAt = (isOpen ? state.firstAt : undefined) ?? record.at;
      return { ...others, marker: record, firstAt, lastAt: record.at };
    }
    case 'bad_manifest': {
      const { marker, ...others } = state;
      return marker && marker.version !== record.version ? state : { ...others, badManifest: record };
    }
    case 'complete': {
      const { marker: _answered, badManifest: _earlier, ...others } = state;
      return { ...others, toStart: record.trigger };
    }
    case 'started': {
      const { toStart: _started, ...others } = state;
      return others;
    }
    case 'incomplete':
      return { ...state, incomplete: { at: record.at, why: record.why } };
    case 'late':
    case 'notified':
      return state;
  }
}

/** Event routes may or may not encode the key. */
const idOf = ({ key, version }: Pick<SetObject, 'key' | 'version'>) => JSON.stringify([fullyDecoded(key), version]);

/** Unique per object, although one object may have two of these, from two event routes. */
export const writtenAs = ({ key, written = key }: Pick<SetObject, 'key' | 'written'>) => written;

function isOlder(object: SetObject, known: SetObject | undefined): boolean {
  return known !== undefined && Date.parse(object.time) < Date.parse(known.time);
}

/** Completions kept for a set that is completed repeatedly; each may have a thousand files. */
const MAX_COMPLETE = 5;
/** Late objects kept for a set. */
const MAX_LATE = 2_000;
const MAX_NOTIFIED = 3_000;

/**
 * The records that continue a full list, with the same meaning. Dropped are old versions of objects, all but the last five completions, and all but
 * the last 2,000 late objects. A dropped object counts as new when it is delivered again.
 */
export function compactSet(records: readonly SetRecord[]): SetRecord[] {
  const { members, marker, firstAt, badManifest } = foldSet(records);
  const last = (type: SetRecord['type'], count: number) => records.filter((r) => r.type === type).slice(-count);
  const kept = new Set<LogRecord>([
    ...members.values(),
    ...(marker ? [marker] : []),
    ...(badManifest ? [badManifest] : []),
    ...last('complete', MAX_COMPLETE),
    ...last('started', 1),
    ...last('incomplete', 1),
    ...last('late', MAX_LATE),
    ...last('notified', MAX_NOTIFIED),
  ]);
  const left = records.filter((record) => kept.has(record));
  const [first] = records;
  // Last, because it overrides the remaining records.
  if (first && firstAt !== undefined) left.push({ id: first.id, at: firstAt, by: first.by, type: 'opened' });
  return left;
}

export type SetLog = RollingLog<SetRecord>;

/** @throws {LedgerError} when it can't be read; {OtherEnvironmentError}, here and on every later read */
export function openSetLog(ledger: RollingLedger, job: string, prefix: string): Promise<SetLog> {
  return RollingLog.open<SetRecord>(ledger, `sets/${job}/${segment(prefix)}`, compactSet);
}

export const OPEN_SETS = 'open-sets/';

/** A set with work left to do. */
export interface OpenSet {
  readonly job: string;
  /** Prefix of the set's objects. */
  readonly prefix: string;
}

const nameOf = ({ job, prefix }: OpenSet) => `${OPEN_SETS}${job}/${segment(prefix)}`;

/**
 * Marks a set as open. Done before and after a record that leaves work to do: whoever removes the marker in between reads the list again afterwards.
 */
export function markSetOpen({ store }: Ledger, set: OpenSet): Promise<void> {
  return store.put(nameOf(set), set.prefix);
}

export function unmarkSetOpen({ store }: Ledger, set: OpenSet): Promise<void> {
  return store.remove(nameOf(set));
}

/** The name of a marker; `readOpenSet` reads the set it marks. */
export type OpenSetName = string;

/** One page of the markers after `after`, in the order of their names; of one job or all. Fewer than `limit` means the end. */
export async function listOpenSets(
  { store }: Ledger,
  { after, limit, job }: { readonly after?: OpenSetName; readonly limit: number; readonly job?: string | undefined },
): Promise<OpenSetName[]> {
  const prefix = job === undefined ? OPEN_SETS : `${OPEN_SETS}${job}/`;
  const page = await store.list(prefix, { ...(after === undefined ? {} : { after }), limit });
  return page.map(({ name }) => name);
}

export function jobOfOpenSet(name: OpenSetName): string {
  return name.slice(OPEN_SETS.length).split('/')[0] ?? '';
}

/** Returns `undefined` when the set was closed meanwhile. */
export async function readOpenSet({ store }: Ledger, name: OpenSetName): Promise<OpenSet | undefined> {
  const prefix = await store.get(name);
  return prefix === undefined ? undefined : { job: jobOfOpenSet(name), prefix };
}
