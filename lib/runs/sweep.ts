import type { ObjectTrigger } from '../events/trigger.ts';
import { matchesGlob } from '../jobs/glob.ts';
import type { Job, Jobs, Sweep } from '../jobs/job.ts';
import { findSetPlace } from '../jobs/set-place.ts';
import type { ObsObject } from '../migrations/all-services.ts';
import { isFolder, isLedgerObject } from './ignored-object.ts';
import { foldRun, readRunRecords } from './ledger/run-log.ts';
import { openSetLog } from './ledger/set-log.ts';
import {
  openFound,
  readPass,
  refuseForeignPass,
  type SweepPass,
  type SweepScope,
  startOf,
  writePass,
} from './ledger/sweep-log.ts';
import { publishReport, REPORTS_END_MS } from './notify.ts';
import { contentOf, fingerprint, occurrenceOf } from './occurrence.ts';
import { sweptReport } from './report.ts';
import type { RunResult } from './run-result.ts';
import type { RecordedDeps } from './run-step.ts';
import { startForJob } from './start-for-job.ts';

/** Objects that are looked at in one tick, over all jobs. Each costs a read of the ledger. */
const MOST_OBJECTS = 500;
/** Less time than this is not enough to start a run. */
const LEAST_MS = 5_000;
/** A younger object's notification may still be on its way. */
const LONGEST_GRACE_MS = 2 * 60_000;

/** A job that is swept. */
interface Swept {
  readonly jobs: Jobs;
  readonly job: Job;
  readonly sweep: Sweep;
  readonly scope: SweepScope;
  /** All keys that can match begin with it. */
  readonly prefix: string;
}

/**
 * Notifications are not promised: looks through the buckets of the jobs that have `sweep`, and starts what has no run. An object gives the
 * same occurrence as its notification does, so that the two make one task, whichever comes first.
 *
 * A job's first sweep only records when it was: nothing older is ever started by a sweep, nor is anything by the sweep of a job whose bucket
 * or glob was changed. Later ones, `every` after the one before, look at what changed since then, `look_back` at the most, and not at what is
 * so new that its notification may be on its way (two minutes, or `every` if that is less). At most 500 objects in a tick; the next tick goes on.
 *
 * What a sweep found is said in the log and reported as `missed`. A job that fails does not stop the others. Two at once do no harm.
 *
 * @returns what became of the runs that were started; empty when nothing was missed
 */
export async function sweepBuckets(jobs: Jobs, deps: RecordedDeps): Promise<RunResult[]> {
  const results: RunResult[] = [];
  const budget = { left: MOST_OBJECTS };
  for (const { swept, pass } of await inTurn(jobs, deps)) {
    const log = deps.log.with({ job: swept.job.name, bucket: swept.scope.bucket });
    try {
      results.push(...(await sweepJob(swept, pass, budget, { ...deps, log })));
    } catch (error) {
      log.error('the sweep of a bucket failed; the next tick goes on with it', { error });
    }
  }
  return results;
}

/** Jobs whose last pass is oldest come first, so that one with many objects does not keep the others from their turn. */
async function inTurn(jobs: Jobs, { ledger }: RecordedDeps): Promise<{ swept: Swept; pass: SweepPass | undefined }[]> {
  const all: { swept: Swept; pass: SweepPass | undefined }[] = [];
  for (const job of jobs.jobs.values()) {
    const { sweep, on } = job;
    if (!sweep || !on.object_created) continue;
    const { bucket, key, set } = on.object_created;
    const scope = { job: job.name, bucket, key };
    const prefix = set ? commonStart(literalStart(key), literalStart(set.by)) : literalStart(key);
    all.push({ swept: { jobs, job, sweep, scope, prefix }, pass: await readPass(ledger, scope) });
  }
  return all.sort((a, b) => (a.pass?.at ?? 0) - (b.pass?.at ?? 0));
}

