import type { Trigger } from '../../events/trigger.ts';
import type { Overlap } from '../../jobs/job.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import type { Notify, NotifyEvent } from '../../migrations/task-policies.ts';
import { DamagedListError } from '../../ports/ledger-error.ts';
import type { RunReason, RunTask } from '../report/run-result.ts';
import { AppendLog, type LogRecord } from './append-log.ts';
import type { Ledger } from './ledger.ts';

/** The format of the first record. A run of another version is left alone. */
export const RUN_VERSION = 1;

/** What governs a run from its first record to its last, whatever becomes of `migrations.yml` meanwhile. */
export interface RunPolicies {
  readonly overlap: Overlap;
  readonly limit: { readonly runs: number; readonly perMs: number };
  /** How long a task that was sent may take to show in a list. */
  readonly settleMs: number;
  /** After this long without knowing, a run is parked. */
  readonly deadlineMs: number;
  /** Who is told, and of what; absent: nobody. */
  readonly notify?: Notify;
}

export interface ReceivedRecord extends LogRecord {
  readonly type: 'received';
  readonly v: number;
  readonly job: string;
  readonly run: string;
  readonly trigger: Trigger['kind'];
  /** What came, for people: the object's path, the timer's name, the request's key. */
  readonly source: string;
  /** Planned or object time, ms since 1970: the order within a lane. */
  readonly order: number;
  /** The object whose versions must land in order. */
  readonly object?: string;
  /** Of what a caller asked for; the same occurrence with another one is refused. Absent without a caller. */
  readonly contentHash?: string;
  /** What started it, whole, so that it can be replayed. Absent in records that are older than replays. */
  readonly given?: Trigger;
  /** The run that this one is another attempt at. */
  readonly replayOf?: string;
  /** Absent when the run could not be planned; then `rejected` follows. */
  readonly planned?: PlannedTask;
  /** The event's key may be either of two; `planned` and the rest are about the decoded one. Gone once a `key` record says which it is. */
  readonly written?: WrittenKey;
  readonly policies: RunPolicies;
}

/** The key as the event writes it. */
export interface WrittenKey {
  readonly key: string;
  /** The task, if this is the key. */
  readonly planned: PlannedTask;
}

/** The first record as it is decided on, before somebody writes it. */
export type Received = Omit<ReceivedRecord, keyof LogRecord | 'type' | 'v'>;

/** Calls that change something, beside the create call. */
const CALLS = ['copy_backup', 'backup_target', 'configure', 'start', 'stop', 'cancel', 'release'] as const;
export type CallName = (typeof CALLS)[number];

