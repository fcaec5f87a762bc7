import { parseSchedule } from '../../../packages/local-cloud/src/functiongraph/schedule.ts';
import { makeTimerEvent, type TimerEvent } from '../../../packages/local-cloud/src/functiongraph/timers.ts';
import { regionTimeZone } from '../../../packages/local-cloud/src/region-time-zone.ts';
import type { Jobs } from '../../jobs/job.ts';
import { UsageError } from '../usage-error.ts';

export interface TimerEventChoices {
  readonly job?: string;
  /** The trigger's name. */
  readonly name?: string;
  readonly userEvent?: string;
  readonly time: Date;
}

/**
 * A timer event. Values that are not given are chosen so that it starts a job of the file: the named one, else the first with `schedule`.
 * Its time is in the time zone of that job's cron, else of the region, as the platform writes it.
 *
 * @throws {UsageError} if no job matches and neither a name nor a user event is given
 */
export function makeSampleTimerEvent(choices: TimerEventChoices, { jobs, region }: Jobs): TimerEvent {
  const { job: wanted, name, userEvent, time } = choices;
  const job = [...jobs.values()].find(
    (candidate) => candidate.on.schedule && (wanted === undefined || candidate.name === wanted),
  );
  if (wanted !== undefined && !job) throw new UsageError(`--job ${wanted}: no job of this name has on.schedule`);
  if (!job && name === undefined && userEvent === undefined) {
    throw new UsageError('no job has on.schedule: give --name or --user-event');
  }
  const zone = regionTimeZone(region);
  const { timeZone } = job?.on.schedule ? parseSchedule(job.on.schedule, zone) : { timeZone: zone };
  const trigger = { name: name ?? job?.name ?? 'timer', userEvent: userEvent ?? job?.name ?? '' };
  return makeTimerEvent(trigger, time, timeZone);
}