/** What stands before the first `*` of a glob, or before `{set}`. */
function literalStart(pattern: string): string {
  return pattern.replace(/(\*|\{set\}).*$/su, '');
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

async function sweepJob(
  swept: Swept,
  last: SweepPass | undefined,
  budget: { left: number },
  deps: RecordedDeps,
): Promise<RunResult[]> {
  const { ledger } = deps;
  if (last) refuseForeignPass(ledger, swept.scope, last);
  let pass = last && !(last.isDone && isDue(last, swept, deps)) ? last : await newPass(swept, last, deps);
  const results: RunResult[] = [];
  while (!pass.isDone && budget.left > 0 && deps.remainingMs() > LEAST_MS) {
    const { next, started } = await sweepPage(swept, pass, budget, deps);
    results.push(...started);
    pass = next;
    await writePass(ledger, swept.scope, pass);
  }
  if (pass.isDone && !pass.isReported) await report(swept, pass, deps);
  return results;
}

function isDue({ at, isReported }: SweepPass, { sweep }: Swept, { ledger }: RecordedDeps): boolean {
  const isOver = isReported || ledger.now() >= at + REPORTS_END_MS;
  return isOver && ledger.now() >= at + sweep.everyMs;
}

async function newPass(
  { scope, sweep }: Swept,
  last: SweepPass | undefined,
  { ledger, log }: RecordedDeps,
): Promise<SweepPass> {
  const start = await startOf(ledger, scope, last);
  if (start.wasLost) {
    log.error(
      'the record of when this sweep began is gone from the ledger, though a pass is there; it goes on from that pass. Look for a lifecycle rule that covers sweeps/: npx migrations check --live',
      { since: new Date(start.at).toISOString() },
    );
  }
  const at = ledger.now();
  const until = at - Math.min(sweep.everyMs, LONGEST_GRACE_MS);
  // What was too new for the last pass is looked at in this one, however long ago that was.
  const since = Math.max(start.at, Math.min(at - sweep.lookBackMs, last?.until ?? at));
  const pass = { at, since, until, looked: 0, isDone: last === undefined, isReported: last === undefined };
  await writePass(ledger, scope, pass);
  return pass;
}

async function sweepPage(
  swept: Swept,
  pass: SweepPass,
  budget: { left: number },
  deps: RecordedDeps,
): Promise<{ next: SweepPass; started: RunResult[] }> {
  const { scope, prefix } = swept;
  const obs = await deps.services.obs();
  const most = budget.left;
  const page = await obs.listSince(scope.bucket, prefix, new Date(pass.since).toISOString(), most, pass.after);
  budget.left -= page.length;
  const started: RunResult[] = [];
  let looked = 0;
  for (const object of page) {
    if (deps.remainingMs() <= LEAST_MS) break;
    const trigger = triggerOf(scope.bucket, object);
    if (isOurs(swept, trigger, pass) && !(await hasRun(swept, trigger, deps))) {
      started.push(await start(swept, pass, trigger, deps));
    }
    looked += 1;
  }
  const after = page[looked - 1]?.key ?? pass.after;
  const isDone = page.length < most && looked === page.length;
  const next = { ...pass, ...(after === undefined ? {} : { after }), looked: pass.looked + looked, isDone };
  return { next, started };
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

/** Did its notification come, or an earlier sweep find it? Of an object in a set: does the set have it? */
async function hasRun({ job }: Swept, object: ObjectTrigger, { ledger }: RecordedDeps): Promise<boolean> {
  const trigger = job.on.object_created;
  const place = trigger && findSetPlace(trigger, object.key);
  if (!place) {
    const run = fingerprint(job.name, occurrenceOf(object));
    return foldRun(await readRunRecords(ledger, job.name, run)).received !== undefined;
  }
  const { records } = await openSetLog({ store: ledger.store, stamp: ledger.stamp }, job.name, place.prefix);
  const version = contentOf(object);
  return records.some((record) => {
    if (record.type === 'complete') {
      return record.trigger.set?.members.some((member) => member.key === object.key && member.version === version);
    }
    return 'key' in record && record.key === object.key && record.version === version;
  });
}

/** Starts what was missed; that it was is recorded before. */
async function start(
  { jobs, job, scope }: Swept,
  pass: SweepPass,
  object: ObjectTrigger,
  deps: RecordedDeps,
): Promise<RunResult> {
  const { key } = object;
  const version = contentOf(object);
  const found = await openFound(deps.ledger, scope, pass);
  while (!found.records.some((record) => record.type === 'found' && record.key === key && record.version === version)) {
    if (await found.append({ ...deps.ledger.stamp(), type: 'found', key, version })) break;
  }
  deps.log.warn('an object has no run; its notification did not come', { key });
  return startForJob({ jobs, job, object }, deps);
}

/** Says what a pass found. */
async function report({ job, scope }: Swept, pass: SweepPass, deps: RecordedDeps): Promise<void> {
  const { ledger, log } = deps;
  const found = await openFound(ledger, scope, pass);
  const keys = found.records.flatMap((record) => (record.type === 'found' ? [record.key] : []));
  const counts = { looked: pass.looked, missed: keys.length, since: new Date(pass.since).toISOString() };
  if (keys.length > 0) log.warn('a sweep found objects without a run', counts);
  else log.info('swept', counts);
  const { notify } = job.policies;
  const isOut = () => found.records.some(({ type }) => type === 'notified');
  if (keys.length > 0 && notify?.on.includes('missed') && !isOut()) {
    const missed = sweptReport({ job: job.name, bucket: scope.bucket, at: pass.at }, keys);
    const messageId = await publishReport(missed, notify, deps);
    if (messageId === undefined) return;
    while (!isOut()) {
      if (await found.append({ ...ledger.stamp(), type: 'notified', report: missed.id, messageId })) break;
    }
  }
  await writePass(ledger, scope, { ...pass, isReported: true });
}
