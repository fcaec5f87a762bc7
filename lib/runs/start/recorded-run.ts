import { LedgerError } from '../../ports/ledger-error.ts';
import { claimRecord, LOST, type RecordedDeps, Step } from '../follow/run-step.ts';
import { settleRun, stepOut } from '../follow/settle-run.ts';
import { generationOf, markOpen } from '../ledger/open-runs.ts';
import {
  foldRun,
  openRunLog,
  type Received,
  type ReceivedRecord,
  RUN_VERSION,
  type RunLog,
  type RunRecord,
} from '../ledger/run-log.ts';
import {
  hasRoomToWait,
  isCounted,
  MAX_WAITING_REQUESTS,
  markWaiting,
  unmarkWaiting,
} from '../ledger/waiting-requests.ts';
import { awaitsReports } from '../report/notify.ts';
import { type RunReason, type RunResult, reasonOf } from '../report/run-result.ts';
import { createInTurn } from './create-in-turn.ts';
import { adoptedRecord, isFollowed } from './create-recorded.ts';

/** Others write to the same run at most a few times; more than this is a bug. */
const MAX_STEPS = 100;

/**
 * Carries out a run that the ledger records, or answers with what was made of it before.
 *
 * @returns never throws for what the cloud says; `waiting` with code `ledger` when the ledger could not be read or written: then nothing
 *   was created, and the handler has to fail
 */
export async function recordedRun(received: Received, deps: RecordedDeps): Promise<RunResult> {
  const { ledger } = deps;
  const { job, run, planned } = received;
  let log: RunLog | undefined;
  try {
    log = await openRunLog(ledger, job, run);
    const isNewRequest = isCounted(received) && !foldRun(log.records).received;
    if (isNewRequest && !(await hasRoomToWait(ledger, job))) return { outcome: 'waiting', reason: TOO_MANY_WAITING };
    while (!foldRun(log.records).received) {
      await Promise.all([
        markOpen(ledger, job, run, generationOf(log.records)),
        ...(isNewRequest ? [markWaiting(ledger, job, run)] : []),
      ]);
      const first: RunRecord = { ...ledger.stamp(), type: 'received', v: RUN_VERSION, ...received };
      await log.append(first, claimRecord(deps));
    }
    if (isOther(received, foldRun(log.records).received)) return { outcome: 'rejected', reason: KEY_REUSED };
    for (const warning of planned?.warnings ?? []) deps.log.warn(warning);
    return await advanceRun(log, deps);
  } catch (error) {
    return whenLedgerFails(error, log, deps);
  }
}

/** Nothing is recorded of it: the run itself is as it was. */
export const KEY_REUSED: RunReason = {
  code: 'key_reused',
  message: 'this key came before, with other fields; a new request needs a new key',
};

/** Nothing is recorded of it: the caller has to come again. */
export const TOO_MANY_WAITING: RunReason = {
  code: 'too_many_waiting',
  message: `${MAX_WAITING_REQUESTS} requests of this job wait already`,
};

/** A run that has got its task waits no more; one that ended otherwise is settled. What can't be removed now goes with the last record. */
async function stopWaiting(log: RunLog, deps: RecordedDeps): Promise<void> {
  const { received, end, settled } = foldRun(log.records);
  if (end !== 'created' || settled || !received || !isCounted(received)) return;
  try {
    await unmarkWaiting(deps.ledger, received.job, received.run);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    deps.log.warn('a run does not wait any more, and could not be taken out of those that do', {
      list: log.name,
      error,
    });
  }
}

function isOther({ contentHash }: Received, first: ReceivedRecord | undefined): boolean {
  return contentHash !== undefined && first?.contentHash !== undefined && first.contentHash !== contentHash;
}

/** Records a run that can't be planned: refused for good, in one write. */
export async function recordRefusal(received: Received, reason: RunReason, deps: RecordedDeps): Promise<RunResult> {
  const { ledger } = deps;
  let log: RunLog | undefined;
  try {
    log = await openRunLog(ledger, received.job, received.run);
    if (foldRun(log.records).received) return await advanceRun(log, deps);
    const records: RunRecord[] = [
      { ...ledger.stamp(), type: 'received', v: RUN_VERSION, ...received },
      { ...ledger.stamp(), type: 'rejected', reason },
      { ...ledger.stamp(), type: 'settled' },
    ];
    if (awaitsReports(records, ledger.now()))
      await markOpen(ledger, received.job, received.run, generationOf(log.records));
    const written = await log.append(...records);
    return written ? { outcome: 'rejected', reason } : await advanceRun(log, deps);
  } catch (error) {
    return whenLedgerFails(error, log, deps);
  }
}

