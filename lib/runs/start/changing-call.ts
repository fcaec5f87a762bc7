import { CloudError, RunError } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';
import { leaseEnd } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { CallName, RunRecord } from '../ledger/run-record.ts';
import { type RunReason, reasonOf } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';
import { backoffMs } from './backoff.ts';

/** A changing call other than the create call, and how to check whether it was done. */
export interface ChangingCall {
  readonly name: CallName;
  /**
   * Checks whether it was done, before anything is sent and after a lost response. `unreadable` proves nothing.
   *
   * @throws {CloudError} counts as `unreadable`
   */
  check(): Promise<CallCheck>;
  /**
   * Sends it, once.
   *
   * @returns the id of what it created, if anything
   * @throws {CloudError}; {RunError} when nothing was sent and nothing will be, for example because a secret is not set
   */
  send(): Promise<{ readonly id?: string }>;
  /** Whether the result is found in a list, which may lag: absence counts only when seen twice, the second time after `settle_seconds`. */
  readonly byList: boolean;
}

export type CallCheck =
  | { readonly seen: 'done'; readonly id?: string }
  /** Not done; it may be sent. `at`: when this was observed, if not just now, ms since 1970. */
  | { readonly seen: 'not_done'; readonly at?: number }
  /** It can't be sent now, or it is unknown whether it was done. */
  | { readonly seen: 'unreadable'; readonly reason: RunReason };

export type CallEnd =
  | { readonly end: 'done'; readonly id?: string }
  | { readonly end: 'pending'; readonly reason: RunReason; readonly notBefore: number }
  | { readonly end: 'refused'; readonly reason: RunReason };

export type CallDeps = Pick<RunDeps, 'remainingMs' | 'leaseMs' | 'random' | 'log'> & { readonly ledger: Ledger };

const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 15 * 60_000;
/** A list takes 10,000 appends (AppendObject), and each attempt needs two. This many attempts last two days. */
const SLOW_AFTER_TRIES = 200;
const SLOW_RETRY_MS = 6 * 60 * 60_000;

/**
 * Makes a changing call once: the intent is recorded before it and the result right after. Of concurrent callers, only the one whose intent is
 * recorded sends. While the result of an attempt is unknown, it is checked, and sent again only if it was definitely not done.
 */
export async function callOnce(log: RunLog, call: ChangingCall, settleMs: number, deps: CallDeps): Promise<CallEnd> {
  const { ledger } = deps;
  const { end, calls } = log.state;
  const known = calls?.[call.name];
  if (known?.done) return { end: 'done', ...(known.id === undefined ? {} : { id: known.id }) };
  if (known?.refused) return { end: 'refused', reason: known.refused };
  const now = ledger.now();
  const pending = (message: string, notBefore: number): CallEnd => ({
    end: 'pending',
    reason: { code: call.name, message },
    notBefore,
  });
  if (end === 'forgotten') return pending(`${call.name} was not sent: an operator forgot the run meanwhile`, now);
  if (known?.waiting && known.waiting.notBefore > now) return { end: 'pending', ...known.waiting };
  const isOpen = known !== undefined && known.waiting === undefined;
  if (isOpen && known.until > now) return pending(`${call.name} is being sent`, known.until);

  const found = await checkSafely(call);
  if (found.seen === 'done') return recordDone(log, call, found.id, deps);
  if (found.seen === 'unreadable') return { end: 'pending', reason: found.reason, notBefore: now };
  if (isOpen) {
    const isFirstLook = call.byList && known.absentAt === undefined;
    if (isFirstLook) await log.append({ ...ledger.stamp(), type: 'call_absent', call: call.name });
    // A state may lag like a list, and may have been read before the attempt was over.
    if (isFirstLook || (found.at ?? now) < known.until + settleMs) {
      return pending(`it is not known whether ${call.name} was done; checking`, known.until + settleMs);
    }
  }
  const until = leaseEnd(now, (deps.leaseMs ?? deps.remainingMs)());
  if (!(await log.append({ ...ledger.stamp(), type: 'call', call: call.name, until }))) {
    return pending(`another invocation handles ${call.name}`, now);
  }
  return send(log, call, deps);
}

async function send(log: RunLog, call: ChangingCall, deps: CallDeps): Promise<CallEnd> {
  const { ledger } = deps;
  try {
    const { id } = await call.send();
    return await recordDone(log, call, id, deps);
  } catch (error) {
    if (!(error instanceof CloudError || error instanceof RunError)) throw error;
    const reason = reasonOf(error);
    deps.log.warn(`${call.name} failed`, { error });
    if (error instanceof RunError) return refuse(log, call, reason, deps);
    // The result is unknown: the open intent records that, and it is checked at the next tick.
    if (error.outcome === 'unknown') return { end: 'pending', reason, notBefore: ledger.now() };
    if (!error.temporary && !transientFailure(error)) return refuse(log, call, reason, deps);
    const tries = log.records.filter((record) => record.type === 'call' && record.call === call.name).length;
    const longest = tries >= SLOW_AFTER_TRIES ? SLOW_RETRY_MS : MAX_WAIT_MS;
    const wait = Math.min(longest, FIRST_WAIT_MS * 2 ** Math.max(0, tries - 1));
    const notBefore = ledger.now() + Math.max(wait, backoffMs(1, deps.random(), error.retryAfterSeconds));
    await log.append({ ...ledger.stamp(), type: 'call_waiting', call: call.name, reason, notBefore });
    return { end: 'pending', reason, notBefore };
  }
}

async function refuse(log: RunLog, { name }: ChangingCall, reason: RunReason, { ledger }: CallDeps): Promise<CallEnd> {
  await log.append({ ...ledger.stamp(), type: 'call_refused', call: name, reason });
  return { end: 'refused', reason };
}

async function recordDone(
  log: RunLog,
  { name }: ChangingCall,
  id: string | undefined,
  deps: CallDeps,
): Promise<CallEnd> {
  const done: RunRecord = { ...deps.ledger.stamp(), type: 'called', call: name, ...(id === undefined ? {} : { id }) };
  // If another invocation wrote in between, the next check finds it done.
  await log.append(done);
  return { end: 'done', ...(id === undefined ? {} : { id }) };
}

async function checkSafely(call: ChangingCall): Promise<CallCheck> {
  try {
    return await call.check();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { seen: 'unreadable', reason: reasonOf(error) };
  }
}
