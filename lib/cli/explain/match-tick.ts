import type { TickTrigger } from '../../events/trigger.ts';
import type { Job } from '../../jobs/job.ts';
import { didYouMean } from '../../schema/suggest.ts';
import type { MatchContext } from './known-secrets.ts';
import { startVerdict } from './start-verdict.ts';
import { notAbout, refuses, type Subject, type Verdict } from './verdict.ts';

/** The jobs that a tick names are started; names of other or unknown jobs are refused. */
export function matchTick(tick: TickTrigger, { jobs }: Pick<MatchContext, 'jobs'>): Subject {
  const verdictOn = (job: Job): Verdict => {
    if (tick.jobs.includes(job.name)) {
      if (job.on.schedule) return startVerdict({ jobs, job, trigger: tick });
      return refuses(job.name, { code: 'not_scheduled', message: 'the timer names it, but it has no on.schedule' });
    }
    if (!job.on.schedule) return notAbout(job.name, 'no_trigger', 'it has no on.schedule');
    return notAbout(job.name, 'not_named', `the timer names ${tick.jobs.map((name) => name.slice(0, 60)).join(', ')}`);
  };
  const unknownJobs = tick.jobs.filter((name) => !jobs.jobs.has(name));
  return {
    what: `timer ${tick.name} at ${tick.time}`,
    verdicts: [
      ...[...jobs.jobs.values()].map(verdictOn),
      ...unknownJobs.map((name) => {
        const message = `the timer names it, but there is no such job${didYouMean(name, jobs.jobs.keys())}`;
        return refuses(name.slice(0, 60), { code: 'no_such_job', message });
      }),
    ],
  };
}
