import { CloudError, RunError } from '../errors.ts';
import type { FoundTask, PlannedTask } from '../migrations/action.ts';
import { ACTIONS } from '../migrations/actions.ts';
import type { CreatedTask } from '../migrations/services.ts';
import {
  areKeysRefused,
  type CreateDeps,
  type LookEnd,
  lookAfterLostAnswer,
  lookForTask,
  RESERVE_MS,
  sendCreate,
} from './create-task.ts';
import { durationText } from './duration-text.ts';
import { isInLane, laneOf, leaveLane, takeTurn } from './lane-turn.ts';
import type { LogRecord } from './ledger/append-log.ts';
import { type Refusal, refusalFor, spend } from './ledger/budget.ts';
import type { Ledger } from './ledger/ledger.ts';
import { LedgerError } from './ledger/ledger-error.ts';
import { markOpen, unmarkOpen } from './ledger/open-runs.ts';
import { isPaused } from './ledger/pauses.ts';
import {
  foldRun,
  isInTurn,
  openRunLog,
  type Received,
  type ReceivedRecord,
  RUN_VERSION,
  type RunLog,
  type RunRecord,
  type RunState,
} from './ledger/run-log.ts';
import { awaitsReports } from './notify.ts';
import { needsPreparing, prepareRun } from './prepare-run.ts';
import { createdResult, existingResult, type RunReason, type RunResult, reasonOf } from './run-result.ts';

export interface RecordedDeps extends CreateDeps {
  readonly ledger: Ledger;
}

/** A lease outlives its invocation by this much, for clocks that differ. */
const LEASE_MARGIN_MS = 15_000;
/** Others write to the same run at most a few times; more than this is a fault. */
const MOST_TURNS = 100;
/** Between attempts of `reconcile` at something that was busy: doubling from the first to the longest. */
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** A list takes 10,000 appends (AppendObject). A run with so many records is tried seldom, and its waits are no longer written down. */
const MANY_RECORDS = 1_000;
const SELDOM_MS = 6 * 60 * 60_000;

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
    while (!foldRun(log.records).received) {
      await markOpen(ledger, job, run);
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
    if (awaitsReports(records, ledger.now())) await markOpen(ledger, received.job, received.run);
    const written = await log.append(...records);
    return written ? { outcome: 'rejected', reason } : await advanceRun(log, deps);
  } catch (error) {
    return whenLedgerFails(error, log, deps);
  }
}

/**
 * Brings a run as far as it gets now: resolves what is unknown, waits for its turn, creates, settles. Safe at any time, by anybody, any
 * number of times at once: each step is a compare-and-swap on the run's own list, and whoever is too late decides anew.
 *
 * @throws {LedgerError} when the ledger can't be read or written
 */
export async function advanceRun(log: RunLog, deps: RecordedDeps): Promise<RunResult> {
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const result = await step(new Step(log, deps));
    if (result) return result;
  }
  throw new LedgerError(`ledger ${log.name}: it changed ${MOST_TURNS} times while it was being read`, {
    temporary: true,
  });
}

/** Nothing is created while the ledger fails; what an earlier attempt made, or may have made, is said all the same. */
function whenLedgerFails(error: unknown, runLog: RunLog | undefined, { log }: RecordedDeps): RunResult {
  if (!(error instanceof LedgerError)) throw error;
  const { task, attempt } = foldRun(runLog?.records ?? []);
  const reason = { code: 'ledger', message: error.message };
  log.error('the ledger failed; nothing is created until it works', { error });
  if (task) return { outcome: 'existing', task, reason };
  return { outcome: attempt ? 'unknown' : 'waiting', reason };
}

/** Is there something to do or to wait for once the task is there? Others wait for its target, or it has to be configured. */
function isFollowed(planned: PlannedTask): boolean {
  return laneOf(planned) !== undefined || planned.configure !== undefined;
}

function claimRecord({ ledger, remainingMs, leaseMs = remainingMs }: RecordedDeps): RunRecord {
  const until = ledger.now() + Math.max(0, leaseMs()) + LEASE_MARGIN_MS;
  return { ...ledger.stamp(), type: 'claimed', until };
}

/** The state of a run as one decision sees it, and the records that can follow. */
class Step {
  readonly log: RunLog;
  readonly deps: RecordedDeps;
  readonly state: RunState;
  readonly received: ReceivedRecord;
  readonly now: number;

