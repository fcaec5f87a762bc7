import type { Jobs } from '../../jobs/job.ts';
import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import { MAX_PARALLEL } from '../in-parallel.ts';
import { laneOfList } from '../ledger/lane-names.ts';
import { generationOf, listOpenInTime, type OpenRun, unmarkOpen } from '../ledger/open-runs.ts';
import type { OpenWork } from '../ledger/open-work.ts';
import { OtherEnvironmentError } from '../ledger/origin.ts';
import { byAge, inTurn, notePlace, type Place } from '../ledger/reconcile-turn.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { RunState } from '../ledger/run-state.ts';
import { isPermanent, mayBeUnreadable, noteUnreadable, type UnreadableRecord } from '../ledger/unreadable-records.ts';
import { unmarkWaiting } from '../ledger/waiting-requests.ts';
import { completeReplay } from '../operate/replay-run.ts';
import { type RunToReport, sendReports } from '../report/notify.ts';
import { dueReports } from '../report/report.ts';
import { type RunResult, reasonOf } from '../report/run-result.ts';
import { viewRun } from '../report/run-view.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { advanceRun } from '../start/advance-run.ts';
import { RESERVE_MS } from '../start/create-task.ts';
import { FactFinder } from '../start/facts.ts';
import { DetailBudget } from './detail-budget.ts';
import { type FollowDeps, followRun } from './follow-run.ts';
import { type AheadRun, ReadAhead } from './read-ahead.ts';
import { recheckUnreadable } from './recheck-unreadable.ts';
import { settleRun } from './settle-run.ts';
import { makeTaskSnapshot } from './task-snapshot.ts';
import { withTimeShare } from './with-time-share.ts';

/** Runs processed between two writes of the place where the next tick begins. */
export const RUNS_PER_PLACE = 20;
/** Shares of the time for runs: the maximum for listing them, and what is reserved for reports. */
const LISTING_SHARE = 1 / 4;
const REPORTS_SHARE = 1 / 5;
/** Age of a marker without a run after which it is removed: its invocation died between the two. The platform redelivers an event for at most a day. */
const ORPHAN_MS = 25 * 60 * 60_000;

/** The results so far: they are kept if the rest hangs. */
export interface RunsProgress {
  open: number;
  parked: number;
  waiting: number;
  /** A create call may have been sent. */
  unknown: number;
  /** The task exists and is not over. */
  underWay: number;
  looked: number;
  /** When the oldest open run that was listed was received, ms since 1970. */
  oldestAt?: number;
  /** More runs are open than could be listed. */
  isPartOfAll: boolean;
  readonly runs: RunResult[];
  /** Where the next tick continues, unless all runs were reached. */
  place: Place;
}

export interface ProcessRunsOptions {
  readonly jobs: Jobs;
  /** The open work that was listed. */
  readonly work: OpenWork;
  /** Time limit for each run. */
  readonly runMs: number;
  /** The last tick died, possibly at one of the runs that this one begins with. */
  readonly isCareful: boolean;
  /** The interval of the ticks. */
  readonly everyMs: number;
}

/**
 * Processes the open runs, oldest first, until the time is over. Then sends due reports, and checks unreadable records again.
 *
 * A run that hangs is abandoned after `runMs`. Before every twentieth run, the place where the next tick begins is written. If the last tick died,
 * it is also written before each run at which it may have died, and these are read one by one. So a run that kills the process costs those behind it
 * two ticks.
 *
 * @param done is updated as the work proceeds
 * @throws {LedgerError} when the open runs can't be listed, or the place can't be written
 */
