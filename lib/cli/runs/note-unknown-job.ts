import { didYouMean } from '../../schema/suggest.ts';
import type { Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Notes that the jobs file has no such job, in case it is a typo. It is not an error: a job that is no longer in the file may have runs.
 *
 * @throws {ConfigError} with every problem in the file
 */
export async function noteUnknownJob(job: string, place: Place, terminal: Terminal): Promise<void> {
  const { jobs } = (await place.loadJobs()).jobs;
  if (!jobs.has(job)) terminal.note(`${place.jobsFile} has no job ${job}${didYouMean(job, jobs.keys())}`);
}
