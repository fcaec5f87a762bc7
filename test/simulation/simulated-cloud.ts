import { CloudError, type CloudErrorDetails } from '../../lib/kernel/errors.ts';
import type { CreatedTask } from '../../lib/ports/created-task.ts';
import type { DcsBackupRecord, DcsFollow, DcsInstances, DcsService, DcsTask } from '../../lib/ports/dcs.ts';
import type { SmsFollow, SmsService, SmsTask } from '../../lib/ports/sms.ts';

type Body = Readonly<Record<string, unknown>>;

/** What happens to the next create call. */
export type CreateFault =
  /** It is done, and the answer is lost. */
  | 'reply_lost'
  /** It is done, and the answer is a 500. */
  | 'done_500'
  /** It is not done, and the answer is a 500. */
  | 'not_done_500'
  /** The connection breaks, and it is done a little later all the same. */
  | 'done_later'
  /** 400, the instance is busy: surely not done. */
  | 'busy'
  /** 400, for good: surely not done. */
  | 'refused'
  /** 403: a right is missing. */
  | 'denied'
  /** No connection: surely not sent. */
  | 'not_sent';

export interface SimulatedTask {
  readonly id: string;
  readonly operation: string;
  readonly name: string;
  /** The DCS instance or the source server; of an online migration `undefined`: see `occupies`. */
  readonly target: string | undefined;
  /** When it began to exist, virtual ms. */
  readonly at: number;
  readonly body: Body;
}

/** Since when a task has a target, and until when; virtual ms. */
export interface Occupied {
  readonly target: string;
  readonly from: number;
  readonly to: number;
}

/** A call beside a create call, and whether it changed anything. */
export interface Change {
  readonly operation: ChangeOperation;
  /** The task or the instance. */
  readonly on: string;
  /** When it has its effect, virtual ms. */
  readonly at: number;
  readonly took: boolean;
  /** What UpdateTaskStatus was asked for. */
  readonly with?: string;
}

export type ChangeOperation =
  | 'CopyInstance'
  | 'SetOnlineMigrationTask'
  | 'UpdateTaskStatus'
  | 'StopMigrationTask'
  | 'DeleteMigrationTask';

interface Backup extends DcsBackupRecord {
  readonly instanceId: string;
  readonly at: number;
}

/** How long a task runs. */
const RUNS_MS = 10 * 60_000;
/** An online task is being created for so long, and is then in its full phase for so long. */
const CREATING_MS = 90_000;
const FULL_MS = 3 * 60_000;
const TERMINATING_MS = 20_000;
const BACKUP_MS = 6 * 60_000;
/** A call that broke is done at most this much later, within the settle time. */
const LATER_MS = 8_000;

/** DCS and SMS in virtual time, with a record of all tasks that ever were: the judge of what a simulation did. */
export class SimulatedCloud {
  readonly tasks: SimulatedTask[] = [];
  readonly creates: string[] = [];
  readonly #now: () => number;
  readonly #faults: CreateFault[] = [];
  readonly #changeFaults: { readonly operation: ChangeOperation; readonly fault: CreateFault }[] = [];
  readonly changes: Change[] = [];
  /** What online tasks were configured with. */
  readonly configured: Body[] = [];
  readonly backups: Backup[] = [];
  /** What every task logs. */
  readonly errorLogs: string[] = [];
  /** Of tasks that the test moves by hand, by id. */
  readonly statuses = new Map<string, string>();
  /** How long a new task takes to show in a list. */
  listLagMs = 0;
  /** So many listings fail from now on. */
  failingLists = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  failNextCreate(fault: CreateFault): void {
    this.#faults.push(fault);
  }

  failNextChange(operation: ChangeOperation, fault: CreateFault): void {
    this.#changeFaults.push({ operation, fault });
  }

  clearFaults(): void {
    this.#faults.length = 0;
    this.#changeFaults.length = 0;
    this.failingLists = 0;
  }

  readonly dcs: DcsService = {
    createMigrationTask: async (body) => this.#create('CreateMigrationTask', String(body['task_name']), body),
    createOnlineMigrationTask: async (body) => this.#create('CreateOnlineMigrationTask', String(body['name']), body),
    listMigrationTasks: async (name) => {
      this.#failList('ListMigrationTask');
      return this.#listed()
        .filter((task) => task.name.includes(name))
        .map((task): DcsTask => {
          const { target: id } = this.occupies(task) ?? {};
          const target = id === undefined ? {} : { targetInstanceId: id };
          return { id: task.id, name: task.name, status: this.statusOf(task), ...target };
        });
    },
  };

