import type { Ledger } from '../ledger/ledger.ts';
import { listOpen } from '../ledger/open-runs.ts';
import type { ReceivedRecord } from '../ledger/run-record.ts';
import type { RunState } from '../ledger/run-state.ts';
import { laneOf, needsNoTarget, readableLog } from './lane-fact.ts';

/**
 * Finds the run that replaces one that waits outside its lane: a newer run of the same job and target that is not parked. A tick is replaced by a
 * newer tick, or with `overlap: latest` by any newer run. Requests and replays are kept, because somebody asked for them.
 *
 * @returns its id; `undefined` when there is no such run
 * @throws {LedgerError} when the ledger cannot be read
 */
export async function findNewerOpen(received: ReceivedRecord, ledger: Ledger): Promise<string | undefined> {
  const { job, trigger, policies, replayOf } = received;
  if (trigger === 'request' || replayOf !== undefined) return undefined;
  if (trigger !== 'tick' && policies.overlap !== 'latest') return undefined;
  for (const { run } of await listOpen(ledger, job)) {
    const log = run === received.run ? undefined : await readableLog(ledger, { job, run });
    if (log && isReplacement(log.state, received)) return run;
  }
  return undefined;
}

function isReplacement(state: RunState, { order, trigger, planned, policies }: ReceivedRecord): boolean {
  const { received: other, parked } = state;
  if (!other?.planned || !planned || other.order <= order || parked || needsNoTarget(state)) return false;
  const isOfItsKind = policies.overlap === 'latest' || (other.trigger === trigger && other.replayOf === undefined);
  return isOfItsKind && laneOf(other.planned) === laneOf(planned);
}
