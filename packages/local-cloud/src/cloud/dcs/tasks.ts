import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { TaskList } from '../listed-tasks.ts';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { BehaviorOf } from '../open-questions/open-questions.ts';
import type { CloudEvent } from '../operation.ts';
import { type Scripts, scriptedSteps } from '../scripts.ts';
import { type Step, StepRunner } from '../step-runner.ts';
import { defaultStage } from './default-stage.ts';
import { errors } from './errors.ts';
import { isResourceId } from './instances.ts';
import { type DcsTask, isActive, isIncremental } from './task.ts';

export interface DcsTasksOptions {
  readonly clock: Clock;
  readonly assumed: Assumed;
  readonly scripts: Scripts;
  readonly onEvent: (event: CloudEvent) => void;
  /** Called when an import has succeeded, or the full phase of an online migration is over: the target has the data. */
  readonly onLoaded: (task: DcsTask) => void;
}

/** How long an incremental migration runs before a script ends it, by default. */
export const INCREMENTAL_MS = 120_000;

/** The initial fields of a new task; the rest is empty. */
export type NewDcsTask = Pick<DcsTask, 'kind' | 'projectId' | 'name' | 'description' | 'status'> &
  Partial<Omit<DcsTask, 'id' | 'createdAt'>>;

/** States in which the migration machine has been released. */
const RELEASING = new Set(['SUCCESS', 'FAILED', 'TERMINATED', 'RELEASED']);

/** The migration tasks of the local DCS. */
export class DcsTasks {
  readonly #clock: Clock;
  readonly #assumed: Assumed;
  readonly #list: TaskList;
  readonly #scripts: Scripts;
  readonly #onEvent: (event: CloudEvent) => void;
  readonly #onLoaded: (task: DcsTask) => void;
  readonly #stepRunner: StepRunner<DcsTask>;
  readonly #byId = new Map<string, DcsTask>();
  readonly #deleted = new Map<string, DcsTask>();

  constructor(options: DcsTasksOptions) {
    this.#clock = options.clock;
    this.#assumed = options.assumed;
    this.#list = new TaskList(options.clock);
    this.#scripts = options.scripts;
    this.#onEvent = options.onEvent;
    this.#onLoaded = options.onLoaded;
    this.#stepRunner = new StepRunner(options.clock, (task, step) => this.#onStep(task, step));
  }

