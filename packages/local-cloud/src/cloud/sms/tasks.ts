import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { TaskList } from '../listed-tasks.ts';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { CloudEvent } from '../operation.ts';
import { type Step, StepRunner } from '../step-runner.ts';
import type { CreateTaskBody } from './bodies.ts';
import { errors } from './errors.ts';
import type { SmsTask } from './task.ts';

export interface SmsTasksOptions {
  readonly clock: Clock;
  readonly assumed: Assumed;
  readonly onEvent: (event: CloudEvent) => void;
}

const ENDED = new Set(['MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'ABORT']);

/** The migration tasks of the local SMS. */
export class SmsTasks {
  readonly #clock: Clock;
  readonly #assumed: Assumed;
  readonly #list: TaskList;
  readonly #onEvent: (event: CloudEvent) => void;
  readonly #stepRunner: StepRunner<SmsTask>;
  readonly #byId = new Map<string, SmsTask>();

  constructor(options: SmsTasksOptions) {
    this.#clock = options.clock;
    this.#assumed = options.assumed;
    this.#list = new TaskList(options.clock);
    this.#onEvent = options.onEvent;
    this.#stepRunner = new StepRunner(options.clock, (task, step) => this.#onStep(task, step));
  }

  /** All tasks, oldest first. */
  all(): SmsTask[] {
    return [...this.#byId.values()];
  }

  create(domainId: string, sent: CreateTaskBody): SmsTask {
    const task: SmsTask = {
      id: randomUUID(),
      status: 'READY',
      steps: [],
      domainId,
      name: sent.name,
      createdAt: this.#clock.now(),
      sent,
      startedAt: undefined,
      finishedAt: undefined,
      cleared: false,
      errorCode: undefined,
      errorParams: [],
      runAt: undefined,
      runEndedAt: undefined,
      stuckAtMs: undefined,
    };
    this.#byId.set(task.id, task);
    this.#emit('task_created', task);
    return task;
  }

  /** Restores a stored task and resumes its steps. */
  restore(task: SmsTask): void {
    this.#byId.set(task.id, task);
    this.#stepRunner.resume(task);
  }

  /** @throws {ServiceError} SMS.7703 for a task that is unknown or belongs to another account */
  get(domainId: string, id: string): SmsTask {
    const task = this.#byId.get(id);
    if (task === undefined || task.domainId !== domainId) throw errors.unknownTask(id);
    return task;
  }

  /** The account's tasks as the list shows them. */
  listed(domainId: string): SmsTask[] {
    const tasks = this.all().filter((task) => task.domainId === domainId);
    const [lag, order, gaps] = [
      this.#assumed('sms-list-lag'),
      this.#assumed('sms-list-order'),
      this.#assumed('sms-list-gaps'),
    ];
    return this.#list.shown(tasks, { lag, order, gaps }, ({ finishedAt }) => finishedAt);
  }

  findOfSource(sourceId: string): SmsTask | undefined {
    return this.all().find(({ sent }) => sent.source_server.id === sourceId);
  }

  findOfTemplate(templateId: string): SmsTask | undefined {
    return this.all().find(({ sent }) => sent.vm_template_id === templateId);
  }

  findOfTarget(vmId: string): SmsTask | undefined {
    return this.all().find(({ sent }) => sent.target_server.vm_id === vmId);
  }

  /**
   * Schedules these steps; the state does not change before the first of them.
   *
   * @param stuckAtMs the point of the new run (ms) at which its progress stops
   */
  run(task: SmsTask, steps: readonly Step[], stuckAtMs?: number): void {
    task.stuckAtMs = stuckAtMs;
    this.#stepRunner.run(task, steps);
    this.#emit('task_changed', task);
  }

  /** Changes the state immediately and schedules the following steps. */
  move(task: SmsTask, status: string, steps: readonly Step[]): void {
    task.status = status;
    this.#stepRunner.run(task, steps);
    this.#onStep(task, { afterMs: 0, status });
  }

  clear(task: SmsTask): void {
    task.cleared = true;
    this.#emit('task_changed', task);
  }

  delete(task: SmsTask): void {
    this.#stepRunner.run(task, []);
    this.#byId.delete(task.id);
    this.#emit('task_deleted', task);
  }

  #onStep(task: SmsTask, step: Step): void {
    if (task.status === 'DELETED') {
      this.delete(task);
      return;
    }
    const now = this.#clock.now();
    if (task.status === 'RUNNING') {
      task.startedAt ??= now;
      task.runAt = now;
      task.runEndedAt = undefined;
    } else {
      task.runEndedAt ??= now;
    }
    task.finishedAt = ENDED.has(task.status) ? now : undefined;
    task.errorCode = step.failure;
    task.errorParams = step.failureParams ?? [];
    this.#emit('task_changed', task);
  }

  #emit(kind: CloudEvent['kind'], task: SmsTask): void {
    this.#onEvent({ kind, service: 'SMS', id: task.id, name: task.name, status: task.status });
  }
}
