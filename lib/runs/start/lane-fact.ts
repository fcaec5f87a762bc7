import { CloudError, RunError } from '../../kernel/errors.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { isOver } from '../../migrations/task-state.ts';
import { DamagedListError } from '../../ports/ledger-error.ts';
import { inOrder, isOutdated, type LaneEntry, objectId, versionId } from '../ledger/lane-state.ts';
import { MAX_CLOCK_DIFFERENCE_MS } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isForeign } from '../ledger/origin.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';
import type { ReceivedRecord } from '../ledger/run-record.ts';
import type { RunState } from '../ledger/run-state.ts';
import { TargetLane } from '../ledger/target-lane.ts';
import type { RunReason } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { contentParts } from './occurrence.ts';
import { isTargetIdle } from './target-idle.ts';

/** A run that has ended but is still in a lane; it leaves with this claim. */
export type Ended = Pick<LaneEntry, 'run' | 'claim'>;

/**
 * What the lane of a run's target says about its turn. `ended`: runs to remove in the process.
 *
 * `none`: tasks of this kind do not conflict. `held`: it is this run's turn, and that is recorded. `free`: the run may take the turn. `behind`:
 * another run has to end first; `isSteady`: its task is an online migration that does not end by itself.
 */
export type LaneFact =
  | { readonly is: 'none' | 'held' }
  | { readonly is: 'free'; readonly ended: readonly Ended[] }
  | {
      readonly is: 'behind';
      readonly blocker: { readonly job: string; readonly run: string };
      readonly isSteady: boolean;
      /** Whether this run is in the lane. */
      readonly isQueued: boolean;
      readonly ended: readonly Ended[];
    }
  | { readonly is: 'superseded'; readonly reason: RunReason };

/** Runs that got the turn in this invocation: they are not over before it is. */
const TURNS = new WeakMap<Ledger, Set<string>>();

/** Records that this invocation gave a run its turn. */
export function noteTurn(ledger: Ledger, run: string): void {
  const runs = TURNS.get(ledger) ?? new Set();
  TURNS.set(ledger, runs.add(run));
}

/** Logs of queued runs, cached per tick. */
const LOGS = new WeakMap<Ledger, Map<string, Promise<RunLog | undefined>>>();

/** Waits of unknown length: others on the same target need not wait as well. */
const WAITS_OUTSIDE_LANE = new Set(['paused', 'over_budget']);

/** The lane of a plan, which runs one task at a time. `undefined`: tasks of this kind do not conflict. */
export function laneOf({ kind, target }: PlannedTask): string | undefined {
  return target === undefined ? undefined : ACTIONS[kind].laneOf(target);
}

/** Which run another one waits for, as text for people and callers. */
export function turnText({ job, run }: Pick<LaneEntry, 'job' | 'run'>, lane: string): string {
  return `run ${run} of job ${job} has the turn on ${lane}`;
}

/** The lane entry of a run. */
export function laneEntry(
  received: Pick<ReceivedRecord, 'job' | 'run' | 'order' | 'object' | 'given'>,
  { kind, name }: Pick<PlannedTask, 'kind' | 'name'>,
  claim: number,
): LaneEntry {
  const { job, run, order } = received;
  return { job, run, order, kind, task: name, ...versionOf(received), claim };
}

/** The object whose versions must be imported in order, and which version of it a run is for. */
function versionOf({ object, given }: Pick<ReceivedRecord, 'object' | 'given'>): Pick<LaneEntry, 'object' | 'version'> {
  if (object === undefined) return {};
  return { object: objectId(object), ...(given?.kind === 'object' ? { version: versionId(contentParts(given)) } : {}) };
}

/** Whether a run has ended and no longer needs its target. */
export function needsNoTarget({ end, settled }: RunState): boolean {
  return settled === true || (end !== undefined && end !== 'created');
}

