import { CloudError } from '../../kernel/errors.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { resolveSecrets } from '../../migrations/resolve-secrets.ts';
import { DEFAULT_TASK_POLICIES, type TaskPolicies } from '../../migrations/task-policies.ts';
import { dcsFailure, dcsProgress, smsFailure, smsProgress } from '../../migrations/task-progress.ts';
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
  const taskState = ACTIONS[planned.kind].stateOf(row.status);
  const policies = planned.policies ?? DEFAULT_TASK_POLICIES;
  const followed: Followed = { log, state, planned, policies, task, row, taskState, settleMs, deps };
  if (taskState === 'unknown') {
    deps.log.warn('the task is in a state that is not known; it counts as running', { status: row.status });
  }
  await sayWhenStuck(followed);
  if (isOver(taskState)) return end(followed);
  await noteSteady(followed);
  // Once it was told to stop, it is not set going.
  const isCancelled = state.calls?.cancel !== undefined && state.calls.cancel.refused === undefined;
  const refusal = isCancelled ? undefined : ((await configure(followed)) ?? (await start(followed)));
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
  const { log, state, planned, task, row, taskState, deps } = followed;
  if (planned.kind === 'online_migration' ? planned.configure : !isLeftReady(followed)) return undefined;
  const isOverForUs = planned.kind === 'online_migration' || state.stuck === true;
  if (!isOverForUs) {
    if (taskState === 'ready') await stepOut(log, deps);
    return undefined;
  }
  // Without a status: how it ends is not known, and not reported.
  if (!(await settleRun(log, deps))) return undefined;
  return { outcome: 'existing', task: { ...task, status: row.status } };
}

/** Others that want the target read here whether there is an end to wait for. A state that is not known does not tell. */
async function noteSteady({ log, state, planned, taskState, deps }: Followed): Promise<void> {
  const isSteady = taskState === 'steady';
  if (planned.kind !== 'online_migration' || taskState === 'unknown' || isSteady === (state.steady ?? false)) return;
  await log.append({ ...deps.ledger.stamp(), type: isSteady ? 'steady' : 'left_steady' });
}

function isLeftReady({ planned, taskState }: Followed): boolean {
  return planned.kind === 'server_migration' && !planned.start && !planned.body['auto_start'] && taskState === 'ready';
}

