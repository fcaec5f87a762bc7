import { type GlobMismatch, globMismatch, matchesGlob } from './glob.ts';
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

function matches(trigger: Trigger, key: string): boolean {
  return matchesGlob(trigger.key, key) || findSetPlace(trigger, key) !== undefined;
}

/** The jobs that this object starts, or whose sets it belongs to, in the order of the file. Empty when there are none. Jobs of other buckets are not looked at. */
export function jobsForObject(jobs: Jobs, bucket: string, key: string): Job[] {
  const entries = indexOf(jobs).get(bucket) ?? [];
  return entries.filter(({ trigger }) => matches(trigger, key)).map(({ job }) => job);
}

/** Why `jobsForObject` leaves a job out: one sentence for people. `undefined` when it does not. */
export function whyNoMatch({ on }: Job, bucket: string, key: string): string | undefined {
  const { object_created: trigger } = on;
  if (!trigger) return 'it has no on.object_created';
  if (trigger.bucket !== bucket) return `it is about bucket ${trigger.bucket}, and the object is in ${bucket}`;
  if (matches(trigger, key)) return undefined;
  const mismatch = globMismatch(trigger.key, key);
  return mismatch && `its key ${JSON.stringify(trigger.key)} does not match: ${sentence(mismatch)}`;
}

function sentence({ segment, found, expected }: GlobMismatch): string {
  const wanted = expected.map((part) => JSON.stringify(part)).join(' or ');
  if (found === undefined) return `the key ends after segment ${segment - 1}, and ${wanted || 'more'} is expected`;
  const shown = `segment ${segment} is ${JSON.stringify(found)}`;
  return wanted ? `${shown}, expected ${wanted}` : `${shown}, and the key should have ended before it`;
}
