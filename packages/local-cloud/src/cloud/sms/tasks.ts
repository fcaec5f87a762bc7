import type { Clock } from '../clock.ts';
import type { LocalServer, Servers } from '../ecs/servers.ts';
import { TaskList } from '../listed-tasks.ts';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { CloudEvent } from '../operation.ts';
import { type Step, StepRunner } from '../step-runner.ts';
import type { CreateTaskBody } from './create-task-body.ts';
import { errors } from './errors.ts';
import { type ConsistencyReport, isCopied, makeTask, type SmsTask, type TargetClone, targetVmId } from './task.ts';

export interface SmsTasksOptions {
  readonly clock: Clock;
  readonly assumed: Assumed;
  readonly onEvent: (event: CloudEvent) => void;
  /** Where the servers that SMS creates appear. */
  readonly servers: Servers;
}

const ENDED = new Set(['MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'ABORT']);

/** The migration tasks of the local SMS. */
export class SmsTasks {
  readonly #clock: Clock;
  readonly #assumed: Assumed;
  readonly #list: TaskList;
  readonly #onEvent: (event: CloudEvent) => void;
  readonly #servers: Servers;
  readonly #stepRunner: StepRunner<SmsTask>;
  readonly #cloneRunner: StepRunner<TargetClone>;
  readonly #byId = new Map<string, SmsTask>();

  constructor(options: SmsTasksOptions) {
    this.#clock = options.clock;
    this.#assumed = options.assumed;
    this.#list = new TaskList(options.clock);
    this.#onEvent = options.onEvent;
    this.#servers = options.servers;
    this.#stepRunner = new StepRunner(options.clock, (task, step) => this.#onStep(task, step));
    this.#cloneRunner = new StepRunner(options.clock, (clone, step) => this.#onCloneStep(clone, step));
  }

  /** All tasks, oldest first. */
  all(): SmsTask[] {
    return [...this.#byId.values()];
  }

  create(domainId: string, sent: CreateTaskBody): SmsTask {
    const task = makeTask(domainId, sent, this.#clock.now());
    this.#byId.set(task.id, task);
    this.#emit('task_created', task);
    return task;
  }

  /** Restores a stored task, its servers and its clone, and resumes their steps. Tasks stored by older versions lack some fields. */
  restore(stored: SmsTask): void {
    const task: SmsTask = { ...makeTask(stored.domainId, stored.sent, stored.createdAt), ...stored };
    this.#byId.set(task.id, task);
    this.#addServers(task);
    this.#stepRunner.resume(task);
    if (task.clone !== undefined) this.#cloneRunner.resume(task.clone);
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
    return this.all().find((task) => targetVmId(task) === vmId);
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

  /** Changes fields other than the state. */
  change(task: SmsTask, changes: Partial<Omit<SmsTask, 'id' | 'status' | 'steps' | 'clone'>>): void {
    Object.assign(task, changes);
    this.#emit('task_changed', task);
  }

  /** Starts a clone of the task's target. */
  startClone(task: SmsTask, clone: TargetClone, steps: readonly Step[]): void {
    task.clone = clone;
    this.#cloneRunner.run(clone, steps);
    this.#emit('task_changed', task);
  }

  /** The servers that it created remain. */
  delete(task: SmsTask): void {
    this.#stepRunner.run(task, []);
    if (task.clone !== undefined) this.#cloneRunner.run(task.clone, []);
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
    task.stateAt = now;
    if (task.status === 'SYNCING') task.syncedAt ??= now;
    task.finishedAt = ENDED.has(task.status) ? now : undefined;
    task.errorCode = step.failure;
    task.errorParams = step.failureParams ?? [];
    if (isCopied(task)) this.#onCopied(task);
    this.#emit('task_changed', task);
  }

  #onCopied(task: SmsTask): void {
    this.#addServers(task);
    if (!task.needsConsistencyCheck) return;
    task.needsConsistencyCheck = false;
    task.consistencyReports = [...task.consistencyReports, sameFiles(task, this.#clock.now())];
  }

  #onCloneStep(clone: TargetClone, step: Step): void {
    const task = this.#byId.get(clone.id);
    if (task === undefined) return;
    clone.errorCode = step.failure ?? '';
    this.#addServers(task);
    this.#emit('task_changed', task);
  }

  /** Makes the servers that SMS has created for a task known to ECS. */
  #addServers(task: SmsTask): void {
    if (isCopied(task) && task.sent.exist_server !== true) this.#addServer(newServer(task, task.newVmId));
    if (task.clone?.status === 'FINISHED') {
      this.#addServer({ ...newServer(task, task.clone.vmId), name: task.clone.name });
    }
  }

  #addServer(server: LocalServer): void {
    if (this.#servers.find(server.id) === undefined) this.#servers.set(server);
  }

  #emit(kind: CloudEvent['kind'], task: SmsTask): void {
    this.#onEvent({ kind, service: 'SMS', id: task.id, name: task.name, status: task.status });
  }
}

const GB = 1024n * 1024n * 1024n;

function newServer({ sent }: SmsTask, id: string): LocalServer {
  const { name, disks } = sent.target_server;
  return {
    id,
    name,
    disks: disks.map(({ size }, index) => ({
      id: `${id}-${index}`,
      sizeGb: Number((BigInt(size) + GB - 1n) / GB),
    })),
  };
}

/** The result of a check that finds no differences: every copy here is exact. */
function sameFiles({ sent, configurations }: SmsTask, finishedAt: number): ConsistencyReport {
  const folder = configurations.find(({ config_key: key }) => key === 'CONSISTENCY_DIR')?.config_value;
  const checked = {
    dir_check: folder ?? (sent.os_type === 'WINDOWS' ? 'C:\\' : '/'),
    num_total_files: 1000,
    num_different_files: 0,
    num_target_miss_files: 0,
    num_target_more_files: 0,
  };
  return { finishedAt, folders: [checked] };
}