export type RunRecord =
  | ReceivedRecord
  /** What was found out before the create call, and what it will send; without `body`: what was planned. */
  | (LogRecord & {
      readonly type: 'prepared';
      readonly body?: PlannedTask['body'];
      readonly warnings: readonly string[];
    })
  /** The object has this key: it was found, or nothing is looked up. */
  | (LogRecord & { readonly type: 'key'; readonly key: string; readonly warning?: string })
  /** A look into the bucket did not find the object. */
  | (LogRecord & { readonly type: 'key_absent' })
  /** From here this call may have gone out, at the latest until then. */
  | (LogRecord & { readonly type: 'call'; readonly call: CallName; readonly until: number })
  /** It was done. `id`: of what it made. */
  | (LogRecord & { readonly type: 'called'; readonly call: CallName; readonly id?: string })
  /** Looking for what it makes showed nothing. */
  | (LogRecord & { readonly type: 'call_absent'; readonly call: CallName })
  /** Surely not done; not to be tried before `notBefore`. */
  | (LogRecord & {
      readonly type: 'call_waiting';
      readonly call: CallName;
      readonly reason: RunReason;
      readonly notBefore: number;
    })
  /** Refused for good. */
  | (LogRecord & { readonly type: 'call_refused'; readonly call: CallName; readonly reason: RunReason })
  /** Source and target of an incremental migration differ little enough to stop, or no longer. */
  | (LogRecord & { readonly type: 'offset_reached' | 'offset_left' })
  /** The online task has copied everything and follows changes until somebody stops it, or no longer does. */
  | (LogRecord & { readonly type: 'steady' | 'left_steady' })
  /** The task is not over after its deadline, and in this state. */
  | (LogRecord & { readonly type: 'stuck'; readonly status: string; readonly reason: RunReason })
  /** An invocation handles the run until then. */
  | (LogRecord & { readonly type: 'claimed'; readonly until: number })
  /** From here a create call may have gone out, at the latest until then. */
  | (LogRecord & { readonly type: 'intent'; readonly until: number })
  /** The create call's fate is not known. */
  | (LogRecord & { readonly type: 'unknown'; readonly reason: RunReason })
  /** A marker stood here for long and no run came: see `reconcile`. */
  | (LogRecord & { readonly type: 'void' })
  /** A complete listing after the last attempt, or after the task was known, did not have the task. */
  | (LogRecord & { readonly type: 'absent' })
  /** Surely nothing was created; not to be tried before `notBefore`. */
  | (LogRecord & { readonly type: 'waiting'; readonly reason: RunReason; readonly notBefore: number })
  | (LogRecord & { readonly type: 'created' | 'adopted'; readonly task: RunTask })
  | (LogRecord & { readonly type: 'rejected' | 'superseded'; readonly reason: RunReason })
  /** Waits for a person. `byHand`: a person wished so, and nothing is even looked for. */
  | (LogRecord & { readonly type: 'parked'; readonly reason: RunReason; readonly byHand?: true })
  /** A person says that a parked run goes on: nothing was created, or, parked by hand, it goes on from where it was. */
  | (LogRecord & { readonly type: 'resumed' })
  /** A person says that it is followed no more. Final, whatever there is of a task. */
  | (LogRecord & { readonly type: 'forgotten'; readonly reason: RunReason })
  /** Another attempt is made, as a run of its own; this is to be its first record. */
  | (LogRecord & { readonly type: 'replayed'; readonly as: Received })
  /** This was reported; `messageId` is SMN's. */
  | (LogRecord & { readonly type: 'notified'; readonly event: NotifyEvent; readonly messageId: string })
  /** Everything was checked and nothing sent: the job says `dry_run`. */
  | (LogRecord & { readonly type: 'dry_run'; readonly reason: RunReason })
  /** Nothing more is to be done. `status`: the task's last one; `reason`: why it failed. */
  | (LogRecord & { readonly type: 'settled'; readonly status?: string; readonly reason?: RunReason });

/** What is known of a call. */
export interface CallState {
  readonly until: number;
  readonly absentAt?: number;
  readonly done?: true;
  readonly id?: string;
  readonly refused?: RunReason;
  /** Surely not done. */
  readonly waiting?: { readonly reason: RunReason; readonly notBefore: number };
}

/** What the records say. */
export interface RunState {
  readonly received?: ReceivedRecord;
  /** Who handles it; look at `until`. */
  readonly claim?: { readonly by: string; readonly until: number };
  /** The position of the newest claim, counted in records from 1; 0 when nobody ever claimed it. Whoever claims later has a higher one. */
  readonly lastClaim: number;
  /** An attempt whose fate is not known, and when it is surely over. */
  readonly attempt?: { readonly until: number };
  readonly firstIntentAt?: number;
  /** Since when it can't be prepared, or not be created: not for want of its turn. */
  readonly troubleSince?: number;
  readonly absentAt?: number;
  readonly task?: RunTask;
  /** How it ended, for whoever asks again. */
  readonly end?: 'created' | 'rejected' | 'superseded' | 'dry_run' | 'forgotten';
  readonly reason?: RunReason;
  readonly notBefore?: number;
  readonly parked?: boolean;
  readonly parkedByHand?: true;
  readonly settled?: boolean;
  /** The first look that did not find the object, unless a later one did. */
  readonly keyAbsentAt?: number;
  readonly prepared?: { readonly body?: PlannedTask['body']; readonly warnings: readonly string[] };
  readonly calls?: { readonly [Name in CallName]?: CallState };
  readonly createdAt?: number;
  readonly offsetReachedAt?: number;
  /** Its online task follows changes, and does not end by itself. */
  readonly steady?: true;
  readonly stuck?: boolean;
  /** The task's last status. */
  readonly status?: string;
  /** Further attempts that were made, oldest first: the first records of their runs. */
  readonly replays?: readonly Received[];
}

