import type { Problem } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { Path } from './check-fields.ts';
import { describeKind, describeValue } from './describe-value.ts';
import { unknownName } from './near-name.ts';

/** What was found so far; a check adds to it and goes on. */
export interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/** Adds a problem. */
export function refuse(found: Findings, path: Path, message: string): void {
  found.problems.push({ path, message });
}

/** The object's own value of a key; `undefined` when it has none. */
export function own(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Refuses keys that are not known. */
export function checkKeys(
  record: Record<string, unknown>,
  path: Path,
  known: readonly string[],
  found: Findings,
): void {
  for (const key of Object.keys(record)) {
    if (!known.includes(key)) refuse(found, [...path, key], unknownName('key', key, known));
  }
}

/** The value, if it is an object; else `undefined`, and a problem that says `what` was expected. */
export function checkRecord(
  value: unknown,
  path: Path,
  what: string,
  found: Findings,
): Record<string, unknown> | undefined {
  if (isRecord(value)) return value;
  const given = value === undefined ? 'is missing' : `must be ${what}, received ${describeKind(value)}`;
  refuse(found, path, given);
  return undefined;
}

/** The value, if it is a text; else `undefined`, and a problem. */
export function checkText(value: unknown, path: Path, found: Findings): string | undefined {
  if (typeof value === 'string') return value;
  refuse(found, path, value === undefined ? 'is missing' : `must be a string, received ${describeValue(value)}`);
  return undefined;
}

/** The value, if it is a whole number from `min` to `max`; else `undefined`, and a problem. */
export function checkWhole(
  value: unknown,
  path: Path,
  { min, max }: { readonly min: number; readonly max: number },
  found: Findings,
): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  const given =
    value === undefined
      ? 'is missing'
      : `must be a whole number from ${min} to ${max}, received ${describeValue(value)}`;
  refuse(found, path, given);
  return undefined;
}
