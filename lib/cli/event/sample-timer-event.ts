import { parseSchedule } from '../../../packages/local-cloud/src/functiongraph/schedule.ts';
import { makeTimerEvent, type TimerEvent } from '../../../packages/local-cloud/src/functiongraph/timers.ts';
import { regionTimeZone } from '../../../packages/local-cloud/src/region-time-zone.ts';
import type { Jobs } from '../../jobs/job.ts';
import { UsageError } from '../usage-error.ts';

export interface TimerEventWish {
  readonly job?: string;
  /** The trigger's name. */
  readonly name?: string;
  readonly userEvent?: string;
  readonly time: Date;
}

/**
 * An event of a timer. What is not given is made so that it starts a job of the file: the one that is named, else the first with `schedule`.
 * Its time is written in the zone of that job's cron, else of the region, as the platform writes it.
 *
 * @throws {UsageError} when no job fits and neither a name nor a user event is given
 */
export function makeSampleTimerEvent(wish: TimerEventWish, { jobs, region }: Jobs): TimerEvent {
  const { job: wanted, name, userEvent, time } = wish;
  const job = [...jobs.values()].find(
    (candidate) => candidate.on.schedule && (wanted === undefined || candidate.name === wanted),
  );
  if (wanted !== undefined && !job) throw new UsageError(`--job ${wanted}: no job with on.schedule has this name`);
  if (!job && name === undefined && userEvent === undefined) {
    throw new UsageError('no job has on.schedule: give --name or --user-event');
  }
  const zone = regionTimeZone(region);
  const { timeZone } = job?.on.schedule ? parseSchedule(job.on.schedule, zone) : { timeZone: zone };
  const trigger = { name: name ?? job?.name ?? 'timer', userEvent: userEvent ?? job?.name ?? '' };
  return makeTimerEvent(trigger, time, timeZone);
}
