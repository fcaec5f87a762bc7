import type { Clock } from '../clock.ts';
import type { LocalSource } from './sources.ts';
import { isCloning, isCopied, isLaunching, type SmsTask } from './task.ts';

/** Documented time of a migration drill (user guide: 5 to 15 minutes). */
const DRILL_MS = 5 * 60_000;

/** The state of a source, by the state of its task. */
const STATE_WITH_TASK: Readonly<Record<string, string>> = {
  READY: 'waiting',
  RUNNING: 'replicate',
  SYNCING: 'syncing',
  ABORTING: 'stopping',
  ABORT: 'stopped',
  MIGRATE_SUCCESS: 'finished',
  MIGRATE_FAIL: 'error',
};

/** While the source is connected and its state is one of these, its task cannot be deleted (API page of 2026-01). */
const BUSY_STATES = new Set([
  'initialize',
  'stopping',
  'deleting',
  'cloning',
  'replicate',
  'syncing',
  'cutovering',
  'skipping',
  'clearing',
  'premiging',
]);

export function isConnected(source: LocalSource | undefined): boolean {
  return source !== undefined && (source.connected ?? true);
}

/** The state of a source with this task, or without a task. */
export function sourceState(source: LocalSource, task: SmsTask | undefined, clock: Clock): string {
  if (task === undefined) return source.state ?? 'waiting';
  if (task.cleared) return 'cleared';
  if (isCloning(task)) return 'cloning';
  if (isLaunching(task)) return 'cutovering';
  if (isDrilling(task, clock)) return 'premiging';
  if (task.status === 'READY' && task.drillAt !== undefined) return 'premiged';
  return STATE_WITH_TASK[task.status] ?? 'waiting';
}

/** Whether something is going on between the source and its target. */
export function isBusy(source: LocalSource | undefined, task: SmsTask, clock: Clock): boolean {
  return source !== undefined && isConnected(source) && BUSY_STATES.has(sourceState(source, task, clock));
}

export function isDrilling({ status, drillAt }: SmsTask, clock: Clock): boolean {
  return status === 'READY' && drillAt !== undefined && clock.documentedMs(drillAt) < DRILL_MS;
}

/** `migration_cycle`: the stage of the migration, which a paused or failed task does not leave. */
export function migrationCycle(source: LocalSource, task: SmsTask | undefined, clock: Clock): string {
  const state = sourceState(source, task, clock);
  if (state === 'unavailable') return 'checking';
  if (task === undefined) return state === 'waiting' ? 'setting' : (CYCLE[state] ?? 'setting');
  if (isLaunching(task)) return 'cutovering';
  if (task.status === 'MIGRATE_SUCCESS') return 'cutovered';
  if (isCopied(task) || task.syncedAt !== undefined) return 'syncing';
  return task.runAt === undefined ? 'setting' : 'replicating';
}

/** The stage of a source whose task is not in this cloud. */
const CYCLE: Readonly<Record<string, string>> = {
  replicate: 'replicating',
  syncing: 'syncing',
  cutovering: 'cutovering',
  finished: 'cutovered',
  cleared: 'cutovered',
};
