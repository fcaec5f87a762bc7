import type { ActionKind } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { stopReason } from '../follow/stop-reason.ts';
import { labelOf } from '../ledger/asker.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { foldRun, type RunState } from '../ledger/run-state.ts';
import type { RunReason, RunTask } from './run-result.ts';

/**
 * The state of a run, for callers.
 *
 * - `received`: an invocation is handling it. `waiting`: nothing was created yet, and it continues on its own. `unknown`: a create call was sent, and
 *   its result is being determined. `parked`: an operator has to decide.
 * - `created`: the task exists and does not move data yet. `running`: it does. `stuck`: it has not finished by the job's deadline.
 * - `succeeded`, `failed`, `superseded`, `rejected`: over. A task that was stopped or deleted counts as failed, unless the job's `stop_when` stopped
 *   it; for `superseded` and `rejected`, definitely nothing was created. `forgotten`: an operator ended following it; the state of its task, if any,
 *   is unknown.
 */
export const RUN_STATES = [
  'received',
  'waiting',
  'unknown',
  'parked',
  'created',
  'running',
  'succeeded',
  'failed',
  'stuck',
  'superseded',
  'rejected',
  'forgotten',
] as const;
export type RunViewState = (typeof RUN_STATES)[number];

export interface RunStep {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What was recorded. */
  readonly event: string;
  readonly reason?: RunReason;
}

/** A run as shown to callers: without writers of records, bodies and secrets. */
export interface RunView {
  readonly job: string;
  readonly run: string;
  readonly state: RunViewState;
  readonly received_at?: string;
  /** The label of the caller that requested it. */
  readonly caller?: string;
  readonly task?: RunTask;
  readonly progress?: Readonly<Record<string, string | number>>;
  readonly reason?: RunReason;
  /** The run that this one replays. */
  readonly replay_of?: string;
  /** Replays of this run, oldest first. */
  readonly replayed_as?: readonly string[];
  /** Oldest first; absent without a ledger. */
  readonly history?: readonly RunStep[];
}

/** More than runs usually have; of longer histories the newest steps are shown. */
const MAX_STEPS = 100;
/** Record types of no use to a caller. */
const INTERNAL = new Set<RunRecord['type']>(['void', 'claimed', 'notified', 'absent', 'call_absent']);

/**
 * @returns `undefined` when the records contain no run. `status`: the task's status as the service reports it now; absent if the service was not
 *   asked
 */
export function viewRun(records: readonly RunRecord[], status?: string): RunView | undefined {
  const state = foldRun(records);
  const { received, task, replays } = state;
  if (!received) return undefined;
  const caller = labelOf(received);
  const known = status ?? state.status ?? task?.status;
  const isStopped = task && known !== undefined && ACTIONS[task.kind].stateOf(known) === 'stopped';
  // The service may report it before the run is settled.
  const reason = state.reason ?? (isStopped ? stopReason(known, state) : undefined);
  return {
    job: received.job,
    run: received.run,
    state: stateOf(state, task?.kind, known),
    received_at: new Date(received.at).toISOString(),
    ...(caller === undefined ? {} : { caller }),
    ...(task ? { task: { ...task, ...(known === undefined ? {} : { status: known }) } } : {}),
    ...(reason ? { reason } : {}),
    ...(received.replayOf === undefined ? {} : { replay_of: received.replayOf }),
    ...(replays ? { replayed_as: replays.map(({ run }) => run) } : {}),
    history: historyOf(records),
  };
}

function historyOf(records: readonly RunRecord[]): RunStep[] {
  return records
    .filter(({ type }) => !INTERNAL.has(type))
    .slice(-MAX_STEPS)
    .map((record) => ({
      at: new Date(record.at).toISOString(),
      event: 'call' in record ? `${record.type} ${record.call}` : record.type,
      ...('reason' in record && record.reason ? { reason: record.reason } : {}),
    }));
}

function stateOf(state: RunState, kind: ActionKind | undefined, status: string | undefined): RunViewState {
  if (state.end === 'superseded' || state.end === 'forgotten') return state.end;
  // A dry run sends nothing: its reason says so.
  if (state.end === 'rejected' || state.end === 'dry_run') return 'rejected';
  if (state.end === 'created') return taskViewState(kind, status, state);
  if (state.parked) return 'parked';
  if (state.attempt) return 'unknown';
  return state.reason ? 'waiting' : 'received';
}

/** What a task's status means for its run. */
export function taskViewState(
  kind: ActionKind | undefined,
  status: string | undefined,
  { settled, stuck, reason, calls }: Pick<RunState, 'settled' | 'stuck' | 'reason' | 'calls'> = {},
): RunViewState {
  const meaning = kind && status !== undefined ? ACTIONS[kind].stateOf(status) : undefined;
  // Stopped by us because `stop_when` was met: that is what the job wants.
  if (meaning === 'succeeded' || (meaning === 'stopped' && calls?.stop)) return 'succeeded';
  if (meaning === 'failed' || meaning === 'stopped') return 'failed';
  // Settled with a reason: gone, released, cancelled or unusable.
  if (settled && reason) return 'failed';
  if (stuck) return 'stuck';
  // DCS first creates a machine for an online migration.
  const isMade = meaning !== undefined && meaning !== 'ready' && status?.toUpperCase() !== 'CREATING';
  return isMade ? 'running' : 'created';
}
