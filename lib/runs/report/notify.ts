import { CloudError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Notify } from '../../migrations/task-policies.ts';
import type { AllServices } from '../../ports/services.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { RESERVE_MS } from '../start/create-task.ts';
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

/** After so many failures at one topic the rest of its reports waits for the next tick: they would take the time of others. */
const MAX_FAILURES = 3;

/**
 * Sends what is to be reported of these runs and records that it went out. Each report goes out at least once: twice when an answer is lost,
 * or when two invocations do this at once; it is recorded once.
 *
 * Never throws: what failed is in the log, and is tried again at the next tick. A run that was settled a day ago is not tried any more.
 */
export async function sendReports(runs: readonly RunLog[], deps: NotifyDeps): Promise<void> {
  const failures = new Map<string, number>();
  for (const run of runs) {
    const received = run.records.find((record) => record.type === 'received');
    const notify = received?.policies.notify;
    const failed = failures.get(notify?.smn ?? '') ?? 0;
    if (!received || !notify || failed >= MAX_FAILURES) continue;
    const log = deps.log.with({ job: received.job, run: received.run });
    try {
      const isOut = await sendAll(run, notify, { ...deps, log });
      if (!isOut) failures.set(notify.smn, failed + 1);
      if (!isOut && !awaitsReports(run.records, deps.ledger.now())) log.error('a report could not be sent for a day');
    } catch (error) {
      log.error('a report could not be sent, or not be recorded; it will be tried again', { error });
    }
  }
}

/** In the order in which it happened: after a report that could not be sent the rest waits. */
async function sendAll(log: RunLog, notify: Notify, deps: NotifyDeps): Promise<boolean> {
  for (const report of dueReports(log.records)) {
    const messageId = await publishReport(report, notify, deps);
    if (messageId === undefined) return false;
    while (dueReports(log.records).some(({ id }) => id === report.id)) {
      if (await log.append({ ...deps.ledger.stamp(), type: 'notified', event: report.event, messageId })) break;
    }
  }
  return true;
}

/** Does a settled run stay open because there is something to report? Not for longer than a day. */
export function awaitsReports(records: readonly RunRecord[], now: number): boolean {
  const settled = records.find(({ type }) => type === 'settled');
  return dueReports(records).length > 0 && (settled === undefined || now < settled.at + REPORTS_END_MS);
}
