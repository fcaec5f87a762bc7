import type { Jobs } from '../jobs/job.ts';
import { RESERVE_MS } from './create-task.ts';
import { DetailBudget } from './detail-budget.ts';
import { type FollowDeps, followRun } from './follow-run.ts';
import { beat } from './ledger/heartbeat.ts';
import { LedgerError } from './ledger/ledger-error.ts';
import { listOpen, markOpen, type OpenRun, unmarkOpen } from './ledger/open-runs.ts';
import { inTurn, reachedAll, stoppedAfter } from './ledger/reconcile-turn.ts';
import { foldRun, openRunLog, type RunLog, type RunState } from './ledger/run-log.ts';
import { sendReports } from './notify.ts';
import { advanceRun, type RecordedDeps, settleRun } from './recorded-run.ts';
import { completeReplay } from './replay-run.ts';
import { dueReports } from './report.ts';
import type { RunResult } from './run-result.ts';
import { viewRun } from './run-view.ts';
import { takeUpSets } from './sets.ts';
import { sweepBuckets } from './sweep.ts';
import { makeTaskSnapshot } from './task-snapshot.ts';

/** What a tick of `reconcile` found and did. */
export interface ReconcileResult {
  /** Runs that are not settled, before this tick. */
  readonly open: number;
  /** Of those that were looked at: wait for a person. */
  readonly parked: number;
  /** Not looked at for lack of time; the next tick begins with them. */
  readonly left: number;
  /** What became of the runs that were looked at, and of those that were started: complete sets, and what a sweep found. */
  readonly runs: readonly RunResult[];
}

/** This part of a tick is kept for reports, sets and sweeps, so that many open runs do not keep them from their turn. */
const KEPT_SHARE = 4;
/** A marker without a run: its invocation died between the two. The platform delivers an event again for at most a day. */
const ORPHAN_MS = 25 * 60 * 60_000;

/**
 * Takes up every run that is not settled, the oldest first, as far as the time goes, and the rest at the next tick: expired claims,
 * unknown outcomes, runs whose turn has come, tasks whose end others wait for.
 *
 * Then what is to be reported is sent, complete sets are started, and buckets are swept: of all these the jobs file says what is wanted now.
 *
 * Safe beside itself and everything else. A run that fails does not stop the others. Leaves a heartbeat, by which the other functions
 * see that it runs.
 *
 * @throws {LedgerError} when the open runs can't be listed, or heartbeat and place not be written
 */
export async function reconcile(deps: RecordedDeps, jobs: Jobs): Promise<ReconcileResult> {
  await beat(deps.ledger);
  const open = await inTurn(deps.ledger, await listOpen(deps.ledger));
  const keptMs = Math.max(RESERVE_MS, deps.remainingMs() / KEPT_SHARE);
  const runs: RunResult[] = [];
  const unreported: RunLog[] = [];
  let parked = 0;
  let looked = 0;
  let last: OpenRun | undefined;
  const snapshot = makeTaskSnapshot(deps.services, deps.log, deps.ledger.now);
  const details = new DetailBudget(open.length, deps.ledger.now());
  for (const [index, entry] of open.entries()) {
    if (deps.remainingMs() <= keptMs) break;
    looked += 1;
    last = entry;
    const { result, isParked, toReport } = await takeUp(entry, {
      ...deps,
      snapshot,
      details,
      isTurn: details.isTurn(index),
      looksAgain: true,
    });
    if (isParked) parked += 1;
    if (toReport) unreported.push(toReport);
    if (result) runs.push({ job: entry.job, run: entry.run, ...result });
  }
  const counts = { open: open.length, parked, left: open.length - looked };
  if (counts.left === 0) await reachedAll(deps.ledger);
  else if (last) await stoppedAfter(deps.ledger, last);
  await report(unreported, deps);
  runs.push(...(await takeUpSets(jobs, deps)), ...(await sweepBuckets(jobs, deps)));
  if (parked > 0) deps.log.error('parked runs wait for a person', counts);
  else deps.log.info('reconciled', counts);
  return { ...counts, runs };
}

/** Reports come after everything else, so that no run waits for them. A settled run ends when they are out. */
async function report(runs: readonly RunLog[], deps: RecordedDeps): Promise<void> {
  await sendReports(runs, deps);
  for (const run of runs) {
    if (!foldRun(run.records).settled) continue;
    try {
      await settleRun(run, deps);
    } catch (error) {
      deps.log.error('a run that was reported could not be closed; it stays open', { list: run.name, error });
    }
  }
}

interface TakenUp {
  readonly result?: RunResult;
  readonly isParked: boolean;
  readonly toReport?: RunLog;
}

/** Of a run whose task is there the log says what became of it: `existing` is the answer to a redelivery. */
function followedFields({ outcome, ...result }: RunResult, state: string | undefined): Record<string, unknown> {
  return outcome === 'existing' && state !== undefined ? { state, ...result } : { outcome, ...result };
}

async function takeUp(entry: OpenRun, deps: FollowDeps): Promise<TakenUp> {
  const { job, run } = entry;
  const log = deps.log.with({ job, run });
  try {
    const records = await openRunLog(deps.ledger, job, run);
    const before = foldRun(records.records);
    const result = await bringOn(records, before, entry, { ...deps, log });
    if (result) log.info('run', followedFields(result, viewRun(records.records)?.state));
    const isParked = foldRun(records.records).parked === true;
    const toReport = dueReports(records.records).length > 0 ? { toReport: records } : {};
    return { ...(result ? { result } : {}), isParked, ...toReport };
  } catch (error) {
    log.error('this run could not be taken up; it stays open', { error });
    const code = error instanceof LedgerError ? 'ledger' : 'internal';
    return {
      result: { outcome: 'waiting', reason: { code, message: 'it could not be taken up; the log has why' } },
      isParked: false,
    };
  }
}

async function bringOn(
  records: RunLog,
  state: RunState,
  entry: OpenRun,
  deps: FollowDeps,
): Promise<RunResult | undefined> {
  if (!state.received) {
    const isReplay = await completeReplay(records, entry, deps.ledger);
    return isReplay ? advanceRun(records, deps) : forgetOrphan(records, entry, deps);
  }
  if (state.settled) {
    await settleRun(records, deps);
    return undefined;
  }
  if (state.end === 'created') return followRun(records, state, deps);
  return advanceRun(records, deps);
}

/**
 * A marker that no run followed. The void record makes a delivery that is under way just now decide anew, and put its marker again: so the
 * marker that is removed here is never one that is needed.
 */
async function forgetOrphan(records: RunLog, { job, run, at }: OpenRun, deps: RecordedDeps): Promise<undefined> {
  if (deps.ledger.now() - at < ORPHAN_MS) return undefined;
  if (!(await records.append({ ...deps.ledger.stamp(), type: 'void' }))) return undefined;
  await unmarkOpen(deps.ledger, job, run);
  await records.refresh();
  if (foldRun(records.records).received) await markOpen(deps.ledger, job, run);
  deps.log.warn('a run was announced more than a day ago and never came; it is forgotten');
  return undefined;
}
