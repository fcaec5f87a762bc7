import { DCS_ID } from '../../kernel/dcs-id.ts';
import type { CreatedTask } from '../../ports/created-task.ts';
import type { DcsService } from '../../ports/dcs.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { fieldsOf } from '../transport/read-fields.ts';
import { readCreatedTask, stringOf } from '../transport/read-response.ts';
import { ALL, type CloudOptions, makeSdkClient } from '../transport/sdk-client.ts';
import { type DcsClient, type DcsClientClass, loadDcsClient } from './dcs-client.ts';
import { listDcsTasks } from './list-dcs-tasks.ts';

export interface DcsOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`. */
  readonly projectId: string;
  /**
   * The client that makes the requests.
   * @default the generated client if it is installed, otherwise the thin one
   */
  readonly loadClient?: () => Promise<DcsClientClass>;
}

/** The instance that a task writes to; `ALL` for a task that does not name one. */
function targetOf({ target_instance: target }: Readonly<Record<string, unknown>>): string {
  return stringOf(fieldsOf(target)['id']) ?? ALL;
}

/**
 * DCS over the official SDK.
 *
 * A body may contain `Secret`s, which are revealed when it is sent. Concurrent calls are not coordinated: two creates make two tasks.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export function makeDcsService(options: DcsOptions): DcsService {
  const sdk = makeSdkClient('DCS', options, { projectId: options.projectId });
  const dcs = makeClientCalls('DCS', sdk, options.loadClient ?? loadDcsClient);

  const create = (
    operation: string,
    idField: string,
    body: Readonly<Record<string, unknown>>,
    send: (client: DcsClient, body: object) => Promise<object>,
  ): Promise<CreatedTask> =>
    dcs
      .change(operation, targetOf(body), body, send)
      .then((result) => readCreatedTask({ service: 'DCS', operation, idField, idPattern: DCS_ID }, result));

  return {
    createMigrationTask: (body) =>
      create('CreateMigrationTask', 'id', body, (client, plain) => client.createMigrationTask({ body: plain })),

    createOnlineMigrationTask: (body) =>
      create('CreateOnlineMigrationTask', 'instance_id', body, (client, plain) =>
        client.createOnlineMigrationTask({ body: plain }),
      ),

    listMigrationTasks: (name) => listDcsTasks(dcs, name),
  };
}