export async function processRuns(done: RunsProgress, options: ProcessRunsOptions, deps: RecordedDeps) {
  const { jobs, work, runMs, isCareful, everyMs } = options;
  const partMs = deps.remainingMs();
  const { remainingMs, leaseMs = remainingMs } = deps;
  const hasTime = () => remainingMs() > partMs * REPORTS_SHARE && leaseMs() > RESERVE_MS;
  const open = await listInTurn(done, work, () => deps.remainingMs() > partMs * (1 - LISTING_SHARE), deps);
  const places = new Map([...open].sort(byAge).map((entry, place) => [entry, place]));
  const careful = isCareful ? RUNS_PER_PLACE + MAX_PARALLEL : 0;
  const logs = new ReadAhead(open, { ...deps, isTick: true }, careful);
  const unreported: RunToReport[] = [];
  const shared = {
    snapshot: makeTaskSnapshot(deps.services, deps.log, deps.ledger.now),
    details: new DetailBudget(open.length, deps.ledger.now(), everyMs),
    isTick: true as const,
  };
  for (const [index, entry] of open.entries()) {
    if (!hasTime()) break;
    const isPlace = index % RUNS_PER_PLACE === 0 && (index > 0 || done.isPartOfAll);
    if (isPlace || index < careful) {
      const isLast = index - (index % RUNS_PER_PLACE) + RUNS_PER_PLACE >= open.length;
      await notePlace(deps.ledger, { ...placeAfter(entry, done), isLast });
    }
    done.looked += 1;
    const isTurn = shared.details.isTurn(places.get(entry) ?? index);
    const seen: SeenRun = {};
    const taken = await withTimeShare(runMs, deps, (limited) =>
      processRun({ entry, reading: logs.take(index), seen }, { ...limited, ...shared, isTurn }),
    );
    const { result, isParked } = taken === 'abandoned' ? abandonedRun(entry, runMs, deps) : taken;
    done.place = placeAfter(entry, done);
    if (isParked) done.parked += 1;
    unreported.push(...toReport(seen, result, deps.ledger.now()));
    countState(done, seen);
    if (seen.log) deps.cloudEye?.noteRun(seen.log.records, result?.outcome === 'waiting' ? result.reason : undefined);
    if (result) deps.cloudEye?.countEnd(result.outcome);
    if (result) done.runs.push({ job: entry.job, run: entry.run, ...result });
  }
  await withTimeShare(deps.remainingMs() / 2, deps, (limited) => report(unreported, limited));
  if (mayBeUnreadable(deps.ledger, work)) done.runs.push(...(await recheckUnreadable(jobs, deps, runMs)));
}

async function listInTurn(
  done: RunsProgress,
  work: OpenWork,
  hasTime: () => boolean,
  { ledger, log }: RecordedDeps,
): Promise<readonly OpenRun[]> {
  const { place } = done;
  const { open, isAll } = await listOpenInTime(ledger, place.byName && place.after, hasTime, work);
  done.open = open.length;
  if (open.length > 0) done.oldestAt = Math.min(...open.map(({ at }) => at));
  done.isPartOfAll = !isAll;
  if (isAll) return inTurn(open, place);
  log.warn('more runs are open than can be listed in a tick; processing them in the order of their names', {
    listed: open.length,
  });
  return open;
}

function placeAfter({ at, job, run }: OpenRun, { isPartOfAll }: RunsProgress): Place {
  return { after: { at, job, run }, ...(isPartOfAll ? { byName: true } : {}) };
}

function abandonedRun({ job, run }: OpenRun, runMs: number, { log }: RecordedDeps): ProcessedRun {
  log.error('this run exceeded its share of the tick and was abandoned; it stays open', { job, run, runMs });
  const message = `it did not end within ${runMs} ms; the log of an earlier tick may have the reason`;
  return { result: { outcome: 'waiting', reason: { code: 'out_of_time', message } }, isParked: false };
}

/** Reports are sent after everything else, so that no run waits for them. A settled run is closed once they are sent. */
async function report(runs: readonly RunToReport[], deps: RecordedDeps): Promise<void> {
  await sendReports(runs, deps);
  for (const { log } of runs) {
    if (!log.state.settled) continue;
    try {
      await settleRun(log, deps);
    } catch (error) {
      deps.log.error('a reported run could not be closed; it stays open', { list: log.name, error });
    }
  }
}

function countState(done: RunsProgress, { log }: SeenRun): void {
  const { received, end, settled, parked, attempt } = log?.state ?? {};
  if (!received || settled || parked) return;
  if (end === 'created') done.underWay += 1;
  else if (attempt) done.unknown += 1;
  else if (!end) done.waiting += 1;
}

