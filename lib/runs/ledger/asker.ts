import type { Ledger } from './ledger.ts';
import { OtherEnvironmentError } from './origin.ts';
import { openRunLog, type RunLog, readRunRecords } from './run-log.ts';
import type { Received, RunRecord } from './run-record.ts';

/** A caller of the webhook, and with it those with the same label. Callers without a label are one. */
export interface Asker {
  readonly label?: string;
}

/** The label of the caller that requested a run; `undefined` for a caller without one, and for a run that an object or a timer started. */
export function labelOf({ given }: Pick<Received, 'given'>): string | undefined {
  return given?.kind === 'request' ? given.caller : undefined;
}

/** Whether the caller may see the run: it requested the run or, without a label, no caller with a label did. False without a first record. */
export function mayAskFor({ label }: Asker, records: readonly RunRecord[]): boolean {
  const received = records.find((record) => record.type === 'received');
  return received !== undefined && labelOf(received) === label;
}

/**
 * Opens the run for a caller.
 *
 * @returns `undefined` for a run that does not exist or that the caller may not see, whatever environment it belongs to
 * @throws as `openRunLog`
 */
export async function openAskedRun(
  ledger: Ledger,
  { job, run }: { readonly job: string; readonly run: string },
  asker: Asker,
): Promise<RunLog | undefined> {
  try {
    const log = await openRunLog(ledger, job, run);
    return mayAskFor(asker, log.records) ? log : undefined;
  } catch (error) {
    if (!(error instanceof OtherEnvironmentError)) throw error;
    if (mayAskFor(asker, await readRunRecords(ledger, job, run))) throw error;
    return undefined;
  }
}