  constructor(log: RunLog, deps: RecordedDeps) {
    const state = foldRun(log.records);
    if (!state.received) throw new LedgerError(`ledger ${log.name}: the first record is missing`, { temporary: false });
    if (state.received.v !== RUN_VERSION) {
      throw new LedgerError(
        `ledger ${log.name}: format ${state.received.v}, and this code knows ${RUN_VERSION} only; deploy the version that wrote it`,
        {
          temporary: false,
        },
      );
    }
    this.log = log;
    this.deps = deps;
    this.state = state;
    this.received = state.received;
    this.now = deps.ledger.now();
  }

  /** With what was found out before the create call, once that is recorded. */
  get planned(): PlannedTask {
    const { planned } = this.received;
    const { prepared } = this.state;
    if (planned && prepared) {
      const { derive: _derive, latestBackup: _latest, ...rest } = planned;
      return { ...rest, ...prepared };
    }
    if (planned) return planned;
    throw new LedgerError(`ledger ${this.log.name}: the first record has no plan`, { temporary: false });
  }

  get isMine(): boolean {
    return this.state.claim?.by === this.deps.ledger.by;
  }

  get isClaimed(): boolean {
    return this.state.claim !== undefined && this.state.claim.until > this.now;
  }

  /** Is it time to give up without a person? */
  get isOverdue(): boolean {
    const { firstIntentAt, troubleSince } = this.state;
    const since = firstIntentAt ?? troubleSince;
    return since !== undefined && this.now > since + this.received.policies.deadlineMs;
  }

  stamp(): LogRecord {
    return this.deps.ledger.stamp();
  }

  /** @returns `undefined` always, so that the next step decides on what is there then */
  async record(...records: readonly RunRecord[]): Promise<undefined> {
    await this.log.append(...records);
    return undefined;
  }

  look(): Promise<LookEnd> {
    return lookForTask(ACTIONS[this.planned.kind], this.planned, this.deps);
  }

  /** When to try again what the cloud could not do now: later and later. */
  get nextTryAt(): number {
    const { records } = this.log;
    if (records.length >= MANY_RECORDS) return this.now + SELDOM_MS;
    const tries = records.filter(({ type }) => type === 'claimed').length;
    return this.now + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1));
  }

  /** Nothing was created. Recorded only when that is news: the same reason again is not. */
  async wait(reason: RunReason, wished: number): Promise<RunResult | undefined> {
    const isMany = this.log.records.length >= MANY_RECORDS && !isInTurn(reason);
    const notBefore = isMany ? Math.max(wished, this.now + SELDOM_MS) : wished;
    const isLater = notBefore > this.now && this.log.records.length < MANY_RECORDS;
    const isNews = this.isClaimed || this.state.reason?.code !== reason.code || isLater;
    if (isNews && !(await this.log.append({ ...this.stamp(), type: 'waiting', reason, notBefore }))) return undefined;
    return { outcome: 'waiting', reason };
  }

  async park(reason: RunReason): Promise<RunResult | undefined> {
    const parked = { ...reason, code: 'parked', message: `parked, a person has to look: ${reason.message}` };
    this.deps.log.error('parked', { reason: parked });
    if (!(await this.log.append({ ...this.stamp(), type: 'parked', reason: parked }))) return undefined;
    return this.unresolved(parked);
  }

  /** The cloud could not do it now, and surely nothing was created. After the deadline a person has to look. */
  async waitForCloud(reason: RunReason, notBefore = this.nextTryAt): Promise<RunResult | undefined> {
    if (!this.isOverdue) return this.wait(reason, notBefore);
    const waiting: RunRecord = { ...this.stamp(), type: 'waiting', reason, notBefore };
    if (!(await this.log.append(waiting))) return undefined;
    return new Step(this.log, this.deps).park(reason);
  }

  /** Not known, or parked: nothing more to do now. */
  unresolved(reason: RunReason = this.state.reason ?? LOST): RunResult {
    return { outcome: this.state.attempt ? 'unknown' : 'waiting', reason };
  }
}

const LOST: RunReason = {
  code: 'lost_answer',
  message: 'a create call may have gone out and its answer is not known; the list of tasks is being watched',
};

