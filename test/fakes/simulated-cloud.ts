import { checkPathId } from '../../lib/cloud/transport/check-path-id.ts';
import { revealSecrets } from '../../lib/cloud/transport/reveal-secrets.ts';
import type { KnownCode } from '../../lib/kernel/codes.ts';
import { CloudError, type CloudErrorDetails } from '../../lib/kernel/errors.ts';
import type { CreatedTask } from '../../lib/ports/created-task.ts';
import type { DcsBackupRecord, DcsFollow, DcsInstances, DcsService, DcsTask } from '../../lib/ports/dcs.ts';
import type { SmsFollow, SmsOperation, SmsService, SmsTask } from '../../lib/ports/sms.ts';
import { FakeDcsInstances } from './fake-dcs-instances.ts';

type Body = Readonly<Record<string, unknown>>;

/** How a call fails, and when it takes effect nevertheless. Without `done` it does not. */
export type Fault = Omit<CloudErrorDetails, 'service' | 'operation'> & { readonly done?: 'now' | 'later' };

const FAULTS = {
  /** It takes effect, and the response is lost. */
  reply_lost: { done: 'now', outcome: 'unknown', temporary: false, cloudCode: 'ECONNRESET' },
  /** It takes effect, and the response is a 500. */
  done_500: { done: 'now', outcome: 'unknown', temporary: false, status: 500, cloudCode: 'DCS.5000' },
  /** It has no effect, and the response is a 500. */
  not_done_500: { outcome: 'unknown', temporary: false, status: 500, cloudCode: 'DCS.5000' },
  /** The connection breaks, and it takes effect a little later. */
  done_later: { done: 'later', outcome: 'unknown', temporary: false, cloudCode: 'ECONNRESET' },
  /** 400, the instance is busy: it definitely has no effect. */
  busy: { outcome: 'rejected', temporary: true, status: 400, cloudCode: 'DCS.4026' },
  /** 400, permanent: it definitely has no effect. */
  refused: { outcome: 'rejected', temporary: false, status: 400, cloudCode: 'DCS.4004' },
  /** 403: a permission is missing. */
  denied: { outcome: 'rejected', temporary: false, status: 403, cloudCode: 'DCS.2007' },
  /** No connection: it definitely was not sent. */
  not_sent: { outcome: 'not_sent', temporary: true, cloudCode: 'ECONNREFUSED' },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

export interface SimulatedTask {
  readonly id: string;
  readonly operation: CreateOperation;
  readonly name: string;
  /** The DCS instance or the source server; `undefined` for an online migration: see `occupies`. */
  readonly target: string | undefined;
  /** When it was created, virtual ms. */
  readonly at: number;
  readonly body: Body;
}

/** The period in which a task has its target, virtual ms. */
export interface Occupied {
  readonly target: string;
  readonly from: number;
  readonly to: number;
}

/** A changing call other than a create call, and whether it changed anything. */
export interface Change {
  readonly operation: ChangeOperation;
  /** The task or the instance. */
  readonly on: string;
  /** When it takes effect, virtual ms. */
  readonly at: number;
  readonly took: boolean;
  /** The operation sent with UpdateTaskStatus. */
  readonly with?: SmsOperation;
}

type CreateOperation = 'CreateMigrationTask' | 'CreateOnlineMigrationTask' | 'CreateTask';

export type ChangeOperation =
  | 'CopyInstance'
  | 'SetOnlineMigrationTask'
  | 'UpdateTaskStatus'
  | 'StopMigrationTask'
  | 'DeleteMigrationTask';

type Operation = CreateOperation | ChangeOperation | 'ListMigrationTask' | 'ListBackupRecords' | 'ListTasks';

const SMS_OPERATIONS: ReadonlySet<Operation> = new Set(['CreateTask', 'ListTasks', 'UpdateTaskStatus']);
const NO_TASK = { DCS: 'DCS.4133', SMS: 'SMS.7703' } as const;
const WRONG_STATE = { DCS: 'DCS.4957', SMS: 'SMS.9001' } as const;
const WORKING = ['FULLMIGRATING', 'INCRMIGEATING', 'MIGRATING'];
const NOT_DELETABLE = [...WORKING, 'CREATING', 'TERMINATING'];

/** Duration of a task. */
const RUNS_MS = 10 * 60_000;
/** Durations of the creation and of the full phase of an online task. */
const CREATING_MS = 90_000;
const FULL_MS = 3 * 60_000;
const TERMINATING_MS = 20_000;
/** Delay until an interrupted call takes effect, within the settle time. */
const LATER_MS = 8_000;

/**
 * DCS and SMS in virtual time, with a record of all tasks that ever existed, by which a simulation is judged.
 *
 * Unlike the services, it accepts simultaneous tasks of one target: a simulation proves that nobody requests them.
 */
export class SimulatedCloud {
  readonly tasks: SimulatedTask[] = [];
  /** Names of tasks in create calls, including failed ones. */
  readonly creates: string[] = [];
  /** Operations that were called, except those on instances. */
  readonly calls: Operation[] = [];
  readonly #now: () => number;
  readonly #faults: { readonly operation: Operation | 'any create'; readonly fault: Fault }[] = [];
  readonly changes: Change[] = [];
  /** Configurations of online tasks, by id. */
  readonly configured = new Map<string, Body>();
  /** The error log of every DCS task. */
  readonly errorLogs: string[] = [];
  /** States that the test has set explicitly, by task id. */
  readonly statuses = new Map<string, string>();
  /** How long it takes until a new task appears in a list. */
  listLagMs = 0;
  /** How many of the next listings fail. */
  failingLists = 0;
  /** Every instance exists. */
  readonly instances: FakeDcsInstances;

  constructor(now: () => number) {
    this.#now = now;
    this.instances = new FakeDcsInstances({ now, others: true });
  }

  /** Makes the next call of this operation fail. Several are used in order. */
  failNext(operation: Operation, fault: FaultName | Fault): void {
    this.#faults.push({ operation, fault: typeof fault === 'string' ? FAULTS[fault] : fault });
  }

  failNextCreate(fault: FaultName): void {
    this.#faults.push({ operation: 'any create', fault: FAULTS[fault] });
  }

  clearFaults(): void {
    this.#faults.length = 0;
    this.failingLists = 0;
  }

  /** The names of the files of each task; empty unless it is an import. */
  get importedFiles(): string[][] {
    return this.tasks.map(({ body }) => {
      const { files = [] } = (body['backup_files'] ?? {}) as { files?: { file_name: string }[] };
      return files.map(({ file_name }) => file_name);
    });
  }

  get backups(): readonly DcsBackupRecord[] {
    return this.instances.copies;
  }

  readonly dcs: DcsService = {
    createMigrationTask: async (body) => this.#create('CreateMigrationTask', String(body['task_name']), body),
    createOnlineMigrationTask: async (body) => this.#create('CreateOnlineMigrationTask', String(body['name']), body),
    listMigrationTasks: async (name) =>
      this.#listed('ListMigrationTask')
        .filter((task) => task.name.includes(name))
        .map((task): DcsTask => {
          const { target: id } = this.occupies(task) ?? {};
          const target = id === undefined ? {} : { targetInstanceId: id };
          return { id: task.id, name: task.name, status: this.statusOf(task), ...target };
        }),
  };

  readonly dcsInstances: DcsInstances = {
    showInstance: (id) => this.instances.showInstance(id),
    listBackupRecords: async (instanceId) => {
      this.#failList('ListBackupRecords');
      const records = await this.instances.listBackupRecords(instanceId);
      return records.filter(({ createdAt }) => Date.parse(createdAt) + this.listLagMs <= this.#now());
    },
    copyInstance: async (instanceId, remark) => {
      let backupId = '';
      this.#change('CopyInstance', instanceId, (at) => {
        ({ backupId } = this.instances.copyAt(at, instanceId, remark));
        return true;
      });
      return { backupId };
    },
  };

  readonly dcsFollow: DcsFollow = {
    listAllMigrationTasks: () => this.dcs.listMigrationTasks(''),
    setOnlineMigrationTask: async (id, body) => {
      refuseReferences('SetOnlineMigrationTask', body);
      this.#changeTask('SetOnlineMigrationTask', id, (status) => {
        if (status === 'RUNNING') this.configured.set(id, body);
        return status === 'RUNNING';
      });
      return { status: 'FULLMIGRATING' };
    },
    stopTask: async (id) => this.#changeTask('StopMigrationTask', id, (status) => WORKING.includes(status)),
    deleteTask: async (id) => {
      if (!this.#find('DCS', checkPathId('DCS', 'DeleteMigrationTask', id))) return;
      this.#changeTask('DeleteMigrationTask', id, (status) => !NOT_DELETABLE.includes(status));
    },
    showStats: async (id) => {
      const task = this.#find('DCS', checkPathId('DCS', 'ShowMigrationTaskStats', id));
      if (task?.operation !== 'CreateOnlineMigrationTask') return undefined;
      const isFull = this.statusOf(task) === 'FULLMIGRATING';
      return isFull ? { fullProgress: 50, offset: 1024 } : { fullProgress: 100, offset: 0 };
    },
    listErrorLogs: async (id) => {
      return this.#find('DCS', checkPathId('DCS', 'ListMigrationTaskLogs', id)) ? [...this.errorLogs] : [];
    },
    /** There are no jobs, because a create call returns no job id. */
    showJob: async (id) => {
      checkPathId('DCS', 'ShowJobInfo', id);
      throw rejected('ShowJobInfo', NO_TASK);
    },
  };

  readonly sms: SmsService = {
    createTask: async (body) => {
      const { id } = this.#create('CreateTask', String(body['name']), body);
      return { id };
    },
    listTasks: async (source) => {
      const tasks = this.#listed('ListTasks').filter(({ target }) => target === source);
      return tasks.map((task) => this.#smsTask(task));
    },
  };

  readonly smsFollow: SmsFollow = {
    listAllTasks: async () => this.#listed('ListTasks').map((task) => this.#smsTask(task)),
    showTask: async (id) => {
      const task = this.#find('SMS', checkPathId('SMS', 'ShowTask', id));
      return task && { ...this.#smsTask(task), subtask: 'MIGRATE_LINUX_FILE', progress: 40 };
    },
    updateTaskStatus: async (id, operation) => {
      const from = operation === 'start' ? ['READY', 'ABORT'] : ['RUNNING'];
      this.#changeTask('UpdateTaskStatus', id, (status) => from.includes(status), operation);
    },
  };

  #smsTask(task: SimulatedTask): SmsTask {
    return { id: task.id, name: task.name, state: this.statusOf(task) };
  }

  /** The state of a task as the service reports it. */
  statusOf(task: SimulatedTask): string {
    return this.#statusAt(task, this.#now());
  }

  #statusAt(task: SimulatedTask, now: number): string {
    const set = this.statuses.get(task.id);
    if (set !== undefined) return set;
    if (task.operation === 'CreateTask') {
      const last = this.#last('UpdateTaskStatus', task.id, now);
      if (last?.with === 'stop') return 'ABORT';
      const startedAt = last?.at ?? (task.body['auto_start'] === false ? undefined : task.at);
      if (startedAt === undefined) return 'READY';
      return now - startedAt >= RUNS_MS ? 'MIGRATE_SUCCESS' : 'RUNNING';
    }
    const stopped = this.#last('StopMigrationTask', task.id, now);
    if (stopped) return now - stopped.at >= TERMINATING_MS ? 'TERMINATED' : 'TERMINATING';
    if (task.operation === 'CreateMigrationTask') return now >= this.endOf(task) ? 'SUCCESS' : 'MIGRATING';
    const configured = this.#last('SetOnlineMigrationTask', task.id, now);
    if (!configured) return now - task.at >= CREATING_MS ? 'RUNNING' : 'CREATING';
    if (now - configured.at < FULL_MS) return 'FULLMIGRATING';
    return this.#isIncremental(task) ? 'INCRMIGEATING' : 'SUCCESS';
  }

  /** The last change of this kind that has taken effect. */
  #last(operation: ChangeOperation, on: string, now: number): Change | undefined {
    return this.changes.findLast((one) => one.operation === operation && one.on === on && one.took && one.at <= now);
  }

  #doneAt(operation: ChangeOperation, on: string): number | undefined {
    return this.#last(operation, on, this.#now())?.at;
  }

  /** An existing task, whether lists already show it or not. */
  #find(service: 'DCS' | 'SMS', id: string): SimulatedTask | undefined {
    const task = this.tasks.find((one) => one.id === id && serviceOf(one.operation) === service);
    return task && task.at <= this.#now() && !this.#isDeleted(task) ? task : undefined;
  }

  #isDeleted({ id }: SimulatedTask): boolean {
    return this.#doneAt('DeleteMigrationTask', id) !== undefined;
  }

  /** @param take makes the change; returns false if the task's state does not allow it */
  #changeTask(operation: ChangeOperation, id: string, take: (status: string) => boolean, given?: SmsOperation): void {
    checkPathId(serviceOf(operation), operation, id);
    this.#change(
      operation,
      id,
      (at) => {
        const task = this.#find(serviceOf(operation), id);
        if (!task) throw rejected(operation, NO_TASK);
        if (!take(this.#statusAt(task, at))) throw rejected(operation, WRONG_STATE);
        return true;
      },
      given,
    );
  }

  isOver(task: SimulatedTask): boolean {
    return this.#now() >= this.endOf(task);
  }

  endOf(task: SimulatedTask): number {
    const ended = (operation: ChangeOperation) => this.#doneAt(operation, task.id) ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#endByItself(task), ended('StopMigrationTask') + TERMINATING_MS, ended('DeleteMigrationTask'));
  }

  #endByItself(task: SimulatedTask): number {
    if (task.operation !== 'CreateOnlineMigrationTask') return task.at + RUNS_MS;
    const configured = this.#doneAt('SetOnlineMigrationTask', task.id);
    return configured === undefined || this.#isIncremental(task) ? Number.POSITIVE_INFINITY : configured + FULL_MS;
  }

  #isIncremental({ id }: SimulatedTask): boolean {
    return this.configured.get(id)?.['migration_method'] === 'incremental_migration';
  }

  /** The target that a task occupies. `undefined` for an online task that is not configured, or that has addresses. */
  occupies(task: SimulatedTask): Occupied | undefined {
    const to = this.endOf(task);
    if (task.operation !== 'CreateOnlineMigrationTask') {
      return task.target === undefined ? undefined : { target: task.target, from: task.at, to };
    }
    const from = this.#doneAt('SetOnlineMigrationTask', task.id);
    const { id } = (this.configured.get(task.id)?.['target_instance'] ?? {}) as { id?: string };
    return from === undefined || id === undefined ? undefined : { target: id, from, to };
  }

  #listed(operation: 'ListMigrationTask' | 'ListTasks'): SimulatedTask[] {
    this.#failList(operation);
    return this.tasks.filter(
      (task) =>
        serviceOf(task.operation) === serviceOf(operation) &&
        task.at + this.listLagMs <= this.#now() &&
        !this.#isDeleted(task),
    );
  }

  #failList(operation: Operation): void {
    this.#call(operation, () => {});
    if (this.failingLists === 0) return;
    this.failingLists -= 1;
    throw failure(operation, { outcome: 'unknown', temporary: true, status: 500, cloudCode: 'DCS.5000' });
  }

  #create(operation: CreateOperation, name: string, body: Body): CreatedTask {
    refuseReferences(operation, body);
    this.creates.push(name);
    const target = (body['target_instance'] ?? body['source_server']) as { id?: string } | undefined;
    return this.#call(operation, (at) => {
      const task = { id: `task-${this.tasks.length + 1}`, operation, name, target: target?.id, at, body };
      this.tasks.push(task);
      return { id: task.id, status: this.statusOf(task) };
    });
  }

  #change(operation: ChangeOperation, on: string, take: (at: number) => boolean, given?: SmsOperation): void {
    this.#call(operation, (at) => {
      this.changes.push({ operation, on, at, took: take(at), ...(given === undefined ? {} : { with: given }) });
    });
  }

  /** @param act makes the change at that time; not called if the call fails first */
  #call<T>(operation: Operation, act: (at: number) => T): T {
    this.calls.push(operation);
    const i = this.#faults.findIndex(
      (one) => one.operation === operation || (one.operation === 'any create' && operation.startsWith('Create')),
    );
    const fault = i < 0 ? undefined : this.#faults.splice(i, 1)[0]?.fault;
    if (fault && !fault.done) throw failure(operation, fault);
    const result = act(this.#now() + (fault?.done === 'later' ? LATER_MS : 0));
    if (fault) throw failure(operation, fault);
    return result;
  }
}

/** As the clients do: a reference to a secret is never sent instead of the secret. */
function refuseReferences(operation: Operation, body: Body): void {
  try {
    revealSecrets(body);
  } catch {
    throw failure(operation, { outcome: 'not_sent', temporary: false, cloudCode: 'request_not_built' });
  }
}

function serviceOf(operation: Operation | 'ShowJobInfo'): 'DCS' | 'SMS' {
  return (SMS_OPERATIONS as ReadonlySet<string>).has(operation) ? 'SMS' : 'DCS';
}

function rejected(operation: Operation | 'ShowJobInfo', codes: Readonly<Record<'DCS' | 'SMS', KnownCode>>): CloudError {
  const cloudCode = codes[serviceOf(operation)];
  return failure(operation, { outcome: 'rejected', temporary: false, status: 400, cloudCode });
}

function failure(operation: Operation | 'ShowJobInfo', { done: _done, ...details }: Fault): CloudError {
  return new CloudError({ service: serviceOf(operation), operation, ...details });
}
