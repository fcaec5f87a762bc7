import type { Action, PlannedTask, TaskProgress } from '../../migrations/action.ts';
import { DEFAULT_TASK_POLICIES, type TaskPolicies } from '../../migrations/task-policies.ts';
import { isOver, type TaskState } from '../../migrations/task-state.ts';
import { MAX_CLOCK_DIFFERENCE_MS } from '../ledger/lease.ts';
import type { CallName, NewRunRecord } from '../ledger/run-record.ts';
import type { RunState } from '../ledger/run-state.ts';
import { durationText } from '../report/duration-text.ts';
import type { RunReason, RunResult, RunTask } from '../report/run-result.ts';
import type { CallEnd } from '../start/changing-call.ts';
import { stopReason } from './stop-reason.ts';
import type { SeenTask } from './task-snapshot.ts';

/** A run whose task exists. */
export interface Followed {
  readonly state: RunState;
  readonly planned: PlannedTask;
  readonly task: RunTask;
  readonly action: Action;
  readonly settleMs: number;
}

/** The result of a call in this pass. `wasRefused`: it had been recorded as refused before. */
export interface CallFact {
  readonly end: CallEnd;
  readonly tries: number;
  readonly wasRefused: boolean;
}

/** What a pass knows besides the run's records. */
export interface FollowFacts {
  /** ms since 1970. */
  readonly now: number;
  readonly row: SeenTask | 'absent' | 'unreadable';
  /** Calls made in this pass. */
  readonly calls: { readonly [Name in CallName]?: CallFact };
  /** Why the task failed; `later`: no detail requests are left in this tick. */
  readonly why?: { readonly reason: string | undefined } | 'later';
  /** `none`: the service has no figures, or no detail requests are left in this tick. */
  readonly progress?: TaskProgress | 'none';
}

