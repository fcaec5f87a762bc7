import type { Jobs } from '../../jobs/job.ts';
import { controlOf } from '../ledger/control.ts';
import { beat, leavePlace } from '../ledger/heartbeat.ts';
import { openRunsIn } from '../ledger/open-runs.ts';
import { listOpenWork, type OpenWork } from '../ledger/open-work.ts';
import { inTurn, type Part, type Place, partsInTurn, readPlace, type TickPlace } from '../ledger/reconcile-turn.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { takeUpSets } from '../sets/take-up-sets.ts';
import { withStarter } from '../start/start-for-job.ts';
import { sweepBuckets } from '../start/sweep.ts';
import { inShare } from './in-share.ts';
import { RUNS_PER_PLACE, type TakenUpRuns, takeUpRuns } from './take-up-runs.ts';

/** What a tick of `reconcile` found and did. */
export interface ReconcileResult {
  /** Runs that are not settled, before this tick; of so many that they can't be listed in a tick, those that were. */
  readonly open: number;
  /** Of those that were looked at: wait for a person. */
  readonly parked: number;
  /** Not looked at for lack of time; the next tick begins with them. */
  readonly left: number;
  /** What became of the runs that were looked at, and of those that were started: complete sets, and what a sweep found. */
  readonly runs: readonly RunResult[];
}

/** What each part of a tick gets at least of its time. What one leaves goes to those after it. */
const SHARES: Readonly<Record<Part, number>> = { runs: 0.6, sets: 0.2, sweep: 0.2 };
/** No run gets more of it than this, or than the least that is enough to bring one on. */
const RUN_SHARE = 1 / 10;
const LEAST_RUN_MS = 5_000;

/**
 * Takes up every run that is not settled (expired claims, unknown outcomes, runs whose turn has come, tasks whose end others wait for), sends
 * what is to be reported, starts complete sets, and sweeps buckets: of all these the jobs file says what is wanted now. All as far as the time
 * goes, and the rest at the next tick.
 *
 * Each part has a share of the time and each run a share of that, and what does not end in its share is left alone. A tick that was
 * killed is followed by one that begins with another part. So runs, sets and sweep get their turn within a bounded number of ticks, however many
 * there are of each, and whichever of them hangs or kills the process.
 *
 * Safe beside itself and everything else. A run that fails does not stop the others, nor does a part. Leaves a heartbeat, by which the other
 * functions see that it runs.
 *
 * @throws {LedgerError} when the open runs or sets can't be listed, or heartbeat and place not be written; after all parts were tried
 */
export async function reconcile(given: RecordedDeps, jobs: Jobs): Promise<ReconcileResult> {
  const deps = withStarter(jobs, given);
  const { ledger } = deps;
  const [control, open] = await Promise.all([controlOf(ledger), listOpenWork(ledger)]);
  const { hasDied = false, ...place } = await readPlace(ledger, control);
  const parts = partsInTurn(place);
  const [began = 'runs'] = parts;
  const isSwept = [...jobs.jobs.values()].some(({ sweep }) => sweep);
  await beat(ledger, open.entries.length > 0 || isSwept ? { ...beginningOf(open, place), began } : undefined);

  const done: TakenUpRuns = { open: 0, parked: 0, looked: 0, isPartOfAll: false, runs: [], place };
  const started: Record<Exclude<Part, 'runs'>, RunResult[]> = { sets: [], sweep: [] };
  const tickMs = deps.remainingMs();
  const runMs = Math.max(LEAST_RUN_MS, tickMs * RUN_SHARE);
  const work: Readonly<Record<Part, (limited: RecordedDeps) => Promise<unknown>>> = {
    runs: (limited) => takeUpRuns(done, { jobs, work: open, runMs, isCareful: hasDied }, limited),
    sets: async (limited) => started.sets.push(...(await takeUpSets(jobs, open, limited))),
    sweep: async (limited) => started.sweep.push(...(await sweepBuckets(jobs, limited, runMs))),
  };
  const failures = await inShares(parts, tickMs, work, deps);

  const { parked, looked, isPartOfAll, runs } = done;
  const counts = { open: done.open, parked, left: done.open - looked };
  if (counts.left > 0 || isPartOfAll) await leavePlace(ledger, { ...done.place, began });
  if (failures.length > 0) throw failures[0];
  if (parked > 0) deps.log.error('parked runs wait for a person', counts);
  else deps.log.info('reconciled', counts);
  return { ...counts, runs: [...runs, ...started.sets, ...started.sweep] };
}

/** @returns what the parts threw */
async function inShares(
  parts: readonly Part[],
  tickMs: number,
  work: Readonly<Record<Part, (limited: RecordedDeps) => Promise<unknown>>>,
  deps: RecordedDeps,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const [i, part] of parts.entries()) {
    const keptMs = parts.slice(i + 1).reduce((sum, later) => sum + SHARES[later], 0) * tickMs;
    try {
      const end = await inShare(deps.remainingMs() - keptMs, deps, work[part]);
      if (end === 'abandoned')
        deps.log.error('a part of the tick did not end in its share and is left alone', { part });
    } catch (error) {
      deps.log.error('a part of the tick failed; the others go on', { part, error });
      failures.push(error);
    }
  }
  return failures;
}

/** With which run a tick begins: if that one kills it, the next tick begins behind it. */
function beginningOf(work: OpenWork, place: Place): TickPlace {
  if (!work.isAll) return { ...place, isLong: true };
  const [first, ...others] = inTurn(openRunsIn(work.entries), place);
  if (!first) return {};
  const { at, job, run } = first;
  return { after: { at, job, run }, ...(others.length >= RUNS_PER_PLACE ? { isLong: true } : {}) };
}
