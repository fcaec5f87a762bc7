import { CloudError, RunError } from '../../kernel/errors.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { DEFAULT_TASK_POLICIES } from '../../migrations/task-policies.ts';
import type { AllServices } from '../../ports/services.ts';
import { type RecordedDeps, Step } from '../follow/run-step.ts';
import { settleRun, stepOut } from '../follow/settle-run.ts';
import { Budget, type Refusal } from '../ledger/budget.ts';
import { pausesOf, pauseText } from '../ledger/pauses.ts';
import { foldRun, type RunLog, type RunRecord } from '../ledger/run-log.ts';
import { durationText } from '../report/duration-text.ts';
import type { RunReason, RunResult } from '../report/run-result.ts';
import { adoptedRecord, createRecorded, refuseOrWait } from './create-recorded.ts';
import { RESERVE_MS } from './create-task.ts';
import { asksCloud, DECODED_TAKEN, findObject, soughtObject } from './find-object.ts';
import { laneOf, takeTurn } from './lane-turn.ts';
import { findNewerOpen } from './newer-run.ts';
import {
  completePlan,
  dryReason,
  isJudgedFirst,
  lookAtTarget,
  needsPreparing,
  preparedRecord,
  prepareRun,
  type TargetLook,
} from './prepare-run.ts';
import { startInPlace } from './supersede.ts';
import { isTargetIdle } from './target-idle.ts';

/** What one pass through the gates knows beside the run's log. */
interface Work {
  readonly log: RunLog;
  readonly deps: RecordedDeps;
  readonly budget: Budget;
  /** Two complete listings showed no task of an earlier attempt. */
  readonly isKnownAbsent: boolean;
  /** Answer with what was seen in this pass, where that is asked for again. */
  services?: AllServices;
  /** When the object that started the run was last seen. */
  objectSeenAt?: number;
  /** The target was looked at in this pass. */
  target?: TargetLook;
}

/** `next`: it may go on. `undefined`: somebody else wrote to the run, or something was recorded that has to be decided on. */
type Gate = (work: Work) => Promise<RunResult | 'next' | undefined>;

/** In this order: what is refused or waits for long is found out before the target is kept from others, and budget is spent last. */
const GATES: readonly Gate[] = [
  hasTime,
  isNotPaused,
  hasBudget,
  hasObject,
  isJudged,
  hasTurn,
  isClaimed,
  isTargetReady,
  isPrepared,
  isNotThere,
  hasSameObject,
  hasTime,
  spends,
];

/**
 * Creates the task of a run that has none: when there is time, nothing is paused, its files are good, it is its turn, its target is ready, and
 * there is budget.
 *
 * @returns `undefined` when the run has to be decided on again
 * @throws {LedgerError} when the ledger cannot be read or written
 */
export async function createInTurn(
  log: RunLog,
  deps: RecordedDeps,
  { isKnownAbsent }: { readonly isKnownAbsent: boolean },
): Promise<RunResult | undefined> {
  const { job, run, policies } = new Step(log, deps).received;
  const budget = new Budget(deps.ledger, { job, run, limit: policies.limit });
  const work: Work = { log, deps, budget, isKnownAbsent };
  for (const gate of GATES) {
    const end = await gate(work);
    if (end !== 'next') return end;
  }
  return createRecorded(new Step(log, deps), budget);
}

/** What was seen of an object so long ago still holds: a pass of a run that does not wait takes less. */
const SEEN_MS = 5_000;

const NO_TIME: RunReason = { code: 'out_of_time', message: 'the invocation had no time left to start it' };

async function hasTime({ log, deps }: Work): Promise<RunResult | 'next' | undefined> {
  if (deps.remainingMs() > RESERVE_MS) return 'next';
  const at = new Step(log, deps);
  return at.wait(NO_TIME, at.now);
}

async function isNotPaused({ log, deps }: Work): Promise<RunResult | 'next' | undefined> {
  const at = new Step(log, deps);
  const pauses = await pausesOf(deps.ledger, at.received.job);
  if (pauses.length === 0) return 'next';
  return stepAside(at, { code: 'paused', message: pauses.map(pauseText).join('; and ') }, at.now);
}

async function hasBudget(work: Work): Promise<RunResult | 'next' | undefined> {
  const refusal = await work.budget.refusal();
  return refusal ? overBudget(work, refusal) : 'next';
}

async function spends(work: Work): Promise<RunResult | 'next' | undefined> {
  const refusal = await work.budget.spend();
  return refusal ? overBudget(work, refusal) : 'next';
}

