import type { ObjectTrigger } from '../../events/trigger.ts';
import { matchesGlob } from '../../jobs/glob.ts';
import type { Job, Jobs, Sweep } from '../../jobs/job.ts';
import { findSetPlace } from '../../jobs/set-place.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { ObsObject } from '../../ports/obs.ts';
import { inShare } from '../follow/in-share.ts';
import type { SweepPass, SweepScope } from '../ledger/sweep-log.ts';
import { isLasting, noteUnreadable } from '../ledger/unreadable-records.ts';
import { isTaken, type RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { sideBySide, WIDTH } from '../side-by-side.ts';
import { hasRun } from './has-run.ts';
import { isFolder, isLedgerObject } from './ignored-object.ts';
import { fingerprint, occurrenceOf } from './occurrence.ts';
import { startForJob } from './start-for-job.ts';

/** Objects that are looked at before the first of them is started, and counted with one append. */
const PAGE_OBJECTS = 100;
/** Less time than this is not enough to start a run. */
export const LEAST_MS = 5_000;

/** A job that is swept. */
export interface Swept {
  readonly jobs: Jobs;
  readonly job: Job;
  readonly sweep: Sweep;
  readonly scope: SweepScope;
  /** All keys that can match begin with it. */
  readonly prefix: string;
  /** Longer than this no object may take. */
  readonly objectMs: number;
}

/** Objects of a bucket that were looked at together. */
export interface Page {
  /** In the order of their keys. */
  readonly looked: readonly ObjectTrigger[];
  readonly missed: readonly ObjectTrigger[];
  /** When all of it is started, everything up to this key was looked at; absent when that is nothing. */
  readonly upTo?: string;
  /** There is nothing behind it. */
  readonly isLast: boolean;
}

/** At least one object, and as many as half of the time is enough for: the other half is for starting them. */
export async function lookThroughPage(
  swept: Swept,
  pass: SweepPass,
  budget: { left: number },
  deps: RecordedDeps,
): Promise<Page> {
  const { scope, prefix } = swept;
  const obs = await deps.services.obs();
  const most = Math.min(PAGE_OBJECTS, budget.left);
  let listed: string | undefined;
  const goesOn = (upTo: string): boolean => {
    listed = upTo;
    return deps.remainingMs() > LEAST_MS;
  };
  const since = new Date(pass.since).toISOString();
  const objects = await obs.listSince(scope.bucket, prefix, since, most, pass.after, goesOn);
  const isEnd = objects.length < most && deps.remainingMs() > LEAST_MS;
  const endMs = (deps.remainingMs() + LEAST_MS) / 2;
  const found = await sideBySide(
    objects.map((object) => triggerOf(scope.bucket, object)),
    WIDTH,
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
  const trigger = job.on.object_created;
  if (trigger?.set) return findSetPlace(trigger, object.key) !== undefined;
  return trigger !== undefined && matchesGlob(trigger.key, object.key);
}

/** Has it no run? What cannot be told is noted, and not held against the rest of the bucket. */
async function isMissed({ job, objectMs }: Swept, object: ObjectTrigger, deps: RecordedDeps): Promise<boolean> {
  try {
    const known = await inShare(objectMs, deps, ({ ledger }) => hasRun(ledger, job, object));
    if (known !== 'abandoned') return !known;
    await passOver(job, object, `reading the record of its run took longer than ${objectMs} ms`, deps);
  } catch (error) {
    deps.log[isLasting(error) ? 'error' : 'warn']('it cannot be read whether an object has a run; it is passed over', {
      key: object.key,
      error,
    });
    const why = error instanceof LedgerError ? error.message : 'reading the record of its run failed; the log has why';
    await passOver(job, object, why, deps);
  }
  return false;
}

/** Every tick looks at it again, until a record says what became of it. */
function passOver(job: Job, object: ObjectTrigger, why: string, { ledger }: RecordedDeps): Promise<void> {
  const run = fingerprint(job.name, occurrenceOf(object));
  return noteUnreadable(ledger, { job: job.name, run, since: ledger.now(), why, object });
}

/** Starts what was missed, side by side; that it was is recorded before. At least one, and then as many as there is time for. */
export async function startMissed(
  swept: Swept,
  pass: SweepPass,
  { looked, missed, upTo, isLast }: Page,
  results: RunResult[],
  deps: RecordedDeps,
): Promise<SweepPass> {
  // Objects of a set are written to one list.
  const width = swept.job.on.object_created?.set ? 1 : WIDTH;
  const hasTime = (begun: number) => begun === 0 || deps.remainingMs() > LEAST_MS;
  const ended = await sideBySide(missed, width, (object) => start(swept, object, deps), hasTime);
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

/** @returns `undefined` when it did not end in time: what it recorded says what becomes of it, and if that is nothing it is looked at again */
async function start(
  { jobs, job, objectMs }: Swept,
  object: ObjectTrigger,
  deps: RecordedDeps,
): Promise<RunResult | undefined> {
  const { key } = object;
  deps.log.warn('an object has no run; its notification did not come', { key });
  const result = await inShare(objectMs, deps, (limited) => startForJob({ jobs, job, object }, limited));
  if (result === 'abandoned') {
    deps.log.error('starting an object did not end in time; it is left alone', { key, objectMs });
    await passOver(job, object, `starting it took longer than ${objectMs} ms`, deps);
    return undefined;
  }
  if (!isTaken(result)) await passOver(job, object, result.reason?.message ?? 'it could not be recorded', deps);
  return result;
}
