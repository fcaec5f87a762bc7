/**
 * What a task's state means.
 *
 * - `running`: on its way.
 * - `ready`: made, and waiting for somebody: an online task to be configured, a server task to be started.
 * - `steady`: all is copied and changes are followed, until somebody stops it.
 * - `succeeded`, `failed`, `stopped`: over; others may have the target.
 * - `unknown`: a state that no source names; treated as `running`, and said.
 */
export type TaskState = 'running' | 'ready' | 'steady' | 'succeeded' | 'failed' | 'stopped' | 'unknown';

type States = Readonly<Record<string, TaskState>>;

/**
 * DCS: OTC22, GTC, Terraform (2025-07) and the Chinese page of ShowMigrationTask. The incremental state is written in two ways: so on the wire
 * (Terraform's acceptance tests), and corrected in the documentation of 2025.
 */
const DCS: States = {
  CREATING: 'running',
  RUNNING: 'ready',
  MIGRATING: 'running',
  FULLMIGRATING: 'running',
  INCRMIGEATING: 'steady',
  INCRMIGRATING: 'steady',
  TERMINATING: 'running',
  SUCCESS: 'succeeded',
  MIGRATION_SUCCESS: 'succeeded',
  FAILED: 'failed',
  MIGRATION_FAILED: 'failed',
  ERROR: 'failed',
  TERMINATED: 'stopped',
  RELEASED: 'stopped',
  DELETED: 'stopped',
};

/**
 * SMS: the enums of ShowTask and ListTasks (SDK 3.1.209). A failed or paused task can be resumed and still owns its source server, but it
 * moves no data until somebody says so.
 */
const SMS: States = {
  READY: 'ready',
  RUNNING: 'running',
  SYNCING: 'steady',
  SYNC_SUCCESS: 'running',
  SKIPPING: 'running',
  RESETING: 'running',
  ABORTING: 'running',
  DELETING: 'running',
  SYNC_F_ROLLBACKING: 'running',
  MIGRATE_SUCCESS: 'succeeded',
  MIGRATE_FAIL: 'failed',
  SYNC_FAIL: 'failed',
  ABORT: 'stopped',
  SYNC_F_ROLLBACK_SUCCESS: 'stopped',
};

/** States are compared without case. */
export function dcsTaskState(status: string): TaskState {
  return DCS[status.toUpperCase()] ?? 'unknown';
}

export function smsTaskState(state: string): TaskState {
  return SMS[state.toUpperCase()] ?? 'unknown';
}

/** Is nothing more to come of it? */
export function isOver(state: TaskState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'stopped';
}
