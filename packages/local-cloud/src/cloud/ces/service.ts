import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import type { Clock } from '../clock.ts';
import { makeOperation } from '../make-operation.ts';
import {
  type CloudEvent,
  namesOwnProject,
  type OperationCall,
  type OperationResponse,
  type Service,
} from '../operation.ts';
import type { AlarmRule, Alarms } from './alarms.ts';
import {
  type AlarmBody,
  alarmActionBody,
  alarmBody,
  alarmChangeBody,
  enterpriseProjectId,
  eventsBody,
  metricDataBody,
} from './bodies.ts';
import { errors } from './errors.ts';
import type { Events } from './events.ts';
import { aggregate, type Filter, type Metric, type Metrics } from './metrics.ts';

export interface CesDeps {
  readonly metrics: Metrics;
  readonly events: Events;
  readonly alarms: Alarms;
  readonly clock: Clock;
  readonly onEvent: (event: CloudEvent) => void;
}

/** 512 KB (Adding Monitoring Data). */
const MAX_BODY_BYTES = 512 * 1024;
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const MARGIN_MS = 20_000;
const AHEAD_MS = 10 * 60_000;

const number = z.string().regex(/^\d+$/);
const dim = z.string().optional();
const dims = { 'dim.0': dim, 'dim.1': dim, 'dim.2': dim, 'dim.3': dim };

/** Query of ShowMetricData. */
const metricQuery = z.strictObject({
  namespace: z.string(),
  metric_name: z.string(),
  from: number,
  to: number,
  period: z.enum(['1', '60', '300', '1200', '3600', '14400', '86400']),
  filter: z.enum(['average', 'variance', 'min', 'max', 'sum']),
  ...dims,
  'dim.0': z.string(),
});

/** Query of ListMetrics. */
const metricsQuery = z.strictObject({
  namespace: z.string().optional(),
  metric_name: z.string().optional(),
  start: z.string().optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d{0,2}|1000)$/)
    .optional(),
  order: z.enum(['asc', 'desc']).optional(),
  ...dims,
});

/** Query of ListEvents. */
const eventsQuery = z.strictObject({
  event_type: z.enum(['EVENT.SYS', 'EVENT.CUSTOM']).optional(),
  sub_event_type: z.string().optional(),
  event_name: z.string().optional(),
  from: number.optional(),
  to: number.optional(),
  start: number.optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/)
    .optional(),
});

/** Every enterprise project, and the default of ListAlarms. */
const ALL_PROJECTS = 'all_granted_eps';

/** Query of ListAlarms. */
const alarmsQuery = z.strictObject({
  start: z.string().optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/)
    .optional(),
  order: z.enum(['asc', 'desc']).optional(),
  enterprise_project_id: z.union([enterpriseProjectId, z.literal(ALL_PROJECTS)]).optional(),
});

/** The local CES (Cloud Eye), API V1.0: custom metrics and events, and alarm rules on them. */
export function makeCesService(deps: CesDeps): Service {
  const list = (name: string, path: string, handle: (call: OperationCall) => OperationResponse) => ({
    ...makeOperation(name, 'POST', path, handle),
    body: 'list' as const,
    maxBodyBytes: MAX_BODY_BYTES,
  });
  return {
    name: 'CES',
    operations: [
      list('CreateMetricData', '/V1.0/{project_id}/metric-data', (call) => createMetricData(deps, call)),
      makeOperation('ShowMetricData', 'GET', '/V1.0/{project_id}/metric-data', (call) => showMetricData(deps, call)),
      makeOperation('ListMetrics', 'GET', '/V1.0/{project_id}/metrics', (call) => listMetrics(deps, call)),
      list('CreateEvents', '/V1.0/{project_id}/events', (call) => createEvents(deps, call)),
      makeOperation('ListEvents', 'GET', '/V1.0/{project_id}/events', (call) => listEvents(deps, call)),
      makeOperation('CreateAlarm', 'POST', '/V1.0/{project_id}/alarms', (call) => createAlarm(deps, call)),
      makeOperation('ListAlarms', 'GET', '/V1.0/{project_id}/alarms', (call) => listAlarms(deps, call)),
      makeOperation('ShowAlarm', 'GET', '/V1.0/{project_id}/alarms/{alarm_id}', (call) => showAlarm(deps, call)),
      makeOperation('UpdateAlarm', 'PUT', '/V1.0/{project_id}/alarms/{alarm_id}', (call) => updateAlarm(deps, call)),
      makeOperation('UpdateAlarmAction', 'PUT', '/V1.0/{project_id}/alarms/{alarm_id}/action', (call) =>
        updateAlarmAction(deps, call),
      ),
      makeOperation('DeleteAlarm', 'DELETE', '/V1.0/{project_id}/alarms/{alarm_id}', (call) => deleteAlarm(deps, call)),
    ],
    authorize: (call) => {
      if (!namesOwnProject(call)) throw errors.forbidden('the project of the request');
    },
    errors: {
      emptyBody: errors.empty,
      notJson: errors.notJson,
      wrongMethod: undefined,
      forbidden: errors.forbidden,
      internal: errors.internal,
    },
    formatError: (code, message) => ({
      http_code: code === '403' ? code : statusOf(code),
      message: { code, details: message },
    }),
  };
}

