import { type GlobMismatch, globMismatch, matchesGlob } from './glob.ts';
import type { Job, Jobs } from './job.ts';
import { findSetPlace, type ObjectCreated } from './set-place.ts';

interface Entry {
  readonly job: Job;
  readonly trigger: ObjectCreated;
  /** Its position in the file. */
  readonly position: number;
}
/** Triggers by bucket, and by the common folder of all keys that they can match. */
type Index = ReadonlyMap<string, ReadonlyMap<string, readonly Entry[]>>;

/** Cached as long as the jobs themselves: an instance loads them once and matches many objects. */
const indexes = new WeakMap<Jobs, Index>();

function indexOf(jobs: Jobs): Index {
  const known = indexes.get(jobs);
  if (known) return known;
  const index = new Map<string, Map<string, Entry[]>>();
  let position = 0;
  for (const job of jobs.jobs.values()) {
    const { object_created: trigger } = job.on;
    if (!trigger) continue;
    const folders = getOrSet(index, trigger.bucket, () => new Map<string, Entry[]>());
    getOrSet(folders, folderOf(trigger), () => []).push({ job, trigger, position: position++ });
  }
  indexes.set(jobs, index);
  return index;
}

function getOrSet<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** The folder that contains all keys of a trigger, with a trailing slash; empty when there is none. */
function folderOf({ key, set }: ObjectCreated): string {
  const ofGlob = untilSlash(key.split('*')[0] ?? '');
  if (!set) return ofGlob;
  // The marker of a set does not have to match the glob.
  const ofSets = untilSlash(set.by.split('{set}')[0] ?? '');
  return (
    [ofGlob, ofSets]
      .sort((a, b) => a.length - b.length)
      .find((folder) => ofGlob.startsWith(folder) && ofSets.startsWith(folder)) ?? ''
  );
}

function untilSlash(text: string): string {
  return text.slice(0, text.lastIndexOf('/') + 1);
}

/** Every folder that contains a key, starting with the bucket itself. */
function foldersOf(key: string): string[] {
  const folders = [''];
  for (let at = key.indexOf('/'); at !== -1; at = key.indexOf('/', at + 1)) folders.push(key.slice(0, at + 1));
  return folders;
}

function matches(trigger: ObjectCreated, key: string): boolean {
  return matchesGlob(trigger.key, key) || findSetPlace(trigger, key) !== undefined;
}

/**
 * The jobs that this object starts, or whose sets it belongs to, in the order of the file. Empty when there are none. Jobs for other buckets or
 * folders are skipped.
 */
export function jobsForObject(jobs: Jobs, bucket: string, key: string): Job[] {
  const folders = indexOf(jobs).get(bucket);
  if (!folders) return [];
  return foldersOf(key)
    .flatMap((folder) => folders.get(folder) ?? [])
    .filter(({ trigger }) => matches(trigger, key))
    .sort((a, b) => a.position - b.position)
    .map(({ job }) => job);
}

/** Why `jobsForObject` leaves out a job, as a sentence. `undefined` when it does not. */
export function mismatchReason({ on }: Job, bucket: string, key: string): string | undefined {
  const { object_created: trigger } = on;
  if (!trigger) return 'it has no on.object_created';
  if (trigger.bucket !== bucket) return `it watches bucket ${trigger.bucket}, but the object is in ${bucket}`;
  if (matches(trigger, key)) return undefined;
  const mismatch = globMismatch(trigger.key, key);
  return mismatch && `its key ${JSON.stringify(trigger.key)} does not match: ${sentence(mismatch)}`;
}

function sentence({ segment, found, expected }: GlobMismatch): string {
  const wanted = expected.map((part) => JSON.stringify(part)).join(' or ');
  if (found === undefined) return `the key ends after segment ${segment - 1}, but ${wanted || 'more'} is expected`;
  const shown = `segment ${segment} is ${JSON.stringify(found)}`;
  return wanted ? `${shown}, expected ${wanted}` : `${shown}, but the key should have ended before it`;
}
