import type { TickTrigger } from '../../events/trigger.ts';
import type { Jobs } from '../../jobs/job.ts';
import type { RunReason, RunResult } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';
import { startRun } from './start-run.ts';

/** Starts the jobs that a tick names. A name that is not a job with `on.schedule` is `rejected`, after the other jobs have run. */
export async function startTickRuns(tick: TickTrigger, jobs: Jobs, deps: RunDeps): Promise<RunResult[]> {
  const results: RunResult[] = [];
  const unknownJobs: RunResult[] = [];
  for (const name of tick.jobs) {
    const job = jobs.jobs.get(name);
    if (job?.on.schedule) {
      results.push(await startRun({ jobs, job, trigger: tick }, deps));
      continue;
    }
    const shown = name.slice(0, 60);
    const message = job
      ? `job ${shown} has no on.schedule, so timer ${tick.name} can't start it`
      : `timer ${tick.name} names ${JSON.stringify(shown)}, which is not a job in the jobs file`;
    const reason: RunReason = { code: job ? 'not_scheduled' : 'no_such_job', message };
    deps.log.error('run', { job: shown, outcome: 'rejected', reason });
    unknownJobs.push({ job: shown, outcome: 'rejected', reason });
  }
  return [...results, ...unknownJobs];
}
