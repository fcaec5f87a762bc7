/**
 * The meaning of a task's state.
 *
 * - `running`: in progress.
 * - `ready`: created and waiting: an online task to be configured, a server task to be started.
 * - `steady`: everything is copied and changes are replicated, until someone stops it.
 * - `succeeded`, `failed`, `stopped`: ended; others may have the target.
 * - `unknown`: an undocumented state; treated as `running`, and reported.
 */
export type TaskState = 'running' | 'ready' | 'steady' | 'succeeded' | 'failed' | 'stopped' | 'unknown';

/** The meaning of each state of a service. */
export type TaskStates = Readonly<Record<string, TaskState>>;

/** Has the task ended? */
export function isOver(state: TaskState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'stopped';
}
