import { CloudError } from '../../kernel/errors.ts';
import type { Action, PlannedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { DEFAULT_TASK_POLICIES, type TaskPolicies } from '../../migrations/task-policies.ts';
import { isOver, type TaskState } from '../../migrations/task-state.ts';
import type { AllServices } from '../../ports/services.ts';
import type { RunLog, RunState } from '../ledger/run-log.ts';
import { durationText } from '../report/duration-text.ts';
import type { RunReason, RunResult, RunTask } from '../report/run-result.ts';
import { type CallEnd, type CallLook, type ChangingCall, callOnce } from '../start/changing-call.ts';
import type { DetailBudget } from './detail-budget.ts';
import type { RecordedDeps } from './run-step.ts';
import { settleRun, stepOut } from './settle-run.ts';
import type { SeenTask, TaskSnapshot } from './task-snapshot.ts';
import { whyStopped } from './why-stopped.ts';

export interface FollowDeps extends RecordedDeps {
  readonly services: AllServices;
  readonly snapshot: TaskSnapshot;
  /** Progress and reasons cost calls of their own. */
  readonly details: DetailBudget;
  /** Is it this run's turn to have its progress read? */
  readonly isTurn: boolean;
}

interface Followed {
  readonly log: RunLog;
  readonly state: RunState;
  readonly action: Action;
  readonly planned: PlannedTask;
  readonly policies: TaskPolicies;
  readonly task: RunTask;
  readonly row: SeenTask;
  readonly taskState: TaskState;
  readonly settleMs: number;
  readonly deps: FollowDeps;
}

/**
 * Follows the task of a run: configures or starts it when it is ready, stops it when the job wishes so, says when it is stuck, and settles the
 * run when the task is over.
 *
 * Nothing is recorded for progress; only what changes is. Safe beside itself: each changing call is made once.
 *
 * @returns what is news; `undefined` when the task goes on
 */
export async function followRun(log: RunLog, state: RunState, deps: FollowDeps): Promise<RunResult | undefined> {
  const { received, task, absentAt } = state;
  const planned = received?.planned;
  if (!received || !planned || !task) {
    await settleRun(log, deps, { status: task?.status });
    return undefined;
  }
  const { settleMs } = received.policies;
  const row = await deps.snapshot.find(planned.kind, task.id);
  if (row === 'unreadable') return undefined;
  if (row === 'absent') return whenAbsent(log, state, { settleMs, task }, deps);
  // Found again: an earlier listing without it proves nothing any more.
  if (absentAt !== undefined) {
    await log.append({ ...deps.ledger.stamp(), type: 'adopted', task: { ...task, status: row.status } });
  }
  const action = ACTIONS[planned.kind];
  const taskState = action.stateOf(row.status);
  const policies = planned.policies ?? DEFAULT_TASK_POLICIES;
  const followed: Followed = { log, state, action, planned, policies, task, row, taskState, settleMs, deps };
  if (taskState === 'unknown') {
    deps.log.warn('the task is in a state that is not known; it counts as running', { status: row.status });
  }
  await sayWhenStuck(followed);
  if (isOver(taskState)) return end(followed);
  await noteSteady(followed);
  // Once it was told to stop, it is not set going.
  const isCancelled = state.calls?.cancel !== undefined && state.calls.cancel.refused === undefined;
  const refusal = isCancelled ? undefined : await setGoing(followed);
  if (refusal) return giveUp(followed, refusal);
  await lookCloser(followed);
  return leaveUnattended(followed);
}

async function whenAbsent(
  log: RunLog,
  { absentAt, calls }: RunState,
  { settleMs, task }: { settleMs: number; task: RunTask },
  deps: FollowDeps,
): Promise<RunResult | undefined> {
  const { ledger } = deps;
  if (absentAt === undefined) await log.append({ ...ledger.stamp(), type: 'absent' });
  if (absentAt === undefined || ledger.now() < absentAt + settleMs) return undefined;
  if (calls?.release) {
    // The answer to our own call was lost.
    return settleReleased(
      log,
      task,
      calls.configure?.refused ?? { code: 'task_failed', message: 'the task failed' },
      deps,
    );
  }
  const reason: RunReason = {
    code: 'task_gone',
    message: `task ${task.name} (${task.id}) is no longer there; somebody deleted it`,
  };
  deps.log.warn('the task is gone', { reason });
  // Found again meanwhile: then it is not gone.
  const isStillRight = (state: RunState) => state.absentAt === absentAt;
  if (!(await settleRun(log, deps, { status: 'gone', reason, isStillRight }))) return undefined;
  return { outcome: 'existing', task: { ...task, status: 'gone' }, reason };
}

/**
 * A task that waits for a person, with nothing for us to do. The run of an online task that somebody else configures is over for us. A server
 * task that somebody else starts is followed until its deadline; other runs do not wait for it, for they are refused while it is there.
 */
async function leaveUnattended(followed: Followed): Promise<RunResult | undefined> {
  const { log, state, task, row, deps } = followed;
  const until = leftTo(followed);
  if (until === undefined) return undefined;
  if (until === 'until_deadline' && state.stuck !== true) {
    await stepOut(log, deps);
    return undefined;
  }
  // Without a status: how it ends is not known, and not reported.
  if (!(await settleRun(log, deps))) return undefined;
  return { outcome: 'existing', task: { ...task, status: row.status } };
}

/** Others that want the target read here whether there is an end to wait for. A state that is not known does not tell. */
async function noteSteady({ log, state, action, taskState, deps }: Followed): Promise<void> {
  const isSteady = taskState === 'steady';
  if (!action.isIncremental || taskState === 'unknown' || isSteady === (state.steady ?? false)) return;
  await log.append({ ...deps.ledger.stamp(), type: isSteady ? 'steady' : 'left_steady' });
}

function leftTo({ action, planned, taskState }: Followed): ReturnType<NonNullable<Action['leftToOperator']>> {
  return action.leftToOperator?.(planned, taskState);
}

async function sayWhenStuck(followed: Followed): Promise<void> {
  const { log, state, policies, row, taskState, deps } = followed;
  if (state.stuck || isOver(taskState) || taskState === 'steady' || state.createdAt === undefined) return;
  if (deps.ledger.now() < state.createdAt + policies.deadlineMs) return;
  const known = taskState === 'unknown' ? `in the state ${row.status}, which is not known,` : row.status;
  const isLeft = leftTo(followed) === 'until_deadline';
  const next = isLeft ? 'nobody started it, and it is not followed any more' : 'it is still followed';
  const message = `the task is ${known} and not over after ${durationText(policies.deadlineMs)}; ${next}`;
  const reason: RunReason = { code: 'stuck', message };
  if (!(await log.append({ ...deps.ledger.stamp(), type: 'stuck', status: row.status, reason }))) return;
  deps.log.error('stuck', { reason });
}

/** Was a task set going that waited for it? A state that is not known does not tell. */
function lookAt({ row, taskState }: Followed): CallLook {
  if (taskState === 'ready') return { seen: 'not_done', at: row.at };
  if (taskState !== 'unknown') return { seen: 'done' };
  return { seen: 'unreadable', reason: { code: 'unknown_state', message: `the state ${row.status} is not known` } };
}

/** Says how far the task is, and stops an incremental migration that the job wants stopped. */
async function lookCloser(followed: Followed): Promise<void> {
  const { log, state, action, policies, task, row, taskState, deps } = followed;
  // A wish to stop depends on being looked at; the others can wait for their turn.
  const mustLook = policies.stopWhen !== undefined && taskState === 'steady';
  // It may have begun a new full copy.
  if (!mustLook && state.offsetReachedAt !== undefined)
    await log.append({ ...deps.ledger.stamp(), type: 'offset_left' });
  const { progressOf } = action;
  if (!progressOf || !(deps.isTurn || (mustLook && deps.details.take('stop')))) return;
  const progress = await readable(() => progressOf(deps.services, task.id), followed);
  if (!progress) return;
  deps.log.info('progress', { status: row.status, progress: progress.line });
  if (mustLook && progress.offset !== undefined) await stopWhenSmall(followed, progress.offset);
}

/** Stops when source and target have differed little enough for long enough, without a break that was seen. */
async function stopWhenSmall(followed: Followed, offset: number): Promise<void> {
  const { log, state, action, policies, task, row, deps } = followed;
  const { ledger } = deps;
  const wish = policies.stopWhen;
  if (!wish) return;
  if (offset > wish.offset) {
    if (state.offsetReachedAt !== undefined) await log.append({ ...ledger.stamp(), type: 'offset_left' });
    return;
  }
  if (state.offsetReachedAt === undefined) {
    await log.append({ ...ledger.stamp(), type: 'offset_reached' });
    return;
  }
  if (ledger.now() < state.offsetReachedAt + wish.forMs) return;
  await make(followed, {
    name: 'stop',
    byList: false,
    look: async () => ({ seen: 'not_done', at: row.at }),
    send: async () => {
      await action.stop(deps.services, task.id);
      return {};
    },
  });
}

async function make({ log, settleMs, deps }: Followed, call: ChangingCall): Promise<RunReason | undefined> {
  const made: CallEnd = await callOnce(log, call, settleMs, deps);
  if (made.end === 'pending') deps.log.info(`${call.name} is not done yet`, { reason: made.reason });
  return made.end === 'refused' ? made.reason : undefined;
}

/**
 * Configures or starts it. An earlier attempt may have been done after all, which the service then says by refusing the next: only a task that
 * is seen waiting after that is of no use.
 */
async function setGoing(followed: Followed): Promise<RunReason | undefined> {
  const { log, state, action, planned, task, row, taskState, deps } = followed;
  const call = action.activation?.(planned);
  if (!call || row.status.toUpperCase() === call.notWhile) return undefined;
  if (state.calls?.[call.name]?.refused && taskState !== 'ready') return undefined;
  const refusal = await make(followed, {
    name: call.name,
    byList: false,
    look: async () => lookAt(followed),
    send: async () => {
      await call.send(deps.services, task.id, deps.secret);
      return {};
    },
  });
  const tries = log.records.filter((record) => record.type === 'call' && record.call === call.name).length;
  return tries > 1 && !state.calls?.[call.name]?.refused ? undefined : refusal;
}

/** The task is made and can't be used: it is released, or reported with the command that releases it. */
async function giveUp(followed: Followed, refusal: RunReason): Promise<RunResult | undefined> {
  const { log, action, policies, task, row, deps } = followed;
  const released = await release(followed);
  if (released === 'pending') return undefined;
  if (released === 'done') return settleReleased(log, task, refusal, deps);
  const command = action.deleteCommand(task.id);
  const reason = { ...refusal, message: `${refusal.message}; its task is still there; release it with: ${command}` };
  deps.log.error('the task was created and cannot be used', { reason, onFailure: policies.onFailure });
  if (!(await settleRun(log, deps, { status: row.status, reason }))) return undefined;
  return { outcome: 'existing', task: { ...task, status: row.status }, reason };
}

async function settleReleased(
  log: RunLog,
  task: RunTask,
  refusal: RunReason,
  deps: FollowDeps,
): Promise<RunResult | undefined> {
  const reason = { ...refusal, message: `${refusal.message}; its task was released` };
  deps.log.error('the task was created and cannot be used', { reason, onFailure: 'release' });
  if (!(await settleRun(log, deps, { status: 'released', reason }))) return undefined;
  return { outcome: 'existing', task: { ...task, status: 'released' }, reason };
}

/** Gives back what the task holds, as its migration machine, where the job says so. */
async function release(followed: Followed): Promise<'done' | 'kept' | 'pending'> {
  const { log, action, policies, task, row, settleMs, deps } = followed;
  const { release: send } = action;
  if (!send || policies.onFailure !== 'release') return 'kept';
  const made = await callOnce(
    log,
    {
      name: 'release',
      byList: false,
      look: async () => ({ seen: 'not_done', at: row.at }),
      send: async () => {
        await send(deps.services, task.id);
        return {};
      },
    },
    settleMs,
    deps,
  );
  if (made.end === 'pending') return 'pending';
  return made.end === 'done' ? 'done' : 'kept';
}

async function end(followed: Followed): Promise<RunResult | undefined> {
  const { log, action, task, row, taskState, deps } = followed;
  if (taskState !== 'failed') {
    const why = taskState === 'stopped' ? whyStopped(row.status, followed.state) : undefined;
    if (!(await settleRun(log, deps, { status: row.status, reason: why }))) return undefined;
    return { outcome: 'existing', task: { ...task, status: row.status }, ...(why ? { reason: why } : {}) };
  }
  const message = await whyFailed(followed);
  if (message === undefined) {
    await stepOut(log, deps);
    return undefined;
  }
  const reason: RunReason = { code: 'task_failed', message };
  // What it holds stays until somebody gives it back.
  if (action.release) return giveUp(followed, reason);
  deps.log.error('the task failed', { reason });
  if (!(await settleRun(log, deps, { status: row.status, reason }))) return undefined;
  return { outcome: 'existing', task: { ...task, status: row.status }, reason };
}

/** `undefined` when there are no looks left: the next tick finds out. */
async function whyFailed(followed: Followed): Promise<string | undefined> {
  const { action, row, deps } = followed;
  if (!(deps.isTurn || deps.details.take('failed'))) return undefined;
  const said = (await readable(() => action.failureReason(deps.services, row), followed)) ?? row.errorMessage?.trim();
  return `the task ended as ${row.status}${said ? `: ${said}` : ', and the service does not say why'}`;
}

/** Details are for people: when they can't be read, the run goes on. */
async function readable<T>(read: () => Promise<T>, { deps }: Followed): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    deps.log.warn('the details of the task could not be read', { error });
    return undefined;
  }
}
