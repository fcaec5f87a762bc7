import { didYouMean } from '../../schema/suggest.ts';
import type { Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Tells a person that the jobs file has no such job, for it may be spelt wrongly: runs of a job that is gone from the file can still be
 * read, so it is no error.
 *
 * @throws {ConfigError} with every problem of the file
 */
export async function noteUnknownJob(job: string, place: Place, terminal: Terminal): Promise<void> {
  const { jobs } = (await place.loadJobs()).jobs;
  if (!jobs.has(job)) terminal.note(`${place.jobsFile} has no job ${job}${didYouMean(job, jobs.keys())}`);
}
