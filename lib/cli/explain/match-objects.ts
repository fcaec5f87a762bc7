import type { ObjectRecordResult } from '../../events/object-event.ts';
import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Job, Jobs } from '../../jobs/job.ts';
import { mismatchReason } from '../../jobs/match-jobs.ts';
import { findSetPlace } from '../../jobs/set-place.ts';
import type { Code } from '../../kernel/codes.ts';
import { EventError } from '../../kernel/errors.ts';
import { isFolder, isLedgerObject, isProbeObject } from '../../runs/start/ignored-object.ts';
import type { MatchContext } from './known-secrets.ts';
import { predictSet, type SeenSets } from './predict-set.ts';
import { startVerdict } from './start-verdict.ts';
import { notAbout, type Subject, startsNothing, type Verdict } from './verdict.ts';

/** Every job that matches an object's bucket and key is started, or adds it to a set. */
export function matchObjects(records: readonly ObjectRecordResult[], { jobs }: Pick<MatchContext, 'jobs'>): Subject[] {
  const seen: SeenSets = new Map();
  return records.map((record, i) => {
    if (record instanceof EventError) return nothing(`record ${i}`, jobs, 'event', record.message, true);
    if (record.kind === 'ignored') return nothing(`record ${i}`, jobs, 'no_records', record.why);
    return matchObject(record, jobs, seen);
  });
}

function matchObject(object: ObjectTrigger, jobs: Jobs, seen: SeenSets): Subject {
  const { bucket, key, eventName } = object;
  const what = `obs://${bucket}/${key}, ${eventName}`;
  if (isLedgerObject(jobs, object)) return nothing(what, jobs, 'ledger_object', 'it is part of the ledger');
  if (isProbeObject(object)) return nothing(what, jobs, 'probe_object', 'it was written by npx migrations probe');
  if (!object.created) return nothing(what, jobs, 'object_removed', 'it was removed, so there is nothing to import');
  if (isFolder(object)) return nothing(what, jobs, 'folder', 'it is a folder: it is empty and its key ends in "/"');
  return { what, verdicts: [...jobs.jobs.values()].map((job) => verdictOn(job, object, jobs, seen)) };
}

function nothing(what: string, { jobs }: Jobs, code: Code, message: string, refused = false): Subject {
  return startsNothing(what, jobs.keys(), { code, message, refused });
}

function verdictOn(job: Job, object: ObjectTrigger, jobs: Jobs, seen: SeenSets): Verdict {
  const { object_created: trigger } = job.on;
  const why = mismatchReason(job, object.bucket, object.key);
  if (why !== undefined || !trigger) {
    const isAbout = trigger?.bucket === object.bucket;
    const code = !trigger ? 'no_trigger' : isAbout ? 'key' : 'bucket';
    return notAbout(job.name, code, why ?? 'it has no on.object_created');
  }
  if (!trigger.set) return startVerdict({ jobs, job, trigger: object }, object.warnings);
  const place = findSetPlace(trigger, object.key);
  if (!place) {
    return notAbout(
      job.name,
      'no_set',
      `its key matches, but it is not in a set (by ${JSON.stringify(trigger.set.by)})`,
    );
  }
  const { trigger: complete, note } = predictSet({ job, rule: trigger.set, place, object }, seen);
  const notes = [...object.warnings, note];
  return complete ? startVerdict({ jobs, job, trigger: complete }, notes) : { starts: true, job, notes };
}
