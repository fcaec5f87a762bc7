import type { Jobs } from '../../jobs/job.ts';
import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import { laneOfList } from '../ledger/lane-names.ts';
import { generationOf, listOpenInTime, type OpenRun, unmarkOpen } from '../ledger/open-runs.ts';
import type { OpenWork } from '../ledger/open-work.ts';
import { OtherEnvironmentError } from '../ledger/origin.ts';
import { byAge, inTurn, notePlace, type Place } from '../ledger/reconcile-turn.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { RunState } from '../ledger/run-state.ts';
import { isLasting, mayBeUnreadable, noteUnreadable, type UnreadableRecord } from '../ledger/unreadable-records.ts';
import { unmarkWaiting } from '../ledger/waiting-requests.ts';
import { completeReplay } from '../operate/replay-run.ts';
import { sendReports } from '../report/notify.ts';
import { dueReports } from '../report/report.ts';
import { type RunResult, reasonOf } from '../report/run-result.ts';
import { viewRun } from '../report/run-view.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { WIDTH } from '../side-by-side.ts';
import { advanceRun } from '../start/advance-run.ts';
import { RESERVE_MS } from '../start/create-task.ts';
import { FactFinder } from '../start/facts.ts';
import { DetailBudget } from './detail-budget.ts';
import { type FollowDeps, followRun } from './follow-run.ts';
import { inShare } from './in-share.ts';
import { lookAgain } from './look-again.ts';
import { type AheadRun, ReadAhead } from './read-ahead.ts';
import { settleRun } from './settle-run.ts';
import { makeTaskSnapshot } from './task-snapshot.ts';

/** So many runs are taken up after the place of the next tick was written, and before it is written again. */
export const RUNS_PER_PLACE = 20;
/** Of the time for runs: what listing them may take, and what is kept for reports. */
const LISTING_SHARE = 1 / 4;
const REPORTS_SHARE = 1 / 5;
/** A marker without a run: its invocation died between the two. The platform delivers an event again for at most a day. */
const ORPHAN_MS = 25 * 60 * 60_000;

/** What came of it so far: it stands if the rest hangs. */
export interface TakenUpRuns {
  open: number;
  parked: number;
  looked: number;
  /** There were more than could be listed. */
  isPartOfAll: boolean;
  readonly runs: RunResult[];
  /** Where the next tick goes on, unless all were reached. */
  place: Place;
}

export interface TakeUpOptions {
  readonly jobs: Jobs;
  /** What there is to do, as far as it is listed. */
  readonly work: OpenWork;
  /** Longer than this no run may take. */
  readonly runMs: number;
  /** The last tick died: at one of the runs with which this one begins, perhaps. */
  readonly isCareful: boolean;
}

/**
 * Takes up the open runs, the oldest first, as far as the time goes. Then what is to be reported is sent, and what could not be read is looked
 * at again.
 *
 * A run that hangs is left alone after `runMs`. Before every twentieth run it is noted where the next tick begins, and when the last tick died before each
 * of those at which it may have died, which are read one by one: so a run that kills the process costs those behind it two ticks.
 *
 * @param done is filled as the work goes on
 * @throws {LedgerError} when the open runs can't be listed, or the place not be written
 */
export async function takeUpRuns(done: TakenUpRuns, options: TakeUpOptions, deps: RecordedDeps) {
  const { jobs, work, runMs, isCareful } = options;
  const partMs = deps.remainingMs();
  const { remainingMs, leaseMs = remainingMs } = deps;
  const hasTime = () => remainingMs() > partMs * REPORTS_SHARE && leaseMs() > RESERVE_MS;
  const open = await listInTurn(done, work, () => deps.remainingMs() > partMs * (1 - LISTING_SHARE), deps);
  const places = new Map([...open].sort(byAge).map((entry, place) => [entry, place]));
  const careful = isCareful ? RUNS_PER_PLACE + WIDTH : 0;
  const logs = new ReadAhead(open, { ...deps, looksAgain: true }, careful);
  const unreported: RunLog[] = [];
  const shared = {
    snapshot: makeTaskSnapshot(deps.services, deps.log, deps.ledger.now),
    details: new DetailBudget(open.length, deps.ledger.now()),
    looksAgain: true as const,
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
    const taken = await inShare(runMs, deps, (limited) =>
      takeUp(entry, logs.take(index), { ...limited, ...shared, isTurn }),
    );
    const { result, isParked, toReport } = taken === 'abandoned' ? leftAlone(entry, runMs, deps) : taken;
    done.place = placeAfter(entry, done);
    if (isParked) done.parked += 1;
    if (toReport) unreported.push(toReport);
    if (result) done.runs.push({ job: entry.job, run: entry.run, ...result });
  }
  await inShare(deps.remainingMs() / 2, deps, (limited) => report(unreported, limited));
  if (mayBeUnreadable(deps.ledger, work)) done.runs.push(...(await lookAgain(jobs, deps, runMs)));
}

