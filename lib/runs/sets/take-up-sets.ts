import type { Jobs } from '../../jobs/job.ts';
import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { hasNone, type OpenWork } from '../ledger/open-work.ts';
import { foldSet, listOpenSets, OPEN_SETS, type OpenSet, type OpenSetName, type SetLog } from '../ledger/set-log.ts';
import { readSetTurn, type SetTurn, writeSetTurn } from '../ledger/set-turn.ts';
import { noteUnreadable } from '../ledger/unreadable-records.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { WIDTH } from '../side-by-side.ts';
import { RESERVE_MS } from '../start/create-task.ts';
import { fingerprint } from '../start/occurrence.ts';
import { closeSet } from './close-set.ts';
import { judgeByBucket, waitingText } from './judge-set.ts';
import { reportSet } from './report-set.ts';
import { isOver, isResting } from './set-end.ts';
import { type SetWork, setScope } from './set-work.ts';
import { type ReadSet, SetsAhead } from './sets-ahead.ts';
import { startSet, tryToStart } from './start-set.ts';

/** The place is written whenever so many sets were taken up. */
const BATCH = 20;
const PAGE = 1_000;
/** Of the time that sets have in a tick, one may take this part, but at least as much as a run needs to start. */
const SHARE_OF_SET = 10;
const MIN_SET_MS = 5_000;

/**
 * Takes up the sets about which there is something to do: those that were quiet for long enough, whose deadline is over, whose run was not
 * started, whose reports did not go out. As far as the time goes; the next tick goes on after the last one, and begins again at the first
 * when all had their turn. No set takes more than a tenth of the time. A tick that dies leaves its place: the next one finds out at which
 * set, and the one after that passes it over.
 *
 * A set that is not complete by its deadline is given up and reported as `missed`, as what came too late is. A set whose job is gone from
 * the jobs file, or has no sets there any more, is given up.
 *
 * @param work what there is to do, as far as it is listed
 * @returns what became of the runs that were started, and of the sets that could not be taken up
 * @throws {LedgerError} when the open sets can't be listed, or the place can't be written
 */
export async function takeUpSets(jobs: Jobs, work: OpenWork, deps: RecordedDeps): Promise<RunResult[]> {
  const { ledger } = deps;
  const hasTime = () => deps.remainingMs() > RESERVE_MS;
  const mostMs = Math.max(deps.remainingMs() / SHARE_OF_SET, MIN_SET_MS);
  if (hasNone(work, OPEN_SETS)) return [];
  const turn = await readSetTurn(ledger);
  const place = new Place(ledger, turn);
  const results: RunResult[] = [];
  const names = inTurn(ledger, turn.after, hasTime);
  const sets = new SetsAhead(turn.state === 'at' ? without(names, turn.after, deps) : names, ledger);
  for (let name = await sets.next(); name !== undefined && hasTime(); name = await sets.next()) {
    await place.before(name);
    const reading = sets.read(name, place.isCareful ? 1 : WIDTH);
    results.push(...(await takeUpNamed(jobs, name, reading, withAtMost(mostMs, deps))));
  }
  await place.end();
  return results;
}

/** The place of a tick, written down every 20 sets; before each set when the tick before died at one of the next 20, or of those that it had read ahead. */
class Place {
  readonly #ledger: Ledger;
  #after: OpenSetName | undefined;
  #careful: number;
  #left = 0;

  constructor(ledger: Ledger, { state, after }: SetTurn) {
    this.#ledger = ledger;
    this.#after = after;
    this.#careful = state === 'busy' ? BATCH + WIDTH : 0;
  }

  /** Is it written at which set the tick is, and at no other? Then no other is read. */
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

/** All open sets, from the first one after `after` on, and then those up to it. Stops when there is no time for another page. */
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

/** It is not even read. */
async function* without(
  names: AsyncIterable<OpenSetName>,
  deadly: OpenSetName | undefined,
  { log }: RecordedDeps,
): AsyncGenerator<OpenSetName> {
  for await (const name of names) {
    if (name !== deadly) yield name;
    else log.error('an earlier tick died at this set; it is passed over once', { set: name });
  }
}

function withAtMost(ms: number, deps: RecordedDeps): RecordedDeps {
  const end = deps.ledger.now() + ms;
  return { ...deps, remainingMs: () => Math.min(deps.remainingMs(), end - deps.ledger.now()) };
}

/** Never throws for the ledger: a set that can't be read is passed over. */
async function takeUpNamed(
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
    return await takeUp(jobs, set, await read.log, { ...deps, log });
  } catch (error) {
    log.error('this set could not be taken up; it stays open', { error });
    if (set && error instanceof DamagedListError) await noteSet(set, error, { ...deps, log });
    const code = error instanceof LedgerError ? 'ledger' : 'internal';
    return [{ outcome: 'waiting', reason: { code, message: `${name} could not be taken up; the log has why` } }];
  }
}

/** People are told of it by `lookAgain`. */
async function noteSet(
  { job, prefix }: OpenSet,
  { message }: LedgerError,
  { ledger, log }: RecordedDeps,
): Promise<void> {
  try {
    const run = fingerprint(job, { kind: 'object', parts: [prefix] });
    await noteUnreadable(ledger, { job, run, since: ledger.now(), why: message, set: prefix });
  } catch (error) {
    log.error('that this set cannot be read could not be noted; the next tick tries again', { error });
  }
}

async function takeUp(jobs: Jobs, set: OpenSet, log: SetLog, deps: RecordedDeps): Promise<RunResult[]> {
  const job = jobs.jobs.get(set.job);
  const scope = job && setScope(job, set.prefix);
  const work = job && scope && { ...scope, jobs, job, log };
  const results: RunResult[] = [];
  const state = foldSet(log.records);
  if (work && (state.toStart || !isResting(state))) {
    const result = state.toStart ? await startSet(work, state.toStart, deps) : await tryToStart(work, deps);
    const isWaiting = result.reason?.code === 'set_incomplete';
    const last = isWaiting ? await giveUpWhenOverdue(work, result, deps) : result;
    if (last) results.push(last);
  } else if (!work) await giveUp(log, 'its job is gone from the jobs file, or has no such sets there', deps);
  if (work) await reportSet(work, deps);
  await closeSet(log, set, job, deps.ledger);
  return results;
}

/**
 * A set that waits for its marker is looked up in the bucket before it is given up: the marker may lie there without a notification, or under a
 * name that is not quite right.
 *
 * @returns what became of its run if it was started after all
 */
async function giveUpWhenOverdue(work: SetWork, result: RunResult, deps: RecordedDeps): Promise<RunResult | undefined> {
  const { log, trigger } = work;
  const state = foldSet(log.records);
  if (state.firstAt === undefined || deps.ledger.now() < state.firstAt + trigger.set.deadlineMs) return undefined;
  let why = result.reason?.message ?? '';
  if (trigger.set.complete.marker !== undefined && !state.marker) {
    const verdict = await judgeByBucket(work, state, deps);
    if (verdict.kind === 'waits') why = waitingText(work, verdict);
    if (verdict.kind === 'other_marker') {
      deps.log.warn('the bucket has a marker of the set that was not announced; it counts');
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
    deps.log.error('a set is given up: it is not complete', { why });
  }
}
