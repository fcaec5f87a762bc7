import type { ActionKind } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { stopReason } from '../follow/stop-reason.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { foldRun, type RunState } from '../ledger/run-state.ts';
import type { RunReason, RunTask } from './run-result.ts';

/**
 * How far a run is, for whoever asked for it.
 *
 * - `received`: an invocation is at it. `waiting`: nothing was created yet, and it goes on by itself. `unknown`: a create call went out, and
 *   it is being found out what became of it. `parked`: a person has to find out.
 * - `created`: the task is there and does not move data yet. `running`: it does. `stuck`: it is not over after the job's deadline.
 * - `succeeded`, `failed`, `superseded`, `rejected`: over. A task that was stopped or deleted counts as failed, unless the job's `stop_when`
 *   stopped it; of `superseded` and `rejected` surely nothing was created. `forgotten`: a person wished that it is followed no more; of a
 *   task of it nothing is said.
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

/** A run as a caller may see it: nothing of who wrote the records, of bodies or of secrets. */
export interface RunView {
  readonly job: string;
  readonly run: string;
  readonly state: RunViewState;
  readonly received_at?: string;
  readonly task?: RunTask;
  readonly progress?: Readonly<Record<string, string | number>>;
  readonly reason?: RunReason;
  /** The run that this one is another attempt at. */
  readonly replay_of?: string;
  /** Further attempts that were made at this one, oldest first. */
  readonly replayed_as?: readonly string[];
  /** Oldest first; absent without a ledger. */
  readonly history?: readonly RunStep[];
}

/** More than any run of ours has; of longer ones the newest. */
const MAX_STEPS = 100;
/** Of no use to a caller: who is at it, and what nobody asked about. */
const INTERNAL = new Set<RunRecord['type']>(['void', 'claimed', 'notified', 'absent', 'call_absent']);

/** @returns `undefined` when the records hold no run. `status`: the task's, as the service states it now; absent where it was not asked */
export function viewRun(records: readonly RunRecord[], status?: string): RunView | undefined {
  const state = foldRun(records);
  const { received, task, replays } = state;
  if (!received) return undefined;
  const known = status ?? state.status ?? task?.status;
  const isStopped = task && known !== undefined && ACTIONS[task.kind].stateOf(known) === 'stopped';
  // The service may say it before the run is settled.
  const reason = state.reason ?? (isStopped ? stopReason(known, state) : undefined);
  return {
    job: received.job,
    run: received.run,
    state: stateOf(state, task?.kind, known),
    received_at: new Date(received.at).toISOString(),
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
  // Stopped by us, when source and target were the same: that is what its job wants.
  if (meaning === 'succeeded' || (meaning === 'stopped' && calls?.stop)) return 'succeeded';
  if (meaning === 'failed' || meaning === 'stopped') return 'failed';
  // Settled with a reason: gone, released, cancelled, or of no use.
  if (settled && reason) return 'failed';
  if (stuck) return 'stuck';
  // DCS makes the machine of an online migration first.
  const isMade = meaning !== undefined && meaning !== 'ready' && status?.toUpperCase() !== 'CREATING';
  return isMade ? 'running' : 'created';
}