/** The status of each code of the table. */
function statusOf(code: string): string {
  return { 'ces.0007': '500', 'ces.0009': '403', 'ces.0016': '404' }[code] ?? '400';
}

function createMetricData({ metrics, clock }: CesDeps, call: OperationCall): OperationResponse {
  const items = check(metricDataBody, call.body, errors.badBody);
  const now = clock.now();
  for (const [index, { metric, collect_time: at }] of items.entries()) {
    if (/^(SYS|AGT|SRE)\./.test(metric.namespace) || metric.namespace === 'SERVICE.BMS') throw errors.systemMetric();
    if (at < now - 3 * DAY_MS || at > now + AHEAD_MS)
      throw errors.badBody(`[${index}].collect_time`, 'must be within the last three days and the next ten minutes');
  }
  for (const { metric, ttl, collect_time: at, value, unit = '' } of items) {
    const { namespace, metric_name: name, dimensions } = metric;
    metrics.add(call.account.projectId, { namespace, name, dimensions }, unit, { at, value, ttlSeconds: ttl });
  }
  return { status: 201 };
}

function createEvents({ events, alarms, clock, onEvent }: CesDeps, call: OperationCall): OperationResponse {
  const items = check(eventsBody, call.body, errors.badBody);
  const now = clock.now();
  for (const [index, { time }] of items.entries()) {
    if (time < now - HOUR_MS + MARGIN_MS || time > now + AHEAD_MS - MARGIN_MS)
      throw errors.badBody(`[${index}].time`, 'must be within the last hour and the next ten minutes');
  }
  const { projectId } = call.account;
  const body = items.map((item) => {
    const { event, isNew } = events.add(projectId, item);
    const { event_name: name, detail, id } = event;
    if (isNew) {
      const message = detail.content ?? '';
      onEvent({ kind: 'event_reported', service: 'CES', id, name, status: detail.event_state, message });
      alarms.onEvent(projectId, event);
    }
    return { event_id: id, event_name: name };
  });
  return { status: 201, body };
}

function dimensionsOf(query: Readonly<Record<string, string | undefined>>) {
  return ['dim.0', 'dim.1', 'dim.2', 'dim.3'].flatMap((field) => {
    const text = query[field];
    if (text === undefined) return [];
    const [name = '', value] = text.split(',');
    if (value === undefined) throw errors.badQuery(field, 'must be <name>,<value>');
    return [{ name, value }];
  });
}

function showMetricData({ metrics }: CesDeps, call: OperationCall): OperationResponse {
  const query = check(metricQuery, queryObject(call.query), errors.badQuery);
  const [from, to, periodMs] = [Number(query.from), Number(query.to), Number(query.period) * 1000];
  if (from >= to) throw errors.badQuery('from', 'must be before to');
  const name = { namespace: query.namespace, name: query.metric_name, dimensions: dimensionsOf(query) };
  const metric = metrics.find(call.account.projectId, name);
  const points = (metric?.points ?? []).filter(({ at }) => at >= from && at <= to);
  const starts = query.period === '1' ? points.map(({ at }) => at) : periodsOf(points, periodMs);
  const datapoints = starts.map((timestamp) => {
    const isIn = ({ at }: { at: number }) =>
      query.period === '1' ? at === timestamp : at >= timestamp && at < timestamp + periodMs;
    const value = aggregate(
      points.filter(isIn).map((point) => point.value),
      query.filter as Filter,
    );
    return { [query.filter]: value, timestamp, unit: metric?.unit ?? '' };
  });
  return { status: 200, body: { datapoints, metric_name: query.metric_name } };
}

function periodsOf(points: readonly { readonly at: number }[], periodMs: number): number[] {
  return [...new Set(points.map(({ at }) => Math.floor(at / periodMs) * periodMs))].sort((a, b) => a - b);
}

function listMetrics({ metrics }: CesDeps, call: OperationCall): OperationResponse {
  const query = check(metricsQuery, queryObject(call.query), errors.badQuery);
  const wanted = dimensionsOf(query);
  const found = metrics
    .all(call.account.projectId)
    .filter(
      ({ namespace, name, dimensions }) =>
        (query.namespace ?? namespace) === namespace &&
        (query.metric_name ?? name) === name &&
        wanted.every((want) => dimensions.some((one) => one.name === want.name && one.value === want.value)),
    )
    .map((metric) => ({ marker: markerOf(metric), metric }))
    .sort((a, b) => (a.marker < b.marker ? -1 : 1));
  if (query.order !== 'asc') found.reverse();
  const first = query.start === undefined ? 0 : found.findIndex(({ marker }) => marker === query.start) + 1;
  const page = found.slice(first, first + Number(query.limit ?? 1000));
  const rows = page.map(({ metric: { namespace, name, dimensions, unit } }) => ({
    namespace,
    dimensions,
    metric_name: name,
    unit,
  }));
  const metaData = { count: rows.length, marker: page.at(-1)?.marker ?? '', total: found.length };
  return { status: 200, body: { metrics: rows, meta_data: metaData } };
}

