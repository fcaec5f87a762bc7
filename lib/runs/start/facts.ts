import { RunError } from '../../kernel/errors.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { Budget, type Refusal } from '../ledger/budget.ts';
import { controlReadAt, MAX_CONTROL_AGE_MS } from '../ledger/control.ts';
import type { LaneEntry } from '../ledger/lane-state.ts';
import { type Pause, pausesOf } from '../ledger/pauses.ts';
import type { RunLog } from '../ledger/run-log.ts';
import { type RunReason, reasonOf } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { type LookEnd, lookForTask, RESERVE_MS } from './create-task.ts';
import { findObject, type ObjectFound, soughtObject } from './find-object.ts';
import { type LaneFact, lookAtLane } from './lane-fact.ts';
import { findNewerOpen } from './newer-run.ts';
import { type Completed, completePlan, lookAtTarget, type Prepared, type TargetLook } from './prepare-run.ts';
import { type Run, runOf } from './run.ts';
import { sharedLooks } from './shared-looks.ts';
import { type Superseding, startInPlace } from './supersede.ts';

/** What looking for something found, or that nothing has to be looked for. */
export interface Known {
  readonly pauses?: readonly Pause[];
  readonly lane?: LaneFact;
  /** `left`: the run may spend. `spent`: it has, in this window. */
  readonly budget?: Refusal | 'left' | 'spent';
  /** The object that started the run, and when it was looked for. */
  readonly object?: 'none' | (ObjectFound & { readonly at: number });
  /** What became of the run of another version of the object. */
  readonly replacement?: Superseding;
  /** The plan, completed and checked against the cloud. */
  readonly judged?: Completed;
  /** Is the target ready, of a run that was judged before? */
  readonly target?: TargetLook;
  /** The run's task. `refused`: what was seen refuses the run for good. */
  readonly task?: LookEnd | { readonly end: 'refused'; readonly reason: RunReason };
  /** Backups that have to be there first. */
  readonly prepared?: Prepared;
  /** A run that takes the place of this one. */
  readonly newer?: string | 'none';
}

export type FactName = keyof Known;

/** All that a decision knows beside the run's records. */
export interface Facts {
  /** ms since 1970. */
  readonly now: number;
  /** Is there time left to start something? */
  readonly hasTime: boolean;
  /** This invocation. */
  readonly by: string;
  /** Is this `reconcile`, which looks again at its next tick? */
  readonly isTick: boolean;
  readonly known: Known;
}

/** What was just read of the pauses is decided on at least once, however long that took: else a slow ledger would be asked for ever. */
const DECIDING_MS = 100;

type Learned = { -readonly [Name in FactName]?: Known[Name] };

/** Finds out what decisions ask for. What was found stays known until it is dropped, because the run or the lane has changed. */
export class FactFinder {
  readonly #log: RunLog;
  readonly #deps: RecordedDeps;
  readonly #first: Run | undefined;
  readonly budget: Budget;
  #looks: RecordedDeps['services'];
  #begun = new Map<FactName, Promise<unknown>>();
  #known: Learned = {};
  /** While what is known of the pauses holds: of each run by itself, because another one of this invocation may have read them since. */
  #pausesHold = { from: 0, until: 0 };

  /** Is it certain that the run stands in no lane? */
  isOutside = false;
  /** Runs that came together with this one, for the same target and after it: they join the queue in the same append. */
  followers: readonly LaneEntry[] = [];

  /** @param first the run as its first records will say, as long as they are not written */
  constructor(log: RunLog, deps: RecordedDeps, first?: Run) {
    const { received } = first ?? runOf(log);
    this.#first = first;
    this.#log = log;
    this.#deps = deps;
    this.budget = new Budget(deps.ledger, { job: received.job, run: received.run, limit: received.policies.limit });
    this.#looks = sharedLooks(deps.services, received.given);
  }

