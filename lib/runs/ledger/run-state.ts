import type { PlannedTask } from '../../migrations/action.ts';
import type { RunReason, RunTask } from '../report/run-result.ts';
import type { CallName, Received, ReceivedRecord, RunRecord } from './run-record.ts';
import type { LanePlace } from './target-lane.ts';

/** The state of a call. */
export interface CallState {
  readonly until: number;
  readonly absentAt?: number;
  readonly done?: true;
  readonly id?: string;
  readonly refused?: RunReason;
  /** Definitely not done. */
  readonly waiting?: { readonly reason: RunReason; readonly notBefore: number };
}

/** The state of a run, folded from its records. */
export interface RunState {
  readonly received?: ReceivedRecord;
  /** Who handles the run, until `until`. */
  readonly claim?: { readonly by: string; readonly until: number };
  /** Who wrote the newest claim, expired or not. */
  readonly claimant?: string;
  /** The position of the newest claim, counted in records from 1; 0 if the run was never claimed. Later claims have higher positions. */
  readonly lastClaim: number;
  /** An attempt whose result is unknown, and when it is certainly over. */
  readonly attempt?: { readonly until: number };
  readonly firstIntentAt?: number;
  /** Where its target's lane ended when the run took its turn for the last attempt. */
  readonly lane?: LanePlace;
  /** Since when it can't be prepared or created, for reasons other than waiting for its turn. */
  readonly troubleSince?: number;
  readonly absentAt?: number;
  readonly task?: RunTask;
  /** How the run ended. */
  readonly end?: 'created' | 'rejected' | 'superseded' | 'dry_run' | 'forgotten';
  readonly reason?: RunReason;
  readonly notBefore?: number;
  readonly parked?: boolean;
  readonly parkedByHand?: true;
  readonly settled?: boolean;
  /** An operator lets it start beyond its job's budget. */
  readonly runNow?: true;
  /** The first lookup that did not find the object, unless a later one did. */
  readonly keyAbsentAt?: number;
  readonly prepared?: { readonly body?: PlannedTask['body']; readonly warnings: readonly string[] };
  readonly calls?: { readonly [Name in CallName]?: CallState };
  readonly createdAt?: number;
  readonly offsetReachedAt?: number;
  /** Its online task replicates changes and does not end by itself. */
  readonly steady?: true;
  readonly stuck?: boolean;
  /** The task's last status. */
  readonly status?: string;
  /** Replays of the run, oldest first: the first records of their runs. */
  readonly replays?: readonly Received[];
}

/** Code of a run that waits outside its lane until the online migration of its target is stopped. */
export const IN_ONLINE_MIGRATION = 'target_in_online_migration';

/** Codes of waits in normal operation. */
const ROUTINE_WAITS = new Set(['queued', 'paused', 'over_budget', 'out_of_time', IN_ONLINE_MIGRATION]);

/** Whether a run waits in normal operation, for example for its turn. That may take long and is not a problem. */
export function isRoutineWait({ code }: RunReason): boolean {
  return ROUTINE_WAITS.has(code);
}

const NOTHING: RunState = { lastClaim: 0 };

/** @param before the state and number of the records before these */
export function foldRun(
  records: readonly RunRecord[],
  before: { readonly state: RunState; readonly count: number } = { state: NOTHING, count: 0 },
): RunState {
  return records.reduce((state, record, i) => applyRecord(state, record, before.count + i + 1), before.state);
}

function applyRecord(state: RunState, record: RunRecord, position: number): RunState {
  // Later records of an invocation that did not know about it are ignored.
  if (state.end === 'forgotten' && record.type !== 'replayed') {
    return record.type === 'settled' ? { ...state, settled: true } : state;
  }
  switch (record.type) {
    case 'void':
    case 'notified':
      return state;
    case 'received':
      return { ...state, received: record };
    case 'claimed':
      return { ...state, claim: { by: record.by, until: record.until }, claimant: record.by, lastClaim: position };
    case 'run_now': {
      const { notBefore: _waited, ...others } = state;
      return { ...others, runNow: true };
    }
    case 'replayed':
      return { ...state, replays: [...(state.replays ?? []), record.as] };
    case 'call':
    case 'called':
    case 'call_absent':
    case 'call_waiting':
    case 'call_refused':
      return { ...state, calls: { ...state.calls, [record.call]: applyCall(state.calls?.[record.call], record) } };
    case 'key':
    case 'key_absent':
    case 'prepared':
      return applyFinding(state, record);
    case 'offset_reached':
    case 'offset_left':
    case 'steady':
    case 'left_steady':
    case 'stuck':
      return applyProgress(state, record);
    default:
      return applyStep(state, record);
  }
}