  /** Every instance is there, runs, and has a password. */
  readonly dcsInstances: DcsInstances = {
    showInstance: async (id) => {
      return {
        id,
        name: id,
        status: 'RUNNING',
        engineVersion: '6.0',
        cacheMode: 'ha',
        sslEnabled: false,
        passwordFree: false,
      };
    },
    listBackupRecords: async (instanceId) => {
      this.#failList('ListBackupRecords');
      const now = this.#now();
      return this.backups
        .filter((backup) => backup.instanceId === instanceId && backup.at + this.listLagMs <= now)
        .map((backup) => ({ ...backup, status: now >= backup.at + BACKUP_MS ? 'succeed' : 'backuping' }));
    },
    copyInstance: async (instanceId, remark) => {
      const backupId = `backup-${this.backups.length + 1}`;
      this.#change('CopyInstance', instanceId, (at) => {
        const createdAt = new Date(at).toISOString();
        this.backups.push({ id: backupId, instanceId, remark, status: 'waiting', createdAt, at });
        return true;
      });
      return { backupId };
    },
  };

  readonly dcsFollow: DcsFollow = {
    listAllMigrationTasks: async () => this.dcs.listMigrationTasks(''),
    setOnlineMigrationTask: async (id, body) => {
      this.#change('SetOnlineMigrationTask', id, (at) => {
        const status = this.#statusAt(this.#taskOf(id), at);
        if (status !== 'RUNNING') throw refused('SetOnlineMigrationTask');
        this.configured.push(body);
        this.#configuredAs.set(id, body);
        return true;
      });
      return {};
    },
    stopTask: async (id) => {
      this.#change('StopMigrationTask', id, (at) => {
        const status = this.#statusAt(this.#taskOf(id), at);
        if (!['FULLMIGRATING', 'INCRMIGEATING', 'MIGRATING'].includes(status)) throw refused('StopMigrationTask');
        return true;
      });
    },
    deleteTask: async (id) => {
      this.#change('DeleteMigrationTask', id, () => !this.#isDeleted(id));
    },
    showStats: async () => ({ fullProgress: 100, offset: 0 }),
    listErrorLogs: async () => [...this.errorLogs],
    showJob: async () => ({ status: 'SUCCESS' }),
  };

  readonly smsFollow: SmsFollow = {
    listAllTasks: async () => {
      this.#failList('ListTasks');
      return this.#listed().map((task): SmsTask => ({ id: task.id, name: task.name, state: this.statusOf(task) }));
    },
    showTask: async (id) => {
      const task = this.#taskOf(id);
      return { id, name: task.name, state: this.statusOf(task), subtask: 'MIGRATE_LINUX_FILE', progress: 40 };
    },
    updateTaskStatus: async (id, operation) => {
      this.#change(
        'UpdateTaskStatus',
        id,
        (at) => {
          const status = this.#statusAt(this.#taskOf(id), at);
          if ((status === 'READY') !== (operation === 'start')) throw refused('UpdateTaskStatus');
          return true;
        },
        operation,
      );
    },
  };

  readonly sms: SmsService = {
    createTask: async (body) => this.#create('CreateTask', String(body['name']), body),
    listTasks: async (source) => {
      this.#failList('ListTasks');
      return this.#listed()
        .filter(({ target }) => target === source)
        .map((task): SmsTask => ({ id: task.id, name: task.name, state: this.statusOf(task) }));
    },
  };

  /** What the service says of a task. */
  statusOf(task: SimulatedTask): string {
    return this.#statusAt(task, this.#now());
  }

  readonly #configuredAs = new Map<string, Body>();

  #statusAt(task: SimulatedTask, now: number): string {
    const set = this.statuses.get(task.id);
    if (set !== undefined) return set;
    const since = (operation: ChangeOperation, given?: string) =>
      now - (this.#doneAt(operation, task.id, now, given) ?? Number.NaN);
    if (task.operation === 'CreateTask') {
      // As for a task of SMS that is started by hand; those of other jobs go on by themselves.
      if (task.body['auto_start'] !== false) return this.isOver(task) ? 'MIGRATE_SUCCESS' : 'RUNNING';
      if (!Number.isNaN(since('UpdateTaskStatus', 'stop'))) return 'ABORT';
      const started = since('UpdateTaskStatus', 'start');
      return Number.isNaN(started) ? 'READY' : started >= RUNS_MS ? 'MIGRATE_SUCCESS' : 'RUNNING';
    }
    const stopping = since('StopMigrationTask');
    if (!Number.isNaN(stopping)) return stopping >= TERMINATING_MS ? 'TERMINATED' : 'TERMINATING';
    if (task.operation === 'CreateMigrationTask') return now >= this.endOf(task) ? 'SUCCESS' : 'MIGRATING';
    const configured = since('SetOnlineMigrationTask');
    if (Number.isNaN(configured)) return now - task.at >= CREATING_MS ? 'RUNNING' : 'CREATING';
    if (configured < FULL_MS) return 'FULLMIGRATING';
    return this.#isIncremental(task) ? 'INCRMIGEATING' : 'SUCCESS';
  }

  /** When the change had its effect; `undefined` when it did not yet. */
  #doneAt(operation: ChangeOperation, on: string, now: number, given?: string): number | undefined {
    return this.changes.find(
      (one) => one.operation === operation && one.on === on && one.with === given && one.took && one.at <= now,
    )?.at;
  }

  #isDeleted(id: string): boolean {
    return this.#doneAt('DeleteMigrationTask', id, this.#now()) !== undefined;
  }

  #taskOf(id: string): SimulatedTask {
    const task = this.tasks.find((one) => one.id === id);
    if (!task) throw new Error(`the simulated cloud has no task ${id}`);
    return task;
  }

  #change(operation: ChangeOperation, on: string, take: (at: number) => boolean, given?: string): void {
    const i = this.#changeFaults.findIndex((entry) => entry.operation === operation);
    const fault = i < 0 ? undefined : this.#changeFaults.splice(i, 1)[0]?.fault;
    failUndone(operation, fault);
    const at = this.#now() + (fault === 'done_later' ? LATER_MS : 0);
    this.changes.push({ operation, on, at, took: take(at), ...(given === undefined ? {} : { with: given }) });
    failDone(operation, fault);
  }

  isOver(task: SimulatedTask): boolean {
    return this.#now() >= this.endOf(task);
  }

  endOf(task: SimulatedTask): number {
    const ended = (operation: ChangeOperation) =>
      this.#doneAt(operation, task.id, this.#now()) ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#endByItself(task), ended('StopMigrationTask') + TERMINATING_MS, ended('DeleteMigrationTask'));
  }

  #endByItself(task: SimulatedTask): number {
    if (task.operation !== 'CreateOnlineMigrationTask') return task.at + RUNS_MS;
    const configured = this.#doneAt('SetOnlineMigrationTask', task.id, this.#now());
    return configured === undefined || this.#isIncremental(task) ? Number.POSITIVE_INFINITY : configured + FULL_MS;
  }

  #isIncremental({ id }: SimulatedTask): boolean {
    return this.#configuredAs.get(id)?.['migration_method'] === 'incremental_migration';
  }

  /** What a task has for itself. `undefined` of an online one that is not configured, or with addresses. */
  occupies(task: SimulatedTask): Occupied | undefined {
    const to = this.endOf(task);
    if (task.operation !== 'CreateOnlineMigrationTask') {
      return task.target === undefined ? undefined : { target: task.target, from: task.at, to };
    }
    const from = this.#doneAt('SetOnlineMigrationTask', task.id, this.#now());
    const { id } = (this.#configuredAs.get(task.id)?.['target_instance'] ?? {}) as { id?: string };
    return from === undefined || id === undefined ? undefined : { target: id, from, to };
  }

  #listed(): SimulatedTask[] {
    return this.tasks.filter(({ id, at }) => at + this.listLagMs <= this.#now() && !this.#isDeleted(id));
  }

  #failList(operation: string): void {
    if (this.failingLists === 0) return;
    this.failingLists -= 1;
    throw failure(operation, { outcome: 'unknown', temporary: true, status: 500, cloudCode: 'DCS.5000' });
  }

  #create(operation: string, name: string, body: Body): CreatedTask {
    this.creates.push(name);
    const fault = this.#faults.shift();
    failUndone(operation, fault);
    const target = (body['target_instance'] ?? body['source_server']) as { id?: string } | undefined;
    const at = this.#now() + (fault === 'done_later' ? LATER_MS : 0);
    const task = { id: `task-${this.tasks.length + 1}`, operation, name, target: target?.id, at, body };
    this.tasks.push(task);
    failDone(operation, fault);
    return { id: task.id, status: this.statusOf(task) };
  }
}

