import type { Ledger } from './ledger/ledger.ts';
import { LedgerError } from './ledger/ledger-error.ts';
import { foldRun, openRunLog, type RunLog, type RunState } from './ledger/run-log.ts';

/**
 * A run's list and what it says.
 *
 * @throws {LedgerError} when it cannot be read: not temporary when a line is no record, or none of those that a run has
 */
export async function openReadableRun(
  ledger: Ledger,
  job: string,
  run: string,
): Promise<{ readonly log: RunLog; readonly state: RunState }> {
  const log = await openRunLog(ledger, job, run);
  let state: RunState | undefined;
  let cause: unknown;
  try {
    state = foldRun(log.records);
  } catch (error) {
    cause = error;
  }
  if (state) return { log, state };
  const message = `ledger ${log.name}: a record in it is none that a run has; somebody else writes there, or a newer version`;
  throw new LedgerError(message, { temporary: false, ...(cause === undefined ? {} : { cause }) });
}
