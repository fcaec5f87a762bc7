import type { Job } from '../../jobs/job.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { foldSet, markSetOpen, type OpenSet, type SetLog, unmarkSetOpen } from '../ledger/set-log.ts';
import { REPORTS_END_MS } from '../report/notify.ts';
import { dueReportsOfSet } from './report-set.ts';
import { isDormant } from './set-end.ts';

/** Removes the marker when nothing is left to do, and puts it back if something arrived at that moment. */
export async function closeSet(log: SetLog, set: OpenSet, job: Job | undefined, ledger: Ledger): Promise<void> {
  if (hasWork(log, set, job, ledger)) return;
  await unmarkSetOpen(ledger, set);
  await log.refresh();
  if (hasWork(log, set, job, ledger)) await markSetOpen(ledger, set);
}

function hasWork(log: SetLog, { prefix }: OpenSet, job: Job | undefined, ledger: Ledger): boolean {
  const state = foldSet(log.records);
  if (log.records.length === 0) return false;
  if (state.toStart !== undefined ? job !== undefined && !state.incomplete : !isDormant(state)) return true;
  const bucket = job?.on.object_created?.bucket;
  if (bucket === undefined || !job?.policies.notify?.on.includes('missed')) return false;
  const lastAt = log.records.findLast(({ type }) => type !== 'notified' && type !== 'opened')?.at ?? 0;
  const due = () => dueReportsOfSet({ job: job.name, bucket, prefix }, state);
  return ledger.now() < lastAt + REPORTS_END_MS && due().length > 0;
}
