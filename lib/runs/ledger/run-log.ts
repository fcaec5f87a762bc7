import type { Trigger } from '../../events/trigger.ts';
import type { Overlap } from '../../jobs/job.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import type { RunReason, RunTask } from '../run-result.ts';
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
  /** Absent when the run could not be planned; then `rejected` follows. */
  readonly planned?: PlannedTask;
  readonly policies: RunPolicies;
}

export type RunRecord =
  | ReceivedRecord
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
  | (LogRecord & { readonly type: 'rejected' | 'superseded' | 'parked'; readonly reason: RunReason })
  /** A person looked at a parked run: nothing was created, it is to be tried again. */
  | (LogRecord & { readonly type: 'resumed' })
  /** Nothing more is to be done. `status`: the task's last one. */
  | (LogRecord & { readonly type: 'settled'; readonly status?: string });

/** What the records say. */
export interface RunState {
  readonly received?: ReceivedRecord;
  /** Who handles it; look at `until`. */
  readonly claim?: { readonly by: string; readonly until: number };
  /** An attempt whose fate is not known, and when it is surely over. */
  readonly attempt?: { readonly until: number };
  readonly firstIntentAt?: number;
  readonly absentAt?: number;
  readonly task?: RunTask;
  /** How it ended, for whoever asks again. */
  readonly end?: 'created' | 'rejected' | 'superseded';
  readonly reason?: RunReason;
  readonly notBefore?: number;
  readonly parked?: boolean;
  readonly settled?: boolean;
}

export function foldRun(records: readonly RunRecord[]): RunState {
  return records.reduce<RunState>(applyRecord, {});
}

function applyRecord(state: RunState, record: RunRecord): RunState {
  const { claim, attempt, absentAt, notBefore, ...rest } = state;
  switch (record.type) {
    case 'void':
      return state;
    case 'received':
      return { ...state, received: record };
    case 'claimed':
      return { ...state, claim: { by: record.by, until: record.until } };
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
    case 'waiting':
      return { ...rest, reason: record.reason, notBefore: record.notBefore };
    case 'created':
    case 'adopted': {
      const { reason: _reason, parked: _parked, ...known } = rest;
      return { ...known, task: record.task, end: 'created' };
    }
    case 'rejected':
    case 'superseded':
      return { ...rest, end: record.type, reason: record.reason };
    case 'parked':
      return {
        ...rest,
        ...(attempt ? { attempt } : {}),
        ...(absentAt ? { absentAt } : {}),
        parked: true,
        reason: record.reason,
      };
    case 'resumed': {
      const { received } = state;
      return received ? { received } : {};
    }
    case 'settled':
      return { ...rest, settled: true };
  }
}

export type RunLog = AppendLog<RunRecord>;

export function runName(job: string, run: string): string {
  return `runs/${job}/${run}`;
}

export function openRunLog({ store }: Ledger, job: string, run: string): Promise<RunLog> {
  return AppendLog.open<RunRecord>(store, runName(job, run));
}
