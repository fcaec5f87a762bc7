import { randomBytes } from 'node:crypto';
import type { ObjectTrigger } from '../../events/trigger.ts';
import { type RunResult, reasonOf } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';

/**
 * Records what the event of a probe's object says, below the folder of that probe in the ledger: the probe reads it and removes the folder.
 * Nothing is recorded for removed objects, and without a ledger.
 *
 * @returns why it could not be recorded: the handler then fails, and the platform delivers the event again
 */
export async function recordReceipt(
  { created, receipt }: ObjectTrigger,
  { ledger, log }: RunDeps,
): Promise<RunResult | undefined> {
  if (!created || receipt === undefined || ledger === undefined) return undefined;
  const { probe, received, ...way } = receipt;
  const at = ledger.now();
  try {
    // Its own name for each delivery, because the number of deliveries is a question.
    await ledger.store.put(
      `probe/${probe}/event/${at}-${randomBytes(4).toString('hex')}`,
      JSON.stringify({ at, ...way, ...received }),
    );
    return undefined;
  } catch (error) {
    log.error('an event of a probe could not be recorded', { error });
    return { outcome: 'rejected', reason: reasonOf(error) };
  }
}