  /** All tasks, oldest first. */
  all(): DcsTask[] {
    return [...this.#byId.values()];
  }

  create(task: NewDcsTask, steps: readonly Step[]): DcsTask {
    const now = this.#clock.now();
    const created: DcsTask = {
      id: newTaskId(task.kind, this.#assumed('dcs-task-id')),
      steps: [],
      jobId: undefined,
      createdAt: now,
      updatedAt: now,
      releasedAt: undefined,
      backupFiles: undefined,
      content: [],
      network: undefined,
      method: '',
      resumeMode: '',
      bandwidthLimitMb: undefined,
      source: undefined,
      target: undefined,
      errorMessage: '',
      jobFailure: undefined,
      jobEndedAt: undefined,
      phase: undefined,
      logs: [{ createdAt: now, level: 'INFO', message: 'The migration task is created.' }],
      ...task,
    };
    this.#byId.set(created.id, created);
    this.#stepRunner.run(created, steps);
    this.#emit('task_created', created);
    return created;
  }

  /** Restores a stored task and resumes its steps. */
  restore(task: DcsTask): void {
    this.#byId.set(task.id, task);
    this.#stepRunner.resume(task);
  }

  find(projectId: string, id: string): DcsTask | undefined {
    const task = this.#byId.get(id);
    return task?.projectId === projectId ? task : undefined;
  }

  /** @throws {ServiceError} DCS.4070 for a malformed ID, DCS.4133 for a task that is unknown or deleted */
  get(projectId: string, id: string): DcsTask {
    if (!isResourceId(id)) throw errors.badTaskId();
    const task = this.find(projectId, id);
    if (task === undefined) throw errors.unknownTask();
    return task;
  }

  /** The project's tasks as the list shows them. */
  listed(projectId: string): DcsTask[] {
    const tasks = this.all().filter((task) => task.projectId === projectId);
    const [lag, order, gaps] = [
      this.#assumed('dcs-list-lag'),
      this.#assumed('dcs-list-order'),
      this.#assumed('dcs-list-gaps'),
    ];
    return this.#list.shown(tasks, { lag, order, gaps }, ({ releasedAt }) => releasedAt);
  }

  isTargeted(instanceId: string): boolean {
    return this.all().some((task) => task.target?.id === instanceId && isActive(task));
  }

  /** Changes the state immediately and schedules the following steps. */
  move(task: DcsTask, status: string, steps: readonly Step[], failure?: string): void {
    task.status = status;
    this.#stepRunner.run(task, steps);
    this.#onStep(task, { afterMs: 0, status, ...(failure === undefined ? {} : { failure }) });
  }

  /** Replaces what is ahead of a task, without changing its state; without steps its progress stops at a share of the phase. */
  reroute(task: DcsTask, steps: readonly Step[], stuckAt: number): void {
    this.#stepRunner.run(task, steps);
    if (task.phase !== undefined && steps.length === 0) task.phase = { ...task.phase, isStuck: true, stuckAt };
    this.#emit('task_changed', task);
  }

  delete(task: DcsTask): void {
    this.#stepRunner.run(task, []);
    this.#byId.delete(task.id);
    this.#deleted.set(task.id, task);
    this.#emit('task_deleted', task);
  }

  /** A deleted task, as long as the service still shows it. @throws {ServiceError} DCS.4070 for a malformed ID, DCS.4133 if it shows none */
  getShown(projectId: string, id: string): DcsTask {
    const behavior = this.#assumed('dcs-deleted-shown');
    const deleted = this.#deleted.get(id);
    if (deleted?.projectId !== projectId || behavior === 'gone') return this.get(projectId, id);
    return behavior === 'deleted' ? { ...deleted, status: 'DELETED' } : deleted;
  }

  #onStep(task: DcsTask, step: Step): void {
    if (task.status === 'DELETED') {
      this.delete(task);
      return;
    }
    const now = this.#clock.now();
    task.updatedAt = now;
    task.errorMessage = step.failure ?? '';
    if (task.kind === 'online' && task.jobEndedAt === undefined) {
      task.jobEndedAt = now;
      task.jobFailure = step.failure;
    }
    if (RELEASING.has(task.status)) task.releasedAt = now;
    if (isLoaded(task)) this.#onLoaded(task);
    this.#enterPhase(task, now);
    task.logs.push({
      createdAt: now,
      level: step.failure === undefined ? 'INFO' : 'ERROR',
      message: step.failure ?? `The migration task is ${task.status}.`,
    });
    this.#emit('task_changed', task);
  }

  #enterPhase(task: DcsTask, now: number): void {
    if (task.status === 'FULLMIGRATING') {
      task.phase = { name: 'full', startedAt: now, isStuck: task.steps.length === 0, stuckAt: task.stuckAt };
    } else if (isIncremental(task.status)) {
      const script = this.#scripts.take('incremental', { operation: 'SetOnlineMigrationTask', name: task.name });
      if (script !== undefined) task.steps = scriptedSteps(script, defaultStage(script, INCREMENTAL_MS));
      task.phase = {
        name: 'incremental',
        startedAt: now,
        isStuck: script?.outcome === 'stuck',
        stuckAt: script?.share,
      };
    } else if (task.phase !== undefined && task.phase.endedAt === undefined) {
      task.phase = { ...task.phase, endedAt: now };
    }
  }

  #emit(kind: CloudEvent['kind'], task: DcsTask): void {
    this.#onEvent({ kind, service: 'DCS', id: task.id, name: task.name, status: task.status });
  }
}

/** Whether the task has just left the state in which data are copied, with success. Called before it enters its next phase. */
function isLoaded({ kind, status, phase }: DcsTask): boolean {
  if (kind === 'import') return status === 'SUCCESS';
  return phase?.name === 'full' && phase.endedAt === undefined && (status === 'SUCCESS' || isIncremental(status));
}

function newTaskId(kind: DcsTask['kind'], form: BehaviorOf<'dcs-task-id'>): string {
  const id = randomUUID();
  return form === 'hex' || (form === 'mixed' && kind === 'import') ? id.replaceAll('-', '') : id;
}
