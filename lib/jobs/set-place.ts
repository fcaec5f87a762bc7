import { matchesGlob } from './glob.ts';
import type { JobTriggers } from './job.ts';

/** The place of an object in a set. */
export interface SetPlace {
  /** What `{set}` matched. */
  readonly name: string;
  /** The prefix of the set's objects; ends with `/`. */
  readonly prefix: string;
  /** `marker`: it completes the set, and is not one of its files. */
  readonly role: 'member' | 'marker';
}

export type ObjectCreated = NonNullable<JobTriggers['object_created']>;

const escapeRegExp = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The place of a key in the sets of a trigger; `undefined` for a trigger without sets, and for a key in none of them. */
export function findSetPlace({ key: glob, set }: ObjectCreated, key: string): SetPlace | undefined {
  if (!set) return undefined;
  const [before = '', after = ''] = set.by.split('{set}');
  const [prefix, name] = new RegExp(`^${escapeRegExp(before)}([^/]+?)${escapeRegExp(after)}`).exec(key) ?? [];
  if (prefix === undefined || name === undefined || key === prefix) return undefined;
  const { marker } = set.complete;
  if (marker !== undefined && key === prefix + marker) return { name, prefix, role: 'marker' };
  return matchesGlob(glob, key) ? { name, prefix, role: 'member' } : undefined;
}
