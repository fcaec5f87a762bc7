import type { FollowServices } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { isOver } from '../../migrations/task-state.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { settleRun } from '../follow/settle-run.ts';
import { CANCELLED } from '../follow/stop-reason.ts';
import { makeTaskSnapshot } from '../follow/task-snapshot.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import type { RunState } from '../ledger/run-state.ts';
import type { RunReason, RunTask } from '../report/run-result.ts';
import { type CallDeps, callOnce } from '../start/changing-call.ts';
import { handledUntil, isInFlight } from './refuse-while-handled.ts';

/** Others write to the same run at most a few times; more than this is a bug. */
const MAX_ROUNDS = 100;

/**
 * What came of the wish to cancel.
 *
 * - `cancelled`: nothing runs, and nothing will. `stopping`: the service was told; the run ends when the task is stopped.
 * - `over`: it had ended before. `none`: there is no such run.
 * - `later`: it can't be told yet what there is to stop, an invocation is at work on it, or the service can't do it now. Trying again helps,
 *   where `until` is given not before then (ms since 1970).
 * - `refused`: the service refused for good.
 */
export type CancelEnd =
  | { readonly end: 'cancelled' | 'stopping' | 'over' | 'none' }
  | { readonly end: 'later'; readonly reason: RunReason; readonly until?: number }
  | { readonly end: 'refused'; readonly reason: RunReason };

const NOT_KNOWN: RunReason = {
  code: 'lost_answer',
  message: 'a create call may have gone out; when it is known what became of it, it can be cancelled',
};

const BEING_STARTED: RunReason = { code: 'start', message: 'it is being started just now' };

const BEING_CREATED: RunReason = {
  code: 'being_made',
  message: 'the service is still making the task; it can be stopped when it is made',
};

/** Services are asked for by a run with a task alone. */
export type CancelDeps = CallDeps & { readonly services: FollowServices };

/**
 * Cancels a run. One that created nothing is ended in the ledger, and nothing is sent. A task is stopped, never deleted: SMS would leave a
 * disk behind and DCS its figures (DCS StopMigrationTask; SMS UpdateTaskStatus `stop`, which pauses). It stays in the service's list.
 *
 * Safe to repeat and beside itself: the stop call is recorded and made once.
 *
 * @throws {LedgerError} the ledger can't be read or written
 */
export async function cancelRun(
  { job, run }: { readonly job: string; readonly run: string },
  deps: CancelDeps,
): Promise<CancelEnd> {
  const { ledger } = deps;
  const log = await openRunLog(ledger, job, run);
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
    const end = await cancelRecorded(log, deps);
    if (end) return end;
    await log.refresh();
  }
  throw new LedgerError(`ledger ${log.name}: it changed ${MAX_ROUNDS} times while it was being cancelled`, {
    temporary: true,
  });
}

/** @returns `undefined` when somebody else changed the run: it has to be decided again */
async function cancelRecorded(log: RunLog, deps: CancelDeps): Promise<CancelEnd | undefined> {
  const { ledger } = deps;
  const state = log.state;
  if (!state.received) return { end: 'none' };
  // Settled without a status: nobody waits for its end, and the task may well run.
  const isEnded = (state.end !== undefined && state.end !== 'created') || (state.settled && state.status !== undefined);
  if (isEnded) return { end: state.reason?.code === CANCELLED.code ? 'cancelled' : 'over' };
  const until = handledUntil(state, ledger);
  if (until !== undefined) return { end: 'later', reason: inProgress(until), until };
  if (state.task) return cancelTask(log, state, state.task, deps);
  if (state.attempt) return { end: 'later', reason: NOT_KNOWN };
  // The claim and the end in one append: whoever was about to create finds them, and decides again.
  const claimed: RunRecord = { ...ledger.stamp(), type: 'claimed', until: ledger.now() };
  if (!(await log.append(claimed, { ...ledger.stamp(), type: 'rejected', reason: CANCELLED }))) return undefined;
  await settleRun(log, { ledger });
  return { end: 'cancelled' };
}

function inProgress(until: number): RunReason {
  const message = `an invocation is handling it, at most until ${new Date(until).toISOString()}; try again then`;
  return { code: 'in_progress', message };
}

/** @returns `undefined` when somebody else changed the run: it has to be decided again */
async function cancelTask(
  log: RunLog,
  { received, calls }: RunState,
  task: RunTask,
  deps: CancelDeps,
): Promise<CancelEnd | undefined> {
  const row = await makeTaskSnapshot(deps.services, deps.log, deps.ledger.now).find(task.kind, task.id);
  if (row === 'unreadable') {
    return { end: 'later', reason: { code: 'unreadable', message: 'the list of tasks cannot be read now' } };
  }
  if (row === 'absent') return { end: 'over' };
  const action = ACTIONS[task.kind];
  if (isOver(action.stateOf(row.status))) return { end: 'over' };
  // It does nothing, and the service refuses to stop it. Settled, nobody sets it going.
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

/** Was its start sent, or may it have been? */
function mayStart(calls: RunState['calls']): boolean {
  return calls?.start?.done === true || isInFlight(calls?.start);
}

/** DCS makes a machine for an online migration first, and stops none before it is there. */
function isBeingCreated(status: string): boolean {
  return status.toUpperCase() === 'CREATING';
}

function isStopping(status: string): boolean {
  return ['TERMINATING', 'ABORTING'].includes(status.toUpperCase());
}
