import { RunError } from '../../kernel/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { CallState, RunState } from '../ledger/run-state.ts';

/** Whether a call was started whose result is unknown. */
export function isInFlight(call: CallState | undefined): boolean {
  return call !== undefined && !call.done && !call.refused && !call.waiting;
}

/** When the invocation that handles a run ends at the latest, ms since 1970; `undefined` when none handles it. */
export function handledUntil({ claim, calls }: RunState, { now }: Ledger): number | undefined {
  const open = Object.values(calls ?? {}).filter(isInFlight);
  const until = Math.max(claim?.until ?? 0, ...open.map((call) => call.until));
  return until > now() ? until : undefined;
}

/**
 * Refuses an operator's change while an invocation is making a call for the run: the result of the call could no longer be recorded.
 *
 * @param what the run, for the message
 * @throws {RunError} `in_progress`, with the time after which a retry helps
 */
export function refuseWhileHandled(state: RunState, ledger: Ledger, what: string): void {
  const until = handledUntil(state, ledger);
  if (until === undefined) return;
  const message = `${what}: an invocation is handling the run until ${new Date(until).toISOString()} at the latest; retry then`;
  throw new RunError('in_progress', message);
}
