import { CloudError } from '../../kernel/errors.ts';
import type { CreatedTask } from '../../ports/created-task.ts';
import { ListError, listAll } from './list-all.ts';
import type { Answered } from './sdk-client.ts';

/** A task that is there and has failed already. Tasks that wait or run have other states. */
const FAILED_STATUS = /^(FAILED|MIGRATION_FAILED|MIGRATE_FAIL|ERROR)$/;

export interface CreateCall {
  readonly service: string;
  readonly operation: string;
  /** The answer's field that holds the task's id. */
  readonly idField: string;
  readonly idPattern: RegExp;
}

/**
 * Reads what a create call answered with. A task that failed at once is created all the same, with `error` saying so.
 *
 * @throws {CloudError} outcome `unknown`, `no_task_id`, when there is no id or one that can't be an id: something was created, or nothing
 */
export function readCreatedTask(call: CreateCall, { answer, requestId, redact }: Answered<object>): CreatedTask {
  const fields = answer as Record<string, unknown>;
  const id = fields[call.idField];
  if (typeof id !== 'string' || !call.idPattern.test(id)) {
    throw new CloudError({
      service: call.service,
      operation: call.operation,
      outcome: 'unknown',
      temporary: false,
      cloudCode: 'no_task_id',
      cloudMessage: `the answer was a success without a usable ${call.idField}`,
      ...(requestId !== undefined && { requestId }),
    });
  }
  const status = textOf(fields['status']);
  const error = textOf(fields['error']) ?? (status && FAILED_STATUS.test(status) ? `status ${status}` : undefined);
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
  /** The answer's field that holds the rows. */
  readonly rowsField: string;
  readonly page: (offset: number) => Promise<Answered<object>>;
  /** See `listAll`. */
  readonly once?: boolean;
  /** `undefined` when it is no row of this list. */
  readonly readRow: (row: Readonly<Record<string, unknown>>, redact: (text: string) => string) => Row | undefined;
}

/**
 * Reads all pages of a list.
 *
 * @throws {CloudError} outcome `unknown`, when a page is no such list or the list can't be read to its end (see `list-all.ts`): a list that
 *   is not wholly known proves nothing
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

function readPage<Row>(call: ListCall<Row>, { answer, redact }: Answered<object>): Row[] {
  const fields = answer as Record<string, unknown>;
  const rows = fields[call.rowsField];
  // The SDK adds the status. No content means no rows, for calls that may be answered so.
  if (fields['httpStatusCode'] === 204) return [];
  // An empty value may come as null (DCS); only a count of 0 says that it means "none".
  if (rows === null && fields['count'] === 0) return [];
  if (!Array.isArray(rows)) throw new ListError('not_a_list', `the answer has no list ${call.rowsField}`);
  return rows.map((row: unknown) => {
    const read =
      typeof row === 'object' && row !== null ? call.readRow(row as Record<string, unknown>, redact) : undefined;
    if (read === undefined) throw new ListError('not_a_list', `a row of ${call.rowsField} has no id`);
    return read;
  });
}

/** The text of a field; `undefined` for everything that stands for "nothing": `null`, `""`, `{}`. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
