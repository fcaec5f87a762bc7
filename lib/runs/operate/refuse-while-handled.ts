import { RunError } from '../../kernel/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { CallState, RunState } from '../ledger/run-state.ts';

/** Was a call begun of which it is not known what became of it? */
export function isInFlight(call: CallState | undefined): boolean {
  return call !== undefined && !call.done && !call.refused && !call.waiting;
}

/** Until when an invocation handles a run at most, ms since 1970; `undefined` when none does. */
export function handledUntil({ claim, calls }: RunState, { now }: Ledger): number | undefined {
  const open = Object.values(calls ?? {}).filter(isInFlight);
  const until = Math.max(claim?.until ?? 0, ...open.map((call) => call.until));
  return until > now() ? until : undefined;
}

/**
 * A person does not come between an invocation and its call: what comes of the call could not be recorded any more.
 *
 * @param what the run, for the message
 * @throws {RunError} `in_progress`, with until when at most; trying again then helps
 */
export function refuseWhileHandled(state: RunState, ledger: Ledger, what: string): void {
  const until = handledUntil(state, ledger);
  if (until === undefined) return;
  const message = `${what}: an invocation is handling it, at most until ${new Date(until).toISOString()}; try again then`;
  throw new RunError('in_progress', message);
}
