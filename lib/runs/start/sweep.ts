import type { Job, Jobs } from '../../jobs/job.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import {
  FoundLog,
  LOST_PASS,
  readPass,
  refuseForeignPass,
  type SweepPass,
  startOf,
  writePass,
} from '../ledger/sweep-log.ts';
import { isLasting } from '../ledger/unreadable-records.ts';
import { publishReport, REPORTS_END_MS } from '../report/notify.ts';
import { sweptReport } from '../report/report.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { sideBySide, WIDTH } from '../side-by-side.ts';
import { LEAST_MS, lookThroughPage, type Swept, startMissed } from './sweep-page.ts';

/** Objects that are looked at in one tick, over all jobs. Each costs a read of the ledger. */
const MAX_OBJECTS = 2_000;
/** A younger object's notification may still be on its way. */
const MAX_GRACE_MS = 2 * 60_000;

interface Turn {
  readonly swept: Swept;
  readonly pass: SweepPass | undefined;
}

/**
 * Notifications are not promised: looks through the buckets of the jobs that have `sweep`, and starts what has no run. An object gives the
 * same occurrence as its notification does, so that the two make one task, whichever comes first.
 *
 * A job's first sweep only records when it was: nothing older is ever started by a sweep, nor is anything by the sweep of a job whose bucket
 * or glob was changed. Later ones, `every` after the one before, look at what changed since then, `look_back` at the most, and not at what is
 * so new that its notification may be on its way (two minutes, or `every` if that is less). At most 2,000 objects in a tick; the next tick goes on.
 *
 * What a sweep found is said in the log and reported as `missed`. A job that fails does not stop the others, and an object whose record cannot
 * be read, or that hangs, does not stop the others of its bucket: it is noted, reported, and looked at again (`lookAgain`). Two at once do no
 * harm.
 *
 * @param objectMs longer than this no object may take
 * @returns what became of the runs that were started; empty when nothing was missed
 */
export async function sweepBuckets(jobs: Jobs, deps: RecordedDeps, objectMs: number): Promise<RunResult[]> {
  const results: RunResult[] = [];
  const budget = { left: MAX_OBJECTS };
  for (const { swept, pass } of await inTurn(jobs, objectMs, deps)) {
    const log = deps.log.with({ job: swept.job.name, bucket: swept.scope.bucket });
    try {
      await sweepJob(swept, pass, budget, results, { ...deps, log });
    } catch (error) {
      log.error('the sweep of a bucket failed; the next tick goes on with it', { error });
    }
  }
  return results;
}

/** Jobs at which a tick worked longest ago come first, so that one with many objects does not keep the others from their turn. */
async function inTurn(jobs: Jobs, objectMs: number, deps: RecordedDeps): Promise<Turn[]> {
  const turns = await sideBySide([...jobs.jobs.values()], WIDTH, (job) => turnOf(job, jobs, objectMs, deps));
  return turns.flatMap((turn) => turn ?? []).sort((a, b) => workedAt(a) - workedAt(b));
}

/** `undefined` of a job that is not swept, or whose last pass cannot be read now. */
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
    if (damaged) log.error('a note is damaged; everything since the first sweep is looked at again', { note: damaged });
    return { swept: { jobs, job, sweep, scope, prefix, objectMs }, pass };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    log.error('the sweep of a bucket failed; the next tick goes on with it', { job: job.name, bucket, error });
    return undefined;
  }
}

function workedAt({ pass }: Turn): number {
  return pass?.workedAt ?? pass?.at ?? 0;
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
  results: RunResult[],
  deps: RecordedDeps,
): Promise<void> {
  const { ledger } = deps;
  if (last && last !== LOST_PASS) refuseForeignPass(ledger, swept.scope, last);
  const hasMeans = () => budget.left > 0 && deps.remainingMs() > LEAST_MS;
  const isNew = !last || (last.isDone && isDue(last, swept, deps));
  // A pass that is begun and not worked at would go behind the others at the next tick.
  if (isNew && last && !hasMeans()) return;
  let pass = isNew ? await newPass(swept, last, deps) : last;
  // Before the work: one that hangs or kills the invocation is not first again at the next tick.
  if (!isNew && !pass.isDone && hasMeans()) await writePass(ledger, swept.scope, { ...pass, workedAt: ledger.now() });
  let found: FoundLog | undefined;
  while (!pass.isDone && hasMeans()) {
    const page = await lookThroughPage(swept, pass, budget, deps);
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
      'the record of when this sweep began is gone from the ledger, though a pass is there; it goes on from that pass. Look for a lifecycle rule that covers sweeps/: npx migrations check --live',
      { since: new Date(start.at).toISOString() },
    );
  }
  const at = ledger.now();
  const until = at - Math.min(sweep.everyMs, MAX_GRACE_MS);
  // What was too new for the last pass is looked at in this one, however long ago that was.
  const since = Math.max(start.at, Math.min(at - sweep.lookBackMs, last?.until ?? at));
  const pass = { at, since, until, looked: 0, isDone: last === undefined, isReported: last === undefined };
  await writePass(ledger, scope, pass);
  return pass;
}

/**
 * What a pass found. Where that list cannot be read the pass goes on with another one: its report is short of some objects then, and nothing
 * else.
 */
async function openFound(
  { scope }: Swept,
  pass: SweepPass,
  { ledger, log }: RecordedDeps,
): Promise<{ found: FoundLog; pass: SweepPass }> {
  try {
    return { found: await FoundLog.open(ledger, scope, pass), pass };
  } catch (error) {
    if (!isLasting(error)) throw error;
    log.error('what a sweep had found cannot be read, and is not reported; it goes on', { error });
    const other = { ...pass, at: Math.max(ledger.now(), pass.at + 1) };
    return { found: await FoundLog.open(ledger, scope, other), pass: other };
  }
}

/** Says what a pass found. */
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
