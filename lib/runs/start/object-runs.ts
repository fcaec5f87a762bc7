import type { ObjectRecordResult } from '../../events/object-event.ts';
import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Jobs } from '../../jobs/job.ts';
import { jobsForObject } from '../../jobs/match-jobs.ts';
import type { Code } from '../../kernel/codes.ts';
import { EventError } from '../../kernel/errors.ts';
import { type RunResult, reasonOf } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';
import { isFolder, isLedgerObject, isProbeObject } from './ignored-object.ts';
import { recordReceipt } from './probe-receipts.ts';
import { startForJob, withStarter } from './start-for-job.ts';
import { type AskedRun, startRuns } from './start-run.ts';

/** An object for a job: an immediate result, or a run to start. */
type Start = RunResult | (() => Promise<RunResult>) | AskedRun;

/**
 * Starts every job that matches an object of the event.
 *
 * Objects of sets are handled one after the other, in the event's order; all others together: see `startRuns`. An invalid event record is `rejected`
 * and the others continue. An object that starts nothing is `skipped`, with the reason.
 *
 * @returns the results in the event's order
 */
export async function startObjectRuns(
  records: readonly ObjectRecordResult[],
  jobs: Jobs,
  deps: RunDeps,
): Promise<RunResult[]> {
  const starts = records.flatMap((record): Start[] => {
    if (record instanceof EventError) {
      deps.log.error('record refused', { error: record });
      return [{ outcome: 'rejected', reason: reasonOf(record) }];
    }
    if (record.kind === 'ignored') return [skipped('no_records', record.why, deps)];
    return startsOf(record, jobs, deps);
  });
  const asked = starts.filter(isAsked);
  const started = new Map<Start, RunResult | undefined>();
  const results = await startRuns(asked);
  for (const [place, one] of asked.entries()) started.set(one, results[place]);
  for (const start of starts) if (typeof start === 'function') started.set(start, await start());
  return starts.flatMap((start) => started.get(start) ?? ('outcome' in start ? start : []));
}

function isAsked(start: Start): start is AskedRun {
  return typeof start === 'object' && 'request' in start;
}

function startsOf(object: ObjectTrigger, jobs: Jobs, deps: RunDeps): Start[] {
  const { bucket, key } = object;
  const what = `obs://${bucket}/${key}`;
  // First, because the ledger's own objects must not start anything.
  if (isLedgerObject(jobs, object)) {
    return [skipped('ledger_object', `${what} belongs to the ledger`, deps)];
  }
  // Before all else that a job could do with it.
  if (isProbeObject(object)) {
    return [
      async () =>
        (await recordReceipt(object, deps)) ?? skipped('probe_object', `${what} was written by a probe`, deps),
    ];
  }
  const log = deps.log.with({ bucket, key });
  for (const warning of object.warnings) log.warn(warning);
  if (!object.created) return [skipped('object_removed', `${what}: ${object.eventName}, nothing to import`, deps)];
  if (isFolder(object)) return [skipped('folder', `${what} is a folder`, deps)];
  const matching = jobsForObject(jobs, bucket, key);
  if (matching.length === 0) return [skipped('no_job_matches', `${what}: no job matches its bucket and key`, deps)];
  return matching.map((job) =>
    job.on.object_created?.set
      ? () => startForJob({ jobs, job, object }, { ...deps, log })
      : { request: { jobs, job, trigger: object }, deps: withStarter(jobs, { ...deps, log }) },
  );
}

function skipped(code: Code, message: string, { log }: RunDeps): RunResult {
  log.info('skipped', { outcome: 'skipped', reason: { code, message } });
  return { outcome: 'skipped', reason: { code, message } };
}