function markerOf({ namespace, name, dimensions }: Metric): string {
  return `${namespace}.${name}.${dimensions.map((one) => `${one.name}:${one.value}`).join(',')}`;
}

function listEvents({ events }: CesDeps, call: OperationCall): OperationResponse {
  const query = check(eventsQuery, queryObject(call.query), errors.badQuery);
  const { from = '0', to = String(Number.MAX_SAFE_INTEGER) } = query;
  const kept = events
    .all(call.account.projectId)
    .filter(
      ({ event_name: name, time }) =>
        query.event_type !== 'EVENT.SYS' &&
        (query.event_name ?? name) === name &&
        time >= Number(from) &&
        time <= Number(to),
    );
  const names = [...new Set(kept.map((event) => event.event_name))];
  const rows = names.map((name) => {
    const own = kept.filter((event) => event.event_name === name).sort((a, b) => a.time - b.time);
    const latest = own.at(-1);
    return {
      event_name: name,
      event_type: 'EVENT.CUSTOM',
      sub_event_type: 'SUB_EVENT.CUSTOM',
      event_count: own.length,
      latest_occur_time: latest?.time,
      latest_event_source: latest?.event_source,
    };
  });
  const first = Number(query.start ?? 0);
  const page = rows.slice(first, first + Number(query.limit ?? 100));
  return { status: 200, body: { events: page, meta_data: { total: rows.length } } };
}

function createAlarm({ alarms }: CesDeps, call: OperationCall): OperationResponse {
  const body = check(alarmBody, call.body, errors.badBody);
  const rule = alarms.create(call.account.projectId, body);
  return { status: 201, body: { alarm_id: rule.id } };
}

function listAlarms({ alarms }: CesDeps, call: OperationCall): OperationResponse {
  const query = check(alarmsQuery, queryObject(call.query), errors.badQuery);
  const { start, limit = '100', order, enterprise_project_id: wanted = ALL_PROJECTS } = query;
  const all = alarms
    .all(call.account.projectId)
    .filter(({ body }) => wanted === ALL_PROJECTS || enterpriseProjectOf(body) === wanted);
  if (order !== 'asc') all.reverse();
  const first = start === undefined ? 0 : all.findIndex(({ id }) => id === start) + 1;
  const page = all.slice(first, first + Number(limit));
  const metaData = { count: page.length, marker: page.at(-1)?.id ?? '', total: all.length };
  return { status: 200, body: { metric_alarms: page.map(rowOf), meta_data: metaData } };
}

function showAlarm({ alarms }: CesDeps, call: OperationCall): OperationResponse {
  const rule = alarms.find(call.account.projectId, call.params['alarm_id'] ?? '');
  if (!rule) throw errors.unknown();
  return { status: 200, body: { metric_alarms: [rowOf(rule)] } };
}

function updateAlarm({ alarms }: CesDeps, call: OperationCall): OperationResponse {
  const fields = check(alarmChangeBody, call.body, errors.badBody) as Partial<AlarmBody>;
  if (!alarms.change(call.account.projectId, call.params['alarm_id'] ?? '', fields)) throw errors.unknown();
  return { status: 204 };
}

function updateAlarmAction({ alarms }: CesDeps, call: OperationCall): OperationResponse {
  const { alarm_enabled } = check(alarmActionBody, call.body, errors.badBody);
  if (!alarms.change(call.account.projectId, call.params['alarm_id'] ?? '', { alarm_enabled })) throw errors.unknown();
  return { status: 204 };
}

function deleteAlarm({ alarms }: CesDeps, call: OperationCall): OperationResponse {
  if (!alarms.remove(call.account.projectId, call.params['alarm_id'] ?? '')) throw errors.unknown();
  return { status: 204 };
}

const enterpriseProjectOf = ({ enterprise_project_id: id = '0' }: AlarmBody) => id;

function rowOf({ id, body, state, changedAt }: AlarmRule) {
  return {
    alarm_id: id,
    ...body,
    ignore_insufficient_data: false,
    alarm_enabled: body.alarm_enabled ?? true,
    alarm_action_enabled: body.alarm_action_enabled ?? true,
    alarm_level: body.alarm_level ?? 2,
    enterprise_project_id: enterpriseProjectOf(body),
    alarm_state: state,
    update_time: changedAt,
  };
}
