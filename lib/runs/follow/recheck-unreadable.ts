import type { Jobs } from '../../jobs/job.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openRunLog } from '../ledger/run-log.ts';
import { openSetLog } from '../ledger/set-log.ts';
import { TargetLane } from '../ledger/target-lane.ts';
import {
  isPermanent,
  listUnreadable,
  putUnreadable,
  removeUnreadable,
  type UnreadableRecord,
} from '../ledger/unreadable-records.ts';
import { publishReport } from '../report/notify.ts';
import { adviceOnUnreadable, unreadableReport } from '../report/report.ts';
import { isRecorded, type RunResult } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { RESERVE_MS } from '../start/create-task.ts';
import { hasRun } from '../start/has-run.ts';
import { startForJob } from '../start/start-for-job.ts';
import { withTimeShare } from './with-time-share.ts';

/** Per tick. The next tick continues with the others. */
const MAX_RECHECKS = 50;

/**
 * Checks unreadable records again, and reports those that still cannot be read: in the log every time, and once with a `parked` notification if the
 * current jobs file has it for the job (the run's own setting is in the unreadable record). An object that a sweep found is started once its record
 * can be read and it has no run.
 *
 * @param eachMs time limit for each record
 * @returns the results of the runs that were started
 * @throws {LedgerError} when the unreadable records cannot be listed
 */
export async function recheckUnreadable(jobs: Jobs, deps: RecordedDeps, eachMs: number): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (const found of await listUnreadable(deps.ledger, MAX_RECHECKS)) {
    if (deps.remainingMs() <= RESERVE_MS) break;
    const log = deps.log.with({ job: found.job, run: found.run });
    try {
      const result = await withTimeShare(eachMs, { ...deps, log }, (limited) => recheck(found, jobs, limited));
      if (typeof result === 'object') results.push(result);
      if (result === 'abandoned') throw new Error(`it took longer than ${eachMs} ms`);
    } catch (error) {
      log.error('an unreadable record could not be checked again; a later tick retries', { error });
      await putUnreadable(deps.ledger, found);
    }
  }
  return results;
}

async function recheck(found: UnreadableRecord, jobs: Jobs, deps: RecordedDeps): Promise<RunResult | undefined> {
  const { ledger } = deps;
  const { object } = found;
  const job = jobs.jobs.get(found.job);
  const sweeps = job?.on.object_created && job.sweep ? job : undefined;
  try {
    if (object && sweeps) {
      const isKnown = await hasRun(ledger, sweeps, object);
      const result = isKnown ? undefined : await startForJob({ jobs, job: sweeps, object }, deps);
      if (result && !isRecorded(result)) return result;
      await removeUnreadable(ledger, found);
      return result;
    }
    await reread(found, ledger);
  } catch (error) {
    if (!isPermanent(error)) throw error;
    await reportUnreadable(found, jobs, deps);
    return undefined;
  }
  await removeUnreadable(ledger, found);
  return undefined;
}

/** @throws {LedgerError} when the record still cannot be read */
async function reread({ job, run, lane, set }: UnreadableRecord, ledger: Ledger): Promise<void> {
  if (lane !== undefined) await TargetLane.open(ledger, lane);
  else if (set !== undefined) await openSetLog(ledger, job, set);
  else await openRunLog(ledger, job, run);
}

async function reportUnreadable(found: UnreadableRecord, jobs: Jobs, deps: RecordedDeps): Promise<void> {
  const { why } = found;
  const notify = jobs.jobs.get(found.job)?.policies.notify;
  deps.log.error('a record cannot be read; its run, set or lane waits for an operator', {
    why,
    advice: adviceOnUnreadable(found),
  });
  const isDue = found.messageId === undefined && notify?.on.includes('parked');
  const messageId = isDue && notify ? await publishReport(unreadableReport(found), notify, deps) : undefined;
  await putUnreadable(deps.ledger, { ...found, ...(messageId === undefined ? {} : { messageId }) });
}
