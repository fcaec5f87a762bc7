import { isRecord } from '../kernel/is-record.ts';

/** What stands at a place in an object of objects. `undefined` when there is no such place. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}