/** Code of a run that waits outside its lane until somebody stops the online migration of its target. */
export const IN_ONLINE_MIGRATION = 'target_in_online_migration';

/** Why a run waits though nothing is wrong. */
const IN_TURN = new Set(['queued', 'paused', 'over_budget', 'out_of_time', IN_ONLINE_MIGRATION]);

/** Does a run wait for its turn only? That may take long, and is no trouble. */
export function isInTurn({ code }: RunReason): boolean {
  return IN_TURN.has(code);
}

export function foldRun(records: readonly RunRecord[]): RunState {
  return records.reduce<RunState>((state, record, i) => applyRecord(state, record, i + 1), { lastClaim: 0 });
}

function applyRecord(state: RunState, record: RunRecord, position: number): RunState {
  // What an invocation that did not know writes after it changes nothing.
  if (state.end === 'forgotten' && record.type !== 'replayed') {
    return record.type === 'settled' ? { ...state, settled: true } : state;
  }
  const { claim, attempt, absentAt, notBefore, ...rest } = state;
  switch (record.type) {
    case 'void':
    case 'notified':
      return state;
    case 'received':
      return { ...state, received: record };
    case 'claimed':
      return { ...state, claim: { by: record.by, until: record.until }, lastClaim: position };
    case 'intent':
      return {
        ...rest,
        ...(claim ? { claim } : {}),
        attempt: { until: record.until },
        firstIntentAt: state.firstIntentAt ?? record.at,
      };
    case 'unknown':
      return { ...rest, ...(attempt ? { attempt } : {}), ...(absentAt ? { absentAt } : {}), reason: record.reason };
    case 'absent':
      return { ...state, absentAt: record.at };
    case 'waiting': {
      const { troubleSince = record.at, ...others } = rest;
      const waits = { ...others, reason: record.reason, notBefore: record.notBefore };
      return isInTurn(record.reason) ? waits : { ...waits, troubleSince };
    }
    case 'created':
    case 'adopted': {
      const { reason: _reason, parked: _parked, parkedByHand: _byHand, ...known } = rest;
      return { ...known, task: record.task, end: 'created', createdAt: state.createdAt ?? record.at };
    }
    case 'rejected':
    case 'superseded':
    case 'dry_run':
      return { ...rest, end: record.type, reason: record.reason };
    case 'key': {
      const { keyAbsentAt: _found, received, ...others } = state;
      return received ? { ...others, received: withKey(received, record) } : state;
    }
    case 'key_absent':
      return { ...state, keyAbsentAt: state.keyAbsentAt ?? record.at };
    case 'prepared': {
      const { troubleSince: _over, ...ready } = state;
      const { body, warnings } = record;
      return { ...ready, prepared: { ...(body ? { body } : {}), warnings } };
    }
    case 'call':
    case 'called':
    case 'call_absent':
    case 'call_waiting':
    case 'call_refused':
      return { ...state, calls: { ...state.calls, [record.call]: applyCall(state.calls?.[record.call], record) } };
    case 'offset_reached':
      return { ...state, offsetReachedAt: record.at };
    case 'offset_left': {
      const { offsetReachedAt: _left, ...others } = state;
      return others;
    }
    case 'steady':
      return { ...state, steady: true };
    case 'left_steady': {
      const { steady: _left, ...others } = state;
      return others;
    }
    case 'stuck':
      return { ...state, stuck: true };
    case 'parked':
      return {
        ...rest,
        ...(attempt ? { attempt } : {}),
        ...(absentAt ? { absentAt } : {}),
        parked: true,
        ...(record.byHand ? { parkedByHand: true } : {}),
        reason: record.reason,
      };
    case 'resumed': {
      // What was made before the create call, a backup, stays made.
      const { reason: _reason, parked: _parked, parkedByHand, firstIntentAt: _first, ...others } = rest;
      const { troubleSince: _trouble, ...open } = others;
      // Nobody said what became of an attempt: it is looked for again, and the deadline counts again.
      return parkedByHand && attempt ? { ...open, attempt, firstIntentAt: record.at } : open;
    }
    case 'forgotten': {
      const { parked: _parked, parkedByHand: _byHand, ...known } = rest;
      return { ...known, end: 'forgotten', reason: record.reason };
    }
    case 'replayed':
      return { ...state, replays: [...(state.replays ?? []), record.as] };
    case 'settled': {
      const { status, reason } = record;
      return { ...rest, settled: true, ...(status ? { status } : {}), ...(reason ? { reason } : {}) };
    }
  }
}

