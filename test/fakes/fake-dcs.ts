import { CloudError, type CloudErrorDetails } from '../../lib/kernel/errors.ts';
import type { CreatedTask } from '../../lib/ports/created-task.ts';
import type { DcsService, DcsTask } from '../../lib/ports/dcs.ts';

type Body = Readonly<Record<string, unknown>>;
type Failure = Omit<CloudErrorDetails, 'service' | 'operation'> & { readonly createsAnyway?: true };

/** DCS in memory: keeps the tasks it created, and fails when told to. The name filter is fuzzy, as the service's may be. */
export class FakeDcs implements DcsService {
  readonly tasks: (DcsTask & { readonly body: Body })[] = [];
  readonly calls: string[] = [];
  readonly #failures: { operation: string; failure: Failure }[] = [];
  /** Tasks created from now on show in the list only after this many listings. */
  hiddenForListings = 0;
  readonly #hidden = new Map<string, number>();

  /** The next call of this operation fails. Several wait in line. */
  failNext(
    operation: 'CreateMigrationTask' | 'CreateOnlineMigrationTask' | 'ListMigrationTask',
    failure: Failure,
  ): void {
    this.#failures.push({ operation, failure });
  }

  async createMigrationTask(body: Body): Promise<CreatedTask> {
    return this.#create('CreateMigrationTask', body, String(body['task_name']), 'MIGRATING');
  }

  async createOnlineMigrationTask(body: Body): Promise<CreatedTask> {
    return this.#create('CreateOnlineMigrationTask', body, String(body['name']), 'CREATING');
  }

  async listMigrationTasks(name: string): Promise<DcsTask[]> {
    this.calls.push('ListMigrationTask');
    this.#failIfTold('ListMigrationTask');
    const shown = this.tasks.filter((task) => {
      const listings = this.#hidden.get(task.id) ?? 0;
      this.#hidden.set(task.id, listings - 1);
      return listings <= 0 && task.name.includes(name);
    });
    return shown.map(({ body: _body, ...task }) => task);
  }

  #create(operation: string, body: Body, name: string, status: string): CreatedTask {
    this.calls.push(operation);
    const failure = this.#next(operation);
    if (failure && !failure.createsAnyway) throw new CloudError({ service: 'DCS', operation, ...failure });
    const id = `task-${this.tasks.length + 1}`;
    const target = body['target_instance'] as { id?: string } | undefined;
    this.tasks.push({ id, name, status, body, ...(target?.id ? { targetInstanceId: target.id } : {}) });
    this.#hidden.set(id, this.hiddenForListings);
    if (failure) throw new CloudError({ service: 'DCS', operation, ...failure });
    return { id, status };
  }

  #next(operation: string): Failure | undefined {
    const i = this.#failures.findIndex((entry) => entry.operation === operation);
    return i < 0 ? undefined : this.#failures.splice(i, 1)[0]?.failure;
  }

  #failIfTold(operation: string): void {
    const failure = this.#next(operation);
    if (failure) throw new CloudError({ service: 'DCS', operation, ...failure });
  }
}
