import type { Trigger } from '../../events/trigger.ts';
import type { Overlap } from '../../jobs/job.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import type { Notify, NotifyEvent } from '../../migrations/task-policies.ts';
import type { RunReason, RunTask } from '../report/run-result.ts';
import type { LogRecord } from './append-log.ts';
import type { LanePlace } from './target-lane.ts';

/** The format of the first record. A run of another version is left alone. */
export const RUN_VERSION = 2;

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
  /** From here a create call may have gone out, at the latest until then. `lane`: where the lane of its target ended when this run took its turn. */
  | (LogRecord & { readonly type: 'intent'; readonly until: number; readonly lane?: LanePlace })
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
  forgotten: true,
  replayed: true,
  notified: true,
  dry_run: true,
  settled: true,
};

/** Is it a record that a run has? */
export function isRunRecord(record: LogRecord): record is RunRecord {
  return Object.hasOwn(TYPES, (record as Partial<RunRecord>).type ?? '');
}

type NewOf<R> = R extends LogRecord ? Omit<R, keyof LogRecord> : never;

/** A record as it is decided on, before somebody stamps and writes it. */
export type NewRunRecord = NewOf<RunRecord>;
