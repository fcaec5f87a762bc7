import type { DcsTask } from '../../ports/dcs.ts';
import type { ClientCalls } from '../transport/client-call.ts';
import { withoutAbsent } from '../transport/read-fields.ts';
import { readList, stringOf } from '../transport/read-response.ts';
import { ALL } from '../transport/sdk-client.ts';
import type { DcsClient } from './dcs-client.ts';

/** The documented limit is 1 to 1000, default 10 (ListMigrationTask, eu and China sites, 2025-12-02). */
const PAGE_ROWS = 100;
/** For the list of all tasks, which is read to follow them: as few calls as possible. */
const LARGE_PAGE_ROWS = 1000;

/**
 * Reads all pages of ListMigrationTask.
 *
 * @param name the service's filter, which may match loosely; without it, all tasks of the project
 * @throws {CloudError} also `unknown`, when the list can't be read to its end
 */
export function listDcsTasks(dcs: ClientCalls<DcsClient>, name?: string): Promise<DcsTask[]> {
  return readList<DcsTask>({
    service: 'DCS',
    operation: 'ListMigrationTask',
    rowsField: 'migration_tasks',
    page: (offset) =>
      dcs.call({
        operation: 'ListMigrationTask',
        kind: 'read',
        resource: ALL,
        send: (client) =>
          client.listMigrationTask({
            offset,
            limit: name === undefined ? LARGE_PAGE_ROWS : PAGE_ROWS,
            ...(name !== undefined && { name }),
          }),
      }),
    once: name === undefined,
    readRow: readTask,
  });
}

/** Only these fields are kept, whatever else a row contains. */
function readTask(row: Readonly<Record<string, unknown>>, redact: (text: string) => string): DcsTask | undefined {
  const id = stringOf(row['task_id']);
  if (id === undefined) return undefined;
  const errorMessage = stringOf(row['error_message']);
  return withoutAbsent({
    id,
    name: stringOf(row['task_name']) ?? '',
    status: stringOf(row['status']) ?? '',
    targetInstanceId: stringOf(row['target_instance_id']),
    createdAt: stringOf(row['created_at']),
    errorMessage: errorMessage === undefined ? undefined : redact(errorMessage),
  });
}
