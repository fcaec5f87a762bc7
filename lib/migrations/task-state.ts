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

/** What each state means that a service has. */
export type TaskStates = Readonly<Record<string, TaskState>>;

/** Is nothing more to come of it? */
export function isOver(state: TaskState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'stopped';
}
