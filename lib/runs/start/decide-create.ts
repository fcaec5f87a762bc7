import type { CloudError } from '../../kernel/errors.ts';
import { DEFAULT_TASK_POLICIES } from '../../migrations/task-policies.ts';
import type { Refusal } from '../ledger/budget.ts';
import { pauseText } from '../ledger/pauses.ts';
import { durationText } from '../report/duration-text.ts';
import { type RunReason, reasonOf } from '../report/run-result.ts';
import { needsKey, needsObject, needsSameObject } from './decide-object.ts';
import { needsTurn } from './decide-turn.ts';
import type { Decision } from './decision.ts';
import { isDeniedToCaller } from './denied-to-caller.ts';
import type { FactName, Facts } from './facts.ts';
import { objectToFind } from './find-object.ts';
import { adopt, type Gate, learn, PASSED, reject } from './gate.ts';
import { canCheckBeforeTurn, dryReason, needsPreparing } from './prepare-run.ts';
import type { Run } from './run.ts';
import { isMine, retryLater, unrecorded, wait, waitOutsideLane } from './waits.ts';

/** The order matters: reasons for long waits are found before the run takes the target's turn, and budget is spent last. */
const GATES: readonly Gate[] = [
  needsTime,
  needsNoPause,
  needsKey,
  needsLookups,
  needsBudget,
  needsObject,
  needsChecks,
  needsTurn,
  needsClaim,
  needsTarget,
  needsBackups,
  needsNoTask,
  needsSameObject,
  needsTime,
  spends,
];

/**
 * Decides about a run without a task: it is created when there is time, nothing is paused, its files are valid, it is its turn, its target is ready,
 * and there is budget.
 */
export function decideCreate(run: Run, facts: Facts): Decision {
  for (const gate of GATES) {
    const decision = gate(run, facts);
    if (decision !== PASSED) return decision;
  }
  return { do: 'create', records: unrecorded(run, facts.known) };
}

const NO_TIME: RunReason = { code: 'out_of_time', message: 'the invocation had no time left to start it' };

function needsTime(run: Run, facts: Facts): Decision | undefined {
  return facts.hasTime ? PASSED : wait(run, facts, NO_TIME, facts.now);
}

function needsNoPause(run: Run, facts: Facts): Decision | undefined {
  const { pauses } = facts.known;
  if (!pauses) return learn('pauses');
  if (pauses.length === 0) return PASSED;
  return waitOutsideLane(run, facts, { code: 'paused', message: pauses.map(pauseText).join('; and ') }, facts.now);
}

/** The lookups to make next, in parallel. For a run that only joins the queue, just the lane. */
function needsLookups(run: Run, facts: Facts): Decision | undefined {
  const { known } = facts;
  if (!known.lane) return learn('lane');
  const isQueueing = known.lane.is === 'behind' || known.lane.is === 'superseded';
  if (isQueueing && !isCheckedBeforeQueueing(run, facts)) return PASSED;
  const wanted = lookupsFor(run, facts, isQueueing).filter((name) => known[name] === undefined);
  return wanted.length === 0 ? PASSED : learn(...wanted);
}

/** The lookups of a run whose turn may have come, or that is checked before it queues. */
export function lookupsFor({ received, planned, state }: Run, facts: Facts, isQueueing: boolean): FactName[] {
  const needsObjectLookup = !state.prepared && objectToFind(received) !== undefined;
  const needsCheck = !state.prepared && canCheckBeforeTurn(planned);
  return [
    ...(isQueueing || state.runNow ? [] : (['budget'] as const)),
    ...(needsObjectLookup ? (['object'] as const) : []),
    ...(needsCheck ? (['checked'] as const) : []),
    ...(isQueueing || facts.known.task ? [] : (['task'] as const)),
  ];
}

/**
 * Whether a run is checked before it queues: in a tick, so that it is refused long before its turn; if a caller waits for the response; if it may
 * supersede other runs or be refused because of them; and in a dry run.
 */
export function isCheckedBeforeQueueing({ received, planned }: Run, { isTick }: Pick<Facts, 'isTick'>): boolean {
  const { dryRun } = planned.policies ?? DEFAULT_TASK_POLICIES;
  return isTick || received.trigger === 'request' || received.policies.overlap !== 'queue' || dryRun;
}

function needsBudget(run: Run, facts: Facts): Decision | undefined {
  const { budget } = facts.known;
  return typeof budget === 'object' && !run.state.runNow ? overBudget(run, facts, budget) : PASSED;
}

