import { placeholdersOf } from '../schema/placeholder-syntax.ts';
import type { Job, JobTriggers } from './job.ts';

/** A body or query field that a placeholder can name. */
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

const FIXED_PATHS: Readonly<Record<string, keyof JobTriggers | 'any'>> = {
  'object.bucket': 'object_created',
  'object.key': 'object_created',
  'object.name': 'object_created',
  'object.size': 'object_created',
  'object.version': 'object_created',
  'time.iso': 'any',
  'time.date': 'any',
  job: 'any',
};

export const PLACEHOLDER_PATHS = [
  ...Object.keys(FIXED_PATHS),
  'request.body.<field>',
  'request.query.<field>',
] as const;

/** The field that `request.body.x` or `request.query.x` names; `undefined` for every other path. */
export function requestField(path: string): { readonly part: 'body' | 'query'; readonly name: string } | undefined {
  const match = /^request\.(body|query)\.(.+)$/.exec(path);
  const [, part, name] = match ?? [];
  if ((part !== 'body' && part !== 'query') || name === undefined || !FIELD_NAME.test(name)) return undefined;
  return { part, name };
}

/** The trigger that provides a value for this path, or `any`. `undefined` for an unknown path. */
export function providerOf(path: string): keyof JobTriggers | 'any' | undefined {
  if (Object.hasOwn(FIXED_PATHS, path)) return FIXED_PATHS[path];
  return requestField(path) ? 'request' : undefined;
}

/** Every string in a value, with its path. The value must be checked, so that its depth is limited by a field table. */
export function* stringsIn(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<{ readonly text: string; readonly path: readonly (string | number)[] }> {
  if (typeof value === 'string') yield { text: value, path };
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* stringsIn(item, [...path, i]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* stringsIn(item, [...path, key]);
}

/** The body and query fields that a job's placeholders use. They are accepted from a caller only for that purpose. */
export function placeholderRequestFields(job: Job): { readonly body: Set<string>; readonly query: Set<string> } {
  const names = { body: new Set<string>(), query: new Set<string>() };
  for (const { text } of stringsIn(job.fields)) {
    for (const path of placeholdersOf(text)) {
      const field = requestField(path);
      if (field) names[field.part].add(field.name);
    }
  }
  return names;
}

/** The body fields that a job's placeholders use. Empty when there are none. */
export function placeholderBodyFields(job: Job): Set<string> {
  return placeholderRequestFields(job).body;
}
