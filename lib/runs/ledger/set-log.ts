import { fullyDecoded } from '../../events/object-key.ts';
import type { ObjectTrigger } from '../../events/trigger.ts';
import type { LogRecord } from './append-log.ts';
import { type Ledger, segment } from './ledger.ts';
import { type RollingLedger, RollingLog } from './rolling-log.ts';

/** An object that landed below a set's prefix. */
export interface SetObject {
  readonly key: string;
  /** The other key that it may have, as its notification writes it. Absent where the key is certain. */
  readonly written?: string;
  /** Version id or eTag. */
  readonly version: string;
  /** When it landed, ISO 8601. */
  readonly time: string;
  /** Bytes. */
  readonly size?: number;
}

export type SetRecord =
  | (LogRecord & { readonly type: 'member' } & SetObject)
  /** The object that says that the set is complete. */
  | (LogRecord & { readonly type: 'marker' } & SetObject)
  /** The set is complete, and this is what starts its run. */
  | (LogRecord & { readonly type: 'complete'; readonly trigger: ObjectTrigger })
  /** The run is recorded. */
  | (LogRecord & { readonly type: 'started' })
  /** The list of files in this version of the marker can't be used; another version may be. */
  | (LogRecord & { readonly type: 'bad_manifest'; readonly version: string; readonly why: string })
  /** The first object was recorded then; the record itself may no longer be kept. */
  | (LogRecord & { readonly type: 'opened' })
  /** Given up: it was not complete by its deadline, or its job is gone. */
  | (LogRecord & { readonly type: 'incomplete'; readonly why: string })
  /** Came when the set was over; starts nothing. */
  | (LogRecord & { readonly type: 'late' } & SetObject)
  /** A report went out; `messageId` is SMN's. */
  | (LogRecord & { readonly type: 'notified'; readonly report: string; readonly messageId: string });

/** What the records say. */
export interface SetState {
  /** By key as it was written, the newest version of each that was notified. */
  readonly members: ReadonlyMap<string, MemberRecord>;
  /** Neither answered by `complete` yet, nor found to be wrong. */
  readonly marker?: MarkerRecord;
  /** When the first object was recorded, or the marker that opened a complete set again, and the last one; ms since 1970. */
  readonly firstAt?: number;
  readonly lastAt?: number;
  /** Every time that it was complete; a new version of the marker completes it again. */
  readonly complete: readonly ObjectTrigger[];
  /** The last of them still has to be started. */
  readonly toStart?: ObjectTrigger;
  readonly badManifest?: BadManifestRecord;
  readonly incomplete?: { readonly at: number; readonly why: string };
  readonly late: readonly LateRecord[];
  /** Ids of the reports that went out. */
  readonly notified: ReadonlySet<string>;
  /** Was this version of the object recorded, as whatever? */
  readonly known: (object: Pick<SetObject, 'key' | 'version'>) => boolean;
}

type MemberRecord = Extract<SetRecord, { type: 'member' }>;
type MarkerRecord = Extract<SetRecord, { type: 'marker' }>;
type BadManifestRecord = Extract<SetRecord, { type: 'bad_manifest' }>;
type LateRecord = Extract<SetRecord, { type: 'late' }>;

export function foldSet(records: readonly SetRecord[]): SetState {
  const members = new Map<string, MemberRecord>();
  const complete: ObjectTrigger[] = [];
  const late: LateRecord[] = [];
  const notified = new Set<string>();
  const known = new Set<string>();
  let state: Pick<SetState, 'marker' | 'firstAt' | 'lastAt' | 'toStart' | 'badManifest' | 'incomplete'> = {};
  for (const record of records) {
    if ('key' in record) known.add(idOf(record));
    switch (record.type) {
      case 'opened':
        state = { ...state, firstAt: record.at };
        break;
      case 'member':
        if (!isOlder(record, members.get(writtenAs(record)))) members.set(writtenAs(record), record);
        state = { ...state, firstAt: state.firstAt ?? record.at, lastAt: record.at };
        break;
      case 'marker': {
        const isOpen = state.marker !== undefined || (complete.length === 0 && !state.badManifest);
        const { badManifest: _replaced, ...others } = state;
        const firstAt = (isOpen ? state.firstAt : undefined) ?? record.at;
        state = { ...others, marker: record, firstAt, lastAt: record.at };
        break;
      }
      case 'bad_manifest': {
        const { marker, ...others } = state;
        if (marker && marker.version !== record.version) break;
        state = { ...others, badManifest: record };
        break;
      }
      case 'complete': {
        const { marker: _answered, badManifest: _earlier, ...others } = state;
        state = { ...others, toStart: record.trigger };
        complete.push(record.trigger);
        break;
      }
      case 'started': {
        const { toStart: _started, ...others } = state;
        state = others;
        break;
      }
      case 'incomplete':
        state = { ...state, incomplete: { at: record.at, why: record.why } };
        break;
      case 'late':
        late.push(record);
        break;
      case 'notified':
        notified.add(record.report);
    }
  }
  return { ...state, members, complete, late, notified, known: (object) => known.has(idOf(object)) };
}