async function step(at: Step): Promise<RunResult | undefined> {
  const { state, now } = at;
  if (state.end) return ended(at);
  if (at.isClaimed && !at.isMine) {
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
  const turn = await mayCreate(at);
  return turn === 'now' ? create(at, state.attempt !== undefined) : turn;
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
  const seen = await lookOrRefuse(at);
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

/** A parked run of which surely nothing was created must not keep the target from others while a person is waited for. */
async function leaveToOthers(at: Step): Promise<RunResult> {
  const lane = laneOf(at.planned);
  if (lane !== undefined) await leaveLane(at.deps.ledger, lane, at.received.run);
  return at.unresolved();
}

/** @returns `undefined` when looking showed that the run is refused; that is recorded then */
async function lookOrRefuse(at: Step): Promise<LookEnd | undefined> {
  try {
    return await at.look();
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return at.record({ ...at.stamp(), type: 'rejected', reason: reasonOf(error) });
  }
}

/** Is the job paused, is it this run's turn, is there budget? `now`: yes to all. */
async function mayCreate(at: Step): Promise<RunResult | 'now' | undefined> {
  const { received, now, deps } = at;
  const { ledger } = deps;
  const { job, run, policies } = received;
  const lane = laneOf(at.planned);
  if (await isPaused(ledger, job)) return stepAside(at, { code: 'paused', message: `job ${job} is paused` }, now);
  const noBudget = await refusalFor(ledger, { job, run, limit: policies.limit });
  if (noBudget) return overBudget(at, noBudget);
  if (lane !== undefined) {
    // At a tick of `reconcile` the run that has the turn is followed itself, and each look would be a call.
    const turn = await takeTurn(ledger, lane, received, async (holder) => !deps.looksAgain && endIfOver(holder, deps));
    if (turn.turn === 'queued') return at.wait(turn.reason, now);
    if (turn.turn !== 'held') return at.record({ ...at.stamp(), type: turn.turn, reason: turn.reason });
  }
  const refusal = await spend(ledger, { job, run, limit: policies.limit });
  return refusal ? overBudget(at, refusal) : 'now';
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
    await settleRun(log, deps, task.status);
    return true;
  } catch (error) {
    // Not to be told now; that is no reason for this run to fail.
    if (error instanceof CloudError || error instanceof RunError) return false;
    throw error;
  }
}

function overBudget(at: Step, refusal: Refusal): Promise<RunResult | undefined> {
  const { job, policies } = at.received;
  const { runs, perMs } = policies.limit;
  const message = `job ${job} has used its limit of ${runs} runs in ${durationText(perMs)}; it goes on at ${new Date(refusal.until).toISOString()}`;
  const reason = { code: 'over_budget', message };
  if (refusal.first) at.deps.log.error('ALARM: limit reached, further runs wait', { reason });
  return stepAside(at, reason, refusal.until);
}

/**
 * Waits outside the lane, for others on the same target need not wait as well.
 *
 * Only who has claimed the run takes it out: another invocation might be about to create, on the strength of the turn.
 */
async function stepAside(at: Step, reason: RunReason, notBefore: number): Promise<RunResult | undefined> {
  const { deps, planned, received } = at;
  const lane = laneOf(planned);
  if (lane !== undefined && (await isInLane(deps.ledger, lane, received.run))) {
    if (!at.isMine || !at.isClaimed) return at.record(claimRecord(deps));
    await leaveLane(deps.ledger, lane, received.run);
  }
  return at.wait(reason, notBefore);
}

const NO_TIME: RunReason = { code: 'out_of_time', message: 'the invocation had no time left to start it' };

async function create(at: Step, looked: boolean): Promise<RunResult | undefined> {
  const { deps, planned } = at;
  if (deps.remainingMs() <= RESERVE_MS) return at.wait(NO_TIME, at.now);
  if (!at.isMine || !at.isClaimed) return at.record(claimRecord(deps));
  if (!looked) {
    const seen = await lookOrRefuse(at);
    if (!seen) return undefined;
    if (seen.end === 'found') return at.record(adoptedRecord(at, seen.task));
    if (seen.end === 'rejected') return refuse(at, seen.error);
    if (seen.end === 'waiting') return at.waitForCloud(reasonOf(seen.error));
  }
  if (!at.state.prepared && needsPreparing(planned)) return prepare(at);
  if (deps.remainingMs() <= RESERVE_MS) return at.wait(NO_TIME, at.now);
  const until = at.state.claim?.until ?? at.now;
  if (!(await at.log.append({ ...at.stamp(), type: 'intent', until }))) return undefined;
  return send(new Step(at.log, deps), planned);
}

/** The service said no. Only if it said so to the keys may the run still be carried out. */
function refuse(at: Step, error: CloudError): Promise<RunResult | undefined> {
  if (!areKeysRefused(error)) return at.record({ ...at.stamp(), type: 'rejected', reason: reasonOf(error) });
  at.deps.log.error('the cloud refused the keys: look at the execution agency of the function', { error });
  return at.waitForCloud(reasonOf(error));
}

/** Finds out what the plan leaves open, checks it, and takes backups; recorded, so that it is done once. */
async function prepare(at: Step): Promise<RunResult | undefined> {
  const { deps, planned, received } = at;
  const { run, policies } = received;
  const prepared = await prepareRun(at.log, planned, { run, settleMs: policies.settleMs }, deps);
  switch (prepared.end) {
    case 'ready':
      for (const warning of prepared.planned.warnings) deps.log.warn(warning);
      return undefined;
    case 'waiting':
      return new Step(at.log, deps).waitForCloud(prepared.reason, prepared.notBefore);
    case 'refused':
      return at.record({ ...at.stamp(), type: 'rejected', reason: prepared.reason });
    case 'dry':
      return at.record({ ...at.stamp(), type: 'dry_run', reason: prepared.reason });
  }
}

/** The one place that sends a create call for a recorded run. Its intent is recorded; what came of it is recorded right after. */
async function send(at: Step, planned: PlannedTask): Promise<RunResult | undefined> {
  const { deps } = at;
  const action = ACTIONS[planned.kind];
  let sent: Awaited<ReturnType<typeof sendCreate>>;
  try {
    sent = await sendCreate(action, planned, deps);
  } catch (error) {
    // Refused before anything was sent: a secret that is not set. Of any other error nobody can say how far it got.
    if (!(error instanceof RunError)) throw error;
    return at.record({ ...at.stamp(), type: 'rejected', reason: reasonOf(error) });
  }
  switch (sent.end) {
    case 'created':
      return recordCreated(at, createdResult(planned, sent.task));
    case 'rejected':
      return refuse(new Step(at.log, deps), sent.error);
    case 'waiting':
      return new Step(at.log, deps).waitForCloud(reasonOf(sent.error));
    case 'unknown':
      deps.log.warn('the answer to a create call was lost; looking for its task', { error: sent.error });
      return watch(at, reasonOf(sent.error));
  }
}

/** A create call went out and its answer was lost. The recorded intent says so already if it can't be recorded now. */
async function watch(at: Step, reason: RunReason): Promise<RunResult | undefined> {
  const { deps, planned } = at;
  try {
    await at.record({ ...at.stamp(), type: 'unknown', reason });
    const task = await lookAfterLostAnswer(ACTIONS[planned.kind], planned, deps);
    if (task) return await recordCreated(at, { ...existingResult(planned, task), outcome: 'created' });
  } catch (error) {
    // Another task has the source server: the next step records that.
    if (error instanceof RunError) return undefined;
    if (!(error instanceof LedgerError)) throw error;
    deps.log.error('a lost answer could not be recorded; reconcile will look for the task', { error });
  }
  return { outcome: 'unknown', reason };
}

/** The task exists whatever the ledger says: if it can't be recorded now, `reconcile` finds the intent, looks, and adopts it. */
async function recordCreated(
  at: Step,
  result: RunResult & { task?: RunResult['task'] },
): Promise<RunResult | undefined> {
  const { task } = result;
  if (!task) return result;
  try {
    // Whoever wrote in between did not know of the task; only an end that was recorded stands.
    while (!(await at.log.append({ ...at.stamp(), type: 'created', task }))) {
      if (foldRun(at.log.records).end) return result;
    }
    if (!isFollowed(at.planned)) await settleRun(at.log, at.deps);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    at.deps.log.error('the task was created, and could not be recorded; reconcile will find it', {
      error,
      task: task.id,
    });
  }
  return result;
}

function adoptedRecord(at: Step, found: FoundTask | CreatedTask): RunRecord {
  const { kind, name } = at.planned;
  const task = { kind, id: found.id, name, ...(found.status ? { status: found.status } : {}) };
  return { ...at.stamp(), type: 'adopted', task };
}

/**
 * Nothing more is to be done for a run: the lane is left, then the last record written, then the marker removed, unless something is still to
 * be reported.
 */
export async function settleRun(
  log: RunLog,
  { ledger }: Pick<RecordedDeps, 'ledger'>,
  status?: string,
  reason?: RunReason,
): Promise<void> {
  for (;;) {
    const { received, settled } = foldRun(log.records);
    if (!received) return;
    const lane = received.planned && laneOf(received.planned);
    if (lane !== undefined) await leaveLane(ledger, lane, received.run);
    const known = { ...(status === undefined ? {} : { status }), ...(reason === undefined ? {} : { reason }) };
    const last: RunRecord = { ...ledger.stamp(), type: 'settled', ...known };
    if (settled || (await log.append(last))) {
      if (!awaitsReports(log.records, ledger.now())) await unmarkOpen(ledger, received.job, received.run);
      return;
    }
  }
}