/** @returns `undefined` when the log is damaged or missing, and a retry does not help. @throws {LedgerError} when it cannot be read now */
export async function readableLog(
  ledger: Ledger,
  { job, run }: { readonly job: string; readonly run: string },
): Promise<RunLog | undefined> {
  try {
    // Of any environment: another stage's run on the same target has to end first, too.
    const log = await openRunLog({ store: ledger.store }, job, run);
    return log.state.received ? log : undefined;
  } catch (error) {
    if (error instanceof DamagedListError) return undefined;
    throw error;
  }
}

/**
 * Checks whether it is a run's turn: no other run holds the lane of its target, and none with an earlier planned or object time waits in it.
 *
 * An older version of an object never has its turn after a newer one. A run with an unreadable log is skipped while it waits; as the holder it keeps
 * the lane until two complete listings, `settle_seconds` apart, show no unfinished task on the target. If the holder's task has succeeded, the end is
 * written to its log here.
 *
 * @throws {LedgerError} when the lane or the log of a run in it cannot be read or written
 */
export async function inspectLane(
  received: ReceivedRecord,
  planned: PlannedTask,
  deps: RecordedDeps,
): Promise<LaneFact> {
  const lane = laneOf(planned);
  if (lane === undefined) return { is: 'none' };
  const queue = await TargetLane.shared(deps.ledger, lane);
  return new LaneInspection(queue, received, planned, deps).inspect();
}

type Verdict = 'removed' | 'passed' | { readonly isSteady: boolean };

class LaneInspection {
  readonly #queue: TargetLane;
  readonly #received: ReceivedRecord;
  readonly #planned: PlannedTask;
  readonly #deps: RecordedDeps;
  readonly #ended: Ended[] = [];

  constructor(queue: TargetLane, received: ReceivedRecord, planned: PlannedTask, deps: RecordedDeps) {
    this.#queue = queue;
    this.#received = received;
    this.#planned = planned;
    this.#deps = deps;
  }

