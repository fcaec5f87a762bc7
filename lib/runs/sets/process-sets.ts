import type { Jobs } from '../../jobs/job.ts';
import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import { MAX_PARALLEL } from '../in-parallel.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isEmptyUnder, type OpenWork } from '../ledger/open-work.ts';
import { foldSet, listOpenSets, OPEN_SETS, type OpenSet, type OpenSetName, type SetLog } from '../ledger/set-log.ts';
import { readSetTurn, type SetTurn, writeSetTurn } from '../ledger/set-turn.ts';
import { noteUnreadable } from '../ledger/unreadable-records.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { RESERVE_MS } from '../start/create-task.ts';
import { fingerprint } from '../start/occurrence.ts';
import { closeSet } from './close-set.ts';
import { evaluateByBucket, waitingText } from './evaluate-set.ts';
import { reportSet } from './report-set.ts';
import { isDormant, isOver } from './set-end.ts';
import { type ReadSet, SetReadAhead } from './set-read-ahead.ts';
import { type SetWork, setScope } from './set-work.ts';
import { startSet, tryToStart } from './start-set.ts';

/** The place is written after every batch of this many sets. */
const BATCH = 20;
const PAGE = 1_000;
/** One set may take this fraction of the sets' time in a tick, but at least as much as a run needs to start. */
const SHARE_OF_SET = 10;
const MIN_SET_MS = 5_000;

/**
 * Processes the open sets: those that were quiet for long enough, whose deadline has passed, whose run was not started, or whose reports were not
 * sent. Stops when the time is over; the next tick continues after the last set, and starts over when all had their turn. No set takes more than a
 * tenth of the time. If a tick dies, the next one finds out at which set, and the one after that skips it.
 *
 * A set that is not complete by its deadline is given up and reported as `missed`, as are late objects. A set whose job is no longer in the jobs
 * file, or no longer has sets there, is given up.
 *
 * @param work the open work that was listed
 * @returns the results of the runs that were started, and of the sets that could not be processed
 * @throws {LedgerError} when the open sets can't be listed, or the place can't be written
 */
export async function processSets(jobs: Jobs, work: OpenWork, deps: RecordedDeps): Promise<RunResult[]> {
  const { ledger } = deps;
  const hasTime = () => deps.remainingMs() > RESERVE_MS;
  const setMs = Math.max(deps.remainingMs() / SHARE_OF_SET, MIN_SET_MS);
  if (isEmptyUnder(work, OPEN_SETS)) return [];
  const turn = await readSetTurn(ledger);
  const place = new Place(ledger, turn);
  const results: RunResult[] = [];
  const names = inTurn(ledger, turn.after, hasTime);
  const sets = new SetReadAhead(turn.state === 'at' ? without(names, turn.after, deps) : names, ledger);
  for (let name = await sets.next(); name !== undefined && hasTime(); name = await sets.next()) {
    await place.before(name);
    const reading = sets.read(name, place.isCareful ? 1 : MAX_PARALLEL);
    results.push(...(await processNamed(jobs, name, reading, withTimeLimit(setMs, deps))));
  }
  await place.end();
  return results;
}

/**
 * The place of a tick, written every 20 sets; before each set if the previous tick died at one of the next 20, or of those it had read ahead.
 */
class Place {
  readonly #ledger: Ledger;
  #after: OpenSetName | undefined;
  #careful: number;
  #left = 0;

  constructor(ledger: Ledger, { state, after }: SetTurn) {
    this.#ledger = ledger;
    this.#after = after;
    this.#careful = state === 'busy' ? BATCH + MAX_PARALLEL : 0;
  }

  /** Whether the place is written before every set. Then no other set is read ahead. */
  isCareful = false;

