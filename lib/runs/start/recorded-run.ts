import { LedgerError } from '../../ports/ledger-error.ts';
import { controlOf } from '../ledger/control.ts';
import { generationOf, markOpen } from '../ledger/open-runs.ts';
import { openRunLog, type RunLog } from '../ledger/run-log.ts';
import { type Received, type ReceivedRecord, RUN_VERSION, type RunRecord } from '../ledger/run-record.ts';
import { hasRoomToWait, isCounted, MAX_WAITING_REQUESTS } from '../ledger/waiting-requests.ts';
import { awaitsReports } from '../report/notify.ts';
import type { RunReason, RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { advanceRun } from './advance-run.ts';
import { writeFirstRecords } from './first-records.ts';

/**
 * Carries out a run that the ledger records, or returns its earlier result.
 *
 * @returns `waiting` with code `ledger` when the ledger could not be read or written: then nothing was created, and the handler has to fail; never
 *   throws for errors of the cloud
 */
export async function recordedRun(received: Received, deps: RecordedDeps): Promise<RunResult> {
  let log: RunLog | undefined;
  try {
    log = await openWithControl(received, deps);
    const refusal = await refusalOf(log, received, deps);
    if (refusal) return refusal;
    const finder = await writeFirstRecords(log, received, deps);
    return await proceed(log, received, deps, finder);
  } catch (error) {
    return whenLedgerFails(error, log, deps);
  }
}

/** Reads the control state in parallel with the run's log, because a new run needs it next. */
export async function openWithControl({ job, run }: Received, { ledger }: RecordedDeps): Promise<RunLog> {
  controlOf(ledger).catch(() => undefined);
  return openRunLog(ledger, job, run);
}

/** @returns the response to a new request when too many are waiting */
async function refusalOf(
  { state }: RunLog,
  received: Received,
  { ledger }: RecordedDeps,
): Promise<RunResult | undefined> {
  if (!isCounted(received) || state.received || (await hasRoomToWait(ledger, received.job))) return undefined;
  return { outcome: 'waiting', reason: TOO_MANY_WAITING };
}

/** Continues a run whose first records exist, whoever wrote them. */
export function proceed(
  log: RunLog,
  received: Received,
  deps: RecordedDeps,
  finder: Awaited<ReturnType<typeof writeFirstRecords>>,
): Promise<RunResult> | RunResult {
  if (isOther(received, log.state.received)) return { outcome: 'rejected', reason: KEY_REUSED };
  for (const warning of received.planned?.warnings ?? []) deps.log.warn(warning);
  return advanceRun(log, deps, finder);
}

/** Nothing is recorded: the existing run is unchanged. */
export const KEY_REUSED: RunReason = {
  code: 'key_reused',
  message: 'this key was already used with other fields; use a new key for a new request',
};

/** Nothing is recorded: the caller has to retry. */
export const TOO_MANY_WAITING: RunReason = {
  code: 'too_many_waiting',
  message: `${MAX_WAITING_REQUESTS} requests of this job are already waiting`,
};

function isOther({ contentHash }: Received, first: ReceivedRecord | undefined): boolean {
  return contentHash !== undefined && first?.contentHash !== undefined && first.contentHash !== contentHash;
}

/** Records a run that can't be planned: refused permanently, in one write. */
export async function recordRefusal(received: Received, reason: RunReason, deps: RecordedDeps): Promise<RunResult> {
  const { ledger } = deps;
  let log: RunLog | undefined;
  try {
    log = await openRunLog(ledger, received.job, received.run);
    if (log.state.received) return await advanceRun(log, deps);
    const records: RunRecord[] = [
      { ...ledger.stamp(), type: 'received', v: RUN_VERSION, ...received },
      { ...ledger.stamp(), type: 'rejected', reason },
      { ...ledger.stamp(), type: 'settled' },
    ];
    if (awaitsReports(records, ledger.now()))
      await markOpen(ledger, received.job, received.run, generationOf(log.records));
    const written = await log.append(...records);
    if (written) deps.cloudEye?.noteRun(log.records);
    return written ? { outcome: 'rejected', reason } : await advanceRun(log, deps);
  } catch (error) {
    return whenLedgerFails(error, log, deps);
  }
}

/** Nothing is created while the ledger fails. A task that an earlier attempt created, or may have created, is still returned. */
export function whenLedgerFails(error: unknown, runLog: RunLog | undefined, { log }: RecordedDeps): RunResult {
  if (!(error instanceof LedgerError)) throw error;
  const { task, attempt } = runLog?.state ?? {};
  const reason: RunReason = { code: 'ledger', message: error.message };
  log.error('the ledger failed; nothing is created until it works', { error });
  if (task) return { outcome: 'existing', task, reason };
  return { outcome: attempt ? 'unknown' : 'waiting', reason };
}
