import { CloudError } from '../../kernel/errors.ts';
import type { CreatedTask } from '../../ports/created-task.ts';
import { ListError, listAll } from './list-all.ts';
import type { CallResult } from './sdk-client.ts';

/** The status of a task that was created and has already failed. */
const FAILED_STATUS = /^(FAILED|MIGRATION_FAILED|MIGRATE_FAIL|ERROR)$/;

export interface CreateCall {
  readonly service: string;
  readonly operation: string;
  /** The field of the response with the task ID. */
  readonly idField: string;
  readonly idPattern: RegExp;
}

/**
 * Reads the response of a create call. A task that failed immediately still counts as created, and has `error` set.
 *
 * @throws {CloudError} outcome `unknown`, `no_task_id`, when the ID is missing or malformed: a task may or may not have been created
 */
export function readCreatedTask(call: CreateCall, { response, requestId, redact }: CallResult<object>): CreatedTask {
  const fields = response as Record<string, unknown>;
  const id = fields[call.idField];
  if (typeof id !== 'string' || !call.idPattern.test(id)) {
    throw new CloudError({
      service: call.service,
      operation: call.operation,
      outcome: 'unknown',
      temporary: false,
      cloudCode: 'no_task_id',
      cloudMessage: `the response was a success without a usable ${call.idField}`,
      ...(requestId !== undefined && { requestId }),
    });
  }
  const status = stringOf(fields['status']);
  const error = stringOf(fields['error']) ?? (status && FAILED_STATUS.test(status) ? `status ${status}` : undefined);
  return {
    id,
    ...(status !== undefined && { status: redact(status) }),
    ...(error !== undefined && { error: redact(error) }),
    ...(requestId !== undefined && { requestId }),
  };
}

export interface ListCall<Row> {
  readonly service: string;
  readonly operation: string;
  /** The field of the response with the rows. */
  readonly rowsField: string;
  readonly page: (offset: number) => Promise<CallResult<object>>;
  /** See `listAll`. */
  readonly once?: boolean;
  /** Returns `undefined` when it is not a row of this list. */
  readonly readRow: (row: Readonly<Record<string, unknown>>, redact: (text: string) => string) => Row | undefined;
}

/**
 * Reads all pages of a list.
 *
 * @throws {CloudError} outcome `unknown`, when a page is not such a list or the list can't be read to its end (see `list-all.ts`): an
 *   incomplete list proves nothing
 */
export async function readList<Row extends { readonly id: string }>(call: ListCall<Row>): Promise<Row[]> {
  const { service, operation } = call;
  try {
    const { once = false } = call;
    return await listAll(async (offset) => readPage(call, await call.page(offset)), { once });
  } catch (error) {
    if (!(error instanceof ListError)) throw error;
    const temporary = error.code === 'list_changes';
    throw new CloudError(
      { service, operation, outcome: 'unknown', temporary, cloudCode: error.code, cloudMessage: error.message },
      { cause: error },
    );
  }
}

function readPage<Row>(call: ListCall<Row>, { response, redact }: CallResult<object>): Row[] {
  const fields = response as Record<string, unknown>;
  const rows = fields[call.rowsField];
  // The SDK adds the status. 204 means no rows, for calls where it is allowed.
  if (fields['httpStatusCode'] === 204) return [];
  // An empty list may be null (DCS), but only together with a count of 0.
  if (rows === null && fields['count'] === 0) return [];
  if (!Array.isArray(rows)) throw new ListError('not_a_list', `the response has no list ${call.rowsField}`);
  return rows.map((row: unknown) => {
    const read =
      typeof row === 'object' && row !== null ? call.readRow(row as Record<string, unknown>, redact) : undefined;
    if (read === undefined) throw new ListError('not_a_list', `a row of ${call.rowsField} has no id`);
    return read;
  });
}

/** A non-empty string; `undefined` for everything else, such as `null`, `""` or `{}`. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