function overBudget({ log, deps }: Work, refusal: Refusal): Promise<RunResult | undefined> {
  const at = new Step(log, deps);
  const { job, policies } = at.received;
  const { runs, perMs } = policies.limit;
  const message = `job ${job} has used its limit of ${runs} runs in ${durationText(perMs)}; it goes on at ${new Date(refusal.until).toISOString()}`;
  const reason: RunReason = { code: 'over_budget', message };
  if (refusal.first) deps.log.error('ALARM: limit reached, further runs wait', { reason });
  return stepAside(at, reason, refusal.until);
}

/** Waits outside the lane, because others on the same target need not wait as well. */
async function stepAside(at: Step, reason: RunReason, notBefore: number): Promise<RunResult | undefined> {
  return (await stepOut(at.log, at.deps)) ? new Step(at.log, at.deps).wait(reason, notBefore) : undefined;
}

/**
 * Is the object that started the run in its bucket, under which key, and is it still the version that the run is for? Found out before the lane is
 * entered, and which key it is recorded.
 */
async function hasObject(work: Work): Promise<RunResult | 'next' | undefined> {
  const { log, deps } = work;
  const at = new Step(log, deps);
  const { written, planned } = at.received;
  if (written && planned && !asksCloud(planned)) {
    deps.log.warn(DECODED_TAKEN);
    const { given } = at.received;
    const key = given?.kind === 'object' ? given.key : '';
    return (await log.append({ ...at.stamp(), type: 'key', key, warning: DECODED_TAKEN })) ? 'next' : undefined;
  }
  return at.state.prepared ? 'next' : lookForObject(work);
}

/** Right before the intent: what was seen a moment ago is not looked at again. */
async function hasSameObject(work: Work): Promise<RunResult | 'next' | undefined> {
  const { objectSeenAt, deps } = work;
  const isFresh = objectSeenAt !== undefined && deps.ledger.now() - objectSeenAt <= SEEN_MS;
  return isFresh ? 'next' : lookForObject(work);
}

async function lookForObject(work: Work): Promise<RunResult | 'next' | undefined> {
  const { log, deps } = work;
  const at = new Step(log, deps);
  const sought = soughtObject(at.received);
  if (!sought) return 'next';
  const found = await findObject(sought, deps.services);
  switch (found.end) {
    case 'there': {
      work.services = found.services;
      work.objectSeenAt = deps.ledger.now();
      const { key, warning } = found;
      if (warning !== undefined) deps.log.warn(warning);
      const isNews = sought.written !== undefined || at.state.keyAbsentAt !== undefined;
      if (!isNews) return 'next';
      const record: RunRecord = { ...at.stamp(), type: 'key', key, ...(warning === undefined ? {} : { warning }) };
      return (await log.append(record)) ? 'next' : undefined;
    }
    case 'other': {
      const { end, reason } = await startInPlace(at.received.job, found.object, deps);
      if (end === 'superseded') return at.record({ ...at.stamp(), type: end, reason });
      return stepAside(at, reason, at.nextTryAt);
    }
    case 'absent':
      return whenAbsent(at, found.reason);
    case 'waiting':
      return at.waitOut(found.reason);
  }
}

/** One look proves little: the object may be written just now. */
async function whenAbsent(at: Step, reason: RunReason): Promise<RunResult | undefined> {
  const { keyAbsentAt } = at.state;
  const { settleMs } = at.received.policies;
  if (keyAbsentAt !== undefined && at.now >= keyAbsentAt + settleMs) {
    const message = `${reason.message}; two looks ${durationText(settleMs)} apart did not find it`;
    return at.record({ ...at.stamp(), type: 'rejected', reason: { code: 'object_gone', message } });
  }
  if (keyAbsentAt === undefined && !(await at.log.append({ ...at.stamp(), type: 'key_absent' }))) return undefined;
  return stepAside(new Step(at.log, at.deps), reason, (keyAbsentAt ?? at.now) + settleMs);
}

/** Files, instances and settings are looked at before the lane is entered: what is refused keeps nobody waiting. */
async function isJudged(work: Work): Promise<RunResult | 'next' | undefined> {
  const { log, deps } = work;
  const at = new Step(log, deps);
  if (at.state.prepared || !isJudgedFirst(at.planned)) return 'next';
  const services = work.services ?? deps.services;
  const judged = await completePlan(at.planned, { services }, at.received.given);
  switch (judged.end) {
    case 'refused':
      return at.record({ ...at.stamp(), type: 'rejected', reason: judged.reason });
    case 'waiting':
      return at.waitOut(judged.reason);
    case 'complete': {
      const { planned, targetBusy } = judged;
      const { dryRun } = planned.policies ?? DEFAULT_TASK_POLICIES;
      if (dryRun) return at.record({ ...at.stamp(), type: 'dry_run', reason: dryReason(planned) });
      for (const warning of planned.warnings) deps.log.warn(warning);
      work.target = targetBusy ? { end: 'waiting', reason: targetBusy } : { end: 'ready' };
      return (await log.append(preparedRecord(at.planned, planned, deps))) ? 'next' : undefined;
    }
  }
}

