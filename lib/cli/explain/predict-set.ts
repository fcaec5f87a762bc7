import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Job, ObjectSet } from '../../jobs/job.ts';
import type { SetPlace } from '../../jobs/set-place.ts';
import type { SetObject } from '../../runs/ledger/set-log.ts';
import { setTrigger } from '../../runs/sets/set-trigger.ts';
import { contentOf } from '../../runs/start/occurrence.ts';

/** The files of sets seen so far in an event, by job and prefix. */
export type SeenSets = Map<string, SetObject[]>;

/** The effect of an object on its set. */
export interface PredictedSet {
  /** What starts the run, if the object completes the set. */
  readonly trigger?: ObjectTrigger;
  /** For people. */
  readonly note: string;
}

/**
 * The effect of an object on its set, as far as the event alone shows: earlier files are in the ledger, and the files of a set with a marker
 * are known only once its bucket is listed.
 */
export function predictSet(
  { job, rule, place, object }: { job: Job; rule: ObjectSet; place: SetPlace; object: ObjectTrigger },
  seen: SeenSets,
): PredictedSet {
  const { complete } = rule;
  const { bucket, key, time, size } = object;
  const { prefix, name, role } = place;
  const landed: SetObject = { key, version: contentOf(object), time, ...(size === undefined ? {} : { size }) };
  const id = `${job.name} ${prefix}`;
  const before = (seen.get(id) ?? []).filter((other) => other.key !== key);
  const set = `the set obs://${bucket}/${prefix}`;
  const unknown = { key: `<each file of ${prefix}>`, version: '', time };
  if (role === 'marker') {
    const files = before.length > 0 ? before : [unknown];
    const others = conditionsBut('marker', complete);
    const isOnly = others.length === 0;
    const which = complete.manifest ? 'those that it lists' : 'those in the bucket at that time';
    const note = isOnly
      ? `it completes ${set}`
      : `it is the marker of ${set}, which is complete once ${others.join(' and ')}`;
    return { trigger: setTrigger({ bucket, prefix, name }, files, landed), note: `${note}; its files are ${which}` };
  }
  const members = [...before, landed];
  seen.set(id, members);
  const isByCount = complete.marker === undefined && complete.quietMs === undefined;
  if (isByCount && members.length >= (complete.count ?? 0)) {
    return { trigger: setTrigger({ bucket, prefix, name }, members), note: `it completes ${set}` };
  }
  const when = conditionsBut(undefined, complete);
  const seenNow = complete.count === undefined ? '' : `; this event has ${members.length}`;
  return { note: `it is a file of ${set}, which is complete once ${when.join(' and ')}${seenNow}` };
}

/** The conditions of completeness, each worded to follow "once". */
function conditionsBut(left: 'marker' | undefined, complete: ObjectSet['complete']): string[] {
  const { marker, count, quietMs, manifest } = complete;
  return [
    ...(marker === undefined || left === 'marker' ? [] : [`${marker} lands in it`]),
    ...(manifest ? [`all files that ${marker} lists are there`] : []),
    ...(count === undefined ? [] : [`it has ${count} files`]),
    ...(quietMs === undefined ? [] : [`no file has landed in it for ${quietMs / 1000} seconds`]),
  ];
}
