import type { ObjectTrigger } from '../../events/trigger.ts';
import { AppendLog, type LogRecord } from './append-log.ts';
import { type Ledger, segment } from './ledger.ts';

/** An object that landed below a set's prefix. */
export interface SetObject {
  readonly key: string;
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
  /** Given up: it was not complete by its deadline, or its job is gone. */
  | (LogRecord & { readonly type: 'incomplete'; readonly why: string })
  /** Came when the set was over; starts nothing. */
  | (LogRecord & { readonly type: 'late' } & SetObject)
  /** A report went out; `messageId` is SMN's. */
  | (LogRecord & { readonly type: 'notified'; readonly report: string; readonly messageId: string });

/** What the records say. */
export interface SetState {
  /** By key, the newest version of each that was notified. */
  readonly members: ReadonlyMap<string, SetObject>;
  /** Not yet answered by `complete`. */
  readonly marker?: SetObject;
  /** When the first object was recorded, and the last one; ms since 1970. */
  readonly firstAt?: number;
  readonly lastAt?: number;
  /** Every time that it was complete; a new marker completes it anew. */
  readonly complete: readonly ObjectTrigger[];
  /** The last of them still has to be started. */
  readonly toStart?: ObjectTrigger;
  readonly incomplete?: { readonly at: number; readonly why: string };
  readonly late: readonly (SetObject & { readonly at: number })[];
  /** Ids of the reports that went out. */
  readonly notified: ReadonlySet<string>;
}

export function foldSet(records: readonly SetRecord[]): SetState {
  const members = new Map<string, SetObject>();
  const complete: ObjectTrigger[] = [];
  const late: (SetObject & { at: number })[] = [];
  const notified = new Set<string>();
  let state: Pick<SetState, 'marker' | 'firstAt' | 'lastAt' | 'toStart' | 'incomplete'> = {};
  for (const record of records) {
    switch (record.type) {
      case 'member':
        if (!isOlder(record, members.get(record.key))) members.set(record.key, record);
        state = { ...state, firstAt: state.firstAt ?? record.at, lastAt: record.at };
        break;
      case 'marker':
        state = { ...state, marker: record, firstAt: state.firstAt ?? record.at, lastAt: record.at };
        break;
      case 'complete': {
        const { marker: _answered, ...others } = state;
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
  return { ...state, members, complete, late, notified };
}

function isOlder(object: SetObject, known: SetObject | undefined): boolean {
  return known !== undefined && Date.parse(object.time) < Date.parse(known.time);
}

export type SetLog = AppendLog<SetRecord>;

/** @throws {LedgerError} when it can't be read @throws {OtherEnvironmentError}, here and whenever it is read again */
export function openSetLog(
  { store, origin }: Pick<Ledger, 'store' | 'origin'>,
  job: string,
  prefix: string,
): Promise<SetLog> {
  return AppendLog.open<SetRecord>(store, `sets/${job}/${segment(prefix)}`, origin);
}

const OPEN = 'open-sets/';
const PAGE = 1_000;

/** A set about which there is something to do. */
export interface OpenSet {
  readonly job: string;
  /** Of the set's objects. */
  readonly prefix: string;
}

const nameOf = ({ job, prefix }: OpenSet) => `${OPEN}${job}/${segment(prefix)}`;

/** Put before and after a record that leaves something to do: whoever removes it in between reads the list once more afterwards. */
export function markSetOpen({ store }: Ledger, set: OpenSet): Promise<void> {
  return store.put(nameOf(set), set.prefix);
}

export function unmarkSetOpen({ store }: Ledger, set: OpenSet): Promise<void> {
  return store.remove(nameOf(set));
}

/** All sets that are marked, in no order that means anything. Empty when there are none. */
export async function listOpenSets({ store }: Ledger): Promise<OpenSet[]> {
  const open: OpenSet[] = [];
  for (let after = ''; ; ) {
    const page = await store.list(OPEN, { after, limit: PAGE });
    for (const { name } of page) {
      const prefix = await store.get(name);
      const [job = ''] = name.slice(OPEN.length).split('/');
      if (prefix !== undefined) open.push({ job, prefix });
    }
    const last = page.at(-1);
    if (page.length < PAGE || !last) return open;
    after = last.name;
  }
}