async function hasTurn({ log, deps }: Work): Promise<RunResult | 'next' | undefined> {
  const at = new Step(log, deps);
  const lane = laneOf(at.planned);
  if (lane === undefined) return 'next';
  const turn = await takeTurn(deps.ledger, lane, {
    received: at.received,
    claim: () => at.claim(),
    // At a tick of `reconcile` the run that has the turn is followed itself, and each look would be a call.
    endIfOver: async (holder) => !deps.looksAgain && endIfOver(holder, deps),
    isIdle: () => isTargetIdle(at.planned, deps),
  });
  switch (turn.turn) {
    case 'held':
      return 'next';
    case 'run_changed':
      return undefined;
    case 'claim_lost':
      return new Step(log, deps).takeOver();
    case 'queued':
      return new Step(log, deps).wait(turn.reason, at.now);
    case 'aside':
      return waitAside(new Step(log, deps), turn.reason);
    default:
      return at.record({ ...at.stamp(), type: turn.turn, reason: turn.reason });
  }
}

/** Nobody knows how long this takes. Of one schedule only the newest tick waits: the older ones would do the same work again, one after the other. */
async function waitAside(at: Step, reason: RunReason): Promise<RunResult | undefined> {
  const newer = await findNewerOpen(at.received, at.deps.ledger);
  if (!newer) return stepAside(at, reason, at.now);
  const message = `run ${newer} of this job is newer, and both wait for the end of an online migration`;
  return at.record({ ...at.stamp(), type: 'superseded', reason: { code: 'superseded', message } });
}

/**
 * The run that holds the lane may have a task that is over, and `reconcile` was not there yet. Only a task that ended well is ended here: of
 * the others there is more to do.
 */
async function endIfOver(log: RunLog, deps: RecordedDeps): Promise<boolean> {
  const { received } = foldRun(log.records);
  const planned = received?.planned;
  if (!planned) return false;
  const action = ACTIONS[planned.kind];
  try {
    const task = await action.find(deps.services, planned);
    if (!task || action.stateOf(task.status) !== 'succeeded') return false;
    return await settleRun(log, deps, { status: task.status });
  } catch (error) {
    // Not to be told now; that is no reason for this run to fail.
    if (error instanceof CloudError || error instanceof RunError) return false;
    throw error;
  }
}

async function isClaimed({ log, deps }: Work): Promise<RunResult | 'next' | undefined> {
  return (await new Step(log, deps).claim()) === undefined ? undefined : 'next';
}

/** A run that was judged in an earlier invocation looks at its target again, now that it has the turn. */
async function isTargetReady(work: Work): Promise<RunResult | 'next' | undefined> {
  const at = new Step(work.log, work.deps);
  if (!at.state.prepared) return 'next';
  const target = work.target ?? (await lookAtTarget(at.planned, work.deps, at.received.given));
  switch (target.end) {
    case 'ready':
      return 'next';
    case 'waiting':
      return at.waitOut(target.reason);
    case 'refused':
      return at.record({ ...at.stamp(), type: 'rejected', reason: target.reason });
  }
}

/** Finds out what the plan leaves open, and takes backups; recorded, so that it is done once. */
async function isPrepared({ log, deps }: Work): Promise<RunResult | 'next' | undefined> {
  const at = new Step(log, deps);
  const { planned, received, state } = at;
  if (!needsPreparing(planned, state)) return 'next';
  // Before anything is changed for it: its task may be there already.
  const there = await isNotThere({ log, deps });
  if (there !== 'next') return there;
  const { run, policies } = received;
  const prepared = await prepareRun(log, planned, { run, settleMs: policies.settleMs, given: received.given }, deps);
  switch (prepared.end) {
    case 'ready':
      if (!state.prepared) for (const warning of prepared.planned.warnings) deps.log.warn(warning);
      return 'next';
    case 'changed':
      return undefined;
    case 'waiting':
      return new Step(log, deps).waitOut(prepared.reason, prepared.notBefore);
    case 'refused':
      return at.record({ ...at.stamp(), type: 'rejected', reason: prepared.reason });
  }
}

async function isNotThere({
  log,
  deps,
  isKnownAbsent = false,
}: Pick<Work, 'log' | 'deps'> & { readonly isKnownAbsent?: boolean }): Promise<RunResult | 'next' | undefined> {
  if (isKnownAbsent) return 'next';
  const at = new Step(log, deps);
  const seen = await at.lookOrRefuse();
  switch (seen?.end) {
    case undefined:
      return undefined;
    case 'absent':
      return 'next';
    case 'found':
      return at.record(adoptedRecord(at, seen.task));
    case 'rejected':
    case 'waiting':
      return refuseOrWait(at, seen);
  }
}
