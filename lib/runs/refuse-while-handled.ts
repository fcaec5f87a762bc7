import { RunError } from '../errors.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { RunState } from './ledger/run-log.ts';

/**
 * A person does not come between an invocation and its call: what comes of the call could not be recorded any more.
 *
 * @param what the run, for the message
 * @throws {RunError} `in_progress`, with until when at most; trying again then helps
 */
export function refuseWhileHandled({ claim, calls }: RunState, { now }: Ledger, what: string): void {
  const open = Object.values(calls ?? {}).filter((call) => !call.done && !call.refused && !call.waiting);
  const until = Math.max(claim?.until ?? 0, ...open.map((call) => call.until));
  if (until <= now()) return;
  const message = `${what}: an invocation is handling it, at most until ${new Date(until).toISOString()}; try again then`;
  throw new RunError('in_progress', message);
}
