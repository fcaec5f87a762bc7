import { createHash } from 'node:crypto';
import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import type { Jobs, Schedule } from '../jobs/job.ts';
import { objectRules } from './object-rules.ts';
import { basePath, DEFAULTS, type EventEntry, FUNCTION_OF, type ProviderSection } from './service-file.ts';

/** The desired state of a trigger. */
export interface DesiredTrigger {
  readonly type: string;
  readonly status: 'ACTIVE' | 'DISABLED';
  readonly data: Fields;
}

/** The routes of the webhook; a path also matches its subpaths (`SWA`). */
const ROUTES = [
  { name: 'jobs', path: '/jobs', method: 'ANY' },
  { name: 'health', path: '/health', method: 'GET' },
  { name: 'openapi', path: '/openapi.json', method: 'GET' },
] as const;

/** The types of object-created events in EventGrid (reference page "OBS event source"; usermanual functiongraph_01_0205, 2025). */
const CREATED_EVENTS = ['PUT', 'POST', 'COPY', 'CompleteMultipartUpload'].map((way) => `OBS:DWR:ObjectCreated:${way}`);

/**
 * The triggers that the jobs need, by function. Contains every function, with an empty list if nothing starts it.
 *
 * @param namePrefix prefix of names that must be unique in the account, such as those of notifications and APIs
 */
export function desiredTriggers(
  jobs: Jobs,
  provider: ProviderSection,
  namePrefix: string,
  hasLedger: boolean,
): Map<string, DesiredTrigger[]> {
  const reconcile = timer('reconcile', 'Rate', provider.reconcileEvery ?? DEFAULTS.reconcileEvery, '');
  const hasRequests = [...jobs.jobs.values()].some(({ on }) => on.request);
  return new Map([
    [FUNCTION_OF.objects, objectRules(jobs).map((rule) => objectTrigger(rule, provider, namePrefix))],
    [FUNCTION_OF.schedules, timers(jobs)],
    [FUNCTION_OF.requests, hasRequests ? routes(provider, namePrefix) : []],
    [FUNCTION_OF.reconcile, hasLedger ? [reconcile] : []],
  ]);
}

/** The trigger of an `events` entry; the keys of its data may also be in camelCase. */
export function triggerOfEvent({ triggerTypeCode, status, eventData }: EventEntry): DesiredTrigger {
  return { type: triggerTypeCode, status: status ?? 'ACTIVE', data: snakeCase(eventData) as Fields };
}

/** One timer for each distinct schedule, named after the schedule only, because the name is part of a tick's occurrence. */
function timers(jobs: Jobs): DesiredTrigger[] {
  const bySchedule = new Map<string, { readonly schedule: Schedule; readonly names: string[] }>();
  for (const { name, on } of jobs.jobs.values()) {
    if (!on.schedule) continue;
    const key = JSON.stringify(on.schedule);
    const known = bySchedule.get(key);
    if (known) known.names.push(name);
    else bySchedule.set(key, { schedule: on.schedule, names: [name] });
  }
  return [...bySchedule.values()].map(({ schedule, names }) =>
    'rate' in schedule
      ? timer(`rate-${schedule.rate}`, 'Rate', schedule.rate, names.join(','))
      : timer(`cron-${shortHash(schedule.cron)}`, 'Cron', schedule.cron, names.join(',')),
  );
}

function timer(name: string, scheduleType: 'Rate' | 'Cron', schedule: string, userEvent: string): DesiredTrigger {
  const data = { name, schedule_type: scheduleType, schedule, user_event: userEvent };
  return { type: 'TIMER', status: 'ACTIVE', data };
}

function objectTrigger(
  { bucket, prefix, suffix }: ReturnType<typeof objectRules>[number],
  { objectTriggers, eventGrid }: ProviderSection,
  namePrefix: string,
): DesiredTrigger {
  const name = `${namePrefix.slice(0, 40)}-${shortHash(`${bucket}\n${prefix}\n${suffix}`)}`;
  if (objectTriggers !== 'EVENTGRID') {
    const data = { bucket, events: ['s3:ObjectCreated:*'], name, prefix, suffix };
    return { type: 'OBS', status: 'ACTIVE', data };
  }
  const data = {
    channel_id: eventGrid?.channelId,
    channel_name: eventGrid?.channelName,
    agency: eventGrid?.agency,
    source_name: 'HC.OBS.DWR',
    trigger_name: name,
    bucket,
    event_types: CREATED_EVENTS,
    // Spelt like this in the provider's example (terraform-provider-huaweicloud, examples/fgs/triggers/eg, 2025).
    Key_encode: true,
    prefix,
    suffix,
  };
  return { type: 'EVENTGRID', status: 'ACTIVE', data };
}

function routes(provider: ProviderSection, namePrefix: string): DesiredTrigger[] {
  const { gateway } = provider;
  if (!gateway) return [];
  const base = basePath(provider) ?? '';
  const { instanceId, groupId, auth = 'APP', timeoutMs = DEFAULTS.gatewayTimeoutMs } = gateway;
  return ROUTES.map(({ name, path, method }) => ({
    type: instanceId === undefined ? 'APIG' : 'DEDICATEDGATEWAY',
    status: 'ACTIVE',
    data: {
      ...(instanceId === undefined ? {} : { instance_id: instanceId }),
      group_id: groupId,
      env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
      env_name: 'RELEASE',
      name: `${namePrefix}_${name}`.replaceAll('-', '_').slice(-64),
      path: `${base}${path}`,
      req_method: method,
      match_mode: 'SWA',
      protocol: 'HTTPS',
      auth,
      type: 1,
      backend_type: 'FUNCTION',
      func_info: { timeout: timeoutMs, invocation_type: 'sync' },
    },
  }));
}

function shortHash(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}

function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== 'object' || value === null) return value;
  const rename = (key: string) =>
    /^[a-z][A-Za-z0-9]*$/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), snakeCase(item)]));
}
