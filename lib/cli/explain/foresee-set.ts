import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Job, ObjectSet } from '../../jobs/job.ts';
import type { SetPlace } from '../../jobs/set-place.ts';
import type { SetObject } from '../../runs/ledger/set-log.ts';
import { contentOf } from '../../runs/occurrence.ts';
import { setTrigger } from '../../runs/sets.ts';

/** The files of sets that an event told of so far, by job and prefix. */
export type SeenSets = Map<string, SetObject[]>;

/** What an object does to its set. */
export interface ForeseenSet {
  /** What starts the run when the object completes the set. */
  readonly trigger?: ObjectTrigger;
  /** For people. */
  readonly note: string;
}

/**
 * What an object does to its set, as far as the event alone tells: what came before it is in the ledger, and which files a set with a marker
 * has is known when its bucket is listed.
 */
export function foreseeSet(
  { job, rule, place, object }: { job: Job; rule: ObjectSet; place: SetPlace; object: ObjectTrigger },
  seen: SeenSets,
): ForeseenSet {
  const { complete } = rule;
  const { bucket, key, time, size } = object;
  const { prefix, name, role } = place;
  const landed: SetObject = { key, version: contentOf(object), time, ...(size === undefined ? {} : { size }) };
  const id = `${job.name} ${prefix}`;
  const before = (seen.get(id) ?? []).filter((other) => other.key !== key);
  const set = `the set obs://${bucket}/${prefix}`;
  if (role === 'marker') {
    const files = before.length > 0 ? before : [{ key: `<each file of ${prefix}>`, version: '', time }];
    const trigger = setTrigger({ bucket, prefix, name }, files, landed);
    return { trigger, note: `it completes ${set}; its files are those that the bucket has then` };
  }
  const members = [...before, landed];
  seen.set(id, members);
  if ('count' in complete && members.length >= complete.count) {
    return { trigger: setTrigger({ bucket, prefix, name }, members), note: `it completes ${set}` };
  }
  return { note: `it is a file of ${set}, which is complete ${whenComplete(complete, members.length)}` };
}

function whenComplete(complete: ObjectSet['complete'], seen: number): string {
  if ('marker' in complete) return `when ${complete.marker} lands in it`;
  if ('count' in complete) return `when it has ${complete.count} files; this event has ${seen}`;
  return `when nothing came to it for ${complete.quietMs / 1000} seconds`;
}
