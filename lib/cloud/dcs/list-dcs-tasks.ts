import type { DcsTask } from '../../ports/dcs.ts';
import type { ClientCalls } from '../transport/client-call.ts';
import { readList, textOf } from '../transport/read-answer.ts';
import { withoutAbsent } from '../transport/read-fields.ts';
import { ALL } from '../transport/sdk-client.ts';
import type { DcsClient } from './dcs-client.ts';

/** The documented limit is 1 to 1000, default 10 (ListMigrationTask, eu and China sites, 2025-12-02). */
const PAGE_ROWS = 100;
/** Of a list of everything, by which tasks are followed: as few calls as can be. */
const LARGE_PAGE_ROWS = 1000;

/**
 * Reads all pages of ListMigrationTask.
 *
 * @param name the service's filter, which may be fuzzy; all tasks of the project without it
 * @throws {CloudError} also `unknown` for a list that can't be read to its end
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

/** Only these fields are kept, whatever else a row holds. */
function readTask(row: Readonly<Record<string, unknown>>, redact: (text: string) => string): DcsTask | undefined {
  const id = textOf(row['task_id']);
  if (id === undefined) return undefined;
  const errorMessage = textOf(row['error_message']);
  return withoutAbsent({
    id,
    name: textOf(row['task_name']) ?? '',
    status: textOf(row['status']) ?? '',
    targetInstanceId: textOf(row['target_instance_id']),
    createdAt: textOf(row['created_at']),
    errorMessage: errorMessage === undefined ? undefined : redact(errorMessage),
  });
}
