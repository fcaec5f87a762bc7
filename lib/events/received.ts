import { EventError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';

/** The field, if it is an own property: prototypes are ignored. */
export function field(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The string in a field; `undefined` when it is absent, empty or not a string. */
export function stringIn(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

const MAX_NAMES = 12;

/** A value as an error may describe it: its kind and the names of its fields, never its values. */
export function describeReceived(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (!isRecord(value)) return `a ${typeof value}`;
  const names = Object.keys(value);
  if (names.length === 0) return 'an empty object';
  const shown = names.slice(0, MAX_NAMES).map((name) => JSON.stringify(name.slice(0, 40)).slice(1, -1));
  return `an object (keys: ${shown.join(', ')}${names.length > MAX_NAMES ? ', ...' : ''})`;
}

/** @throws {EventError} when the field is not a string with a valid time */
export function getTime(value: unknown, name: string, path: string, expected = 'an ISO 8601 time'): string {
  const time = getString(value, name, path);
  if (Number.isNaN(Date.parse(time))) throw new EventError(path, JSON.stringify(time.slice(0, 60)), expected);
  return time;
}

/** @throws {EventError} when the field is missing, empty or not a string */
export function getString(value: unknown, name: string, path: string): string {
  const found = stringIn(value, name);
  if (found === undefined) throw new EventError(path, describeReceived(field(value, name)), 'a non-empty string');
  return found;
}
