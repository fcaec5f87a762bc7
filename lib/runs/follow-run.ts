import { CloudError } from '../errors.ts';
import type { PlannedTask } from '../migrations/action.ts';
import { ACTIONS } from '../migrations/actions.ts';
import type { AllServices } from '../migrations/all-services.ts';
import { resolveSecrets } from '../migrations/resolve-secrets.ts';
import { DEFAULT_TASK_POLICIES, type TaskPolicies } from '../migrations/task-policies.ts';
import { dcsFailure, dcsProgress, smsFailure, smsProgress } from '../migrations/task-progress.ts';
import { isOver, type TaskState } from '../migrations/task-state.ts';
import { type CallEnd, type ChangingCall, callOnce } from './changing-call.ts';
import type { DetailBudget } from './detail-budget.ts';
import type { RunLog, RunState } from './ledger/run-log.ts';
import { type RecordedDeps, settleRun } from './recorded-run.ts';
import type { RunReason, RunResult, RunTask } from './run-result.ts';
import type { TaskRow, TaskSnapshot } from './task-snapshot.ts';

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
  readonly row: TaskRow;
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
    await settleRun(log, deps, task?.status);
    return undefined;
  }
  const { settleMs } = received.policies;
  const row = await deps.snapshot.find(planned.kind, task.id);
  if (row === 'unreadable') return undefined;
  if (row === 'absent') return whenAbsent(log, { absentAt, settleMs, task }, deps);
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
  const refusal = (await configure(followed)) ?? (await start(followed));
  if (refusal) return giveUp(followed, refusal);
  await lookCloser(followed);
  return leaveUnattended(followed);
}

async function whenAbsent(
  log: RunLog,
  { absentAt, settleMs, task }: { absentAt: number | undefined; settleMs: number; task: RunTask },
  deps: FollowDeps,
): Promise<RunResult | undefined> {
  const { ledger } = deps;
  if (absentAt === undefined) await log.append({ ...ledger.stamp(), type: 'absent' });
  if (absentAt === undefined || ledger.now() < absentAt + settleMs) return undefined;
  const reason = {
    code: 'task_gone',
    message: `task ${task.name} (${task.id}) is no longer there; somebody deleted it`,
  };
  deps.log.warn('the task is gone', { reason });
  await settleRun(log, deps, 'gone', reason);
  return { outcome: 'existing', task: { ...task, status: 'gone' }, reason };
}

/** A task that waits for a person, with nothing for us to do: an online task that somebody else configures. Its run is over for us. */
async function leaveUnattended({ log, planned, row, task, deps }: Followed): Promise<RunResult | undefined> {
  if (planned.kind !== 'online_migration' || planned.configure) return undefined;
  await settleRun(log, deps, row.status);
  return { outcome: 'existing', task: { ...task, status: row.status } };
}

async function sayWhenStuck({ log, state, policies, row, taskState, deps }: Followed): Promise<void> {
  if (state.stuck || isOver(taskState) || taskState === 'steady' || state.createdAt === undefined) return;
  if (deps.ledger.now() < state.createdAt + policies.deadlineMs) return;
  if (!(await log.append({ ...deps.ledger.stamp(), type: 'stuck' }))) return;
  const message = `the task is ${row.status} and not over after ${policies.deadlineMs / 60_000} minutes`;
  deps.log.error('stuck', { reason: { code: 'stuck', message } });
}

/** SetOnlineMigrationTask, only while the task is `RUNNING` (waiting to be configured). */
function configure(followed: Followed): Promise<RunReason | undefined> {
  const { planned, task, row, taskState, deps } = followed;
  const body = planned.configure;
  if (!body || row.status.toUpperCase() === 'CREATING') return Promise.resolve(undefined);
  return make(followed, {
    name: 'configure',
    byList: false,
    look: async () => (taskState === 'ready' ? { seen: 'not_done' } : { seen: 'done' }),
    send: async () => {
      await (await deps.services.dcsFollow()).setOnlineMigrationTask(task.id, resolveSecrets(body, deps.secret));
      return {};
    },
  });
}

/** UpdateTaskStatus `start`, only from `READY`. */
function start(followed: Followed): Promise<RunReason | undefined> {
  const { planned, task, taskState, deps } = followed;
  if (!planned.start) return Promise.resolve(undefined);
  return make(followed, {
    name: 'start',
    byList: false,
    look: async () => (taskState === 'ready' ? { seen: 'not_done' } : { seen: 'done' }),
    send: async () => {
      await (await deps.services.smsFollow()).updateTaskStatus(task.id, 'start');
      return {};
    },
  });
}

/** Says how far the task is, and stops an incremental migration that the job wants stopped. */
async function lookCloser(followed: Followed): Promise<void> {
  const { planned, policies, task, row, taskState, deps } = followed;
  // A wish to stop depends on being looked at; the others can wait for their turn.
  const mustLook = policies.stopWhen !== undefined && taskState === 'steady';
  if (planned.kind === 'backup_import' || !(mustLook || deps.isTurn) || !deps.details.take()) return;
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
  const { log, state, policies, task, deps } = followed;
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
    look: async () => ({ seen: 'not_done' }),
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

/** The task is made and can't be used: it is released, or reported with the command that releases it. */
async function giveUp(followed: Followed, refusal: RunReason): Promise<RunResult | undefined> {
  const { log, planned, policies, task, row, deps } = followed;
  const released = await release(followed);
  if (released === 'pending') return undefined;
  const isOnline = planned.kind === 'online_migration';
  const command = isOnline
    ? `hcloud DCS DeleteMigrationTask --task_id_list.1=${task.id}`
    : `hcloud SMS DeleteTask --task_id=${task.id}`;
  const next = released === 'done' ? 'its task was released' : `its task is still there; release it with: ${command}`;
  const reason = { ...refusal, message: `${refusal.message}; ${next}` };
  deps.log.error('the task was created and can not be used', { reason, onFailure: policies.onFailure });
  const status = released === 'done' ? 'released' : row.status;
  await settleRun(log, deps, status, reason);
  return { outcome: 'existing', task: { ...task, status }, reason };
}

/** Deletes an online task, and with it its migration machine, where the job says so. */
async function release(followed: Followed): Promise<'done' | 'kept' | 'pending'> {
  const { log, planned, policies, task, settleMs, deps } = followed;
  if (planned.kind !== 'online_migration' || policies.onFailure !== 'release') return 'kept';
  const made = await callOnce(
    log,
    {
      name: 'release',
      byList: false,
      look: async () => ({ seen: 'not_done' }),
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
  const { log, task, row, taskState, deps } = followed;
  if (taskState !== 'failed') {
    await settleRun(log, deps, row.status);
    return { outcome: 'existing', task: { ...task, status: row.status } };
  }
  const reason = { code: 'task_failed', message: await whyFailed(followed) };
  if (followed.planned.kind === 'online_migration') return giveUp(followed, reason);
  deps.log.error('the task failed', { reason });
  await settleRun(log, deps, row.status, reason);
  return { outcome: 'existing', task: { ...task, status: row.status }, reason };
}

async function whyFailed(followed: Followed): Promise<string> {
  const { row } = followed;
  const said = (await reasonOfTask(followed)) ?? row.errorMessage;
  return `the task ended as ${row.status}${said ? `: ${said}` : ', and the service does not say why'}`;
}

async function reasonOfTask(followed: Followed): Promise<string | undefined> {
  const { planned, task, row, deps } = followed;
  if (!deps.details.take()) return undefined;
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
