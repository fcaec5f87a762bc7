import { isDeepStrictEqual } from 'node:util';
import { unzipSync } from 'fflate';
import { isRecord } from '../kernel/is-record.ts';

/** The sections with entries that have names. */
const NAMED = { jobs: 'job', targets: 'target' } as const;

/** The jobs file in a package. @returns `undefined` if the package has none, or none that can be read */
export function jobsIn(zip: Uint8Array): unknown {
  try {
    const file = unzipSync(zip, { filter: ({ name }) => name === 'migrations.json' })['migrations.json'];
    return file && (JSON.parse(Buffer.from(file).toString('utf8')) as unknown);
  } catch {
    return undefined;
  }
}

/** The jobs, targets and other keys that differ between two jobs files, by name; never a value. Empty if there are none. */
export function jobChanges(before: unknown, after: unknown): string[] {
  const [old, next] = [recordOf(before), recordOf(after)];
  const named = Object.entries(NAMED).flatMap(([section, what]) =>
    differences(recordOf(old[section]), recordOf(next[section])).map((line) => `${what} ${line}`),
  );
  const rest = (file: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(file).filter(([key]) => !Object.hasOwn(NAMED, key)));
  return [...named, ...differences(rest(old), rest(next))];
}

function differences(old: Record<string, unknown>, next: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((name) => {
    if (!Object.hasOwn(next, name)) return [`${name} is removed`];
    if (!Object.hasOwn(old, name)) return [`${name} is added`];
    if (isDeepStrictEqual(old[name], next[name])) return [];
    const fields = changedKeys(old[name], next[name]);
    return [`${name} changes${fields.length === 0 ? '' : ` (${fields.join(', ')})`}`];
  });
}

function changedKeys(old: unknown, next: unknown): string[] {
  if (!isRecord(old) || !isRecord(next)) return [];
  return [...new Set([...Object.keys(old), ...Object.keys(next)])].filter(
    (key) => !isDeepStrictEqual(old[key], next[key]),
  );
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