async function sayWhenStuck(followed: Followed): Promise<void> {
  const { log, state, policies, row, taskState, deps } = followed;
  if (state.stuck || isOver(taskState) || taskState === 'steady' || state.createdAt === undefined) return;
  if (deps.ledger.now() < state.createdAt + policies.deadlineMs) return;
  const known = taskState === 'unknown' ? `in the state ${row.status}, which is not known,` : row.status;
  const next = isLeftReady(followed) ? 'nobody started it, and it is not followed any more' : 'it is still followed';
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

/** SetOnlineMigrationTask, only while the task is `RUNNING` (waiting to be configured). */
function configure(followed: Followed): Promise<RunReason | undefined> {
  const { planned, task, row, deps } = followed;
  const body = planned.configure;
  if (!body || row.status.toUpperCase() === 'CREATING') return Promise.resolve(undefined);
  return setGoing(followed, {
    name: 'configure',
    send: async () => {
      await (await deps.services.dcsFollow()).setOnlineMigrationTask(task.id, resolveSecrets(body, deps.secret));
      return {};
    },
  });
}

/** UpdateTaskStatus `start`, only from `READY`. */
function start(followed: Followed): Promise<RunReason | undefined> {
  const { planned, task, deps } = followed;
  if (!planned.start) return Promise.resolve(undefined);
  return setGoing(followed, {
    name: 'start',
    send: async () => {
      await (await deps.services.smsFollow()).updateTaskStatus(task.id, 'start');
      return {};
    },
  });
}

/** Says how far the task is, and stops an incremental migration that the job wants stopped. */
async function lookCloser(followed: Followed): Promise<void> {
  const { log, state, planned, policies, task, row, taskState, deps } = followed;
  // A wish to stop depends on being looked at; the others can wait for their turn.
  const mustLook = policies.stopWhen !== undefined && taskState === 'steady';
  // It may have begun a new full copy.
  if (!mustLook && state.offsetReachedAt !== undefined)
    await log.append({ ...deps.ledger.stamp(), type: 'offset_left' });
  if (planned.kind === 'backup_import' || !(deps.isTurn || (mustLook && deps.details.take('stop')))) return;
  if (planned.kind === 'server_migration') {
    const detail = await readable(async () => (await deps.services.smsFollow()).showTask(task.id), followed);
    if (detail) deps.log.info('progress', { status: row.status, progress: smsProgress(detail) });
    return;
  }
  const stats = await readable(async () => (await deps.services.dcsFollow()).showStats(task.id), followed);
  if (!stats) return;
  deps.log.info('progress', { status: row.status, progress: dcsProgress(stats) });
  if (mustLook && stats.offset !== undefined) await stopWhenSmall(followed, stats.offset);
}

/** Stops when source and target have differed little enough for long enough, without a break that was seen. */
async function stopWhenSmall(followed: Followed, offset: number): Promise<void> {
  const { log, state, policies, task, row, deps } = followed;
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
      await (await deps.services.dcsFollow()).stopTask(task.id);
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
async function setGoing(followed: Followed, call: Pick<ChangingCall, 'name' | 'send'>): Promise<RunReason | undefined> {
  const { log, state, taskState } = followed;
  if (state.calls?.[call.name]?.refused && taskState !== 'ready') return undefined;
  const refusal = await make(followed, { ...call, byList: false, look: async () => lookAt(followed) });
  const tries = log.records.filter((record) => record.type === 'call' && record.call === call.name).length;
  return tries > 1 && !state.calls?.[call.name]?.refused ? undefined : refusal;
}

/** The task is made and can't be used: it is released, or reported with the command that releases it. */
async function giveUp(followed: Followed, refusal: RunReason): Promise<RunResult | undefined> {
  const { log, planned, policies, task, row, deps } = followed;
  const released = await release(followed);
  if (released === 'pending') return undefined;
  if (released === 'done') return settleReleased(log, task, refusal, deps);
  const isOnline = planned.kind === 'online_migration';
  const command = isOnline
    ? `hcloud DCS DeleteMigrationTask --task_id_list.1=${task.id}`
    : `hcloud SMS DeleteTask --task_id=${task.id}`;
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

/** Deletes an online task, and with it its migration machine, where the job says so. */
async function release(followed: Followed): Promise<'done' | 'kept' | 'pending'> {
  const { log, planned, policies, task, row, settleMs, deps } = followed;
  if (planned.kind !== 'online_migration' || policies.onFailure !== 'release') return 'kept';
  const made = await callOnce(
    log,
    {
      name: 'release',
      byList: false,
      look: async () => ({ seen: 'not_done', at: row.at }),
      send: async () => {
        await (await deps.services.dcsFollow()).deleteTask(task.id);
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
  const { log, planned, task, row, taskState, deps } = followed;
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
  if (planned.kind === 'online_migration') return giveUp(followed, reason);
  deps.log.error('the task failed', { reason });
  if (!(await settleRun(log, deps, { status: row.status, reason }))) return undefined;
  return { outcome: 'existing', task: { ...task, status: row.status }, reason };
}

/** `undefined` when there are no looks left: the next tick finds out. */
async function whyFailed(followed: Followed): Promise<string | undefined> {
  const { row, deps } = followed;
  if (!(deps.isTurn || deps.details.take('failed'))) return undefined;
  const said = (await reasonOfTask(followed)) ?? row.errorMessage;
  return `the task ended as ${row.status}${said ? `: ${said}` : ', and the service does not say why'}`;
}

async function reasonOfTask(followed: Followed): Promise<string | undefined> {
  const { planned, task, row, deps } = followed;
  if (planned.kind === 'server_migration') {
    return smsFailure(
      (await readable(async () => (await deps.services.smsFollow()).showTask(task.id), followed)) ?? {},
    );
  }
  const logs = await readable(async () => (await deps.services.dcsFollow()).listErrorLogs(task.id), followed);
  return dcsFailure(row.errorMessage, logs ?? []);
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
