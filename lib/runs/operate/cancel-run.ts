import type { FollowServices } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { isOver } from '../../migrations/task-state.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { settleRun } from '../follow/settle-run.ts';
import { CANCELLED } from '../follow/stop-reason.ts';
import { makeTaskSnapshot } from '../follow/task-snapshot.ts';
import { type Asker, openAskedRun } from '../ledger/asker.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import type { RunState } from '../ledger/run-state.ts';
import type { RunReason, RunTask } from '../report/run-result.ts';
import { type CallDeps, callOnce } from '../start/changing-call.ts';
import { handledUntil, isInFlight } from './refuse-while-handled.ts';

/** Concurrent writes to the same run are few; more than this is a bug. */
const MAX_ROUNDS = 100;

/**
 * The result of a cancel request.
 *
 * - `cancelled`: no task runs, and none will. `stopping`: the service was told to stop; the run ends when the task is stopped.
 * - `over`: the run had already ended. `none`: the run does not exist, or the caller may not see it.
 * - `later`: it is not yet known what to stop, an invocation is handling the run, or the service can't stop the task now. A retry helps; if `until`
 *   is given, not before then (ms since 1970).
 * - `refused`: the service refused permanently.
 */
export type CancelEnd =
  | { readonly end: 'cancelled' | 'stopping' | 'over' | 'none' }
  | { readonly end: 'later'; readonly reason: RunReason; readonly until?: number }
  | { readonly end: 'refused'; readonly reason: RunReason };

const NOT_KNOWN: RunReason = {
  code: 'lost_answer',
  message: 'a create call may have been sent; the run can be cancelled once its result is known',
};

const BEING_STARTED: RunReason = { code: 'start', message: 'the task is just being started' };

const BEING_CREATED: RunReason = {
  code: 'being_made',
  message: 'the service is still creating the task; it can be stopped once it is created',
};

/** Services are used only for a run with a task. */
export type CancelDeps = CallDeps & { readonly services: FollowServices };

/**
 * Cancels a run. A run that created nothing is ended in the ledger, and nothing is sent. A task is stopped, never deleted: SMS would leave a disk
 * behind, and DCS would lose the figures (DCS StopMigrationTask; SMS UpdateTaskStatus `stop`, which pauses). It stays in the service's list.
 *
 * Safe to repeat and to run concurrently: the stop call is recorded and made once.
 *
 * @param asker the caller that cancels; absent for an operator, who may cancel every run
 * @throws {LedgerError} the ledger can't be read or written
 */
export async function cancelRun(
  { job, run, asker }: { readonly job: string; readonly run: string; readonly asker?: Asker },
  deps: CancelDeps,
): Promise<CancelEnd> {
  const { ledger } = deps;
  const log = asker ? await openAskedRun(ledger, { job, run }, asker) : await openRunLog(ledger, job, run);
  if (!log) return { end: 'none' };
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
    const end = await cancelRecorded(log, deps);
    if (end) return end;
    await log.refresh();
  }
  throw new LedgerError(`ledger ${log.name}: it changed ${MAX_ROUNDS} times while it was being cancelled`, {
    temporary: true,
  });
}

/** @returns `undefined` when another invocation changed the run: decide again */
async function cancelRecorded(log: RunLog, deps: CancelDeps): Promise<CancelEnd | undefined> {
  const { ledger } = deps;
  const state = log.state;
  if (!state.received) return { end: 'none' };
  // Settled without a status: the task may still be running.
  const isEnded = (state.end !== undefined && state.end !== 'created') || (state.settled && state.status !== undefined);
  if (isEnded) return { end: state.reason?.code === CANCELLED.code ? 'cancelled' : 'over' };
  const until = handledUntil(state, ledger);
  if (until !== undefined) return { end: 'later', reason: inProgress(until), until };
  if (state.task) return cancelTask(log, state, state.task, deps);
  if (state.attempt) return { end: 'later', reason: NOT_KNOWN };
  // The claim and the end in one append: an invocation that was about to create finds them and decides again.
  const claimed: RunRecord = { ...ledger.stamp(), type: 'claimed', until: ledger.now() };
  if (!(await log.append(claimed, { ...ledger.stamp(), type: 'rejected', reason: CANCELLED }))) return undefined;
  await settleRun(log, { ledger });
  return { end: 'cancelled' };
}

function inProgress(until: number): RunReason {
  const message = `an invocation is handling the run until ${new Date(until).toISOString()} at the latest; retry then`;
  return { code: 'in_progress', message };
}

/** @returns `undefined` when another invocation changed the run: decide again */
async function cancelTask(
  log: RunLog,
  { received, calls }: RunState,
  task: RunTask,
  deps: CancelDeps,
): Promise<CancelEnd | undefined> {
  const row = await makeTaskSnapshot(deps.services, deps.log, deps.ledger.now).find(task.kind, task.id);
  if (row === 'unreadable') {
    return { end: 'later', reason: { code: 'unreadable', message: 'the task list cannot be read now' } };
  }
  if (row === 'absent') return { end: 'over' };
  const action = ACTIONS[task.kind];
  if (isOver(action.stateOf(row.status))) return { end: 'over' };
  // An idle task does nothing, and the service refuses to stop it. Once the run is settled, nobody starts the task.
  if (action.isIdle?.(row.status)) {
    if (mayStart(calls)) return { end: 'later', reason: BEING_STARTED };
    const isStillRight = (state: RunState) => state.end === 'created' && !mayStart(state.calls);
    const settled = await settleRun(log, deps, { status: row.status, reason: CANCELLED, isStillRight });
    return settled && log.state.reason?.code === CANCELLED.code ? { end: 'cancelled' } : undefined;
  }
  if (isBeingCreated(row.status)) return { end: 'later', reason: BEING_CREATED };
  const made = await callOnce(
    log,
    {
      name: 'cancel',
      byList: false,
      check: async () => (isStopping(row.status) ? { seen: 'done' } : { seen: 'not_done' }),
      send: async () => {
        await action.stop(deps.services, task.id);
        return {};
      },
    },
    received?.policies.settleMs ?? 0,
    deps,
  );
  if (made.end === 'done') return { end: 'stopping' };
  return { end: made.end === 'pending' ? 'later' : 'refused', reason: made.reason };
}

/** Whether its start was sent or may have been sent. */
function mayStart(calls: RunState['calls']): boolean {
  return calls?.start?.done === true || isInFlight(calls?.start);
}

/** DCS first creates a machine for an online migration, and can't stop the task before that exists. */
function isBeingCreated(status: string): boolean {
  return status.toUpperCase() === 'CREATING';
}

function isStopping(status: string): boolean {
  return ['TERMINATING', 'ABORTING'].includes(status.toUpperCase());
}
