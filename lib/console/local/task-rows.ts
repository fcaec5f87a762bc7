import type { LocalTask } from '../../../packages/local-cloud/src/cloud/local-task.ts';
import type { CloudEvent } from '../../../packages/local-cloud/src/cloud/operation.ts';
import type { TaskUpdate } from '../ledger/run-rows.ts';
import type { RunProgress } from '../wire.ts';
import type { TaskRow } from '../wire-system.ts';

export interface TaskRowsOptions {
  /** All existing tasks. */
  readonly tasks: () => readonly LocalTask[];
  readonly now: () => number;
}

interface Known {
  readonly task: LocalTask;
  readonly changedAt: number;
  readonly progress?: RunProgress;
}

/** The tasks of the local cloud, one row each. */
export class TaskRows {
  readonly #options: TaskRowsOptions;
  readonly #known = new Map<string, Known>();
  /** Tasks that may have changed since the last refresh. */
  readonly #touched = new Set<string>();

  constructor(options: TaskRowsOptions) {
    this.#options = options;
    for (const task of options.tasks()) this.#known.set(task.id, { task, changedAt: task.createdAt });
  }

  /** Newest first. */
  rows(): TaskRow[] {
    return [...this.#known.values()].sort((a, b) => b.task.createdAt - a.task.createdAt).map(rowOf);
  }

  /** `undefined` if there is no such task. */
  updateOf(id: string): TaskUpdate | undefined {
    const known = this.#known.get(id);
    if (!known) return undefined;
    const { task, changedAt, progress } = known;
    return { status: task.status, changedAt, ...(progress ? { progress } : {}) };
  }

  /** @returns whether the event concerns a task */
  observe({ kind, id }: CloudEvent): boolean {
    if (!kind.startsWith('task_')) return false;
    this.#touched.add(id);
    return true;
  }

  /** Records the progress of a task, as read by `reconcile`. */
  setProgress(id: string, progress: RunProgress): void {
    const known = this.#known.get(id);
    if (!known) return;
    this.#known.set(id, { ...known, progress, changedAt: this.#options.now() });
    this.#touched.add(id);
  }

  /** @returns the rows that are new or changed since the last refresh, including deleted ones, once */
  refresh(): TaskRow[] {
    if (this.#touched.size === 0) return [];
    const touched = [...this.#touched];
    this.#touched.clear();
    const tasks = new Map(this.#options.tasks().map((task) => [task.id, task]));
    return touched.flatMap((id) => {
      const before = this.#known.get(id);
      const task = tasks.get(id);
      if (!task) {
        this.#known.delete(id);
        return before ? [{ ...rowOf(before), deleted: true as const }] : [];
      }
      const isSame = before?.task.status === task.status;
      const known = { ...before, task, changedAt: isSame ? before.changedAt : this.#options.now() };
      this.#known.set(id, known);
      return [rowOf(known)];
    });
  }
}

function rowOf({ task, changedAt, progress }: Known): TaskRow {
  const { service, id, name, status, createdAt, targetInstanceId, sourceServerId } = task;
  const target = targetInstanceId ?? sourceServerId;
  return {
    kind: service === 'SMS' ? 'SMS' : 'DCS',
    id,
    name,
    status,
    ...(target === undefined ? {} : { target }),
    ...(progress ? { progress } : {}),
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(changedAt).toISOString(),
  };
}
