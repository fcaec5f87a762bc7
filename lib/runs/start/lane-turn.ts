import type { PlannedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isForeign } from '../ledger/origin.ts';
import {
  foldRun,
  IN_ONLINE_MIGRATION,
  openRunLog,
  type ReceivedRecord,
  type RunLog,
  type RunState,
} from '../ledger/run-log.ts';
import { inOrder, type LaneEntry, TargetLane } from '../ledger/target-lane.ts';
import type { RunReason } from '../report/run-result.ts';

/**
 * May a run create now? `queued`: not yet. `aside`: not yet, and it does not belong in the lane meanwhile. `superseded` and `rejected`: never.
 * `run_changed`: somebody else wrote to the run, so it has to be decided again. `claim_lost`: its claim counts for nothing in the lane; a new one
 * is needed.
 */
export type Turn =
  | { readonly turn: 'held' | 'run_changed' | 'claim_lost' }
  | { readonly turn: 'queued' | 'aside' | 'superseded' | 'rejected'; readonly reason: RunReason };

export interface TurnOf {
  readonly received: ReceivedRecord;
  /** Claims the run if this invocation has not claimed it. @returns the claim's position in the run's log; `undefined` when somebody else wrote to it */
  readonly claim: () => Promise<number | undefined>;
  /** @returns true when the task of the run that holds the lane was over and the run has left the lane */
  readonly endIfOver: (log: RunLog) => Promise<boolean>;
  /** @returns true when a complete listing that begins now shows no unfinished task on the lane's target; false when it cannot be told */
  readonly isIdle: (holder: LaneEntry) => Promise<boolean>;
}

/** Waits of which it is not known how long they take: others on the same target need not wait as well. */
const STEPPED_ASIDE = new Set(['paused', 'over_budget']);
/** Each round removes somebody from the lane or finds that somebody else has changed it. More than this is a bug. */
const MAX_ROUNDS = 200;

/** What runs one task at a time. `undefined`: tasks of this kind do not get in each other's way. */
export function laneOf({ kind, target }: PlannedTask): string | undefined {
  return target === undefined ? undefined : ACTIONS[kind].laneOf(target);
}

/**
 * Takes the turn if it is this run's: nobody holds the lane of its target, and nobody with an earlier planned or object time waits in it. Else
 * joins the queue.
 *
 * An older version of an object never has its turn after a newer one. Whoever is found to have ended is removed from the lane. A run whose log
 * cannot be read is passed over while it waits; as the holder it keeps the lane until two complete listings, `settle_seconds` apart, show
 * no unfinished task on the target.
 *
 * @throws {LedgerError} when the lane cannot be read or written, or no decision is reached
 */
export async function takeTurn(ledger: Ledger, lane: string, of: TurnOf): Promise<Turn> {
  const queue = await TargetLane.open(ledger, lane);
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
    const turn = await decide(ledger, lane, queue, of);
    if (turn !== 'changed') return turn;
  }
  throw new LedgerError(
    `ledger lane ${lane}: no decision after ${MAX_ROUNDS} rounds; look at it with npx migrations runs lanes`,
    { temporary: true },
  );
}

async function decide(ledger: Ledger, lane: string, queue: TargetLane, of: TurnOf): Promise<Turn | 'changed'> {
  const { run, order, trigger, object, policies } = of.received;
  const { holder, landed } = queue.state;
  if (holder !== run) {
    if (object !== undefined && (landed[object] ?? Number.NEGATIVE_INFINITY) > order) {
      return superseded('a newer version of this object had its turn already');
    }
    if (policies.overlap === 'latest' && trigger !== 'request') {
      const newer = await findNewer(ledger, queue, of.received);
      if (newer === 'changed') return 'changed';
      if (newer) return superseded(`run ${newer.run} of this job is newer and waits for the same target`);
    }
    const blocker = await firstBlocker(ledger, queue, of);
    if (blocker === 'changed') return 'changed';
    if (blocker) return wait(lane, queue, blocker, of);
  }
  const claim = await of.claim();
  if (claim === undefined) return { turn: 'run_changed' };
  if (await queue.enterAndHold(entryOf(of.received, claim))) return { turn: 'held' };
  return wasTakenOver(queue, run, claim) ? { turn: 'claim_lost' } : 'changed';
}

async function wait(lane: string, queue: TargetLane, blocker: Blocker, of: TurnOf): Promise<Turn> {
  const { run, policies } = of.received;
  const message = `run ${blocker.run} of job ${blocker.job} has the turn on ${lane}`;
  if (policies.overlap === 'reject') return { turn: 'rejected', reason: { code: 'target_busy', message } };
  if (blocker.isSteady) return { turn: 'aside', reason: inOnlineMigration(message) };
  if (!queue.state.entries.some((entry) => entry.run === run)) {
    const claim = await of.claim();
    if (claim === undefined) return { turn: 'run_changed' };
    if (!(await queue.enter(entryOf(of.received, claim)))) return { turn: 'claim_lost' };
  }
  return { turn: 'queued', reason: { code: 'queued', message } };
}

function inOnlineMigration(message: string): RunReason {
  return { code: IN_ONLINE_MIGRATION, message: `${message}: an online migration that goes on until somebody stops it` };
}

