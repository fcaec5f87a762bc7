import type { Trigger } from '../../events/trigger.ts';
import type { Overlap } from '../../jobs/job.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import type { Notify, NotifyEvent } from '../../migrations/task-policies.ts';
import type { RunReason, RunTask } from '../report/run-result.ts';
import type { LogRecord } from './append-log.ts';
import type { LanePlace } from './target-lane.ts';

/** The format version of the first record. Runs with another version are not touched. */
export const RUN_VERSION = 2;

/** The policies of a run, from its first record to its last, regardless of later changes to `migrations.yml`. */
export interface RunPolicies {
  readonly overlap: Overlap;
  readonly limit: { readonly runs: number; readonly perMs: number };
  /** How long a created task may take to appear in a list. */
  readonly settleMs: number;
  /** A run whose result stays unknown for this long is parked. */
  readonly deadlineMs: number;
  /** Who is notified of which events; absent: nobody. */
  readonly notify?: Notify;
}

export interface ReceivedRecord extends LogRecord {
  readonly type: 'received';
  readonly v: number;
  readonly job: string;
  readonly run: string;
  readonly trigger: Trigger['kind'];
  /** What triggered the run, as text for people: the object's path, the timer's name, the request's id. */
  readonly source: string;
  /** Planned or object time, ms since 1970: the order within a lane. */
  readonly order: number;
  /** The object whose versions must be imported in order. */
  readonly object?: string;
  /** Hash of the caller's request; the same occurrence with another hash is refused. Absent without a caller. */
  readonly contentHash?: string;
  /** The complete trigger, so that the run can be replayed. Absent in records from before replays existed. */
  readonly given?: Trigger;
  /** The run that this one replays. */
  readonly replayOf?: string;
  /** Absent when the run could not be planned; then `rejected` follows. */
  readonly planned?: PlannedTask;
  /**
   * The other possible key of the object, if the event is ambiguous; `planned` and the other fields use the decoded key. Removed once a `key` record
   * decides.
   */
  readonly written?: WrittenKey;
  readonly policies: RunPolicies;
}

/** The key exactly as written in the event. */
export interface WrittenKey {
  readonly key: string;
  /** The task if this is the right key. */
  readonly planned: PlannedTask;
}

/** The first record before it is stamped and written. */
export type Received = Omit<ReceivedRecord, keyof LogRecord | 'type' | 'v'>;

/** Changing calls other than the create call. */
const CALLS = ['copy_backup', 'backup_target', 'configure', 'start', 'stop', 'cancel', 'release'] as const;
export type CallName = (typeof CALLS)[number];

export type RunRecord =
  | ReceivedRecord
  /** What was found out before the create call, and the body it will send; without `body`, the planned one. */
  | (LogRecord & {
      readonly type: 'prepared';
      readonly body?: PlannedTask['body'];
      readonly warnings: readonly string[];
    })
  /** The object has this key: it was found, or no lookup is wanted. */
  | (LogRecord & { readonly type: 'key'; readonly key: string; readonly warning?: string })
  /** The object was not found in the bucket. */
  | (LogRecord & { readonly type: 'key_absent' })
  /** From here on this call may have been sent, until `until` at the latest. */
  | (LogRecord & { readonly type: 'call'; readonly call: CallName; readonly until: number })
  /** The call succeeded. `id`: of what it created. */
  | (LogRecord & { readonly type: 'called'; readonly call: CallName; readonly id?: string })
  /** What the call creates was not found. */
  | (LogRecord & { readonly type: 'call_absent'; readonly call: CallName })
  /** Definitely not done; no retry before `notBefore`. */
  | (LogRecord & {
      readonly type: 'call_waiting';
      readonly call: CallName;
      readonly reason: RunReason;
      readonly notBefore: number;
    })
  /** Refused permanently. */
  | (LogRecord & { readonly type: 'call_refused'; readonly call: CallName; readonly reason: RunReason })
  /** The difference between source and target of an incremental migration is small enough to stop, or no longer. */
  | (LogRecord & { readonly type: 'offset_reached' | 'offset_left' })
  /** The online task has copied everything and replicates changes until it is stopped, or no longer does. */
  | (LogRecord & { readonly type: 'steady' | 'left_steady' })
  /** The task has not finished by its deadline, and has this status. */
  | (LogRecord & { readonly type: 'stuck'; readonly status: string; readonly reason: RunReason })
  /** An invocation handles the run until `until`. */
  | (LogRecord & { readonly type: 'claimed'; readonly until: number })
  /**
   * From here on a create call may have been sent, until `until` at the latest. `lane`: where the lane of its target ended when this run took its
   * turn.
   */
  | (LogRecord & { readonly type: 'intent'; readonly until: number; readonly lane?: LanePlace })
  /** The result of the create call is unknown. */
  | (LogRecord & { readonly type: 'unknown'; readonly reason: RunReason })
  /** A marker existed for a long time without a run: see `forgetOrphan`. */
  | (LogRecord & { readonly type: 'void' })
  /** A complete listing after the last attempt, or after the task was known, did not contain the task. */
  | (LogRecord & { readonly type: 'absent' })
  /** Definitely nothing was created; no retry before `notBefore`. */
  | (LogRecord & { readonly type: 'waiting'; readonly reason: RunReason; readonly notBefore: number })
  | (LogRecord & { readonly type: 'created' | 'adopted'; readonly task: RunTask })
  | (LogRecord & { readonly type: 'rejected' | 'superseded'; readonly reason: RunReason })
  /** Waits for an operator. `byHand`: parked by an operator, and nothing is looked up. */
  | (LogRecord & { readonly type: 'parked'; readonly reason: RunReason; readonly byHand?: true })
  /** An operator lets a parked run continue: nothing was created, or, if an operator parked it, it continues from where it was. */
  | (LogRecord & { readonly type: 'resumed' })
  /** An operator lets the run start although its job's budget is used up. */
  | (LogRecord & { readonly type: 'run_now'; readonly reason: RunReason })
  /** An operator ended following the run. Final, whatever happens to its task. */
  | (LogRecord & { readonly type: 'forgotten'; readonly reason: RunReason })
  /** The run is replayed as a new run; `as` is that run's first record. */
  | (LogRecord & { readonly type: 'replayed'; readonly as: Received })
  /** A report was sent; `messageId` is SMN's. */
  | (LogRecord & { readonly type: 'notified'; readonly event: NotifyEvent; readonly messageId: string })
  /** Everything was checked and nothing was sent, because the job has `dry_run`. */
  | (LogRecord & { readonly type: 'dry_run'; readonly reason: RunReason })
  /** Nothing is left to do. `status`: the task's last status; `reason`: why it failed. */
  | (LogRecord & { readonly type: 'settled'; readonly status?: string; readonly reason?: RunReason });

/** Every type of record. */
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
  run_now: true,
  forgotten: true,
  replayed: true,
  notified: true,
  dry_run: true,
  settled: true,
};

/** Whether this is a run record. */
export function isRunRecord(record: LogRecord): record is RunRecord {
  return Object.hasOwn(TYPES, (record as Partial<RunRecord>).type ?? '');
}

type NewOf<R> = R extends LogRecord ? Omit<R, keyof LogRecord> : never;

/** A record before it is stamped and written. */
export type NewRunRecord = NewOf<RunRecord>;
