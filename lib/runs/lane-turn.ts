import type { PlannedTask } from '../migrations/action.ts';
import type { Ledger } from './ledger/ledger.ts';
import { isForeign } from './ledger/origin.ts';
import { foldRun, openRunLog, type ReceivedRecord, type RunLog } from './ledger/run-log.ts';
import { type LaneEntry, TargetLane } from './ledger/target-lane.ts';
import type { RunReason } from './run-result.ts';

/** May a run create now? `queued`: not yet. `superseded` and `rejected`: never. */
export type Turn =
  | { readonly turn: 'held' }
  | { readonly turn: 'queued' | 'superseded' | 'rejected'; readonly reason: RunReason };

/** @returns true when the run's task was over and the run has left the lane */
export type EndIfOver = (log: RunLog) => Promise<boolean>;

/** Waits of which it is not known how long they take: others on the same target need not wait as well. */
export const STEPPED_ASIDE = new Set(['paused', 'over_budget']);

/** What runs one task at a time. `undefined`: tasks of this kind do not get in each other's way. */
export function laneOf({ kind, target }: PlannedTask): string | undefined {
  if (target === undefined) return undefined;
  return `${kind === 'server_migration' ? 'sms' : 'dcs'}-${target}`;
}

/**
 * Enters the lane of the run's target and takes the turn if it is this run's: nobody holds the lane, and nobody with an earlier planned or
 * object time waits in it.
 *
 * An older version of an object never has its turn after a newer one. Whoever is found to have ended is taken out of the lane.
 *
 * @param endIfOver looks whether the task of the run that holds the lane is over: the next need not wait for `reconcile` then
 */
export async function takeTurn(
  ledger: Ledger,
  lane: string,
  received: ReceivedRecord,
  endIfOver: EndIfOver,
): Promise<Turn> {
  const { job, run, order, trigger, object, policies } = received;
  const queue = await TargetLane.open(ledger, lane);
  await queue.enter({ job, run, order, trigger, ...(object === undefined ? {} : { object }) });
  for (;;) {
    const { holder, landed } = queue.state;
    if (holder === run) return { turn: 'held' };
    if (object !== undefined && (landed[object] ?? Number.NEGATIVE_INFINITY) > order) {
      return superseded('a newer version of this object had its turn already');
    }
    if (policies.overlap === 'latest' && trigger !== 'request') {
      const newer = await findNewer(ledger, queue, received);
      if (newer === 'changed') continue;
      if (newer) return superseded(`run ${newer.run} of this job is newer and waits for the same target`);
    }
    const blocker = await firstBlocker(ledger, queue, received, endIfOver);
    if (blocker === 'changed') continue;
    if (blocker) {
      const message = `run ${blocker.run} of job ${blocker.job} has the turn on ${lane}`;
      if (policies.overlap === 'reject') return { turn: 'rejected', reason: { code: 'target_busy', message } };
      return { turn: 'queued', reason: { code: 'queued', message } };
    }
    if (await queue.hold(run)) return { turn: 'held' };
  }
}

/** Does a run stand in the lane, as its holder or in the queue? */
export async function isInLane(ledger: Ledger, lane: string, run: string): Promise<boolean> {
  return (await TargetLane.open(ledger, lane)).state.entries.some((entry) => entry.run === run);
}

export async function leaveLane(ledger: Ledger, lane: string, run: string): Promise<void> {
  await (await TargetLane.open(ledger, lane)).leave(run);
}

function superseded(message: string): Turn {
  return { turn: 'superseded', reason: { code: 'superseded', message } };
}

/**
 * A newer run of this job in the lane. One that was refused or forgotten and died before it left makes no task any more, so it supersedes
 * nobody and is taken out (`changed`); one of another region, project or stage is of another job.
 */
async function findNewer(
  ledger: Ledger,
  queue: TargetLane,
  received: ReceivedRecord,
): Promise<LaneEntry | 'changed' | undefined> {
  for (const other of queue.state.entries.filter((entry) => isNewer(entry, received))) {
    const { records } = await openRunLog({ store: ledger.store }, other.job, other.run);
    if (isForeign(ledger, records)) continue;
    const { end } = foldRun(records);
    if (end === undefined || end === 'created' || end === 'dry_run') return other;
    await queue.leave(other.run);
    return 'changed';
  }
  return undefined;
}

function isNewer(other: LaneEntry, { job, run, order }: ReceivedRecord): boolean {
  return other.job === job && other.run !== run && other.order > order;
}

/** Who has to end first; `undefined` when it is this run's turn; `changed` when somebody was taken out. */
async function firstBlocker(
  ledger: Ledger,
  queue: TargetLane,
  { run }: ReceivedRecord,
  endIfOver: EndIfOver,
): Promise<LaneEntry | 'changed' | undefined> {
  const { entries, holder } = queue.state;
  const ahead = entries.slice(
    0,
    entries.findIndex((entry) => entry.run === run),
  );
  const held = entries.find((entry) => entry.run === holder);
  for (const entry of held ? [held] : ahead) {
    // Whoever's it is: another stage's run on the same target has to end first, too. Only its own functions end it.
    const log = await openRunLog({ store: ledger.store }, entry.job, entry.run);
    const state = foldRun(log.records);
    const isHolder = entry.run === holder;
    const mayEnd = isHolder && !isForeign(ledger, log.records);
    if (mayEnd && state.end === 'created' && !state.settled && (await endIfOver(log))) {
      await queue.refresh();
      return 'changed';
    }
    if (state.settled || (state.end !== undefined && state.end !== 'created')) {
      await queue.leave(entry.run);
      return 'changed';
    }
    const aside = !isHolder && state.reason !== undefined && STEPPED_ASIDE.has(state.reason.code);
    if (!aside) return entry;
  }
  return undefined;
}