/** All that is said of a run is about the key that was found. */
export function withKey<R extends Received>(
  received: R,
  { key, warning }: { readonly key: string; readonly warning?: string },
): R {
  const { written, ...known } = received;
  const { given } = received;
  if (!written || given?.kind !== 'object') return received;
  const { written: _decided, ...object } = given;
  const isWritten = key === written.key;
  const chosen = isWritten ? written.planned : received.planned;
  const planned = chosen && warning !== undefined ? { ...chosen, warnings: [...chosen.warnings, warning] } : chosen;
  if (!isWritten) return { ...known, given: object, ...(planned ? { planned } : {}) } as R;
  const { bucket, key: decoded } = given;
  return {
    ...known,
    given: { ...object, key },
    planned,
    object: `${bucket}/${key}`,
    source: received.source.replace(`obs://${bucket}/${decoded}`, () => `obs://${bucket}/${key}`),
  } as R;
}

function applyCall(state: CallState | undefined, record: Extract<RunRecord, { readonly call: CallName }>): CallState {
  const { until } = state ?? { until: record.at };
  switch (record.type) {
    case 'call':
      return { until: record.until };
    case 'called':
      return { until, done: true, ...(record.id === undefined ? {} : { id: record.id }) };
    case 'call_absent':
      return { until, absentAt: record.at };
    case 'call_waiting':
      return { until, waiting: { reason: record.reason, notBefore: record.notBefore } };
    case 'call_refused':
      return { until, refused: record.reason };
  }
}

export type RunLog = AppendLog<RunRecord>;

export function runName(job: string, run: string): string {
  return `runs/${job}/${run}`;
}

const TYPES: Readonly<Record<RunRecord['type'], true>> = {
  received: true,
  prepared: true,
  key: true,
  key_absent: true,
  call: true,
  called: true,
  call_absent: true,
  call_waiting: true,
  call_refused: true,
  offset_reached: true,
  offset_left: true,
  steady: true,
  left_steady: true,
  stuck: true,
  claimed: true,
  intent: true,
  unknown: true,
  void: true,
  absent: true,
  waiting: true,
  created: true,
  adopted: true,
  rejected: true,
  superseded: true,
  parked: true,
  resumed: true,
  forgotten: true,
  replayed: true,
  notified: true,
  dry_run: true,
  settled: true,
};

/**
 * @throws {DamagedListError} when a line is not a record of a run; {LedgerError} when the list cannot be read; {OtherEnvironmentError}, here and
 *   whenever it is read again
 */
export async function openRunLog(
  { store, origin }: Pick<Ledger, 'store' | 'origin'>,
  job: string,
  run: string,
): Promise<RunLog> {
  const log = await AppendLog.open<RunRecord>(store, runName(job, run), origin);
  const unknown = log.records.find(({ type }) => !Object.hasOwn(TYPES, type));
  if (unknown) throw new DamagedListError(log.name, `record ${unknown.id} is of no type that a run knows`);
  return log;
}

/** The records of a run, for those who only read: whoever's they are. */
export async function readRunRecords(
  { store }: Pick<Ledger, 'store'>,
  job: string,
  run: string,
): Promise<readonly RunRecord[]> {
  return (await openRunLog({ store }, job, run)).records;
}
