import { RunError } from '../../kernel/errors.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { Budget, type Refusal } from '../ledger/budget.ts';
import { controlReadAt, MAX_CONTROL_AGE_MS } from '../ledger/control.ts';
import type { LaneEntry } from '../ledger/lane-state.ts';
import { type Pause, pausesOf } from '../ledger/pauses.ts';
import type { RunLog } from '../ledger/run-log.ts';
import { type RunReason, reasonOf } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { findTask, RESERVE_MS, type TaskLookup } from './create-task.ts';
import { findObject, type ObjectFound, objectToFind } from './find-object.ts';
import { inspectLane, type LaneFact } from './lane-fact.ts';
import { findNewerOpen } from './newer-run.ts';
import { type Completed, checkTargetReady, completePlan, type Prepared, type TargetReadiness } from './prepare-run.ts';
import { type Run, runOf } from './run.ts';
import { sharedLookups } from './shared-lookups.ts';
import { type Superseding, startReplacement } from './supersede.ts';

/** The results of lookups, including that no lookup is needed. */
export interface Known {
  readonly pauses?: readonly Pause[];
  readonly lane?: LaneFact;
  /** `left`: the run may spend. `spent`: it has spent in this window. */
  readonly budget?: Refusal | 'left' | 'spent';
  /** The object that started the run, and when it was looked up. */
  readonly object?: 'none' | (ObjectFound & { readonly at: number });
  /** The result of starting a run for another version of the object. */
  readonly replacement?: Superseding;
  /** The plan, completed and checked against the cloud. */
  readonly checked?: Completed;
  /** Whether the target is ready, for a run that was checked before. */
  readonly target?: TargetReadiness;
  /** The run's task. `refused`: the lookup refuses the run permanently. */
  readonly task?: TaskLookup | { readonly end: 'refused'; readonly reason: RunReason };
  /** Backups that are required first. */
  readonly prepared?: Prepared;
  /** A run that replaces this one. */
  readonly newer?: string | 'none';
}

export type FactName = keyof Known;

/** Everything a decision knows besides the run's records. */
export interface Facts {
  /** ms since 1970. */
  readonly now: number;
  /** Whether there is time left to start something. */
  readonly hasTime: boolean;
  /** This invocation. */
  readonly by: string;
  /** Whether this is a tick of `reconcile`, which checks again at the next tick. */
  readonly isTick: boolean;
  readonly known: Known;
}

/** What was just read of the pauses is decided on at least once, however long that took: else a slow ledger would be asked for ever. */
const DECIDING_MS = 100;

type Learned = { -readonly [Name in FactName]?: Known[Name] };

/** Looks up the facts that decisions ask for. Facts stay known until they are dropped, because the run or the lane has changed. */
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

  /** Whether it is certain that the run is not in a lane. */
  isOutside = false;
  /** Runs from the same event, for the same target and after this one: they join the queue in the same append. */
  followers: readonly LaneEntry[] = [];

  /** @param first the run according to its first records, until they are written */
  constructor(log: RunLog, deps: RecordedDeps, first?: Run) {
    const { received } = first ?? runOf(log);
    this.#first = first;
    this.#log = log;
    this.#deps = deps;
    this.budget = new Budget(deps.ledger, { job: received.job, run: received.run, limit: received.policies.limit });
    this.#looks = sharedLookups(deps.services, received.given);
  }

  get #run(): Run {
    return this.#first && !this.#log.state.received ? this.#first : runOf(this.#log);
  }

  /** The known facts. Pauses expire after the time within which a pause must take effect. */
  get facts(): Facts {
    const { ledger, remainingMs, isTick = false } = this.#deps;
    const hasTime = remainingMs() > RESERVE_MS;
    const now = ledger.now();
    const { pauses: _pauses, ...others } = this.#known;
    const { from, until } = this.#pausesHold;
    const known = now >= from && now < until ? this.#known : others;
    return { now, hasTime, by: ledger.by, isTick, known };
  }

  /** Starts lookups that will probably be needed. A failure is thrown when the fact is requested. */
  begin(names: readonly FactName[]): void {
    for (const name of names) this.#find(name).catch(() => undefined);
  }

  /** Looks facts up in parallel. @throws the first failure; other failed facts are looked up again when needed */
  async learn(names: readonly FactName[]): Promise<void> {
    this.drop(names.filter((name) => this.#known[name] !== undefined));
    const found = names.map(async (name) => {
      this.#set(name, (await this.#find(name)) as never);
    });
    // Waits for all of them, so that nothing is in progress when a failure is returned.
    const ends = await Promise.allSettled(found);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** Takes over lookups that another finder of this run has started. */
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
    if (names.includes('object')) this.#looks = sharedLookups(this.#deps.services, this.#run.received.given);
  }

  /** The run has changed: earlier facts may be outdated. */
  clear(): void {
    this.#known = {};
    this.#begun = new Map();
    this.isOutside = false;
    this.#looks = sharedLookups(this.#deps.services, this.#run.received.given);
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
        return inspectLane(received, planned, this.#deps);
      case 'budget':
        return (await this.budget.refusal()) ?? 'left';
      case 'object':
        return this.#object(run);
      case 'replacement':
        return this.#replacement(run);
      case 'checked':
        return this.#checked(run);
      case 'target':
        return checkTargetReady(planned, this.#deps, received.given);
      case 'task':
        return this.#task(run);
      case 'newer':
        return (await findNewerOpen(received, ledger)) ?? 'none';
      case 'prepared':
        throw new Error('backups are taken, not looked up');
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
    const lookup = objectToFind(received);
    if (!lookup) return 'none';
    const found = await findObject(lookup, this.#looks);
    return { ...found, at: this.#deps.ledger.now() };
  }

  async #replacement({ received }: Run): Promise<Superseding> {
    const { object } = this.#known;
    if (typeof object !== 'object' || object.end !== 'other')
      throw new Error('no other version of the object was found');
    return startReplacement(received.job, object.object, this.#deps);
  }

  async #checked({ planned, received }: Run): Promise<Completed> {
    const checked = await completePlan(planned, { services: this.#looks }, received.given);
    if (checked.end === 'complete' && !checked.planned.policies?.dryRun) {
      for (const warning of checked.planned.warnings) this.#deps.log.warn(warning);
    }
    return checked;
  }

  async #task({ planned }: Run): Promise<Known['task']> {
    try {
      return await findTask(ACTIONS[planned.kind], planned, this.#deps);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      return { end: 'refused', reason: reasonOf(error) };
    }
  }
}
