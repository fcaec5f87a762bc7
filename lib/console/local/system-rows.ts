import path from 'node:path';
import type { TimerSchedule } from '../../../packages/local-cloud/src/functiongraph/schedule.ts';
import { formatWithOffset } from '../../../packages/local-cloud/src/functiongraph/timers.ts';
import type { Job, Jobs } from '../../jobs/job.ts';
import { sampleKey } from '../../local-system/demonstration.ts';
import { RECONCILE } from '../../local-system/local-functions.ts';
import { CLOUD_SPEED, type LocalSystem } from '../../local-system/local-system.ts';
import { sampleBody } from '../../local-system/sample-request.ts';
import type { BucketInfo, ClockInfo, JobInfo, RequestInfo, SystemInfo, TimerInfo } from '../wire-system.ts';

/** Addresses and paths of the system. */
export function systemInfo(system: LocalSystem, { region }: Jobs, startedAt: Date): SystemInfo {
  return {
    region,
    project_id: system.projectId,
    started_at: startedAt.toISOString(),
    cloud_url: system.cloud.url,
    obs_url: system.cloud.obsUrl,
    gateway_url: system.gateway.url,
    buckets_folder: path.relative(process.cwd(), system.bucketsFolder),
    log_file: path.relative(process.cwd(), system.logFile),
    speed: system.cloud.clock.isAsDocumented ? 1 : CLOUD_SPEED,
    clock: clockInfo(system),
    resting: system.isResting(),
  };
}

/** The region's clock. */
export function clockInfo({ cloud: { clock } }: LocalSystem): ClockInfo {
  return { now: new Date(clock.now()).toISOString(), rate: clock.rate, moved: clock.offsetMs !== 0 };
}

/** The jobs that the system was started with. */
export function jobInfos({ jobs }: Jobs): JobInfo[] {
  return [...jobs.values()].map((job) => ({
    name: job.name,
    kind: job.kind,
    triggers: triggersOf(job),
    dry_run: job.policies.dryRun,
  }));
}

function triggersOf({ on: { object_created: object, schedule, request } }: Job): JobInfo['triggers'] {
  const set = object?.set ? `, in sets by ${object.set.by}` : '';
  const accepts = request?.accepts.length ? `accepts ${request.accepts.join(', ')}` : 'accepts no fields';
  return [
    ...(object ? [{ kind: 'object_created' as const, text: `${object.bucket}/${object.key}${set}` }] : []),
    ...(schedule ? [{ kind: 'schedule' as const, text: scheduleText(schedule) }] : []),
    ...(request ? [{ kind: 'request' as const, text: accepts }] : []),
  ];
}

function scheduleText(schedule: TimerSchedule): string {
  return 'cron' in schedule ? schedule.cron : `every ${schedule.rate}`;
}

/** The buckets of the local OBS. */
export function bucketInfos({ cloud }: LocalSystem, { jobs }: Jobs): BucketInfo[] {
  return cloud.obs.buckets().map(({ name }) => {
    const watched = [...jobs.values()].flatMap(({ name: job, on: { object_created: object } }) =>
      object?.bucket === name ? [{ job, key: object.key }] : [],
    );
    const sample = watched.map(({ key }) => sampleKey(key)).find((key) => key !== undefined);
    return { name, watched, ...(sample === undefined ? {} : { sample_key: sample }) };
  });
}

/** The timers of the built functions, which are paused together with them. */
export function timerInfos({ builtIn: { timerTriggers, timers }, isResting }: LocalSystem): TimerInfo[] {
  if (isResting()) return [];
  return timerTriggers.map(({ name, functionName, schedule }) => {
    const next = functionName === RECONCILE ? undefined : timers.next(name);
    const zone = timers.zoneOf(name) ?? 'UTC';
    const shown = { name, function: functionName, schedule: scheduleText(schedule) };
    return next ? { ...shown, next: `${formatWithOffset(next, zone)}[${zone}]` } : shown;
  });
}

/** The jobs that can be started by a request. */
export function requestInfos(jobs: Jobs): RequestInfo[] {
  return [...jobs.jobs.values()].flatMap((job) => {
    if (!job.on.request) return [];
    const { accepts, auth } = job.on.request;
    const shown = typeof auth !== 'object' ? 'gateway' : 'bearer' in auth ? 'bearer' : 'standard_webhooks';
    return [{ job: job.name, accepts, auth: shown, sample_body: sampleBody(job, jobs) }];
  });
}
