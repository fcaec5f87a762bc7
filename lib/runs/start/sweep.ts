import type { Job, Jobs } from '../../jobs/job.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { inParallel, MAX_PARALLEL } from '../in-parallel.ts';
import {
  FoundLog,
  LOST_PASS,
  readPass,
  refuseForeignPass,
  type SweepPass,
  startOf,
  writePass,
} from '../ledger/sweep-log.ts';
import { isPermanent } from '../ledger/unreadable-records.ts';
import { publishReport, REPORTS_END_MS } from '../report/notify.ts';
import { sweptReport } from '../report/report.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { MIN_START_MS, type Swept, scanPage, startMissed } from './sweep-page.ts';

/** Objects checked in one tick, over all jobs. Each costs a read of the ledger. */
const MAX_OBJECTS = 2_000;
/** The notification of a newer object may still arrive. */
const MAX_GRACE_MS = 2 * 60_000;

interface Turn {
  readonly swept: Swept;
  readonly pass: SweepPass | undefined;
}

/**
 * Scans the buckets of the jobs that have `sweep`, and starts objects without a run, because delivery of notifications is not guaranteed. An object
 * has the same occurrence as its notification, so the two create one task, whichever comes first.
 *
 * A job's first sweep, also after a change of its bucket or glob, only records its time: a sweep never starts anything older. Later sweeps, `every`
 * after the previous one, check what changed since then, at most `look_back`, except objects so new that their notification may still arrive (two
 * minutes, or `every` if that is less). At most 2,000 objects per tick; the next tick continues.
 *
 * What a sweep found is logged and reported as `missed`. A job that fails does not stop the others. An object whose record cannot be read, or that
 * hangs, does not stop the others of its bucket: it is noted, reported and checked again (`recheckUnreadable`). Concurrent sweeps are safe.
 *
 * @param objectMs time limit for each object
 * @returns the results of the runs that were started; empty when nothing was missed
 */
export async function sweepBuckets(jobs: Jobs, deps: RecordedDeps, objectMs: number): Promise<RunResult[]> {
  const results: RunResult[] = [];
  const budget = { left: MAX_OBJECTS };
  for (const { swept, pass } of await inTurn(jobs, objectMs, deps)) {
    const log = deps.log.with({ job: swept.job.name, bucket: swept.scope.bucket });
    try {
      await sweepJob(swept, pass, budget, results, { ...deps, log });
    } catch (error) {
      log.error('the sweep of a bucket failed; the next tick continues it', { error });
    }
  }
  return results;
}

/** Jobs that were processed longest ago come first, so that a job with many objects does not block the others. */
async function inTurn(jobs: Jobs, objectMs: number, deps: RecordedDeps): Promise<Turn[]> {
  const turns = await inParallel([...jobs.jobs.values()], MAX_PARALLEL, (job) => turnOf(job, jobs, objectMs, deps));
  return turns.flatMap((turn) => turn ?? []).sort((a, b) => workedAt(a) - workedAt(b));
}

/** `undefined` for a job without a sweep, or if its last pass cannot be read now. */
async function turnOf(
  job: Job,
  jobs: Jobs,
  objectMs: number,
  { ledger, log }: RecordedDeps,
): Promise<Turn | undefined> {
  const { sweep, on } = job;
  if (!sweep || !on.object_created) return undefined;
  const { bucket, key, set } = on.object_created;
  const scope = { job: job.name, bucket, key };
  const prefix = set ? commonStart(literalStart(key), literalStart(set.by)) : literalStart(key);
  try {
    const { pass, damaged } = await readPass(ledger, scope);
    if (damaged)
      log.error('the state of a sweep is damaged; everything since the first sweep is checked again', {
        note: damaged,
      });
    return { swept: { jobs, job, sweep, scope, prefix, objectMs }, pass };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    log.error('the sweep of a bucket failed; the next tick continues it', { job: job.name, bucket, error });
    return undefined;
  }
}

