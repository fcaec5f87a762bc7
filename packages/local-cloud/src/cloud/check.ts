import type { z } from 'zod';
import type { ServiceError } from './service-error.ts';

/** What a check lets pass. */
export interface Lenience {
  /** Fields that the schema does not have are ignored. */
  readonly ignoresUnknown?: boolean;
  /** Null means that a field is absent. */
  readonly takesNull?: boolean;
}

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
  lenience: Lenience = {},
): z.output<S> {
  const result = schema.safeParse(lenience.takesNull ? withoutNulls(value) : value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue === undefined) throw refuse('body', 'is not valid');
  if (issue.code === 'unrecognized_keys') {
    if (lenience.ignoresUnknown) return check(schema, without(value, issue.path, issue.keys), refuse, lenience);
    throw refuse(fieldPath([...issue.path, issue.keys[0] ?? '']), 'is not a field of this operation');
  }
  throw refuse(fieldPath(issue.path) || 'body', issue.message);
}

/** A copy without null fields, however deep. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutNulls(field)]));
}

/** A copy in which the object at this path does not have these fields. */
function without(value: unknown, [first, ...rest]: readonly PropertyKey[], keys: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item, i) => (i === first ? without(item, rest, keys) : item));
  const fields = Object.entries(value as object);
  if (first === undefined) return Object.fromEntries(fields.filter(([name]) => !keys.includes(name)));
  return Object.fromEntries(fields.map(([name, field]) => [name, name === first ? without(field, rest, keys) : field]));
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