/** Routes may encode its key, or not. */
const idOf = ({ key, version }: Pick<SetObject, 'key' | 'version'>) => JSON.stringify([fullyDecoded(key), version]);

/** Two objects never have this in common, though one object may have two, of two routes. */
export const writtenAs = ({ key, written = key }: Pick<SetObject, 'key' | 'written'>) => written;

function isOlder(object: SetObject, known: SetObject | undefined): boolean {
  return known !== undefined && Date.parse(object.time) < Date.parse(known.time);
}

/** Of a set that is completed again and again; each may have a thousand files. */
const MAX_COMPLETE = 5;
/** Of a set to which objects come long after it is over. */
const MAX_LATE = 2_000;
const MAX_NOTIFIED = 3_000;

/**
 * What a full list is continued with. It says the same of the set; what is left out are old versions of objects, all but the last five times
 * that it was complete, and all but the last 2,000 objects that came too late. Such an old object counts as new when it is delivered again.
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
  // At the end: it says more than the records that are left.
  if (first && firstAt !== undefined) left.push({ id: first.id, at: firstAt, by: first.by, type: 'opened' });
  return left;
}

export type SetLog = RollingLog<SetRecord>;

/** @throws {LedgerError} when it can't be read; {OtherEnvironmentError}, here and whenever it is read again */
export function openSetLog(ledger: RollingLedger, job: string, prefix: string): Promise<SetLog> {
  return RollingLog.open<SetRecord>(ledger, `sets/${job}/${segment(prefix)}`, compactSet);
}

export const OPEN_SETS = 'open-sets/';

/** A set about which there is something to do. */
export interface OpenSet {
  readonly job: string;
  /** Of the set's objects. */
  readonly prefix: string;
}

const nameOf = ({ job, prefix }: OpenSet) => `${OPEN_SETS}${job}/${segment(prefix)}`;

/** Put before and after a record that leaves something to do: whoever removes it in between reads the list once more afterwards. */
export function markSetOpen({ store }: Ledger, set: OpenSet): Promise<void> {
  return store.put(nameOf(set), set.prefix);
}

export function unmarkSetOpen({ store }: Ledger, set: OpenSet): Promise<void> {
  return store.remove(nameOf(set));
}

/** The name of a mark; what it marks is read by `readOpenSet`. */
export type OpenSetName = string;

/** One page of the marks, in the order of their names, after `after`; of one job, or of all. Fewer than `limit` means the end. */
export async function listOpenSets(
  { store }: Ledger,
  { after, limit, job }: { readonly after?: OpenSetName; readonly limit: number; readonly job?: string | undefined },
): Promise<OpenSetName[]> {
  const prefix = job === undefined ? OPEN_SETS : `${OPEN_SETS}${job}/`;
  const page = await store.list(prefix, { ...(after === undefined ? {} : { after }), limit });
  return page.map(({ name }) => name);
}

/** `undefined` when the set has been closed meanwhile. */
export async function readOpenSet({ store }: Ledger, name: OpenSetName): Promise<OpenSet | undefined> {
  const prefix = await store.get(name);
  const [job = ''] = name.slice(OPEN_SETS.length).split('/');
  return prefix === undefined ? undefined : { job, prefix };
}
