import type { SmsTask } from '../../ports/sms.ts';
import type { ClientCalls } from '../transport/client-call.ts';
import { readList, stringOf } from '../transport/read-response.ts';
import { ALL } from '../transport/sdk-client.ts';
import type { SmsClient } from './sms-client.ts';

/** The documented limit is 0 to 200, default 100 (ListTasks, SDK 3.1.209). */
const PAGE_ROWS = 100;
/** For the list of all tasks, which is read to follow them: as few calls as possible. */
const LARGE_PAGE_ROWS = 200;

/**
 * Reads all pages of ListTasks.
 *
 * @param sourceServerId without it, all tasks of the account are listed
 * @throws {CloudError} also `unknown`, when the list can't be read to its end
 */
export function listSmsTasks(sms: ClientCalls<SmsClient>, sourceServerId?: string): Promise<SmsTask[]> {
  return readList<SmsTask>({
    service: 'SMS',
    operation: 'ListTasks',
    rowsField: 'tasks',
    once: sourceServerId === undefined,
    page: (offset) =>
      sms.call({
        operation: 'ListTasks',
        kind: 'read',
        resource: ALL,
        send: (client) =>
          client.listTasks({
            ...(sourceServerId !== undefined && { source_server_id: sourceServerId }),
            offset,
            limit: sourceServerId === undefined ? LARGE_PAGE_ROWS : PAGE_ROWS,
          }),
      }),
    readRow: readTask,
  });
}

/** Only these fields are kept, whatever else a row contains. */
function readTask(row: Readonly<Record<string, unknown>>): SmsTask | undefined {
  const id = stringOf(row['id']);
  return id === undefined ? undefined : { id, name: stringOf(row['name']) ?? '', state: stringOf(row['state']) ?? '' };
}
