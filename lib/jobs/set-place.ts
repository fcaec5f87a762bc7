import { matchesGlob } from './glob.ts';
import type { JobTriggers } from './job.ts';

/** Where an object stands in a set. */
export interface SetPlace {
  /** What `{set}` stands for. */
  readonly name: string;
  /** Of the set's objects; ends with `/`. */
  readonly prefix: string;
  /** `marker`: it says that the set is complete, and is no file of it. */
  readonly role: 'member' | 'marker';
}

export type ObjectCreated = NonNullable<JobTriggers['object_created']>;

const literally = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The place of a key in the sets of a trigger; `undefined` for a trigger without sets and for a key that belongs to none. */
export function findSetPlace({ key: glob, set }: ObjectCreated, key: string): SetPlace | undefined {
  if (!set) return undefined;
  const [before = '', after = ''] = set.by.split('{set}');
  const [prefix, name] = new RegExp(`^${literally(before)}([^/]+?)${literally(after)}`).exec(key) ?? [];
  if (prefix === undefined || name === undefined || key === prefix) return undefined;
  const { marker } = set.complete;
  if (marker !== undefined && key === prefix + marker) return { name, prefix, role: 'marker' };
  return matchesGlob(glob, key) ? { name, prefix, role: 'member' } : undefined;
}
