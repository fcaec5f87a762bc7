import { matchesGlob } from './glob.ts';
import type { Job, Jobs } from './job.ts';
import { findSetPlace } from './set-place.ts';

type Trigger = NonNullable<Job['on']['object_created']>;
type Index = ReadonlyMap<string, readonly { readonly job: Job; readonly trigger: Trigger }[]>;

/** Kept as long as the jobs themselves: an instance loads them once and matches many objects. */
const indexes = new WeakMap<Jobs, Index>();

function indexOf(jobs: Jobs): Index {
  const known = indexes.get(jobs);
  if (known) return known;
  const index = new Map<string, { job: Job; trigger: Trigger }[]>();
  for (const job of jobs.jobs.values()) {
    const { object_created: trigger } = job.on;
    if (!trigger) continue;
    const entry = { job, trigger };
    const entries = index.get(trigger.bucket);
    if (entries) entries.push(entry);
    else index.set(trigger.bucket, [entry]);
  }
  indexes.set(jobs, index);
  return index;
}

/** The jobs that this object starts, or whose sets it belongs to, in the order of the file. Empty when there are none. Jobs of other buckets are not looked at. */
export function jobsForObject(jobs: Jobs, bucket: string, key: string): Job[] {
  const entries = indexOf(jobs).get(bucket) ?? [];
  return entries
    .filter(({ trigger }) => matchesGlob(trigger.key, key) || findSetPlace(trigger, key) !== undefined)
    .map(({ job }) => job);
}
