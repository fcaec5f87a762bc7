import type { TaskState, TaskStates } from './task-state.ts';

/**
 * DCS: OTC22, GTC, Terraform (2025-07) and the Chinese page of ShowMigrationTask. The incremental state is written in two ways: so on the wire
 * (Terraform's acceptance tests), and corrected in the documentation of 2025.
 */
const DCS: TaskStates = {
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

/** States are compared without case. */
export function dcsTaskState(status: string): TaskState {
  return DCS[status.toUpperCase()] ?? 'unknown';
}
