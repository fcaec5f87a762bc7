/** What a task's state means for whoever waits for its target. `unknown`: a state that no source names; treated as `running`, and said. */
export type TaskState = 'running' | 'over' | 'unknown';

/**
 * DCS: reference table of OTC22, GTC, Terraform (2025-07) and the Chinese page of ShowMigrationTask. The incremental state is written in two
 * ways; it stays until the task is stopped.
 */
const DCS_RUNNING = [
  'CREATING',
  'RUNNING',
  'MIGRATING',
  'FULLMIGRATING',
  'INCRMIGEATING',
  'INCRMIGRATING',
  'TERMINATING',
];
const DCS_OVER = [
  'SUCCESS',
  'FAILED',
  'MIGRATION_SUCCESS',
  'MIGRATION_FAILED',
  'TERMINATED',
  'ERROR',
  'RELEASED',
  'DELETED',
];

/**
 * SMS: the enums of ShowTask and ListTasks (SDK 3.1.209). A failed or paused task can be resumed and still owns its source server, but it
 * does not move data until somebody says so.
 */
const SMS_RUNNING = [
  'READY',
  'RUNNING',
  'SYNCING',
  'SYNC_SUCCESS',
  'ABORTING',
  'SKIPPING',
  'RESETING',
  'SYNC_F_ROLLBACKING',
  'DELETING',
];
const SMS_OVER = ['MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'SYNC_FAIL', 'ABORT', 'SYNC_F_ROLLBACK_SUCCESS'];

/** States are compared without case. */
export function dcsTaskState(status: string): TaskState {
  return stateIn(status, DCS_RUNNING, DCS_OVER);
}

export function smsTaskState(state: string): TaskState {
  return stateIn(state, SMS_RUNNING, SMS_OVER);
}

function stateIn(state: string, running: readonly string[], over: readonly string[]): TaskState {
  const name = state.toUpperCase();
  if (over.includes(name)) return 'over';
  return running.includes(name) ? 'running' : 'unknown';
}