function workedAt({ pass }: Turn): number {
  return pass?.workedAt ?? pass?.at ?? 0;
}

/** The part before the first `*` of a glob, or before `{set}`. */
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
  results: RunResult[],
  deps: RecordedDeps,
): Promise<void> {
  const { ledger } = deps;
  if (last && last !== LOST_PASS) refuseForeignPass(ledger, swept.scope, last);
  const hasQuota = () => budget.left > 0 && deps.remainingMs() > MIN_START_MS;
  const isNew = !last || (last.isDone && isDue(last, swept, deps));
  // A pass that is begun but not worked on would lose its turn at the next tick.
  if (isNew && last && !hasQuota()) return;
  let pass = isNew ? await newPass(swept, last, deps) : last;
  // Written before the work, so that a job that hangs or kills the invocation is not first again at the next tick.
  if (!isNew && !pass.isDone && hasQuota()) await writePass(ledger, swept.scope, { ...pass, workedAt: ledger.now() });
  let found: FoundLog | undefined;
  while (!pass.isDone && hasQuota()) {
    const page = await scanPage(swept, pass, budget, deps);
    if (page.missed.length > 0 && !found) ({ found, pass } = await openFound(swept, pass, deps));
    await found?.addMissed(
      page.missed.map(({ key }) => key),
      page.looked.at(-1)?.key ?? '',
    );
    pass = { ...(await startMissed(swept, pass, page, results, deps)), workedAt: ledger.now() };
    await writePass(ledger, swept.scope, pass);
  }
  if (pass.isDone && !pass.isReported) await report(swept, pass, found, deps);
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
      'the record of when this sweep began is missing from the ledger, but a pass exists; continuing from that pass. Look for a lifecycle rule that covers sweeps/: npx migrations check --live',
      { since: new Date(start.at).toISOString() },
    );
  }
  const at = ledger.now();
  const until = at - Math.min(sweep.everyMs, MAX_GRACE_MS);
  // What was too new for the last pass is checked in this one, however long ago that was.
  const since = Math.max(start.at, Math.min(at - sweep.lookBackMs, last?.until ?? at));
  const pass = { at, since, until, looked: 0, isDone: last === undefined, isReported: last === undefined };
  await writePass(ledger, scope, pass);
  return pass;
}

/**
 * Opens the list of what a pass found. If it cannot be read, the pass continues with a new list; the only effect is that some objects are missing
 * from its report.
 */
async function openFound(
  { scope }: Swept,
  pass: SweepPass,
  { ledger, log }: RecordedDeps,
): Promise<{ found: FoundLog; pass: SweepPass }> {
  try {
    return { found: await FoundLog.open(ledger, scope, pass), pass };
  } catch (error) {
    if (!isPermanent(error)) throw error;
    log.error('the earlier findings of a sweep cannot be read and are not reported; the sweep continues', { error });
    const other = { ...pass, at: Math.max(ledger.now(), pass.at + 1) };
    return { found: await FoundLog.open(ledger, scope, other), pass: other };
  }
}

/** Logs and reports what a pass found. */
async function report(swept: Swept, last: SweepPass, opened: FoundLog | undefined, deps: RecordedDeps): Promise<void> {
  const { job, scope } = swept;
  const { ledger, log } = deps;
  const { found, pass } = opened ? { found: opened, pass: last } : await openFound(swept, last, deps);
  const { count, named, isReported } = found.state;
  const counts = { looked: pass.looked, missed: count, since: new Date(pass.since).toISOString() };
  if (count > 0) log.warn('a sweep found objects without a run', counts);
  else log.info('swept', counts);
  const { notify } = job.policies;
  if (count > 0 && notify?.on.includes('missed') && !isReported) {
    const missed = sweptReport({ job: job.name, bucket: scope.bucket, at: pass.at }, named, count);
    const messageId = await publishReport(missed, notify, deps);
    if (messageId === undefined) return;
    await found.addReported(missed.id, messageId);
  }
  await writePass(ledger, scope, { ...pass, isReported: true });
}