  async inspect(): Promise<LaneFact> {
    const { run, order, trigger, policies } = this.#received;
    const { holder, entries } = this.#queue.state;
    if (holder === run) return { is: 'free', ended: [] };
    if (isOutdated(this.#queue.state, { order, ...versionOf(this.#received) })) {
      return superseded('a newer version of this object already had its turn');
    }
    if (policies.overlap === 'latest' && trigger !== 'request') {
      const newer = await this.#newer();
      if (newer) return superseded(`run ${newer.run} of this job is newer and waits for the same target`);
    }
    const held = entries.find((entry) => entry.run === holder);
    const ahead = entries.filter((entry) => entry.run !== run && inOrder(entry, this.#received) < 0);
    if (held) {
      const verdict = await this.#ofHolder(held);
      if (typeof verdict === 'object') return this.#behind(held, verdict.isSteady);
    }
    for (const entry of ahead.filter((other) => other.run !== holder)) {
      if ((await this.#ofWaiting(entry)) === 'ahead') return this.#behind(entry, false);
    }
    return { is: 'free', ended: this.#ended };
  }

  #behind({ job, run }: LaneEntry, isSteady: boolean): LaneFact {
    const isQueued = this.#queue.state.entries.some((entry) => entry.run === this.#received.run);
    return { is: 'behind', blocker: { job, run }, isSteady, isQueued, ended: this.#ended };
  }

  /**
   * A newer run of this job in the lane. A run that was refused or forgotten and has not left the lane yet creates no task, so it supersedes nothing.
   * A run of another region, project or stage belongs to another job.
   */
  async #newer(): Promise<LaneEntry | undefined> {
    const { job, run, order } = this.#received;
    const newer = this.#queue.state.entries.filter((one) => one.job === job && one.run !== run && one.order > order);
    for (const entry of newer) {
      const log = await readableLog(this.#deps.ledger, entry);
      if (log && isForeign(this.#deps.ledger, log.records)) continue;
      const { end } = log?.state ?? {};
      if (end === undefined || end === 'created' || end === 'dry_run') return entry;
      this.#remove(entry, log?.state);
    }
    return undefined;
  }

  async #ofHolder(entry: LaneEntry): Promise<Verdict> {
    const { ledger, isTick } = this.#deps;
    if (TURNS.get(ledger)?.has(entry.run)) return { isSteady: false };
    // In a tick of `reconcile`, the holder itself is followed, and each check would be a call.
    const task = isTick ? 'unclear' : await this.#taskOf(entry);
    if (task === 'running' || task === 'steady') return { isSteady: task === 'steady' };
    const log = await this.#logOf(entry);
    if (!log) {
      if (!(await this.#isIdle(entry))) return { isSteady: false };
      return this.#remove(entry);
    }
    if (needsNoTarget(log.state)) return this.#remove(entry, log.state);
    const isOurs = !isForeign(ledger, log.records);
    if (isOurs && log.state.end === 'created' && typeof task === 'object' && (await this.#end(log, task.status))) {
      return this.#remove(entry, log.state);
    }
    return { isSteady: log.state.steady === true };
  }

  async #ofWaiting(entry: LaneEntry): Promise<'ahead' | 'passed'> {
    const log = await this.#logOf(entry);
    if (!log) return 'passed';
    if (needsNoTarget(log.state)) {
      this.#remove(entry, log.state);
      return 'passed';
    }
    const { reason } = log.state;
    return reason !== undefined && WAITS_OUTSIDE_LANE.has(reason.code) ? 'passed' : 'ahead';
  }

  /**
   * In a tick, many runs wait behind one, so its log is read once. Stale state is harmless: a run that left the lane meanwhile is no longer checked.
   */
  #logOf(entry: LaneEntry): Promise<RunLog | undefined> {
    const { ledger, isTick } = this.#deps;
    if (!isTick) return readableLog(ledger, entry);
    const logs = LOGS.get(ledger) ?? new Map<string, Promise<RunLog | undefined>>();
    LOGS.set(ledger, logs);
    const known = logs.get(entry.run) ?? readableLog(ledger, entry);
    logs.set(entry.run, known);
    known.catch(() => logs.delete(entry.run));
    return known;
  }

  #remove({ run, claim }: LaneEntry, state?: RunState): 'removed' {
    if (!this.#ended.some((ended) => ended.run === run)) {
      this.#ended.push({ run, claim: Math.max(state?.lastClaim ?? 0, claim) });
    }
    return 'removed';
  }

  /** The state of the holder's task according to the service; an object if it succeeded, `unclear` if unknown or not decisive. */
  async #taskOf({ kind, task }: LaneEntry): Promise<'running' | 'steady' | 'unclear' | { readonly status: string }> {
    const { target } = this.#planned;
    const action = ACTIONS[kind];
    try {
      const found = await action.find(this.#deps.services, { name: task, ...(target === undefined ? {} : { target }) });
      const state = found && action.stateOf(found.status);
      if (!found || !state) return 'unclear';
      if (state === 'succeeded') return { status: found.status };
      // Its run is over only if its log says so.
      if (isOver(state)) return 'unclear';
      return state === 'steady' && action.isIncremental ? 'steady' : 'running';
    } catch (error) {
      // Unknown for now, but no reason for this run to fail.
      if (error instanceof CloudError || error instanceof RunError) return 'unclear';
      throw error;
    }
  }

  /** Settles the holder, whose task succeeded and which `reconcile` has not processed yet. @returns false when another invocation changed the run */
  async #end(log: RunLog, status: string): Promise<boolean> {
    const { ledger } = this.#deps;
    await log.change(({ end, settled }) =>
      end === 'created' && !settled ? [{ ...ledger.stamp(), type: 'settled', status }] : [],
    );
    return log.state.settled === true;
  }

  /** For a holder that cannot be read, asks the service whether an unfinished task is on the target. */
  async #isIdle(holder: LaneEntry): Promise<boolean> {
    const at = this.#deps.ledger.now();
    if (!(await isTargetIdle(this.#planned, this.#deps))) return false;
    const { idleAt } = this.#queue.state;
    if (idleAt === undefined) await this.#queue.noteIdle(holder, at);
    return idleAt !== undefined && at >= idleAt + this.#received.policies.settleMs + MAX_CLOCK_DIFFERENCE_MS;
  }
}

function superseded(message: string): LaneFact {
  return { is: 'superseded', reason: { code: 'superseded', message } };
}
