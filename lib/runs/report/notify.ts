import { CloudError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Notify } from '../../migrations/task-policies.ts';
import type { AllServices } from '../../ports/services.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RunLog } from '../ledger/run-log.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { RESERVE_MS } from '../start/create-task.ts';
import { dueReports, type Report } from './report.ts';
import type { RunReason } from './run-result.ts';

export interface NotifyDeps {
  readonly services: Pick<AllServices, 'smn'>;
  readonly ledger: Ledger;
  readonly remainingMs: () => number;
  readonly log: Logger;
}

/** A report that could not be sent for this long after the run was settled is dropped. */
export const REPORTS_END_MS = 24 * 60 * 60_000;

/**
 * Sends a report to an SMN topic, in a single attempt: `reconcile` retries failures.
 *
 * @returns the SMN message id; `undefined` when the report could not be sent, which is logged
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
    log.warn('a report could not be sent; it will be retried', { event, report: id, error });
    return undefined;
  }
}

/** A run whose reports are due, and why it waits, if it does. */
export interface RunToReport {
  readonly log: RunLog;
  readonly reason?: RunReason | undefined;
}

/** After this many failures with one topic, its other reports wait for the next tick: they would take the time of others. */
const MAX_FAILURES = 3;

/**
 * Sends the due reports of these runs and records that they were sent. Each report is sent at least once: twice when a response is lost, or when two
 * invocations do this concurrently. It is recorded once.
 *
 * Never throws: failures are logged and retried at the next tick. A run that was settled a day ago is not retried.
 */
export async function sendReports(runs: readonly RunToReport[], deps: NotifyDeps): Promise<void> {
  const failures = new Map<string, number>();
  for (const run of runs) {
    const { records } = run.log;
    const received = records.find((record) => record.type === 'received');
    const notify = received?.policies.notify;
    const failed = failures.get(notify?.smn ?? '') ?? 0;
    if (!received || !notify || failed >= MAX_FAILURES) continue;
    const log = deps.log.with({ job: received.job, run: received.run });
    try {
      const isOut = await sendAll(run, notify, { ...deps, log });
      if (!isOut) failures.set(notify.smn, failed + 1);
      if (!isOut && !awaitsReports(run.log.records, deps.ledger.now()))
        log.error('a report could not be sent for a day');
    } catch (error) {
      log.error('a report could not be sent or recorded; it will be retried', { error });
    }
  }
}

/** In the order of the events: after a report that could not be sent, the rest waits. */
async function sendAll({ log, reason }: RunToReport, notify: Notify, deps: NotifyDeps): Promise<boolean> {
  const moment = { now: deps.ledger.now(), reason };
  for (const report of dueReports(log.records, moment)) {
    const messageId = await publishReport(report, notify, deps);
    if (messageId === undefined) return false;
    while (dueReports(log.records, moment).some(({ id }) => id === report.id)) {
      if (await log.append({ ...deps.ledger.stamp(), type: 'notified', event: report.event, messageId })) break;
    }
  }
  return true;
}

/** Whether a settled run stays open because reports are due, for at most a day. */
export function awaitsReports(records: readonly RunRecord[], now: number): boolean {
  const settled = records.find(({ type }) => type === 'settled');
  return dueReports(records, { now }).length > 0 && (settled === undefined || now < settled.at + REPORTS_END_MS);
}
