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

/** What jobs are judged with. */
export interface WarningContext {
  readonly targets: ReadonlyMap<string, Target>;
  readonly hasLedger: boolean;
  readonly region: string;
  readonly timeZone: string | undefined;
  /** For what depends on the day. */
  readonly now: number;
}

/** No problem: regions are added, and partners run their own. */
function regionDoubts(region: unknown, path: Problem['path']): Problem[] {
  if (typeof region !== 'string' || !/^[a-z]{2}-[a-z0-9-]+$/.test(region) || regionTimeZone(region) !== undefined)
    return [];
  const near = didYouMean(region, Object.keys(REGIONS));
  return [{ path, message: `is no region that is known here: if it does not exist, no call is answered${near}` }];
}

function targetRegionDoubts({ name, kind, fields }: Job): Problem[] {
  const { regionFields = [] } = REVIEWS[kind];
  return regionFields.flatMap((path) => regionDoubts(valueAt(fields, path), ['jobs', name, kind, ...path]));
}

function topicDoubts({ name, policies }: Job, region: string): Problem[] {
  const topicRegion = policies.notify?.smn.split(':')[2];
  if (topicRegion === undefined || topicRegion === region) return [];
  const message = `is a topic of region ${topicRegion}, and a topic is reached in its own region only: unless the functions run there, nobody is told; this file is for ${region}`;
  return [{ path: ['jobs', name, 'notify', 'smn'], message }];
}

function scheduleDoubts({ name, on, limit }: Job, setting: WarningContext): Problem[] {
  const { schedule } = on;
  if (!schedule) return [];
  const found = { problems: [], warnings: [] };
  const path = ['jobs', name, 'on', 'schedule'];
  warnOfBacklog({ schedule, limit }, path, setting.hasLedger, found);
  warnOfZone(schedule, path, setting, found);
  return found.warnings;
}

/**
 * What is doubtful about jobs that have no problems, each with what will happen. For people who write the file: a function's bundle, whose file
 * was looked at when it was built, has a stand-in that finds nothing.
 */
export function warningsFor(jobs: readonly Job[], setting: WarningContext): Problem[] {
  const { targets, region } = setting;
  return [
    ...regionDoubts(region, ['region']),
    ...unfilledTargets(targets),
    ...jobs.flatMap((job) => [
      ...unfilledOf(job),
      ...targetRegionDoubts(job),
      ...scheduleDoubts(job, setting),
      ...topicDoubts(job, region),
    ]),
    ...compareJobs(jobs, targets),
  ];
}
