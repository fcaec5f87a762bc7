import { CloudError, type CloudErrorDetails } from '../../lib/errors.ts';
import type { DcsFollow, DcsInstances, SmsFollow } from '../../lib/migrations/all-services.ts';
import type { CreatedTask, DcsService, DcsTask, SmsService, SmsTask } from '../../lib/migrations/services.ts';

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
  /** No connection: surely not sent. */
  | 'not_sent';

export interface SimulatedTask {
  readonly id: string;
  readonly name: string;
  /** The DCS instance or the source server; `undefined` for an online migration. */
  readonly target: string | undefined;
  /** When it began to exist, virtual ms. */
  readonly at: number;
  readonly body: Body;
}

/** How long a task runs. */
const RUNS_MS = 10 * 60_000;
/** A call that broke is done at most this much later, within the settle time. */
const LATER_MS = 8_000;

/** DCS and SMS in virtual time, with a record of all tasks that ever were: the judge of what a simulation did. */
export class SimulatedCloud {
  readonly tasks: SimulatedTask[] = [];
  readonly creates: string[] = [];
  readonly #now: () => number;
  readonly #faults: CreateFault[] = [];
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

  clearFaults(): void {
    this.#faults.length = 0;
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
          const target = task.target === undefined ? {} : { targetInstanceId: task.target };
          return { id: task.id, name: task.name, status: this.isOver(task) ? 'SUCCESS' : 'MIGRATING', ...target };
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
    listBackupRecords: async () => [],
    copyInstance: async () => {
      throw new Error('this simulation takes no backups');
    },
  };

  readonly dcsFollow: Pick<DcsFollow, 'listAllMigrationTasks'> = {
    listAllMigrationTasks: async () => this.dcs.listMigrationTasks(''),
  };

  readonly smsFollow: Pick<SmsFollow, 'listAllTasks'> = {
    listAllTasks: async () => {
      this.#failList('ListTasks');
      return this.#listed().map((task): SmsTask => {
        return { id: task.id, name: task.name, state: this.isOver(task) ? 'MIGRATE_SUCCESS' : 'RUNNING' };
      });
    },
  };

  readonly sms: SmsService = {
    createTask: async (body) => this.#create('CreateTask', String(body['name']), body),
    listTasks: async (source) => {
      this.#failList('ListTasks');
      return this.#listed()
        .filter(({ target }) => target === source)
        .map((task): SmsTask => {
          return { id: task.id, name: task.name, state: this.isOver(task) ? 'MIGRATE_SUCCESS' : 'RUNNING' };
        });
    },
  };

  isOver(task: SimulatedTask): boolean {
    return this.#now() >= this.endOf(task);
  }

  endOf(task: SimulatedTask): number {
    return task.at + RUNS_MS;
  }

  #listed(): SimulatedTask[] {
    return this.tasks.filter(({ at }) => at + this.listLagMs <= this.#now());
  }

  #failList(operation: string): void {
    if (this.failingLists === 0) return;
    this.failingLists -= 1;
    throw failure(operation, { outcome: 'unknown', temporary: true, status: 500, cloudCode: 'DCS.5000' });
  }

  #create(operation: string, name: string, body: Body): CreatedTask {
    this.creates.push(name);
    const fault = this.#faults.shift();
    switch (fault) {
      case 'busy':
        throw failure(operation, { outcome: 'rejected', temporary: true, status: 400, cloudCode: 'DCS.4026' });
      case 'refused':
        throw failure(operation, { outcome: 'rejected', temporary: false, status: 400, cloudCode: 'DCS.4004' });
      case 'not_sent':
        throw failure(operation, { outcome: 'not_sent', temporary: true, cloudCode: 'ECONNREFUSED' });
      case 'not_done_500':
        throw failure(operation, { outcome: 'unknown', temporary: false, status: 500, cloudCode: 'DCS.5000' });
      default:
    }
    const target = (body['target_instance'] ?? body['source_server']) as { id?: string } | undefined;
    const at = this.#now() + (fault === 'done_later' ? LATER_MS : 0);
    const task = { id: `task-${this.tasks.length + 1}`, name, target: target?.id, at, body };
    this.tasks.push(task);
    if (fault === 'done_500') {
      throw failure(operation, { outcome: 'unknown', temporary: false, status: 500, cloudCode: 'DCS.5000' });
    }
    if (fault !== undefined)
      throw failure(operation, { outcome: 'unknown', temporary: false, cloudCode: 'ECONNRESET' });
    return { id: task.id, status: 'MIGRATING' };
  }
}

function failure(operation: string, details: Omit<CloudErrorDetails, 'service' | 'operation'>): CloudError {
  return new CloudError({
    service: operation === 'CreateTask' || operation === 'ListTasks' ? 'SMS' : 'DCS',
    operation,
    ...details,
  });
}