async function listInTurn(
  done: TakenUpRuns,
  work: OpenWork,
  hasTime: () => boolean,
  { ledger, log }: RecordedDeps,
): Promise<readonly OpenRun[]> {
  const { place } = done;
  const { open, isAll } = await listOpenInTime(ledger, place.byName && place.after, hasTime, work);
  done.open = open.length;
  done.isPartOfAll = !isAll;
  if (isAll) return inTurn(open, place);
  log.warn('there are more open runs than can be listed in a tick; they are taken up in the order of their names', {
    listed: open.length,
  });
  return open;
}

function placeAfter({ at, job, run }: OpenRun, { isPartOfAll }: TakenUpRuns): Place {
  return { after: { at, job, run }, ...(isPartOfAll ? { byName: true } : {}) };
}

function leftAlone({ job, run }: OpenRun, runMs: number, { log }: RecordedDeps): TakenUp {
  log.error('this run did not end in its share of the tick and is left alone; it stays open', { job, run, runMs });
  const message = `it did not end within ${runMs} ms; the log of an earlier tick may have why`;
  return { result: { outcome: 'waiting', reason: { code: 'out_of_time', message } }, isParked: false };
}

/** Reports come after everything else, so that no run waits for them. A settled run ends when they are out. */
async function report(runs: readonly RunLog[], deps: RecordedDeps): Promise<void> {
  await sendReports(runs, deps);
  for (const run of runs) {
    if (!run.state.settled) continue;
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

async function takeUp(entry: OpenRun, reading: Promise<AheadRun>, deps: FollowDeps): Promise<TakenUp> {
  const { job, run } = entry;
  const log = deps.log.with({ job, run });
  let isRead = false;
  try {
    const read = await reading;
    const records = read.log;
    isRead = true;
    const result = await bringOn(read, records.state, entry, { ...deps, log });
    if (result) log.info('run', followedFields(result, viewRun(records.records)?.state));
    const isParked = records.state.parked === true;
    const toReport = dueReports(records.records).length > 0 ? { toReport: records } : {};
    return { ...(result ? { result } : {}), isParked, ...toReport };
  } catch (error) {
    log.error('this run could not be taken up; it stays open', { error });
    if (error instanceof OtherEnvironmentError) {
      return { result: { outcome: 'skipped', reason: reasonOf(error) }, isParked: false };
    }
    const lane = error instanceof DamagedListError ? laneOfList(error.list) : undefined;
    const why = error instanceof LedgerError ? error.message : '';
    // Once for all runs of the job that wait for that target.
    if (lane !== undefined) await note({ job, run: lane, why, lane }, { ...deps, log });
    else if (!isRead && why && isLasting(error)) await note({ job, run, why }, { ...deps, log });
    const code = error instanceof LedgerError ? 'ledger' : 'internal';
    return {
      result: { outcome: 'waiting', reason: { code, message: 'it could not be taken up; the log has why' } },
      isParked: false,
    };
  }
}

/** People are told of it at the end of the tick: see `lookAgain`. */
async function note(what: Omit<UnreadableRecord, 'since'>, { ledger, log }: RecordedDeps): Promise<void> {
  try {
    await noteUnreadable(ledger, { ...what, since: ledger.now() });
  } catch (error) {
    log.error('that a record cannot be read could not be noted; the next tick tries again', { error });
  }
}

async function bringOn(
  { log: records, looks }: AheadRun,
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
  const ahead = await looks;
  return advanceRun(records, deps, ahead && new FactFinder(records, deps).goOnFrom(ahead));
}

/**
 * A marker that no run followed. The void record makes a delivery that is under way just now decide again, and put a marker of the next
 * generation: so the marker that is removed here is never one that is needed.
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
  log.warn('a run was announced more than a day ago and never came; it is forgotten');
  return undefined;
}
