import type { Problem } from '../kernel/errors.ts';
import type { Target } from '../migrations/action.ts';
import { REVIEWS } from '../migrations/actions.ts';
import { valueAt } from '../migrations/value-at.ts';
import { didYouMean } from '../schema/suggest.ts';
import { warnOfBacklog, warnOfZone } from './check-schedule.ts';
import { compareJobs } from './compare-jobs.ts';
import type { Job } from './job.ts';
import { REGIONS, regionTimeZone } from './regions.ts';
import { unfilledOf, unfilledTargets } from './unfilled.ts';

/** What the warnings depend on, beside the jobs. */
export interface WarningContext {
  readonly targets: ReadonlyMap<string, Target>;
  readonly hasLedger: boolean;
  readonly region: string;
  readonly timeZone: string | undefined;
  /** The current time, for warnings about clock changes. */
  readonly now: number;
}

/** A warning, not a problem: regions are added, and partners run their own. */
function regionWarnings(region: unknown, path: Problem['path']): Problem[] {
  if (typeof region !== 'string' || !/^[a-z]{2}-[a-z0-9-]+$/.test(region) || regionTimeZone(region) !== undefined)
    return [];
  const near = didYouMean(region, Object.keys(REGIONS));
  return [{ path, message: `unknown region: if it does not exist, no call will get a response${near}` }];
}

function targetRegionWarnings({ name, kind, fields }: Job): Problem[] {
  const { regionFields = [] } = REVIEWS[kind];
  return regionFields.flatMap((path) => regionWarnings(valueAt(fields, path), ['jobs', name, kind, ...path]));
}

function topicWarnings({ name, policies }: Job, region: string): Problem[] {
  const topicRegion = policies.notify?.smn.split(':')[2];
  if (topicRegion === undefined || topicRegion === region) return [];
  const message = `is a topic in region ${topicRegion}, and a topic can only be reached in its own region: nobody is notified unless the functions run there; this file is for ${region}`;
  return [{ path: ['jobs', name, 'notify', 'smn'], message }];
}

function scheduleWarnings({ name, on, limit }: Job, setting: WarningContext): Problem[] {
  const { schedule } = on;
  if (!schedule) return [];
  const found = { problems: [], warnings: [] };
  const path = ['jobs', name, 'on', 'schedule'];
  warnOfBacklog({ schedule, limit }, path, setting.hasLedger, found);
  warnOfZone(schedule, path, setting, found);
  return found.warnings;
}

/**
 * Warnings about jobs that have no problems; each says what will happen. They are for the author of the file: in the bundle of a function, whose
 * file was checked when it was built, a stand-in returns none.
 */
export function warningsFor(jobs: readonly Job[], setting: WarningContext): Problem[] {
  const { targets, region } = setting;
  return [
    ...regionWarnings(region, ['region']),
    ...unfilledTargets(targets),
    ...jobs.flatMap((job) => [
      ...unfilledOf(job),
      ...targetRegionWarnings(job),
      ...scheduleWarnings(job, setting),
      ...topicWarnings(job, region),
    ]),
    ...compareJobs(jobs, targets),
  ];
}