interface LogLine {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type FollowDecision =
  /** Nothing more to do in this tick. */
  | { readonly do: 'end' }
  | { readonly do: 'record'; readonly records: readonly NewRunRecord[]; readonly logLine?: LogLine }
  | { readonly do: 'learn'; readonly fact: 'why' | 'progress'; readonly isUrgent: boolean }
  | { readonly do: 'call'; readonly name: 'configure' | 'start' | 'stop' | 'release' }
  /** Leave the lane: other runs need not wait for this one, but it is still followed. */
  | { readonly do: 'leave' }
  /** `isGone`: only if the task has not been seen again since. Without a `result`, nothing is returned or reported. */
  | {
      readonly do: 'settle';
      readonly status?: string;
      readonly reason?: RunReason;
      readonly isGone?: true;
      readonly result?: RunResult;
      readonly logLine?: LogLine;
    };

const END: FollowDecision = { do: 'end' };

/** The task as seen by one decision. */
interface Seen extends Followed {
  readonly row: SeenTask;
  readonly taskState: TaskState;
  readonly policies: TaskPolicies;
}

type Step = (seen: Seen, facts: FollowFacts) => FollowDecision | undefined;

const STEPS: readonly Step[] = [
  clearAbsence,
  reportIfStuck,
  endWhenOver,
  recordSteady,
  activate,
  watchProgress,
  leaveUnattended,
];

/**
 * Decides the next action for a run whose task exists: configure or start the task when it is ready, stop it when the job wants that, report it when
 * it is stuck, and settle the run when the task is over. Pure.
 */
export function decideFollow(followed: Followed, facts: FollowFacts): FollowDecision {
  const { row } = facts;
  if (row === 'unreadable') return END;
  if (row === 'absent') return whenAbsent(followed, facts);
  const { action, planned } = followed;
  const policies = planned.policies ?? DEFAULT_TASK_POLICIES;
  const seen: Seen = { ...followed, row, taskState: action.stateOf(row.status), policies };
  for (const step of STEPS) {
    const decision = step(seen, facts);
    if (decision) return decision;
  }
  return END;
}

function whenAbsent({ state, task, settleMs }: Followed, { now }: FollowFacts): FollowDecision {
  const { absentAt, calls } = state;
  if (absentAt === undefined) return { do: 'record', records: [{ type: 'absent' }] };
  if (now < absentAt + settleMs + MAX_CLOCK_DIFFERENCE_MS) return END;
  // The response to our own call was lost.
  if (calls?.release) {
    return released(task, calls.configure?.refused ?? { code: 'task_failed', message: 'the task failed' });
  }
  const reason: RunReason = {
    code: 'task_gone',
    message: `task ${task.name} (${task.id}) no longer exists; somebody deleted it`,
  };
  const result: RunResult = { outcome: 'existing', task: { ...task, status: 'gone' }, reason };
  const logLine = { message: 'the task is gone', fields: { reason } };
  return { do: 'settle', status: 'gone', reason, isGone: true, result, logLine };
}

/** The task is listed again, so an earlier listing without it proves nothing. */
function clearAbsence({ state, task, row }: Seen): FollowDecision | undefined {
  if (state.absentAt === undefined) return undefined;
  return { do: 'record', records: [{ type: 'adopted', task: { ...task, status: row.status } }] };
}

function reportIfStuck({ state, policies, row, taskState, ...followed }: Seen, { now }: FollowFacts) {
  const isWaitedFor = !isOver(taskState) && taskState !== 'steady';
  const isDue = state.createdAt !== undefined && now >= state.createdAt + policies.deadlineMs;
  if (state.stuck || !isWaitedFor || !isDue) return undefined;
  const known = taskState === 'unknown' ? `in the unknown state ${row.status}` : row.status;
  const isLeft = leftTo({ ...followed, taskState }) === 'until_deadline';
  const next = isLeft ? 'nobody started it, and it is no longer followed' : 'it is still followed';
  const message = `the task is ${known} and not over after ${durationText(policies.deadlineMs)}; ${next}`;
  const reason: RunReason = { code: 'stuck', message };
  const record: NewRunRecord = { type: 'stuck', status: row.status, reason };
  return { do: 'record', records: [record], logLine: { message: 'stuck', fields: { reason } } } as const;
}

function endWhenOver(seen: Seen, facts: FollowFacts): FollowDecision | undefined {
  const { state, task, action, row, taskState } = seen;
  if (!isOver(taskState)) return undefined;
  const { status } = row;
  if (taskState !== 'failed') {
    const why = taskState === 'stopped' ? stopReason(status, state) : undefined;
    const reason = why ? { reason: why } : {};
    return { do: 'settle', status, ...reason, result: { outcome: 'existing', task: { ...task, status }, ...reason } };
  }
  const { why } = facts;
  if (why === undefined) return { do: 'learn', fact: 'why', isUrgent: true };
  // The next tick finds out.
  if (why === 'later') return { do: 'leave' };
  const message = `the task ended as ${status}${why.reason ? `: ${why.reason}` : ', and the service does not say why'}`;
  const reason: RunReason = { code: 'task_failed', message };
  // Its resources stay allocated until somebody releases them.
  if (action.release) return giveUp(seen, facts, reason);
  const result: RunResult = { outcome: 'existing', task: { ...task, status }, reason };
  return { do: 'settle', status, reason, result, logLine: { message: 'the task failed', fields: { reason } } };
}

/** Records whether the task ends by itself; runs that want the same target read this. An unknown state changes nothing. */
function recordSteady({ state, action, taskState }: Seen): FollowDecision | undefined {
  const isSteady = taskState === 'steady';
  if (!action.isIncremental || taskState === 'unknown' || isSteady === (state.steady ?? false)) return undefined;
  return { do: 'record', records: [{ type: isSteady ? 'steady' : 'left_steady' }] };
}

/**
 * Configures or starts the task. If an earlier attempt succeeded after all, the service refuses the next one. So a task counts as unusable only if it
 * is still waiting after a refusal.
 */
function activate(seen: Seen, facts: FollowFacts): FollowDecision | undefined {
  const { state, action, planned, row, taskState } = seen;
  const { calls } = state;
  // A task that was told to stop is not started.
  const isCancelled = calls?.cancel !== undefined && calls.cancel.refused === undefined;
  const call = isCancelled ? undefined : action.activation?.(planned);
  if (!call || row.status.toUpperCase() === call.notWhile) return undefined;
  const made = facts.calls[call.name];
  if (!made) {
    const isUseless = calls?.[call.name]?.refused !== undefined && taskState !== 'ready';
    return isUseless || calls?.[call.name]?.done ? undefined : { do: 'call', name: call.name };
  }
  if (made.end.end !== 'refused' || (made.tries > 1 && !made.wasRefused)) return undefined;
  return giveUp(seen, facts, made.end.reason);
}

/** The task was created but can't be used: release it, or report it with the command that releases it. */
function giveUp({ action, policies, task, row }: Seen, { calls }: FollowFacts, refusal: RunReason): FollowDecision {
  if (action.release && policies.onFailure === 'release') {
    const made = calls.release?.end;
    if (!made) return { do: 'call', name: 'release' };
    if (made.end === 'pending') return END;
    if (made.end === 'done') return released(task, refusal);
  }
  const command = action.deleteCommand(task.id);
  const reason = { ...refusal, message: `${refusal.message}; its task still exists; release it with: ${command}` };
  const { status } = row;
  const logLine = unusable(reason, policies.onFailure);
  return { do: 'settle', status, reason, result: { outcome: 'existing', task: { ...task, status }, reason }, logLine };
}

function released(task: RunTask, refusal: RunReason): FollowDecision {
  const reason = { ...refusal, message: `${refusal.message}; its task was released` };
  const status = 'released';
  const result: RunResult = { outcome: 'existing', task: { ...task, status }, reason };
  return { do: 'settle', status, reason, result, logLine: unusable(reason, 'release') };
}

function unusable(reason: RunReason, onFailure: TaskPolicies['onFailure']): LogLine {
  return { message: 'the task was created and cannot be used', fields: { reason, onFailure } };
}

/** Logs the progress of the task, and stops an incremental migration when the job's `stop_when` is met. */
function watchProgress(seen: Seen, facts: FollowFacts): FollowDecision | undefined {
  const { state, action, policies, taskState } = seen;
  // `stop_when` depends on the progress; other tasks can wait for their turn.
  const mustLook = policies.stopWhen !== undefined && taskState === 'steady';
  // The task may have started a new full copy.
  if (!mustLook && state.offsetReachedAt !== undefined) return { do: 'record', records: [{ type: 'offset_left' }] };
  if (!action.progressOf) return undefined;
  if (facts.progress === undefined) return { do: 'learn', fact: 'progress', isUrgent: mustLook };
  if (!mustLook || facts.progress === 'none' || facts.progress.offset === undefined) return undefined;
  return stopWhenSmall(seen, facts, facts.progress.offset);
}

/** Stops when the difference between source and target stayed small enough for long enough in every observation. */
function stopWhenSmall({ state, policies }: Seen, { now, calls }: FollowFacts, offset: number) {
  const { offsetReachedAt } = state;
  const wish = policies.stopWhen;
  if (!wish) return undefined;
  if (offset > wish.offset) {
    return offsetReachedAt === undefined ? undefined : ({ do: 'record', records: [{ type: 'offset_left' }] } as const);
  }
  if (offsetReachedAt === undefined) return { do: 'record', records: [{ type: 'offset_reached' }] } as const;
  if (now < offsetReachedAt + wish.forMs || calls.stop) return undefined;
  return { do: 'call', name: 'stop' } as const;
}

/**
 * A task that waits for an operator, with nothing for us to do. The run of an online task that an operator configures is settled. A server task that
 * an operator starts is followed until its deadline. Other runs do not wait for it: they are refused while it exists.
 */
function leaveUnattended(seen: Seen): FollowDecision | undefined {
  const until = leftTo(seen);
  if (until === undefined) return undefined;
  if (until === 'until_deadline' && seen.state.stuck !== true) return { do: 'leave' };
  const { task, row } = seen;
  // No status: how the task ends is unknown and not reported.
  return { do: 'settle', result: { outcome: 'existing', task: { ...task, status: row.status } } };
}

function leftTo({ action, planned, taskState }: Pick<Seen, 'action' | 'planned' | 'taskState'>) {
  return action.leftToOperator?.(planned, taskState);
}
