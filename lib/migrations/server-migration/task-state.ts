import type { TaskState, TaskStates } from '../task-state.ts';

/**
 * SMS: the enums of ShowTask and ListTasks (SDK 3.1.209). A failed or paused task can be resumed and still owns its source server, but it
 * transfers no data until someone resumes it.
 */
const SMS: TaskStates = {
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

/** Case is ignored. */
export function smsTaskState(state: string): TaskState {
  return SMS[state.toUpperCase()] ?? 'unknown';
}
