import { CloudError } from '../../kernel/errors.ts';

/** Ids of these services are UUIDs, with dashes or without; the SMS pages allow 0 to 255 characters of any kind (CreateTask, 2025-01-24). */
export const PATH_ID = /^[A-Za-z0-9_-]{1,255}$/;

/**
 * An id that becomes part of a path. The SDK inserts it without escaping: one with a slash would change the operation.
 *
 * @throws {CloudError} `not_sent`, `bad_id`; a retry does not help
 */
export function checkPathId(service: string, operation: string, id: string): string {
  if (PATH_ID.test(id)) return id;
  throw new CloudError({
    service,
    operation,
    outcome: 'not_sent',
    temporary: false,
    cloudCode: 'bad_id',
    cloudMessage: `${JSON.stringify(id.slice(0, 64))} is no id: 1 to 255 letters, digits, "_" or "-" are`,
  });
}