type Of<Type extends RunRecord['type']> = Extract<RunRecord, { readonly type: Type }>;

/** Applies what was found out before the create call. */
function applyFinding(state: RunState, record: Of<'key' | 'key_absent' | 'prepared'>): RunState {
  switch (record.type) {
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
  }
}

/** Applies the progress of the task. */
function applyProgress(
  state: RunState,
  record: Of<'offset_reached' | 'offset_left' | 'steady' | 'left_steady' | 'stuck'>,
): RunState {
  switch (record.type) {
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
  }
}

type StepType =
  | 'intent'
  | 'unknown'
  | 'absent'
  | 'waiting'
  | 'created'
  | 'adopted'
  | 'rejected'
  | 'superseded'
  | 'dry_run'
  | 'parked'
  | 'resumed'
  | 'forgotten'
  | 'settled';

/** Applies a step of the run: most steps end the current claim, attempt or wait. */
function applyStep(state: RunState, record: Of<StepType>): RunState {
  const { claim, attempt, absentAt, notBefore: _waited, ...rest } = state;
  const kept = { ...(attempt ? { attempt } : {}), ...(absentAt ? { absentAt } : {}) };
  switch (record.type) {
    case 'intent': {
      // A run recorded as waiting has a claim that was over at once: nobody else handles it while its call is under way.
      const { by, until } = record;
      const handled = claim ?? (state.claimant === by ? { by, until } : undefined);
      return { ...rest, ...(handled ? { claim: handled } : {}), ...begunAttempt(state, record) };
    }
    case 'unknown':
      return { ...rest, ...kept, reason: record.reason };
    case 'absent':
      return { ...state, absentAt: record.at };
    case 'waiting':
      return applyWaiting(rest, record);
    case 'created':
    case 'adopted': {
      const { reason: _reason, parked: _parked, parkedByHand: _byHand, ...known } = rest;
      return { ...known, task: record.task, end: 'created', createdAt: state.createdAt ?? record.at };
    }
    case 'rejected':
    case 'superseded':
    case 'dry_run':
      return { ...rest, end: record.type, reason: record.reason };
    case 'parked':
      return {
        ...rest,
        ...kept,
        parked: true,
        ...(record.byHand ? { parkedByHand: true } : {}),
        reason: record.reason,
      };
    case 'resumed':
      return applyResumed(rest, attempt, record.at);
    case 'forgotten': {
      const { parked: _parked, parkedByHand: _byHand, ...known } = rest;
      return { ...known, end: 'forgotten', reason: record.reason };
    }
    case 'settled': {
      const { status, reason } = record;
      return { ...rest, settled: true, ...(status ? { status } : {}), ...(reason ? { reason } : {}) };
    }
  }
}

function begunAttempt(
  { firstIntentAt }: RunState,
  { until, at, lane }: Of<'intent'>,
): Pick<RunState, 'attempt' | 'firstIntentAt' | 'lane'> {
  return { attempt: { until }, firstIntentAt: firstIntentAt ?? at, ...(lane ? { lane } : {}) };
}

function applyWaiting(rest: RunState, { at, reason, notBefore }: Of<'waiting'>): RunState {
  const { troubleSince = at, ...others } = rest;
  const waits = { ...others, reason, notBefore };
  return isRoutineWait(reason) ? waits : { ...waits, troubleSince };
}

/** Backups made before the create call are kept. */
function applyResumed(rest: RunState, attempt: RunState['attempt'], at: number): RunState {
  const { reason: _reason, parked: _parked, parkedByHand, firstIntentAt: _first, ...others } = rest;
  const { troubleSince: _trouble, ...open } = others;
  // The result of the attempt is still unknown: it is looked for again, and the deadline starts again.
  return parkedByHand && attempt ? { ...open, attempt, firstIntentAt: at } : open;
}

/** Applies the key that was found to all fields of the run. */
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
