import { LedgerError } from '../../ports/ledger-error.ts';
import { leaveQueue, settleRun } from '../follow/settle-run.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { NewRunRecord } from '../ledger/run-record.ts';
import { TargetLane } from '../ledger/target-lane.ts';
import { isCounted, unmarkWaiting } from '../ledger/waiting-requests.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { claimRecord } from './claim-record.ts';
import { createRecorded } from './create-recorded.ts';
import { decide } from './decide.ts';
import type { Decision, Recording, Response } from './decision.ts';
import { FactFinder } from './facts.ts';
import { type Ended, laneEntry, laneOf, noteTurn } from './lane-fact.ts';
import { prepareRun } from './prepare-run.ts';
import { runOf } from './run.ts';

/** Concurrent writes to the same run are few; more than this is a bug. */
const MAX_STEPS = 100;

/** Decide again. */
const AGAIN = 'again';

/**
 * Advances a run as far as possible now: resolves unknown results, waits for its turn, creates, settles. Safe at any time and with any concurrency:
 * each step is a compare-and-swap on the run's own list, and whoever is too late decides again.
 *
 * @param finder the facts that are known or being looked up
 * @throws {LedgerError} when the ledger can't be read or written
 */
export async function advanceRun(
  log: RunLog,
  deps: RecordedDeps,
  finder = new FactFinder(log, deps),
): Promise<RunResult> {
  const { end } = log.state;
  const executor = new Executor(log, deps, finder);
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const result = await executor.perform(decide(runOf(log), finder.facts));
    if (result === AGAIN) continue;
    if (!end) await stopWaiting(log, deps);
    deps.cloudEye?.noteRun(log.records);
    return result;
  }
  throw new LedgerError(`ledger ${log.name}: it changed ${MAX_STEPS} times while it was being read`, {
    temporary: true,
  });
}

/** Performs and records decisions. Nothing else writes to a run before it has its task. */
class Executor {
  readonly #log: RunLog;
  readonly #deps: RecordedDeps;
  readonly #finder: FactFinder;

  constructor(log: RunLog, deps: RecordedDeps, finder: FactFinder) {
    this.#log = log;
    this.#deps = deps;
    this.#finder = finder;
  }

  async perform(decision: Decision): Promise<RunResult | typeof AGAIN> {
    switch (decision.do) {
      case 'learn':
        await this.#finder.learn(decision.facts);
        return AGAIN;
      case 'respond':
        return decision.result;
      case 'record':
        return this.#record(decision);
      case 'settle':
        await settleRun(this.#log, this.#deps);
        return decision.result;
      case 'leave':
        return this.#leave(decision.next);
      case 'claim':
        return this.#claim();
      case 'enter':
        return this.#enter(decision.ended, decision.next);
      case 'hold':
        return this.#hold(decision.ended);
      case 'prepare':
        return this.#prepare();
      case 'spend':
        this.#finder.set('budget', (await this.#finder.budget.spend()) ?? 'spent');
        return AGAIN;
      case 'create':
        return this.#create(decision.records);
    }
  }

  #next(decision: Recording | Response): Promise<RunResult | typeof AGAIN> {
    return this.perform(decision);
  }

  /** Another invocation wrote to the run. */
  #changed(): typeof AGAIN {
    this.#finder.clear();
    return AGAIN;
  }

  async #record({ records, result, forget = [], alarm, warnings = [] }: Recording): Promise<RunResult | typeof AGAIN> {
    const { log } = this.#deps;
    for (const warning of warnings) log.warn(warning);
    if (alarm) log.error(alarm.message, { reason: alarm.reason });
    if (!(await this.#append(records))) return this.#changed();
    this.#finder.drop(forget);
    return result ?? AGAIN;
  }

  #append(records: readonly NewRunRecord[]): Promise<boolean> {
    const { ledger } = this.#deps;
    return this.#log.append(...records.map((record) => ({ ...ledger.stamp(), ...record })));
  }

  async #leave(next: Recording | Response): Promise<RunResult | typeof AGAIN> {
    const isOut = this.#finder.isOutside || (await leaveQueue(this.#log, this.#deps));
    return isOut ? this.#next(next) : this.#changed();
  }

  async #claim(): Promise<typeof AGAIN> {
    return (await this.#append([claimRecord(this.#deps)])) ? AGAIN : this.#changed();
  }

  async #enter(ended: readonly Ended[], next: Recording | Response): Promise<RunResult | typeof AGAIN> {
    const { queue, entry } = await this.#lane();
    for (const { run, claim } of ended) await queue.leave(run, claim);
    this.#finder.isOutside = false;
    return (await queue.enter(entry, this.#finder.followers)) ? this.#next(next) : this.#takeOver();
  }

  async #hold(ended: readonly Ended[]): Promise<typeof AGAIN> {
    const { queue, entry } = await this.#lane();
    const { run, claim } = entry;
    this.#finder.isOutside = false;
    if (await queue.enterAndHold(entry, { ended, followers: this.#finder.followers })) {
      noteTurn(this.#deps.ledger, run);
      this.#finder.set('lane', { is: 'held' });
      return AGAIN;
    }
    const { left, entries } = queue.state;
    const isTakenOver = (left[run] ?? -1) >= claim || entries.some((one) => one.run === run && one.claim > claim);
    if (isTakenOver) return this.#takeOver();
    this.#finder.drop(['lane']);
    return AGAIN;
  }

  /** The lane has a later claim of this run, or the run has left with this one, so this claim no longer counts there. */
  #takeOver(): Promise<typeof AGAIN> {
    this.#finder.drop(['lane']);
    return this.#claim();
  }

  async #lane() {
    const { planned, received, state } = runOf(this.#log);
    const queue = await TargetLane.shared(this.#deps.ledger, laneOf(planned) ?? '');
    return { queue, entry: laneEntry(received, planned, state.lastClaim) };
  }

  async #prepare(): Promise<typeof AGAIN> {
    const { planned, received } = runOf(this.#log);
    const { run, policies, given } = received;
    const isFirst = this.#log.state.prepared === undefined;
    const prepared = await prepareRun(this.#log, planned, { run, settleMs: policies.settleMs, given }, this.#deps);
    if (prepared.end === 'changed') return this.#changed();
    if (prepared.end === 'ready' && isFirst)
      for (const warning of prepared.planned.warnings) this.#deps.log.warn(warning);
    this.#finder.set('prepared', prepared);
    return AGAIN;
  }

  async #create(records: readonly NewRunRecord[]): Promise<RunResult | typeof AGAIN> {
    const { ledger } = this.#deps;
    const { until } = claimRecord(this.#deps);
    const { planned } = runOf(this.#log);
    const lane = laneOf(planned);
    const place = lane === undefined ? {} : { lane: (await TargetLane.shared(ledger, lane)).place };
    if (!(await this.#append([...records, { type: 'intent', until, ...place }]))) return this.#changed();
    const created = await createRecorded(this.#log, this.#deps, this.#finder);
    if (created === AGAIN) this.#finder.clear();
    return created;
  }
}

/**
 * Removes the waiting marker of a run that now has its task (a run that ended otherwise is settled). A marker that can't be removed now is removed
 * when the run is settled.
 */
async function stopWaiting({ name, state }: RunLog, { ledger, log }: RecordedDeps): Promise<void> {
  const { received, end, settled } = state;
  if (end !== 'created' || settled || !received || !isCounted(received)) return;
  try {
    await unmarkWaiting(ledger, received.job, received.run);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    log.warn('the waiting marker of a run could not be removed', { list: name, error });
  }
}
