import type { TaskState, TaskStates } from './task-state.ts';

/**
 * DCS: OTC22, GTC, Terraform (2025-07) and the Chinese page of ShowMigrationTask. The incremental state has two spellings: the misspelt one of
 * the API (Terraform's acceptance tests), and the corrected one of the documentation of 2025.
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

/** Case is ignored. */
export function dcsTaskState(status: string): TaskState {
  return DCS[status.toUpperCase()] ?? 'unknown';
}