/** A run that failed or hung in this tick is reported as well. */
function toReport({ log }: SeenRun, result: RunResult | undefined, now: number): RunToReport[] {
  if (!log) return [];
  const reason = result?.outcome === 'waiting' ? result.reason : undefined;
  return dueReports(log.records, { now, reason }).length > 0 ? [{ log, reason }] : [];
}

interface ProcessedRun {
  readonly result?: RunResult;
  readonly isParked: boolean;
}

/** `log`: once it was read, unless it belongs to another environment, which reports it. */
interface SeenRun {
  log?: RunLog | undefined;
}

interface RunInTurn {
  readonly entry: OpenRun;
  readonly reading: Promise<AheadRun>;
  readonly seen: SeenRun;
}

/** For a run whose task exists, the log shows its state: the outcome `existing` is the response to a redelivery. */
function followedFields({ outcome, ...result }: RunResult, state: string | undefined): Record<string, unknown> {
  return outcome === 'existing' && state !== undefined ? { state, ...result } : { outcome, ...result };
}

async function processRun({ entry, reading, seen }: RunInTurn, deps: FollowDeps): Promise<ProcessedRun> {
  const { job, run } = entry;
  const log = deps.log.with({ job, run });
  let isRead = false;
  try {
    const read = await reading;
    isRead = true;
    const records = read.log;
    seen.log = records;
    const result = await advance(read, records.state, entry, { ...deps, log });
    if (result) log.info('run', followedFields(result, viewRun(records.records)?.state));
    const isParked = records.state.parked === true;
    return { ...(result ? { result } : {}), isParked };
  } catch (error) {
    log.error('this run could not be processed; it stays open', { error });
    if (error instanceof OtherEnvironmentError) {
      seen.log = undefined;
      return { result: { outcome: 'skipped', reason: reasonOf(error) }, isParked: false };
    }
    const lane = error instanceof DamagedListError ? laneOfList(error.list) : undefined;
    const why = error instanceof LedgerError ? error.message : '';
    // Recorded once for all runs of the job that wait for that target.
    if (lane !== undefined) await note({ job, run: lane, why, lane }, { ...deps, log });
    else if (!isRead && why && isPermanent(error)) await note({ job, run, why }, { ...deps, log });
    const code = error instanceof LedgerError ? 'ledger' : 'internal';
    return {
      result: { outcome: 'waiting', reason: { code, message: 'it could not be processed; see the log' } },
      isParked: false,
    };
  }
}

/** Reported at the end of the tick: see `recheckUnreadable`. */
async function note(what: Omit<UnreadableRecord, 'since'>, { ledger, log }: RecordedDeps): Promise<void> {
  try {
    await noteUnreadable(ledger, { ...what, since: ledger.now() });
  } catch (error) {
    log.error('an unreadable record could not be noted; the next tick retries', { error });
  }
}

async function advance(
  { log: records, lookups }: AheadRun,
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
  if (state.end === 'created') return followRun(records, deps);
  const ahead = await lookups;
  return advanceRun(records, deps, ahead && new FactFinder(records, deps).goOnFrom(ahead));
}

/**
 * Removes a marker without a run. The `void` record makes a delivery that is in progress decide again and put a marker of the next generation, so the
 * marker removed here is never one that is needed.
 */
async function forgetOrphan(
  records: RunLog,
  { job, run, at, generation }: OpenRun,
  { ledger, log }: RecordedDeps,
): Promise<undefined> {
  if (ledger.now() - at < ORPHAN_MS) return undefined;
  const isGivenUp = generationOf(records.records) > generation;
  if (!isGivenUp && !(await records.append({ ...ledger.stamp(), type: 'void' }))) return undefined;
  await unmarkOpen(ledger, job, run, generation);
  await unmarkWaiting(ledger, job, run);
  log.warn('a run was announced more than a day ago and never recorded; its marker is removed');
  return undefined;
}
