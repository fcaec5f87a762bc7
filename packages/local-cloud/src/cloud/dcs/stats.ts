import type { DcsDeps } from './deps.ts';
import { SOURCE_KEYS } from './key-spaces.ts';
import { type DcsTask, isActive, type TaskPhase } from './task.ts';

export const FULL_MS = 60_000;
/** From the end of the full phase until source and target are in sync. */
const CATCH_UP_MS = 60_000;
const OFFSET = 1024;

/**
 * Response of ShowMigrationTaskStats. The full phase goes from 0 to 99 percent, then to 100; `offset` shrinks to 0 in the incremental phase. A stuck
 * phase stops where it is stuck. A task that has ended keeps its last figures.
 */
export function statsOf(deps: DcsDeps, task: DcsTask): Record<string, unknown> {
  const { clock, keySpaces } = deps;
  const { phase } = task;
  const full = phase?.name === 'full' && task.status !== 'SUCCESS';
  const percent =
    phase === undefined
      ? 0
      : full
        ? Math.min(99, Math.floor(100 * share(phase, FULL_MS * (task.slowness ?? 1), clock) + 1e-6))
        : 100;
  const offset = full
    ? OFFSET
    : phase?.name === 'incremental'
      ? Math.ceil(OFFSET * (1 - share(phase, CATCH_UP_MS, clock)))
      : 0;
  // An exchange of IP addresses ends the synchronization.
  const active = isActive(task) && deps.instanceData.exchanges.find(task.id) === undefined;
  const sourceKeys = task.source?.id === undefined ? SOURCE_KEYS : keySpaces.of(task.source.id).length;
  const copied = Math.floor((sourceKeys * percent) / 100);
  const targetKeys = task.target?.id === undefined ? copied : keySpaces.of(task.target.id).length;
  return {
    full_migration_progress: percent,
    offset,
    source_dbsize: sourceKeys,
    target_dbsize: full ? Math.max(copied, targetKeys) : targetKeys,
    target_input_kbps: active ? 1.5 : 0,
    target_ops: active ? 10 : 0,
    is_migrating: active,
  };
}

function share(phase: TaskPhase, wholeMs: number, clock: DcsDeps['clock']): number {
  const passed = clock.documentedMs(phase.startedAt, phase.endedAt) / wholeMs;
  return Math.min(passed, phase.isStuck ? (phase.stuckAt ?? 0.5) : 1);
}
