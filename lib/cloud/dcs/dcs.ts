import { DCS_ID } from '../../kernel/dcs-id.ts';
import type { CreatedTask } from '../../ports/created-task.ts';
import type { DcsService } from '../../ports/dcs.ts';
import { makeClientCalls } from '../transport/client-call.ts';
import { readCreatedTask, textOf } from '../transport/read-answer.ts';
import { fieldsOf } from '../transport/read-fields.ts';
import { ALL, type CloudOptions, makeSdkClient } from '../transport/sdk-client.ts';
import { type DcsClient, type DcsClientClass, loadDcsClient } from './dcs-client.ts';
import { listDcsTasks } from './list-dcs-tasks.ts';

export interface DcsOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`. */
  readonly projectId: string;
  /**
   * Which client makes the requests.
   * @default the generated one where it is installed, else the thin one
   */
  readonly loadClient?: () => Promise<DcsClientClass>;
}

/** The instance that a task writes to; all of the project for a task that does not name one. */
function targetOf({ target_instance: target }: Readonly<Record<string, unknown>>): string {
  return textOf(fieldsOf(target)['id']) ?? ALL;
}

/**
 * DCS over the official SDK.
 *
 * A body may hold `Secret`s; they are revealed as it is sent. Two calls at once do not know of each other: two creates make two tasks.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or project id are malformed
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
      .then((answered) => readCreatedTask({ service: 'DCS', operation, idField, idPattern: DCS_ID }, answered));

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
