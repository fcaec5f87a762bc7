import { transientFailure } from '../../kernel/transient-failures.ts';
import type { NewRunRecord } from '../ledger/run-record.ts';
import { isRoutineWait } from '../ledger/run-state.ts';
import type { RunReason, RunResult } from '../report/run-result.ts';
import type { Decision, Recording, Response } from './decision.ts';
import type { Facts } from './facts.ts';
import { preparedRecord } from './prepare-run.ts';
import type { Run } from './run.ts';

/** The delay between retries of `reconcile`, doubling from the first to the maximum. */
const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 15 * 60_000;
/** A list takes 10,000 appends (AppendObject). A run with this many records is retried less often, and its waits are no longer recorded. */
const SLOW_AFTER_RECORDS = 1_000;
const SLOW_RETRY_MS = 6 * 60 * 60_000;

export const LOST: RunReason = {
  code: 'lost_answer',
  message: 'a create call may have been sent, but its response is unknown; watching the list of tasks',
};

export function respond(result: RunResult): Response {
  return { do: 'respond', result };
}

/** Whether the run has an unexpired claim, of any invocation. */
export function isClaimed({ state: { claim } }: Run, now: number): boolean {
  return claim !== undefined && claim.until > now;
}

/** Whether the newest claim is by this invocation. Then nobody else has handled the run since; otherwise its writes fail. */
export function isMine({ state: { claimant } }: Run, { by }: Facts): boolean {
  return claimant === by;
}

/** Whether the deadline has passed after which an operator has to decide. */
export function isOverdue({ state, received }: Run, now: number): boolean {
  const since = state.firstIntentAt ?? state.troubleSince;
  return since !== undefined && now > since + received.policies.deadlineMs;
}

/** When to retry what the cloud could not do now, with exponential backoff. */
export function nextAttemptAt({ records, claims }: Run, now: number): number {
  if (records >= SLOW_AFTER_RECORDS) return now + SLOW_RETRY_MS;
  return now + Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, claims - 1));
}

/**
 * What was found out in this pass and is not recorded yet. Nothing for a dry run: with the record it would count as checked, and be created on a
 * retry.
 */
export function unrecorded({ state, received }: Run, { checked }: Facts['known']): NewRunRecord[] {
  if (state.prepared || checked?.end !== 'complete' || !received.planned) return [];
  return received.planned.policies?.dryRun ? [] : [preparedRecord(received.planned, checked.planned)];
}

/** Waits; nothing was created. Recorded only if something changed; the same reason again is not recorded. */
export function wait(run: Run, { now, known }: Facts, reason: RunReason, wished: number): Recording | Response {
  const { state, records } = run;
  const isMany = records >= SLOW_AFTER_RECORDS && !isRoutineWait(reason);
  const notBefore = isMany ? Math.max(wished, now + SLOW_RETRY_MS) : wished;
  const isLater = notBefore > now && records < SLOW_AFTER_RECORDS;
  const found = unrecorded(run, known);
  const isNews = isClaimed(run, now) || isOtherReason(state.reason, reason) || isLater || found.length > 0;
  const result: RunResult = { outcome: 'waiting', reason };
  if (!isNews) return respond(result);
  return { do: 'record', records: [...found, { type: 'waiting', reason, notBefore }], result };
}

/** Another run ahead in the lane is not a new reason. Another pause is, because somebody has to end it. */
function isOtherReason(before: RunReason | undefined, { code, message }: RunReason): boolean {
  return before?.code !== code || (code === 'paused' && before.message !== message);
}

/** Waits outside the lane, so that others on the same target need not wait as well. */
export function waitOutsideLane(run: Run, facts: Facts, reason: RunReason, notBefore: number): Decision {
  return { do: 'leave', next: wait(run, facts, reason, notBefore) };
}

/**
 * Retries after a transient failure, when nothing was created, with exponential backoff; after six hours an operator has to decide. A run with a
 * failure of its own leaves its target to others; a run whose target has the failure keeps its turn.
 */
export function retryLater(
  run: Run,
  facts: Facts,
  reason: RunReason,
  notBefore = nextAttemptAt(run, facts.now),
): Decision {
  const isItsOwn = transientFailure(reason)?.of === 'run' && !run.state.attempt;
  const next: Decision = isOverdue(run, facts.now)
    ? park(run, facts, reason, [{ type: 'waiting', reason, notBefore }])
    : wait(run, facts, reason, notBefore);
  return isItsOwn && next.do !== 'leave' ? { do: 'leave', next } : next;
}

/** A run that created nothing must not block the target while it waits for an operator. */
export function park(
  run: Run,
  { known }: Facts,
  reason: RunReason,
  before: readonly NewRunRecord[] = [],
): Recording | (Decision & { readonly do: 'leave' }) {
  const parked: RunReason = {
    ...reason,
    code: 'parked',
    cause: reason.code,
    message: `parked, an operator has to decide: ${reason.message}`,
  };
  // A recorded wait means that nothing was created.
  const isUnknown = run.state.attempt !== undefined && before.length === 0;
  const recording: Recording = {
    do: 'record',
    records: [...unrecorded(run, known), ...before, { type: 'parked', reason: parked }],
    result: { outcome: isUnknown ? 'unknown' : 'waiting', reason: parked },
    alarm: { message: 'parked', reason: parked },
  };
  return isUnknown ? recording : { do: 'leave', next: recording };
}

/** The result of a run that is unknown or parked: nothing more to do now. */
export function unresolved({ state }: Run, reason: RunReason = state.reason ?? LOST): RunResult {
  return { outcome: state.attempt ? 'unknown' : 'waiting', reason };
}
