import type { z } from 'zod';
import type { ServiceError } from './service-error.ts';

/**
 * Validates a body or a query against the tables of its API page.
 *
 * @param refuse creates the error for the first problem, from the field's path (`a.b[0].c`) and a description
 * @throws {ServiceError}
 */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  refuse: (field: string, problem: string) => ServiceError,
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue === undefined) throw refuse('body', 'is not valid');
  if (issue.code === 'unrecognized_keys') {
    throw refuse(fieldPath([...issue.path, issue.keys[0] ?? '']), 'is not a field of this operation');
  }
  throw refuse(fieldPath(issue.path) || 'body', issue.message);
}

function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** The query as an object; a repeated name gives an array, which no schema here accepts. */
export function queryObject(query: URLSearchParams): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    result[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return result;
}