/**
 * Brings a run as far as it gets now: resolves what is unknown, waits for its turn, creates, settles. Safe at any time, by anybody, any
 * number of times at once: each step is a compare-and-swap on the run's own list, and whoever is too late decides again.
 *
 * @throws {LedgerError} when the ledger can't be read or written
 */
export async function advanceRun(log: RunLog, deps: RecordedDeps): Promise<RunResult> {
  const { end } = foldRun(log.records);
  for (let turns = 0; turns < MAX_STEPS; turns++) {
    const result = await step(new Step(log, deps));
    if (!result) continue;
    if (!end) await stopWaiting(log, deps);
    return result;
  }
  throw new LedgerError(`ledger ${log.name}: it changed ${MAX_STEPS} times while it was being read`, {
    temporary: true,
  });
}

/** Nothing is created while the ledger fails; what an earlier attempt made, or may have made, is said all the same. */
function whenLedgerFails(error: unknown, runLog: RunLog | undefined, { log }: RecordedDeps): RunResult {
  if (!(error instanceof LedgerError)) throw error;
  const { task, attempt } = foldRun(runLog?.records ?? []);
  const reason: RunReason = { code: 'ledger', message: error.message };
  log.error('the ledger failed; nothing is created until it works', { error });
  if (task) return { outcome: 'existing', task, reason };
  return { outcome: attempt ? 'unknown' : 'waiting', reason };
}

async function step(at: Step): Promise<RunResult | undefined> {
  const { state, now } = at;
  if (state.end) return ended(at);
  if (at.isClaimed && !at.isHandledHere) {
    return { outcome: 'waiting', reason: { code: 'in_progress', message: 'another invocation is handling this run' } };
  }
  // By hand: not even looked for. It keeps its target if a task of it may be running.
  if (state.parkedByHand && state.attempt) return at.unresolved();
  if (state.attempt) {
    const resolved = await resolveAttempt(at, state.attempt.until);
    if (resolved !== 'absent') return resolved;
  } else if (state.parked) {
    return leaveToOthers(at);
  } else if ((state.notBefore ?? 0) > now) {
    return { outcome: 'waiting', ...(state.reason ? { reason: state.reason } : {}) };
  }
  return createInTurn(at.log, at.deps, { isKnownAbsent: state.attempt !== undefined });
}

/** What an ended run answers; a refusal is brought to its end here, a task by `reconcile` where others wait for it. */
async function ended(at: Step): Promise<RunResult> {
  const { end, task, reason, settled } = at.state;
  if (end === 'created' && task) {
    if (!settled && !isFollowed(at.planned)) await settleRun(at.log, at.deps);
    return { outcome: 'existing', task };
  }
  if (!settled) await settleRun(at.log, at.deps);
  if (end === 'forgotten' && task) return { outcome: 'existing', task, ...(reason ? { reason } : {}) };
  const outcome = end === 'rejected' ? 'rejected' : 'skipped';
  return { outcome, ...(reason ? { reason } : {}) };
}

/**
 * An attempt whose fate is not known: look, and only look. Surely not there is what two complete listings do not have, the second of them
 * `settle_seconds` after the attempt was surely over.
 *
 * @returns `absent` when it may be sent again
 */
async function resolveAttempt(at: Step, until: number): Promise<RunResult | 'absent' | undefined> {
  const { state, now, received } = at;
  const seen = await at.lookOrRefuse();
  if (!seen) return undefined;
  if (seen.end === 'found') return at.record(adoptedRecord(at, seen.task));
  if (seen.end !== 'absent') return at.isOverdue && !state.parked ? at.park(reasonOf(seen.error)) : at.unresolved();
  const isSettled = now >= until + received.policies.settleMs;
  if (state.absentAt === undefined) {
    await at.record({ ...at.stamp(), type: 'absent' });
    return isSettled ? undefined : at.unresolved();
  }
  if (!isSettled) return at.unresolved();
  // Whether it should still happen after so long is for a person to say.
  if (!state.parked) return at.isOverdue ? at.park(LOST) : 'absent';
  return leaveToOthers(at);
}

/** A parked run of which nothing was created must not keep the target from others while a person is waited for. */
async function leaveToOthers(at: Step): Promise<RunResult | undefined> {
  return (await stepOut(at.log, at.deps)) ? at.unresolved() : undefined;
}
