import type { ObjectTrigger } from '../../events/trigger.ts';
import { matchesGlob } from '../../jobs/glob.ts';
import type { Job, Jobs } from '../../jobs/job.ts';
import { findSetPlace } from '../../jobs/set-place.ts';
import type { RunReason, RunResult } from '../report/run-result.ts';
import type { RunDeps } from '../run-deps.ts';
import { addToSet } from '../sets/add-to-set.ts';
import { findMember } from '../sets/find-member.ts';
import { contentOf } from './occurrence.ts';
import { startRun } from './start-run.ts';

/**
 * Starts a job for an object that matches it. If the job has sets, the object is added to its set, and the set starts the job; an object outside all
 * sets is `skipped`. Never throws: see `startRun`.
 */
export async function startForJob(
  { jobs, job, object }: { readonly jobs: Jobs; readonly job: Job; readonly object: ObjectTrigger },
  given: RunDeps,
): Promise<RunResult> {
  const deps = withStarter(jobs, given);
  const trigger = job.on.object_created;
  if (!trigger?.set) return startRun({ jobs, job, trigger: object }, deps);
  const place = findSetPlace(trigger, object.key);
  const { ledger } = deps;
  if (place && ledger) {
    const member = await findMember(job, object, place, deps);
    return addToSet({ jobs, job, ...member }, { ...deps, ledger });
  }
  const reason: RunReason = place
    ? { code: 'no_ledger', message: `job ${job.name} collects sets, which needs a ledger; configure one` }
    : {
        code: 'no_set',
        message: `obs://${object.bucket}/${object.key} is not in any set of job ${job.name} (${trigger.set.by})`,
      };
  const outcome = place ? 'rejected' : 'skipped';
  deps.log[place ? 'error' : 'info'](outcome, { job: job.name, outcome, reason });
  return { job: job.name, outcome, reason };
}

/** Adds what a run needs to start the run of another version of its object. */
export function withStarter<D extends RunDeps>(jobs: Jobs, deps: D): D {
  return {
    ...deps,
    startVersion: async (name, object) => {
      const job = jobs.jobs.get(name);
      const trigger = job?.on.object_created;
      if (!job || !trigger || trigger.set || trigger.bucket !== object.bucket) return undefined;
      if (!matchesGlob(trigger.key, object.key)) return undefined;
      return startForJob({ jobs, job, object }, { ...deps, log: deps.log.with({ version: contentOf(object) }) });
    },
  };
}