/** The call fails, and surely nothing was done. */
function failUndone(operation: string, fault: CreateFault | undefined): void {
  switch (fault) {
    case 'busy':
      throw failure(operation, { outcome: 'rejected', temporary: true, status: 400, cloudCode: 'DCS.4026' });
    case 'refused':
      throw refused(operation);
    case 'denied':
      throw failure(operation, { outcome: 'rejected', temporary: false, status: 403, cloudCode: 'DCS.2007' });
    case 'not_sent':
      throw failure(operation, { outcome: 'not_sent', temporary: true, cloudCode: 'ECONNREFUSED' });
    case 'not_done_500':
      throw failure(operation, { outcome: 'unknown', temporary: false, status: 500, cloudCode: 'DCS.5000' });
    default:
  }
}

/** The call was done, or will be, and its answer says something else. */
function failDone(operation: string, fault: CreateFault | undefined): void {
  if (fault === undefined) return;
  if (fault === 'done_500') {
    throw failure(operation, { outcome: 'unknown', temporary: false, status: 500, cloudCode: 'DCS.5000' });
  }
  throw failure(operation, { outcome: 'unknown', temporary: false, cloudCode: 'ECONNRESET' });
}

function refused(operation: string): CloudError {
  return failure(operation, { outcome: 'rejected', temporary: false, status: 400, cloudCode: 'DCS.4004' });
}

function failure(operation: string, details: Omit<CloudErrorDetails, 'service' | 'operation'>): CloudError {
  return new CloudError({
    service: ['CreateTask', 'ListTasks', 'UpdateTaskStatus'].includes(operation) ? 'SMS' : 'DCS',
    operation,
    ...details,
  });
}
