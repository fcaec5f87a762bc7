import { CloudError } from '../../kernel/errors.ts';

/** IDs of these services are UUIDs, with or without dashes; the SMS pages allow 0 to 255 characters of any kind (CreateTask, 2025-01-24). */
export const PATH_ID = /^[A-Za-z0-9_-]{1,255}$/;

/**
 * Checks an ID that becomes part of a path. The SDK inserts it without escaping: an ID with a slash would change the operation.
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
    cloudMessage: `${JSON.stringify(id.slice(0, 64))} is not a valid ID; use 1 to 255 letters, digits, "_" or "-"`,
  });
}
