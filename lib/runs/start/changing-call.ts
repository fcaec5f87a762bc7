import { CloudError, RunError } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';
import { leaseEnd } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { CallName, RunRecord } from '../ledger/run-record.ts';
import { type RunReason, reasonOf } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';
import { backoffMs } from './backoff.ts';

/** A call that changes something, beside the create call, and how to see whether it was done. */
export interface ChangingCall {
  readonly name: CallName;
  /**
   * Looks whether it was done, before anything is sent and when an answer was lost. `unreadable` proves nothing.
   *
   * @throws {CloudError} counts as `unreadable`
   */
  look(): Promise<CallLook>;
  /**
   * Sends it, once.
   *
   * @returns the id of what it made, if it makes something
   * @throws {CloudError}; {RunError} when nothing was sent and nothing will be: a secret that is not set
   */
  send(): Promise<{ readonly id?: string }>;
  /** What it makes is found in a list, which may lag: not there counts only when seen twice, the second time after `settle_seconds`. */
  readonly byList: boolean;
}

export type CallLook =
  | { readonly seen: 'done'; readonly id?: string }
  /** Not done; it may be sent. `at`: when that was so, if it was not just now, ms since 1970. */
  | { readonly seen: 'not_done'; readonly at?: number }
  /** It can't be sent now, or not be told. */
  | { readonly seen: 'unreadable'; readonly reason: RunReason };

export type CallEnd =
  | { readonly end: 'done'; readonly id?: string }
  | { readonly end: 'pending'; readonly reason: RunReason; readonly notBefore: number }
  | { readonly end: 'refused'; readonly reason: RunReason };

export type CallDeps = Pick<RunDeps, 'remainingMs' | 'leaseMs' | 'random' | 'log'> & { readonly ledger: Ledger };

const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 15 * 60_000;
/** A list takes 10,000 appends (AppendObject), and each try two of them: so many are enough for two days. */
const MANY_TRIES = 200;
const SLOW_RETRY_MS = 6 * 60 * 60_000;

/**
 * Makes a changing call once: its intent is recorded before it and its end right after. Of several that try at once only the one whose
 * intent is recorded sends. While the fate of an attempt is not known it is looked for, and sent again only when it was surely not done.
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
  if (end === 'forgotten') return pending(`${call.name} is not made: a person had the run forgotten meanwhile`, now);
  if (known?.waiting && known.waiting.notBefore > now) return { end: 'pending', ...known.waiting };
  const isOpen = known !== undefined && known.waiting === undefined;
  if (isOpen && known.until > now) return pending(`${call.name} is being sent`, known.until);

  const looked = await lookSafely(call);
  if (looked.seen === 'done') return recordDone(log, call, looked.id, deps);
  if (looked.seen === 'unreadable') return { end: 'pending', reason: looked.reason, notBefore: now };
  if (isOpen) {
    const isFirstLook = call.byList && known.absentAt === undefined;
    if (isFirstLook) await log.append({ ...ledger.stamp(), type: 'call_absent', call: call.name });
    // A state may lag as a list does, and may have been read before the attempt was over.
    if (isFirstLook || (looked.at ?? now) < known.until + settleMs) {
      return pending(`it is not known whether ${call.name} was done; it is being looked for`, known.until + settleMs);
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
    // Its fate is not known: the open intent says so, and it is looked for at the next tick.
    if (error.outcome === 'unknown') return { end: 'pending', reason, notBefore: ledger.now() };
    if (!error.temporary && !transientFailure(error)) return refuse(log, call, reason, deps);
    const tries = log.records.filter((record) => record.type === 'call' && record.call === call.name).length;
    const longest = tries >= MANY_TRIES ? SLOW_RETRY_MS : MAX_WAIT_MS;
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
  // Somebody else may have recorded it, or something else, in between: the next look finds it done.
  await log.append(done);
  return { end: 'done', ...(id === undefined ? {} : { id }) };
}

async function lookSafely(call: ChangingCall): Promise<CallLook> {
  try {
    return await call.look();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { seen: 'unreadable', reason: reasonOf(error) };
  }
}