  get #run(): Run {
    return this.#first && !this.#log.state.received ? this.#first : runOf(this.#log);
  }

  /** All that is known now. Pauses are not for longer than a pause may go unseen. */
  get facts(): Facts {
    const { ledger, remainingMs, looksAgain = false } = this.#deps;
    const hasTime = remainingMs() > RESERVE_MS;
    const now = ledger.now();
    const { pauses: _pauses, ...others } = this.#known;
    const { from, until } = this.#pausesHold;
    const known = now >= from && now < until ? this.#known : others;
    return { now, hasTime, by: ledger.by, isTick: looksAgain, known };
  }

  /** Begins to find out what is likely to be asked for. A failure is thrown when it is asked for. */
  begin(names: readonly FactName[]): void {
    for (const name of names) this.#find(name).catch(() => undefined);
  }

  /** Finds out, side by side. @throws what the first failure throws; the others are asked again when they are needed again */
  async learn(names: readonly FactName[]): Promise<void> {
    this.drop(names.filter((name) => this.#known[name] !== undefined));
    const found = names.map(async (name) => {
      this.#set(name, (await this.#find(name)) as never);
    });
    // All come to their end, so that nothing is under way when a failure is answered.
    const ends = await Promise.allSettled(found);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** What another finder of this run has begun to find out is not begun again. */
  goOnFrom(other: FactFinder): this {
    for (const [name, begun] of other.#begun) this.#begun.set(name, begun);
    return this;
  }

  set<Name extends FactName>(name: Name, value: Exclude<Known[Name], undefined>): void {
    this.#set(name, value);
  }

  drop(names: readonly FactName[]): void {
    for (const name of names) {
      delete this.#known[name];
      this.#begun.delete(name);
    }
    if (names.includes('object')) this.#looks = sharedLooks(this.#deps.services, this.#run.received.given);
  }

  /** The run has changed: what was seen before it may not hold. */
  clear(): void {
    this.#known = {};
    this.#begun = new Map();
    this.isOutside = false;
    this.#looks = sharedLooks(this.#deps.services, this.#run.received.given);
  }

  #set<Name extends FactName>(name: Name, value: Learned[Name]): void {
    this.#known[name] = value;
  }

  #find(name: FactName): Promise<unknown> {
    const begun = this.#begun.get(name) ?? this.#look(name);
    this.#begun.set(name, begun);
    begun.catch(() => this.#begun.delete(name));
    return begun;
  }

  async #look(name: FactName): Promise<unknown> {
    const run = this.#run;
    const { received, planned } = run;
    const { ledger } = this.#deps;
    switch (name) {
      case 'pauses':
        return this.#pauses(received.job);
      case 'lane':
        return lookAtLane(received, planned, this.#deps);
      case 'budget':
        return (await this.budget.refusal()) ?? 'left';
      case 'object':
        return this.#object(run);
      case 'replacement':
        return this.#replacement(run);
      case 'judged':
        return this.#judged(run);
      case 'target':
        return lookAtTarget(planned, this.#deps, received.given);
      case 'task':
        return this.#task(run);
      case 'newer':
        return (await findNewerOpen(received, ledger)) ?? 'none';
      case 'prepared':
        throw new Error('backups are taken, not looked for');
    }
  }

  async #pauses(job: string): Promise<readonly Pause[]> {
    const { ledger } = this.#deps;
    const reading = pausesOf(ledger, job);
    const from = controlReadAt(ledger) ?? ledger.now();
    const pauses = await reading;
    this.#pausesHold = { from, until: Math.max(from + MAX_CONTROL_AGE_MS, ledger.now() + DECIDING_MS) };
    return pauses;
  }

  async #object({ received }: Run): Promise<Known['object']> {
    const sought = soughtObject(received);
    if (!sought) return 'none';
    const found = await findObject(sought, this.#looks);
    return { ...found, at: this.#deps.ledger.now() };
  }

  async #replacement({ received }: Run): Promise<Superseding> {
    const { object } = this.#known;
    if (typeof object !== 'object' || object.end !== 'other') throw new Error('the object has no other version');
    return startInPlace(received.job, object.object, this.#deps);
  }

  async #judged({ planned, received }: Run): Promise<Completed> {
    const judged = await completePlan(planned, { services: this.#looks }, received.given);
    if (judged.end === 'complete' && !judged.planned.policies?.dryRun) {
      for (const warning of judged.planned.warnings) this.#deps.log.warn(warning);
    }
    return judged;
  }

  async #task({ planned }: Run): Promise<Known['task']> {
    try {
      return await lookForTask(ACTIONS[planned.kind], planned, this.#deps);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      return { end: 'refused', reason: reasonOf(error) };
    }
  }
}