/** A run that an operator lets start beyond the budget spends nothing. */
function spends({ state }: Run, facts: Facts): Decision | undefined {
  return facts.known.budget === 'spent' || state.runNow ? PASSED : { do: 'spend' };
}

function overBudget(run: Run, facts: Facts, refusal: Refusal): Decision {
  const { job, policies } = run.received;
  const { runs, perMs } = policies.limit;
  const until = new Date(refusal.until).toISOString();
  const message = `job ${job} has used its limit of ${runs} runs per ${durationText(perMs)}; it continues at ${until}`;
  const reason: RunReason = { code: 'over_budget', message };
  const next = wait(run, facts, reason, refusal.until);
  const alarm = { message: 'ALARM: limit reached, further runs wait', reason };
  return { do: 'leave', next: refusal.first && next.do === 'record' ? { ...next, alarm } : next };
}

/** Checks files, instances and settings, so that a refused run keeps nobody waiting. */
function needsChecks(run: Run, facts: Facts): Decision | undefined {
  const { checked } = facts.known;
  if (run.state.prepared || !checked) return PASSED;
  switch (checked.end) {
    case 'refused':
      return reject(checked.reason);
    case 'waiting':
      return retryLater(run, facts, checked.reason);
    case 'complete': {
      const { dryRun } = checked.planned.policies ?? DEFAULT_TASK_POLICIES;
      if (!dryRun) return PASSED;
      return { do: 'record', records: [{ type: 'dry_run', reason: dryReason(checked.planned) }] };
    }
  }
}

function needsClaim(run: Run, facts: Facts): Decision | undefined {
  return isMine(run, facts) ? PASSED : { do: 'claim' };
}

/** A run that was checked in an earlier invocation checks its target again, now that it has the turn. */
function needsTarget(run: Run, facts: Facts): Decision | undefined {
  const { checked, target } = facts.known;
  if (!run.state.prepared) {
    const trouble = checked?.end === 'complete' ? checked.targetBusy : undefined;
    return trouble ? retryLater(run, facts, trouble) : PASSED;
  }
  switch (target?.end) {
    case undefined:
      return learn('target');
    case 'ready':
      return PASSED;
    case 'waiting':
      return retryLater(run, facts, target.reason);
    case 'refused':
      return reject(target.reason);
  }
}

/** Completes the plan and takes backups; both are recorded, so that they are done once. */
function needsBackups(run: Run, facts: Facts): Decision | undefined {
  const { prepared } = facts.known;
  const found = unrecorded(run, facts.known);
  const foundBefore = run.state.prepared ?? (found.length > 0 ? { warnings: [] } : undefined);
  if (!needsPreparing(run.planned, { ...run.state, ...(foundBefore ? { prepared: foundBefore } : {}) })) return PASSED;
  // Before anything is changed for it, because its task may already exist.
  const there = needsNoTask(run, facts);
  if (there !== PASSED) return there;
  switch (prepared?.end) {
    case undefined:
      return found.length > 0 ? { do: 'record', records: found } : { do: 'prepare' };
    case 'ready':
      return PASSED;
    case 'waiting':
      return retryLater(run, facts, prepared.reason, prepared.notBefore);
    case 'refused':
      return reject(prepared.reason);
    case 'changed':
      throw new Error('decided about a run after another invocation had written to it');
  }
}

/** For a run with an attempt, this was checked before: see `decide`. */
function needsNoTask(run: Run, facts: Facts): Decision | undefined {
  const { task } = facts.known;
  switch (task?.end) {
    case undefined:
      return learn('task');
    case 'absent':
      return PASSED;
    case 'refused':
      return reject(task.reason);
    case 'found':
      return adopt(run, task.task);
    case 'rejected':
    case 'waiting':
      return refuseOrWait(run, facts, task);
  }
}

/**
 * A call of the run failed: the run waits for a transient failure to pass. It is rejected if the failure is permanent, or if access to something its
 * caller named is denied.
 */
export function refuseOrWait(
  run: Run,
  facts: Facts,
  { end, error }: { readonly end: 'rejected' | 'waiting'; readonly error: CloudError },
): Decision {
  const reason = reasonOf(error);
  const isFinal = end === 'rejected' || isDeniedToCaller(error, run.planned, run.received.given);
  return isFinal ? reject(reason) : retryLater(run, facts, reason);
}
