import { RunError } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';
import type { PlannedTask } from '../../migrations/action.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { LogRecord } from '../ledger/append-log.ts';
import { leaseEnd } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  foldRun,
  isInTurn,
  type ReceivedRecord,
  RUN_VERSION,
  type RunLog,
  type RunRecord,
  type RunState,
} from '../ledger/run-log.ts';
import { type RunReason, type RunResult, reasonOf } from '../report/run-result.ts';
import { type CreateDeps, type LookEnd, lookForTask } from '../start/create-task.ts';
import { stepOut } from './settle-run.ts';

export interface RecordedDeps extends CreateDeps {
  readonly ledger: Ledger;
}

/** Between attempts of `reconcile` at something that was in trouble: doubling from the first to the longest. */
const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 15 * 60_000;
/** A list takes 10,000 appends (AppendObject). A run with so many records is tried seldom, and its waits are no longer written down. */
const MANY_RECORDS = 1_000;
const SLOW_RETRY_MS = 6 * 60 * 60_000;

export function claimRecord({ ledger, remainingMs, leaseMs = remainingMs }: RecordedDeps): RunRecord {
  const until = leaseEnd(ledger.now(), leaseMs());
  return { ...ledger.stamp(), type: 'claimed', until };
}

export const LOST: RunReason = {
  code: 'lost_answer',
  message: 'a create call may have gone out and its answer is not known; the list of tasks is being watched',
};

/** The state of a run as one decision sees it, and the records that can follow. */
export class Step {
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

  get isClaimed(): boolean {
    return this.state.claim !== undefined && this.state.claim.until > this.now;
  }

  /** Has this invocation claimed the run, and does the claim still stand? */
  get isHandledHere(): boolean {
    return this.isClaimed && this.state.claim?.by === this.deps.ledger.by;
  }

  /** @returns the position of this invocation's claim; `undefined` when somebody else wrote to the run first */
  async claim(): Promise<number | undefined> {
    if (this.isHandledHere) return this.state.lastClaim;
    return (await this.log.append(claimRecord(this.deps))) ? foldRun(this.log.records).lastClaim : undefined;
  }

  /** Claims the run again, and has the next step decide. */
  takeOver(): Promise<undefined> {
    return this.record(claimRecord(this.deps));
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

  /** Looks for the run's task. @returns `undefined` when that showed that the run is refused; it is recorded then */
  async lookOrRefuse(): Promise<LookEnd | undefined> {
    try {
      return await lookForTask(ACTIONS[this.planned.kind], this.planned, this.deps);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      return this.record({ ...this.stamp(), type: 'rejected', reason: reasonOf(error) });
    }
  }

  /** When to try again what the cloud could not do now: later and later. */
  get nextTryAt(): number {
    const { records } = this.log;
    if (records.length >= MANY_RECORDS) return this.now + SLOW_RETRY_MS;
    const tries = records.filter(({ type }) => type === 'claimed').length;
    return this.now + Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1));
  }

  /** Nothing was created. Recorded only when that is news: the same reason again is not. */
  async wait(reason: RunReason, wished: number): Promise<RunResult | undefined> {
    const isMany = this.log.records.length >= MANY_RECORDS && !isInTurn(reason);
    const notBefore = isMany ? Math.max(wished, this.now + SLOW_RETRY_MS) : wished;
    const isLater = notBefore > this.now && this.log.records.length < MANY_RECORDS;
    const isNews = this.isClaimed || isOtherReason(this.state.reason, reason) || isLater;
    if (isNews && !(await this.log.append({ ...this.stamp(), type: 'waiting', reason, notBefore }))) return undefined;
    return { outcome: 'waiting', reason };
  }

  /** What was not created must not keep the target from others while a person is waited for. */
  async park(reason: RunReason): Promise<RunResult | undefined> {
    const parked: RunReason = {
      ...reason,
      code: 'parked',
      cause: reason.code,
      message: `parked, a person has to look: ${reason.message}`,
    };
    this.deps.log.error('parked', { reason: parked });
    if (!(await this.log.append({ ...this.stamp(), type: 'parked', reason: parked }))) return undefined;
    if (!this.state.attempt && !(await stepOut(this.log, this.deps))) return undefined;
    return this.unresolved(parked);
  }

  /**
   * Trouble that passes, and nothing was created: tried again later and later; after six hours a person has to look. A run with trouble of its own
   * leaves its target to others, one whose target is in trouble keeps its turn.
   */
  async waitOut(reason: RunReason, notBefore = this.nextTryAt): Promise<RunResult | undefined> {
    const isItsOwn = transientFailure(reason)?.of === 'run' && !this.state.attempt;
    if (isItsOwn && !(await stepOut(this.log, this.deps))) return undefined;
    const at = new Step(this.log, this.deps);
    if (!at.isOverdue) return at.wait(reason, notBefore);
    const waiting: RunRecord = { ...at.stamp(), type: 'waiting', reason, notBefore };
    if (!(await at.log.append(waiting))) return undefined;
    return new Step(at.log, at.deps).park(reason);
  }

  /** Not known, or parked: nothing more to do now. */
  unresolved(reason: RunReason = this.state.reason ?? LOST): RunResult {
    return { outcome: this.state.attempt ? 'unknown' : 'waiting', reason };
  }
}

/** Another run ahead in the lane is no news; another pause is, because somebody has to take that one back. */
function isOtherReason(known: RunReason | undefined, { code, message }: RunReason): boolean {
  return known?.code !== code || (code === 'paused' && known.message !== message);
}
