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
import { soughtObject } from './find-object.ts';
import { adopt, type Gate, learn, PASSED, reject } from './gate.ts';
import { dryReason, isJudgedFirst, needsPreparing } from './prepare-run.ts';
import type { Run } from './run.ts';
import { isMine, stepAside, unrecorded, wait, waitOut } from './waits.ts';

/** In this order: what waits for long is found out before the target is kept from others, and budget is spent last. */
const GATES: readonly Gate[] = [
  needsTime,
  needsNoPause,
  needsKey,
  needsLook,
  needsBudget,
  needsObject,
  needsJudgement,
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
 * A run without a task: it is created when there is time, nothing is paused, its files are good, it is its turn, its target is ready, and there is
 * budget.
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
  return stepAside(run, facts, { code: 'paused', message: pauses.map(pauseText).join('; and ') }, facts.now);
}

/** Which looks come next, all at once: of a run that only joins the queue no more than whether it has to. */
function needsLook(run: Run, facts: Facts): Decision | undefined {
  const { known } = facts;
  if (!known.lane) return learn('lane');
  const isQueueing = known.lane.is === 'behind' || known.lane.is === 'superseded';
  if (isQueueing && !isJudgedAtOnce(run, facts)) return PASSED;
  const wanted = looksFor(run, facts, isQueueing).filter((name) => known[name] === undefined);
  return wanted.length === 0 ? PASSED : learn(...wanted);
}

/** The looks of a run whose turn may have come, or that is judged before it queues. */
export function looksFor({ received, planned, state }: Run, facts: Facts, isQueueing: boolean): FactName[] {
  const isSought = !state.prepared && soughtObject(received) !== undefined;
  const isJudged = !state.prepared && isJudgedFirst(planned);
  return [
    ...(isQueueing ? [] : (['budget'] as const)),
    ...(isSought ? (['object'] as const) : []),
    ...(isJudged ? (['judged'] as const) : []),
    ...(isQueueing || facts.known.task ? [] : (['task'] as const)),
  ];
}

/**
 * Is a run looked into before it queues? At a tick, so that what is refused is refused long before its turn; where a caller waits for the answer; where
 * other runs are superseded or refused on account of it; and where nothing is sent anyway.
 */
export function isJudgedAtOnce({ received, planned }: Run, { isTick }: Pick<Facts, 'isTick'>): boolean {
  const { dryRun } = planned.policies ?? DEFAULT_TASK_POLICIES;
  return isTick || received.trigger === 'request' || received.policies.overlap !== 'queue' || dryRun;
}

function needsBudget(run: Run, facts: Facts): Decision | undefined {
  const { budget } = facts.known;
  return typeof budget === 'object' ? overBudget(run, facts, budget) : PASSED;
}

function spends(_run: Run, facts: Facts): Decision | undefined {
  return facts.known.budget === 'spent' ? PASSED : { do: 'spend' };
}

function overBudget(run: Run, facts: Facts, refusal: Refusal): Decision {
  const { job, policies } = run.received;
  const { runs, perMs } = policies.limit;
  const until = new Date(refusal.until).toISOString();
  const message = `job ${job} has used its limit of ${runs} runs in ${durationText(perMs)}; it continues at ${until}`;
  const reason: RunReason = { code: 'over_budget', message };
  const next = wait(run, facts, reason, refusal.until);
  const alarm = { message: 'ALARM: limit reached, further runs wait', reason };
  return { do: 'leave', next: refusal.first && next.do === 'record' ? { ...next, alarm } : next };
}

/** Files, instances and settings: what is refused keeps nobody waiting. */
function needsJudgement(run: Run, facts: Facts): Decision | undefined {
  const { judged } = facts.known;
  if (run.state.prepared || !judged) return PASSED;
  switch (judged.end) {
    case 'refused':
      return reject(judged.reason);
    case 'waiting':
      return waitOut(run, facts, judged.reason);
    case 'complete': {
      const { dryRun } = judged.planned.policies ?? DEFAULT_TASK_POLICIES;
      if (!dryRun) return PASSED;
      return { do: 'record', records: [{ type: 'dry_run', reason: dryReason(judged.planned) }] };
    }
  }
}

function needsClaim(run: Run, facts: Facts): Decision | undefined {
  return isMine(run, facts) ? PASSED : { do: 'claim' };
}

/** A run that was judged in an earlier invocation looks at its target again, now that it has the turn. */
function needsTarget(run: Run, facts: Facts): Decision | undefined {
  const { judged, target } = facts.known;
  if (!run.state.prepared) {
    const trouble = judged?.end === 'complete' ? judged.targetBusy : undefined;
    return trouble ? waitOut(run, facts, trouble) : PASSED;
  }
  switch (target?.end) {
    case undefined:
      return learn('target');
    case 'ready':
      return PASSED;
    case 'waiting':
      return waitOut(run, facts, target.reason);
    case 'refused':
      return reject(target.reason);
  }
}

/** Finds out what the plan leaves open, and takes backups; recorded, so that it is done once. */
function needsBackups(run: Run, facts: Facts): Decision | undefined {
  const { prepared } = facts.known;
  const found = unrecorded(run, facts.known);
  const isJudged = run.state.prepared ?? (found.length > 0 ? { warnings: [] } : undefined);
  if (!needsPreparing(run.planned, { ...run.state, ...(isJudged ? { prepared: isJudged } : {}) })) return PASSED;
  // Before anything is changed for it: its task may be there already.
  const there = needsNoTask(run, facts);
  if (there !== PASSED) return there;
  switch (prepared?.end) {
    case undefined:
      return found.length > 0 ? { do: 'record', records: found } : { do: 'prepare' };
    case 'ready':
      return PASSED;
    case 'waiting':
      return waitOut(run, facts, prepared.reason, prepared.notBefore);
    case 'refused':
      return reject(prepared.reason);
    case 'changed':
      throw new Error('the run was decided on after somebody else had written to it');
  }
}

/** Of a run with an attempt it is found out before: see `decide`. */
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

/** A call of the run failed: it waits for trouble to pass, unless there is none that does, or it is denied what its caller named. */
export function refuseOrWait(
  run: Run,
  facts: Facts,
  { end, error }: { readonly end: 'rejected' | 'waiting'; readonly error: CloudError },
): Decision {
  const reason = reasonOf(error);
  const isFinal = end === 'rejected' || isDeniedToCaller(error, run.planned, run.received.given);
  return isFinal ? reject(reason) : waitOut(run, facts, reason);
}
