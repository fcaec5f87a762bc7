import type { Jobs } from '../../jobs/job.ts';
import { RECONCILE_INTERVAL_MS } from '../../kernel/reconcile-interval.ts';
import { type ControlState, controlOf } from '../ledger/control.ts';
import { beat, savePlace } from '../ledger/heartbeat.ts';
import { openRunsIn } from '../ledger/open-runs.ts';
import { listOpenWork, type OpenWork } from '../ledger/open-work.ts';
import { inTurn, type Part, type Place, partsInTurn, readPlace, type TickPlace } from '../ledger/reconcile-turn.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { processSets } from '../sets/process-sets.ts';
import { withStarter } from '../start/start-for-job.ts';
import { sweepBuckets } from '../start/sweep.ts';
import { processRuns, RUNS_PER_PLACE, type RunsProgress } from './process-runs.ts';
import { withTimeShare } from './with-time-share.ts';

/** The result of a tick of `reconcile`. */
export interface ReconcileResult {
  /** Runs that were not settled before this tick; if there were too many to list in a tick, those that were listed. */
  readonly open: number;
  /** Processed runs that wait for an operator. */
  readonly parked: number;
  /** Not processed for lack of time; the next tick begins with them. */
  readonly left: number;
  /** The results of the runs that were processed, and of those that were started: complete sets, and objects found by a sweep. */
  readonly runs: readonly RunResult[];
}

/** The minimum share of the time for each part of a tick. Unused time goes to the parts after it. */
const SHARES: Readonly<Record<Part, number>> = { runs: 0.6, sets: 0.2, sweep: 0.2 };
/** The share of the tick's time that one run may take, but at least `MIN_RUN_MS`. */
const RUN_SHARE = 1 / 10;
const MIN_RUN_MS = 5_000;

/**
 * Processes every run that is not settled (expired claims, unknown outcomes, runs whose turn has come, tasks that others wait for), sends due
 * reports, starts complete sets, and sweeps buckets, as the current jobs file says. What does not fit in the time is left to the next tick.
 *
 * Each part has a share of the time and each run a share of that; work that exceeds its share is abandoned. After a tick that was killed, the next
 * one begins with another part. So runs, sets and sweeps get their turn within a bounded number of ticks, however many there are of each, and
 * whichever of them hangs or kills the process.
 *
 * Safe to run concurrently with itself and everything else. A run or a part that fails does not stop the others. Writes a heartbeat, from which the
 * other functions see that it runs.
 *
 * @param everyMs the interval of the ticks, which the heartbeat names
 * @throws {LedgerError} when the open runs or sets can't be listed, or the heartbeat or place can't be written; after all parts were tried
 */
export async function reconcile(
  given: RecordedDeps,
  jobs: Jobs,
  everyMs: number = RECONCILE_INTERVAL_MS,
): Promise<ReconcileResult> {
  const deps = withStarter(jobs, given);
  const { ledger } = deps;
  const [control, open] = await Promise.all([controlOf(ledger), listOpenWork(ledger)]);
  const { hasDied = false, ...place } = await readPlace(ledger, control);
  const parts = partsInTurn(place);
  const [began = 'runs'] = parts;
  const isSwept = [...jobs.jobs.values()].some(({ sweep }) => sweep);
  if (deps.cloudEye) deps.cloudEye.since = reportedUntil(control, ledger.now());
  const tick = open.entries.length > 0 || isSwept ? { ...beginningOf(open, place), began } : undefined;
  await beat(ledger, tick, everyMs);

  const done: RunsProgress = {
    open: 0,
    parked: 0,
    waiting: 0,
    unknown: 0,
    underWay: 0,
    looked: 0,
    isPartOfAll: false,
    runs: [],
    place,
  };
  const started: Record<Exclude<Part, 'runs'>, RunResult[]> = { sets: [], sweep: [] };
  const tickMs = deps.remainingMs();
  const runMs = Math.max(MIN_RUN_MS, tickMs * RUN_SHARE);
  const work: Readonly<Record<Part, (limited: RecordedDeps) => Promise<unknown>>> = {
    runs: (limited) => processRuns(done, { jobs, work: open, runMs, isCareful: hasDied, everyMs }, limited),
    sets: async (limited) => started.sets.push(...(await processSets(jobs, open, limited))),
    sweep: async (limited) => started.sweep.push(...(await sweepBuckets(jobs, limited, runMs))),
  };
  const failures = await runParts(parts, tickMs, work, deps);

  const { parked, looked, isPartOfAll, runs } = done;
  const counts = { open: done.open, parked, left: done.open - looked };
  if (counts.left > 0 || isPartOfAll) await savePlace(ledger, { ...done.place, began });
  deps.cloudEye?.setGauges(gaugesOf(done, ledger.now()));
  if (failures.length > 0) throw failures[0];
  deps.cloudEye?.count('ticks');
  if (parked > 0) deps.log.error('parked runs wait for an operator', counts);
  else deps.log.info('reconciled', counts);
  return { ...counts, runs: [...runs, ...started.sets, ...started.sweep] };
}

/** The previous tick may not have reported its last minutes; equal events are one event. */
const REPORTED_TWICE_MS = 2 * RECONCILE_INTERVAL_MS;

/** What happened until then was reported by the previous tick. Without one, only what is happening now is reported. */
function reportedUntil({ beat: last }: ControlState, now: number): number {
  return Math.min(last?.at ?? now, now) - REPORTED_TWICE_MS;
}

function gaugesOf({ open, parked, waiting, unknown, underWay, looked, oldestAt }: RunsProgress, now: number) {
  return {
    runs_open: open,
    runs_waiting: waiting,
    runs_unknown: unknown,
    runs_parked: parked,
    tasks_under_way: underWay,
    runs_left: open - looked,
    oldest_open_run_age: oldestAt === undefined ? 0 : Math.max(0, Math.floor((now - oldestAt) / 1000)),
  };
}

/** @returns the errors that the parts threw */
async function runParts(
  parts: readonly Part[],
  tickMs: number,
  work: Readonly<Record<Part, (limited: RecordedDeps) => Promise<unknown>>>,
  deps: RecordedDeps,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const [i, part] of parts.entries()) {
    const keptMs = parts.slice(i + 1).reduce((sum, later) => sum + SHARES[later], 0) * tickMs;
    try {
      const end = await withTimeShare(deps.remainingMs() - keptMs, deps, work[part]);
      if (end === 'abandoned') deps.log.error('a part of the tick exceeded its time and was abandoned', { part });
    } catch (error) {
      deps.log.error('a part of the tick failed; the others continue', { part, error });
      failures.push(error);
    }
  }
  return failures;
}

/** The run that a tick begins with: if that run kills the tick, the next one begins after it. */
function beginningOf(work: OpenWork, place: Place): TickPlace {
  if (!work.isAll) return { ...place, isLong: true };
  const [first, ...others] = inTurn(openRunsIn(work.entries), place);
  if (!first) return {};
  const { at, job, run } = first;
  return { after: { at, job, run }, ...(others.length >= RUNS_PER_PLACE ? { isLong: true } : {}) };
}
