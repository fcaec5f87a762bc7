import { CloudError } from '../../kernel/errors.ts';
import { ACTIONS } from '../../migrations/actions.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { CallName } from '../ledger/run-record.ts';
import type { RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { type CallCheck, callOnce } from '../start/changing-call.ts';
import { type CallFact, decideFollow, type FollowDecision, type Followed, type FollowFacts } from './decide-follow.ts';
import type { DetailBudget } from './detail-budget.ts';
import { leaveQueue, settleRun } from './settle-run.ts';
import type { TaskSnapshot } from './task-snapshot.ts';

export interface FollowDeps extends RecordedDeps {
  readonly snapshot: TaskSnapshot;
  /** Progress and failure reasons cost additional calls. */
  readonly details: DetailBudget;
  /** Whether it is this run's turn to have its progress read. */
  readonly isTurn: boolean;
}

/** A pass takes a few steps; more than this is a bug. */
const MAX_STEPS = 20;

/**
 * Follows the task of a run: performs what `decideFollow` says, and records it.
 *
 * Progress alone is not recorded, only state changes. Safe to run concurrently: each changing call is made once, and if another invocation wrote to
 * the run, the rest is left to the next tick.
 *
 * @returns the result, if there is a new one; `undefined` while the task continues
 * @throws {LedgerError} when the ledger cannot be read or written
 */
export async function followRun(log: RunLog, deps: FollowDeps): Promise<RunResult | undefined> {
  const { received, task } = log.state;
  const planned = received?.planned;
  if (!received || !planned || !task) {
    await settleRun(log, deps, { status: task?.status });
    return undefined;
  }
  const row = await deps.snapshot.find(planned.kind, task.id);
  const action = ACTIONS[planned.kind];
  const pass = new Pass(log, deps, { row, action });
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const { state } = log;
    const followed: Followed = { state, planned, task, action, settleMs: received.policies.settleMs };
    const end = await pass.perform(decideFollow(followed, pass.facts), followed);
    if (end !== 'again') return end;
  }
  throw new Error(`${log.name}: the decisions about its task do not end`);
}

class Pass {
  readonly #log: RunLog;
  readonly #deps: FollowDeps;
  #found: Omit<FollowFacts, 'now'>;

  constructor(log: RunLog, deps: FollowDeps, { row, action }: Pick<FollowFacts, 'row'> & Pick<Followed, 'action'>) {
    this.#log = log;
    this.#deps = deps;
    this.#found = { row, calls: {} };
    const isKnown = typeof row === 'string' || action.stateOf(row.status) !== 'unknown';
    if (!isKnown) deps.log.warn('the task is in an unknown state; treating it as running', { status: row.status });
  }

  get facts(): FollowFacts {
    return { ...this.#found, now: this.#deps.ledger.now() };
  }

  async perform(decision: FollowDecision, followed: Followed): Promise<RunResult | undefined | 'again'> {
    const { log } = this.#deps;
    switch (decision.do) {
      case 'end':
        return undefined;
      case 'record': {
        const { ledger } = this.#deps;
        const records = decision.records.map((record) => ({ ...ledger.stamp(), ...record }));
        if (!(await this.#log.append(...records))) return undefined;
        if (decision.logLine) log.error(decision.logLine.message, decision.logLine.fields);
        return 'again';
      }
      case 'learn':
        await this.#learn(decision, followed);
        return 'again';
      case 'call':
        await this.#call(decision.name, followed);
        return 'again';
      case 'leave':
        await leaveQueue(this.#log, this.#deps);
        return undefined;
      case 'settle':
        return this.#settle(decision, followed);
    }
  }

  async #settle(
    { status, reason, isGone, result, logLine }: Extract<FollowDecision, { readonly do: 'settle' }>,
    { state: { absentAt } }: Followed,
  ): Promise<RunResult | undefined> {
    if (logLine) this.#deps.log[isGone ? 'warn' : 'error'](logLine.message, logLine.fields);
    // If the task was seen again meanwhile, it is not gone.
    const stillGone = isGone ? { isStillRight: (state: { absentAt?: number }) => state.absentAt === absentAt } : {};
    return (await settleRun(this.#log, this.#deps, { status, reason, ...stillGone })) ? result : undefined;
  }

  async #learn(
    { fact, isUrgent }: Extract<FollowDecision, { readonly do: 'learn' }>,
    followed: Followed,
  ): Promise<void> {
    const { isTurn, details, log } = this.#deps;
    const mayRead = isTurn || (isUrgent && details.take(fact === 'why' ? 'failed' : 'stop'));
    if (fact === 'why') {
      this.#found = { ...this.#found, why: mayRead ? { reason: await this.#failureReason(followed) } : 'later' };
      return;
    }
    const { progressOf } = followed.action;
    const read = () => progressOf?.(this.#deps.services, followed.task.id);
    const progress = mayRead ? await this.#readOptional(async () => read()) : undefined;
    if (progress) log.info('progress', { status: this.#status, progress: progress.line });
    this.#found = { ...this.#found, progress: progress ?? 'none' };
  }

  get #status(): string | undefined {
    const { row } = this.#found;
    return typeof row === 'string' ? undefined : row.status;
  }

  async #failureReason({ action }: Followed): Promise<string | undefined> {
    const { row } = this.#found;
    if (typeof row === 'string') return undefined;
    return (await this.#readOptional(() => action.failureReason(this.#deps.services, row))) ?? row.errorMessage?.trim();
  }

  /** Details are for people: if they can't be read, the run continues. */
  async #readOptional<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      this.#deps.log.warn('the details of the task could not be read', { error });
      return undefined;
    }
  }

  async #call(name: Extract<FollowDecision, { readonly do: 'call' }>['name'], followed: Followed): Promise<void> {
    const { services, secret, log } = this.#deps;
    const { action, planned, task, settleMs, state } = followed;
    const send: Record<typeof name, () => Promise<void> | undefined> = {
      configure: () => action.activation?.(planned)?.send(services, task.id, secret),
      start: () => action.activation?.(planned)?.send(services, task.id, secret),
      stop: () => action.stop(services, task.id),
      release: () => action.release?.(services, task.id),
    };
    const call = {
      name,
      byList: false,
      check: async () => this.#checkCall(name, followed),
      send: async () => {
        await send[name]();
        return {};
      },
    };
    const end = await callOnce(this.#log, call, settleMs, this.#deps);
    if (end.end === 'pending') log.info(`${name} is not done yet`, { reason: end.reason });
    const tries = this.#log.records.filter((record) => record.type === 'call' && record.call === name).length;
    const fact: CallFact = { end, tries, wasRefused: state.calls?.[name]?.refused !== undefined };
    this.#found = { ...this.#found, calls: { ...this.#found.calls, [name]: fact } };
  }

  /** Whether a waiting task was configured or started. An unknown state proves nothing. Nobody else stops or releases it. */
  #checkCall(name: CallName, { action }: Followed): CallCheck {
    const { row } = this.#found;
    if (typeof row === 'string')
      return { seen: 'unreadable', reason: { code: 'unreadable', message: 'the task is not listed' } };
    const notDone: CallCheck = { seen: 'not_done', at: row.at };
    if (name === 'stop' || name === 'release') return notDone;
    const state = action.stateOf(row.status);
    if (state === 'ready') return notDone;
    if (state !== 'unknown') return { seen: 'done' };
    return { seen: 'unreadable', reason: { code: 'unknown_state', message: `unknown state ${row.status}` } };
  }
}
