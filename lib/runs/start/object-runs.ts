import type { ObjectRecordResult } from '../../events/object-event.ts';
import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Jobs } from '../../jobs/job.ts';
import { jobsForObject } from '../../jobs/match-jobs.ts';
import type { Code } from '../../kernel/codes.ts';
import { EventError } from '../../kernel/errors.ts';
import { type RunResult, reasonOf } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';
import { isFolder, isLedgerObject } from './ignored-object.ts';
import { startForJob } from './start-for-job.ts';

/**
 * Starts every job that matches an object of the event.
 *
 * Records are handled one after the other, in the event's order; a bad one is `rejected` and the others go on. What started nothing is
 * `skipped`, and says why.
 */
export async function startObjectRuns(
  records: readonly ObjectRecordResult[],
  jobs: Jobs,
  deps: RunDeps,
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (const record of records) {
    if (record instanceof EventError) {
      deps.log.error('record refused', { error: record });
      results.push({ outcome: 'rejected', reason: reasonOf(record) });
    } else if (record.kind === 'ignored') {
      results.push(skipped('no_records', record.why, deps));
    } else {
      results.push(...(await startForObject(record, jobs, deps)));
    }
  }
  return results;
}

async function startForObject(object: ObjectTrigger, jobs: Jobs, deps: RunDeps): Promise<RunResult[]> {
  const { bucket, key } = object;
  const what = `obs://${bucket}/${key}`;
  // Before anything else: the ledger's own objects must not start anything.
  if (isLedgerObject(jobs, object)) {
    return [skipped('ledger_object', `${what} belongs to the ledger`, deps)];
  }
  const log = deps.log.with({ bucket, key });
  for (const warning of object.warnings) log.warn(warning);
  if (!object.created) return [skipped('object_removed', `${what}: ${object.eventName}, nothing to import`, deps)];
  if (isFolder(object)) return [skipped('folder', `${what} is a folder`, deps)];
  const matching = jobsForObject(jobs, bucket, key);
  if (matching.length === 0) return [skipped('no_job_matches', `${what}: no job's bucket and key match`, deps)];
  const results: RunResult[] = [];
  for (const job of matching) results.push(await startForJob({ jobs, job, object }, { ...deps, log }));
  return results;
}

function skipped(code: Code, message: string, { log }: RunDeps): RunResult {
  log.info('skipped', { outcome: 'skipped', reason: { code, message } });
  return { outcome: 'skipped', reason: { code, message } };
}
