import { transientFailure } from '../../kernel/transient-failures.ts';
import type { NewRunRecord } from '../ledger/run-record.ts';
import { isInTurn } from '../ledger/run-state.ts';
import type { RunReason, RunResult } from '../report/run-result.ts';
import type { Decision, Recording, Response } from './decision.ts';
import type { Facts } from './facts.ts';
import { preparedRecord } from './prepare-run.ts';
import type { Run } from './run.ts';

/** Between attempts of `reconcile` at something that was in trouble: doubling from the first to the longest. */
const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 15 * 60_000;
/** A list takes 10,000 appends (AppendObject). A run with so many records is tried seldom, and its waits are no longer written down. */
const MANY_RECORDS = 1_000;
const SLOW_RETRY_MS = 6 * 60 * 60_000;

export const LOST: RunReason = {
  code: 'lost_answer',
  message: 'a create call may have gone out and its answer is not known; the list of tasks is being watched',
};

export function respond(result: RunResult): Response {
  return { do: 'respond', result };
}

/** Does a claim of an invocation stand, whoever's it is? */
export function isClaimed({ state: { claim } }: Run, now: number): boolean {
  return claim !== undefined && claim.until > now;
}

/** Is the newest claim one of this invocation? Nobody else has handled the run since: what it writes goes through only then. */
export function isMine({ state: { claimant } }: Run, { by }: Facts): boolean {
  return claimant === by;
}

/** Is it time to give up without a person? */
export function isOverdue({ state, received }: Run, now: number): boolean {
  const since = state.firstIntentAt ?? state.troubleSince;
  return since !== undefined && now > since + received.policies.deadlineMs;
}

/** When to try again what the cloud could not do now: later and later. */
export function nextTryAt({ records, claims }: Run, now: number): number {
  if (records >= MANY_RECORDS) return now + SLOW_RETRY_MS;
  return now + Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, claims - 1));
}

/** What was found out in this pass and is not recorded. Of a dry run nothing is: it would count as judged, and be created when it is tried again. */
export function unrecorded({ state, received }: Run, { judged }: Facts['known']): NewRunRecord[] {
  if (state.prepared || judged?.end !== 'complete' || !received.planned) return [];
  return received.planned.policies?.dryRun ? [] : [preparedRecord(received.planned, judged.planned)];
}

/** Nothing was created. Recorded only when that is news: the same reason again is not. */
export function wait(run: Run, { now, known }: Facts, reason: RunReason, wished: number): Recording | Response {
  const { state, records } = run;
  const isMany = records >= MANY_RECORDS && !isInTurn(reason);
  const notBefore = isMany ? Math.max(wished, now + SLOW_RETRY_MS) : wished;
  const isLater = notBefore > now && records < MANY_RECORDS;
  const found = unrecorded(run, known);
  const isNews = isClaimed(run, now) || isOtherReason(state.reason, reason) || isLater || found.length > 0;
  const result: RunResult = { outcome: 'waiting', reason };
  if (!isNews) return respond(result);
  return { do: 'record', records: [...found, { type: 'waiting', reason, notBefore }], result };
}

/** Another run ahead in the lane is no news; another pause is, because somebody has to take that one back. */
function isOtherReason(before: RunReason | undefined, { code, message }: RunReason): boolean {
  return before?.code !== code || (code === 'paused' && before.message !== message);
}

/** Waits outside the lane, because others on the same target need not wait as well. */
export function stepAside(run: Run, facts: Facts, reason: RunReason, notBefore: number): Decision {
  return { do: 'leave', next: wait(run, facts, reason, notBefore) };
}

/**
 * Trouble that passes, and nothing was created: tried again later and later; after six hours a person has to look. A run with trouble of its own
 * leaves its target to others, one whose target is in trouble keeps its turn.
 */
export function waitOut(run: Run, facts: Facts, reason: RunReason, notBefore = nextTryAt(run, facts.now)): Decision {
  const isItsOwn = transientFailure(reason)?.of === 'run' && !run.state.attempt;
  const next: Decision = isOverdue(run, facts.now)
    ? park(run, facts, reason, [{ type: 'waiting', reason, notBefore }])
    : wait(run, facts, reason, notBefore);
  return isItsOwn && next.do !== 'leave' ? { do: 'leave', next } : next;
}

/** What was not created must not keep the target from others while a person is waited for. */
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
    message: `parked, a person has to look: ${reason.message}`,
  };
  // A wait says that nothing was created.
  const isUnknown = run.state.attempt !== undefined && before.length === 0;
  const recording: Recording = {
    do: 'record',
    records: [...unrecorded(run, known), ...before, { type: 'parked', reason: parked }],
    result: { outcome: isUnknown ? 'unknown' : 'waiting', reason: parked },
    alarm: { message: 'parked', reason: parked },
  };
  return isUnknown ? recording : { do: 'leave', next: recording };
}

/** Not known, or parked: nothing more to do now. */
export function unresolved({ state }: Run, reason: RunReason = state.reason ?? LOST): RunResult {
  return { outcome: state.attempt ? 'unknown' : 'waiting', reason };
}
