import { CloudError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { AllServices } from '../migrations/all-services.ts';
import type { Notify } from '../migrations/task-policies.ts';
import { RESERVE_MS } from './create-task.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { RunLog, RunRecord } from './ledger/run-log.ts';
import { dueReports, type Report } from './report.ts';

export interface NotifyDeps {
  readonly services: Pick<AllServices, 'smn'>;
  readonly ledger: Ledger;
  readonly remainingMs: () => number;
  readonly log: Logger;
}

/** A report that could not be sent for so long after everything else was over is given up. */
export const REPORTS_END_MS = 24 * 60 * 60_000;

/**
 * Sends a report to an SMN topic, once: `reconcile` comes back to what failed.
 *
 * @returns SMN's id of the message; `undefined` when it could not be sent, which the log has
 */
export async function publishReport(
  { subject, message, id, event }: Report,
  { smn: topic }: Notify,
  { services, remainingMs, log }: NotifyDeps,
): Promise<string | undefined> {
  if (remainingMs() <= RESERVE_MS) return undefined;
  try {
    const messageId = await (await services.smn()).publish(topic, subject, message);
    log.info('reported', { event, report: id, messageId });
    return messageId;
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    log.warn('a report could not be sent; it will be tried again', { event, report: id, error });
    return undefined;
  }
}

/**
 * Sends what is to be reported of a run and records that it went out. Each report goes out at least once: twice when an answer is lost, or
 * when two invocations do this at once; it is recorded once.
 *
 * @throws {LedgerError} when that can't be recorded; then it goes out again
 */
export async function sendReports(log: RunLog, deps: NotifyDeps): Promise<void> {
  for (const report of dueReports(log.records)) {
    const notify = log.records.find((record) => record.type === 'received')?.policies.notify;
    const messageId = notify && (await publishReport(report, notify, deps));
    if (messageId === undefined) continue;
    const { event, id } = report;
    while (dueReports(log.records).some((due) => due.id === id)) {
      if (await log.append({ ...deps.ledger.stamp(), type: 'notified', event, messageId })) break;
    }
  }
}

/** Does a settled run stay open because there is something to report? Not for longer than a day. */
export function awaitsReports(records: readonly RunRecord[], now: number): boolean {
  const settled = records.find(({ type }) => type === 'settled');
  return dueReports(records).length > 0 && (settled === undefined || now < settled.at + REPORTS_END_MS);
}