  async before(name: OpenSetName): Promise<void> {
    this.isCareful = this.#careful > 0;
    if (this.isCareful) {
      this.#careful -= 1;
      await writeSetTurn(this.#ledger, { state: 'at', after: name });
    } else if (this.#left > 0) this.#left -= 1;
    else {
      this.#left = BATCH - 1;
      await this.#write('busy');
    }
    this.#after = name;
  }

  end(): Promise<void> {
    return this.#write('done');
  }

  #write(state: SetTurn['state']): Promise<void> {
    return writeSetTurn(this.#ledger, { state, ...(this.#after === undefined ? {} : { after: this.#after }) });
  }
}

/** All open sets: first those behind `after`, then the others. Stops when there is no time for another page. */
async function* inTurn(
  ledger: Ledger,
  after: OpenSetName | undefined,
  hasTime: () => boolean,
): AsyncGenerator<OpenSetName> {
  const starts = after === undefined ? [undefined] : [after, undefined];
  for (const start of starts) {
    for (let from = start; hasTime(); ) {
      const page = await listOpenSets(ledger, { ...(from === undefined ? {} : { after: from }), limit: PAGE });
      for (const name of page) {
        if (start === undefined && after !== undefined && name > after) return;
        yield name;
      }
      from = page.at(-1);
      if (page.length < PAGE || from === undefined) break;
    }
  }
}

/** Skips the set that killed a tick: it is not even read. */
async function* without(
  names: AsyncIterable<OpenSetName>,
  deadly: OpenSetName | undefined,
  { log }: RecordedDeps,
): AsyncGenerator<OpenSetName> {
  for await (const name of names) {
    if (name !== deadly) yield name;
    else log.error('an earlier tick died at this set; it is skipped once', { set: name });
  }
}

function withTimeLimit(ms: number, deps: RecordedDeps): RecordedDeps {
  const end = deps.ledger.now() + ms;
  return { ...deps, remainingMs: () => Math.min(deps.remainingMs(), end - deps.ledger.now()) };
}

/** Never throws for ledger errors: a set that can't be read is skipped. */
async function processNamed(
  jobs: Jobs,
  name: OpenSetName,
  reading: Promise<ReadSet | undefined>,
  deps: RecordedDeps,
): Promise<RunResult[]> {
  let log = deps.log.with({ set: name });
  let set: OpenSet | undefined;
  try {
    const read = await reading;
    if (!read) return [];
    set = read.set;
    log = deps.log.with({ job: set.job, set: set.prefix });
    return await processSet(jobs, set, await read.log, { ...deps, log });
  } catch (error) {
    log.error('this set could not be processed; it stays open', { error });
    if (set && error instanceof DamagedListError) await noteSet(set, error, { ...deps, log });
    const code = error instanceof LedgerError ? 'ledger' : 'internal';
    return [{ outcome: 'waiting', reason: { code, message: `${name} could not be processed; see the log` } }];
  }
}

/** Reported by `recheckUnreadable`. */
async function noteSet(
  { job, prefix }: OpenSet,
  { message }: LedgerError,
  { ledger, log }: RecordedDeps,
): Promise<void> {
  try {
    const run = fingerprint(job, { kind: 'object', parts: [prefix] });
    await noteUnreadable(ledger, { job, run, since: ledger.now(), why: message, set: prefix });
  } catch (error) {
    log.error('an unreadable set could not be noted; the next tick retries', { error });
  }
}

async function processSet(jobs: Jobs, set: OpenSet, log: SetLog, deps: RecordedDeps): Promise<RunResult[]> {
  const job = jobs.jobs.get(set.job);
  const scope = job && setScope(job, set.prefix);
  const work = job && scope && { ...scope, jobs, job, log };
  const results: RunResult[] = [];
  const state = foldSet(log.records);
  if (work && (state.toStart || !isDormant(state))) {
    const result = state.toStart ? await startSet(work, state.toStart, deps) : await tryToStart(work, deps);
    const isWaiting = result.reason?.code === 'set_incomplete';
    const last = isWaiting ? await giveUpWhenOverdue(work, result, deps) : result;
    if (last) results.push(last);
  } else if (!work) await giveUp(log, 'its job is no longer in the jobs file, or has no such set there', deps);
  if (work) await reportSet(work, deps);
  await closeSet(log, set, job, deps.ledger);
  return results;
}

/**
 * Before a set that waits for its marker is given up, the bucket is listed: the marker may be there without a notification, or under a slightly wrong
 * name.
 *
 * @returns the result of its run if it was started after all
 */
async function giveUpWhenOverdue(work: SetWork, result: RunResult, deps: RecordedDeps): Promise<RunResult | undefined> {
  const { log, trigger } = work;
  const state = foldSet(log.records);
  if (state.firstAt === undefined || deps.ledger.now() < state.firstAt + trigger.set.deadlineMs) return undefined;
  let why = result.reason?.message ?? '';
  if (trigger.set.complete.marker !== undefined && !state.marker) {
    const verdict = await evaluateByBucket(work, state, deps);
    if (verdict.kind === 'waits') why = waitingText(work, verdict);
    if (verdict.kind === 'other_marker') {
      deps.log.warn('the bucket has a marker of the set without a notification; using it');
      await log.append({ ...deps.ledger.stamp(), type: 'marker', ...verdict.marker });
      const again = await tryToStart(work, deps);
      if (again.reason?.code !== 'set_incomplete') return again;
      why = again.reason.message;
    }
  }
  await giveUp(log, why, deps);
  return undefined;
}

async function giveUp(log: SetLog, why: string, deps: RecordedDeps): Promise<void> {
  const state = foldSet(log.records);
  if (state.toStart === undefined && isOver(state)) return;
  if (await log.append({ ...deps.ledger.stamp(), type: 'incomplete', why })) {
    deps.log.error('an incomplete set is given up', { why });
  }
}
