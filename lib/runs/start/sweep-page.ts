import type { ObjectTrigger } from '../../events/trigger.ts';
import { matchesGlob } from '../../jobs/glob.ts';
import type { Job, Jobs, Sweep } from '../../jobs/job.ts';
import { findSetPlace } from '../../jobs/set-place.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { ObsObject } from '../../ports/obs.ts';
import { withTimeShare } from '../follow/with-time-share.ts';
import { inParallel, MAX_PARALLEL } from '../in-parallel.ts';
import type { SweepPass, SweepScope } from '../ledger/sweep-log.ts';
import { isPermanent, noteUnreadable } from '../ledger/unreadable-records.ts';
import { cloudEyeEvent } from '../report/cloud-eye-events.ts';
import { isRecorded, type RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { hasRun } from './has-run.ts';
import { isFolder, isLedgerObject, isProbeObject } from './ignored-object.ts';
import { fingerprint, occurrenceOf } from './occurrence.ts';
import { startForJob } from './start-for-job.ts';

/** Objects that are checked before the first of them is started, and counted with one append. */
const PAGE_OBJECTS = 100;
/** The minimum time to start a run. */
export const MIN_START_MS = 5_000;

/** A job with a sweep. */
export interface Swept {
  readonly jobs: Jobs;
  readonly job: Job;
  readonly sweep: Sweep;
  readonly scope: SweepScope;
  /** The common prefix of all keys that can match. */
  readonly prefix: string;
  /** Time limit for each object. */
  readonly objectMs: number;
}

/** Objects of a bucket that were checked together. */
export interface Page {
  /** In the order of their keys. */
  readonly looked: readonly ObjectTrigger[];
  readonly missed: readonly ObjectTrigger[];
  /** Once all of the page is started, everything up to this key is done; absent if that is nothing. */
  readonly upTo?: string;
  /** Whether this is the last page. */
  readonly isLast: boolean;
}

/** Checks at least one object, and as many as fit in half of the time: the other half is for starting them. */
export async function scanPage(
  swept: Swept,
  pass: SweepPass,
  budget: { left: number },
  deps: RecordedDeps,
): Promise<Page> {
  const { scope, prefix } = swept;
  const obs = await deps.services.obs();
  const most = Math.min(PAGE_OBJECTS, budget.left);
  let listed: string | undefined;
  const mayContinue = (upTo: string): boolean => {
    listed = upTo;
    return deps.remainingMs() > MIN_START_MS;
  };
  const since = new Date(pass.since).toISOString();
  const objects = await obs.listSince(scope.bucket, prefix, since, most, pass.after, mayContinue);
  const isEnd = objects.length < most && deps.remainingMs() > MIN_START_MS;
  const endMs = (deps.remainingMs() + MIN_START_MS) / 2;
  const found = await inParallel(
    objects.map((object) => triggerOf(scope.bucket, object)),
    MAX_PARALLEL,
    async (object) => ({ object, isMissed: isOurs(swept, object, pass) && (await isMissed(swept, object, deps)) }),
    (begun) => begun === 0 || deps.remainingMs() > endMs,
  );
  const looked = found.map(({ object }) => object);
  const missed = found.flatMap(({ object, isMissed: isWithoutRun }) => (isWithoutRun ? object : []));
  budget.left -= looked.length;
  const isWhole = looked.length === objects.length;
  const upTo = isWhole && objects.length < most ? (listed ?? looked.at(-1)?.key) : looked.at(-1)?.key;
  return { looked, missed, ...(upTo === undefined ? {} : { upTo }), isLast: isWhole && isEnd };
}

function triggerOf(bucket: string, { key, size, eTag, versionId, lastModified }: ObsObject): ObjectTrigger {
  return {
    kind: 'object',
    created: true,
    eventName: 'found by a sweep',
    bucket,
    key,
    size,
    eTag,
    ...(versionId === undefined ? {} : { versionId }),
    time: lastModified,
    warnings: [],
  };
}

function isOurs({ jobs, job }: Swept, object: ObjectTrigger, { until }: SweepPass): boolean {
  if (Date.parse(object.time) > until || isFolder(object) || isLedgerObject(jobs, object)) return false;
  if (isProbeObject(object)) return false;
  const trigger = job.on.object_created;
  if (trigger?.set) return findSetPlace(trigger, object.key) !== undefined;
  return trigger !== undefined && matchesGlob(trigger.key, object.key);
}

/** Whether the object has no run. If that is unknown, the object is noted, and the rest of the bucket continues. */
async function isMissed({ job, objectMs }: Swept, object: ObjectTrigger, deps: RecordedDeps): Promise<boolean> {
  try {
    const known = await withTimeShare(objectMs, deps, ({ ledger }) => hasRun(ledger, job, object));
    if (known !== 'abandoned') return !known;
    await skipObject(job, object, `reading the record of its run took longer than ${objectMs} ms`, deps);
  } catch (error) {
    deps.log[isPermanent(error) ? 'error' : 'warn']('could not read whether an object has a run; skipping it', {
      key: object.key,
      error,
    });
    const why = error instanceof LedgerError ? error.message : 'reading the record of its run failed; see the log';
    await skipObject(job, object, why, deps);
  }
  return false;
}

/** Notes the object, so that every tick checks it again until it has a record. */
function skipObject(job: Job, object: ObjectTrigger, why: string, { ledger }: RecordedDeps): Promise<void> {
  const run = fingerprint(job.name, occurrenceOf(object));
  return noteUnreadable(ledger, { job: job.name, run, since: ledger.now(), why, object });
}

/** Starts the missed objects in parallel; they were recorded before. At least one, then as many as there is time for. */
export async function startMissed(
  swept: Swept,
  pass: SweepPass,
  { looked, missed, upTo, isLast }: Page,
  results: RunResult[],
  deps: RecordedDeps,
): Promise<SweepPass> {
  noteMissed(swept.job, missed, deps);
  // One at a time if the job has sets: the objects of a set are written to one list.
  const width = swept.job.on.object_created?.set ? 1 : MAX_PARALLEL;
  const hasTime = (begun: number) => begun === 0 || deps.remainingMs() > MIN_START_MS;
  const ended = await inParallel(missed, width, (object) => start(swept, object, deps), hasTime);
  results.push(...ended.flatMap((result) => result ?? []));
  const next = missed[ended.length];
  const done = next ? looked.indexOf(next) : looked.length;
  const isWhole = done === looked.length;
  const after = (isWhole ? upTo : looked[done - 1]?.key) ?? pass.after;
  return {
    ...pass,
    ...(after === undefined ? {} : { after }),
    looked: pass.looked + done,
    isDone: isWhole && isLast,
  };
}

function noteMissed({ name: job }: Job, [first, ...others]: readonly ObjectTrigger[], deps: RecordedDeps): void {
  if (!first) return;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const content = `obs://${first.bucket}/${first.key}${more} had no run: no notification arrived, or the function failed; the runs are started`;
  deps.cloudEye?.note(cloudEyeEvent('objects_missed', { at: deps.ledger.now(), job, content }));
}

/** @returns `undefined` when it did not end in time: it continues from what was recorded, or is checked again if nothing was */
async function start(
  { jobs, job, objectMs }: Swept,
  object: ObjectTrigger,
  deps: RecordedDeps,
): Promise<RunResult | undefined> {
  const { key } = object;
  deps.log.warn('an object has no run: no notification arrived, or the function failed', { key });
  const result = await withTimeShare(objectMs, deps, (limited) => startForJob({ jobs, job, object }, limited));
  if (result === 'abandoned') {
    deps.log.error('starting an object took too long and was abandoned', { key, objectMs });
    await skipObject(job, object, `starting it took longer than ${objectMs} ms`, deps);
    return undefined;
  }
  if (!isRecorded(result)) await skipObject(job, object, result.reason?.message ?? 'it could not be recorded', deps);
  return result;
}