function entryOf({ job, run, order, trigger, object }: ReceivedRecord, claim: number): LaneEntry {
  return { job, run, order, trigger, ...(object === undefined ? {} : { object }), claim };
}

/** Was a later claim of this run here, or has the run left with this one? */
function wasTakenOver({ state }: TargetLane, run: string, claim: number): boolean {
  return (state.left[run] ?? -1) >= claim || state.entries.some((entry) => entry.run === run && entry.claim > claim);
}

/** Is a run in the lane, as its holder or in the queue? */
export async function isInLane(ledger: Ledger, lane: string, run: string): Promise<boolean> {
  return (await TargetLane.open(ledger, lane)).state.entries.some((entry) => entry.run === run);
}

/** Removes a run from its lane: of one that has ended anybody, with its last claim; of another one its claimant alone. */
export async function leaveLane(
  ledger: Ledger,
  lane: string,
  { run, claim, fenced }: { readonly run: string; readonly claim: number; readonly fenced?: boolean },
): Promise<void> {
  await (await TargetLane.open(ledger, lane)).leave(run, claim, { fenced: fenced ?? false });
}

function superseded(message: string): Turn {
  return { turn: 'superseded', reason: { code: 'superseded', message } };
}

/**
 * A newer run of this job in the lane. One that was refused or forgotten and died before it left makes no task any more, so it supersedes
 * nobody and is removed (`changed`); one of another region, project or stage is of another job.
 */
async function findNewer(
  ledger: Ledger,
  queue: TargetLane,
  received: ReceivedRecord,
): Promise<LaneEntry | 'changed' | undefined> {
  for (const other of queue.state.entries.filter((entry) => isNewer(entry, received))) {
    const log = await readableLog(ledger, other);
    if (log && isForeign(ledger, log.records)) continue;
    const { end, lastClaim } = foldRun(log?.records ?? []);
    if (end === undefined || end === 'created' || end === 'dry_run') return other;
    await queue.leave(other.run, Math.max(lastClaim, other.claim));
    return 'changed';
  }
  return undefined;
}

function isNewer(other: LaneEntry, { job, run, order }: ReceivedRecord): boolean {
  return other.job === job && other.run !== run && other.order > order;
}

/** `isSteady`: it has the turn, and its task is an online migration that does not end by itself. */
type Blocker = LaneEntry & { readonly isSteady?: true };

/** Who has to end first; `undefined` when it is this run's turn; `changed` when somebody was removed. */
async function firstBlocker(
  ledger: Ledger,
  queue: TargetLane,
  { received, endIfOver, isIdle }: TurnOf,
): Promise<Blocker | 'changed' | undefined> {
  const { entries, holder } = queue.state;
  const held = entries.find((entry) => entry.run === holder);
  const ahead = entries.filter((entry) => entry.run !== received.run && inOrder(entry, received) < 0);
  for (const entry of held ? [held] : ahead) {
    const isHolder = entry.run === holder;
    const log = await readableLog(ledger, entry);
    if (!log) {
      if (!isHolder) continue;
      return (await releaseUnreadable(ledger, queue, entry, received, isIdle)) ? 'changed' : entry;
    }
    const state = foldRun(log.records);
    const mayEnd = isHolder && !isForeign(ledger, log.records);
    if (mayEnd && state.end === 'created' && !state.settled && (await endIfOver(log))) {
      await queue.refresh();
      return 'changed';
    }
    if (needsNoTarget(state)) {
      await queue.leave(entry.run, Math.max(state.lastClaim, entry.claim));
      return 'changed';
    }
    const aside = !isHolder && state.reason !== undefined && STEPPED_ASIDE.has(state.reason.code);
    if (!aside) return isHolder && state.steady ? { ...entry, isSteady: true } : entry;
  }
  return undefined;
}

/** Has a run ended so that it needs its target no more? */
export function needsNoTarget({ end, settled }: RunState): boolean {
  return settled === true || (end !== undefined && end !== 'created');
}

/** @returns `undefined` when the log is damaged or gone, and trying again does not help. @throws {LedgerError} when it cannot be read now */
export async function readableLog(
  ledger: Ledger,
  { job, run }: { readonly job: string; readonly run: string },
): Promise<RunLog | undefined> {
  try {
    // Whoever's it is: another stage's run on the same target has to end first, too.
    const log = await openRunLog({ store: ledger.store }, job, run);
    return foldRun(log.records).received ? log : undefined;
  } catch (error) {
    if (error instanceof DamagedListError) return undefined;
    throw error;
  }
}

/** What a holder did that cannot be read is asked of the service: its task would be unfinished on the target. */
async function releaseUnreadable(
  ledger: Ledger,
  queue: TargetLane,
  holder: LaneEntry,
  { policies }: ReceivedRecord,
  isIdle: TurnOf['isIdle'],
): Promise<boolean> {
  const at = ledger.now();
  if (!(await isIdle(holder))) return false;
  const { idleAt } = queue.state;
  if (idleAt === undefined) await queue.noteIdle(holder, at);
  if (idleAt === undefined || at < idleAt + policies.settleMs) return false;
  await queue.leave(holder.run, holder.claim);
  return true;
}
