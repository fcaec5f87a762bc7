import type { AlarmRule } from '../../../packages/local-cloud/src/cloud/ces/alarms.ts';
import type { KeptEvent } from '../../../packages/local-cloud/src/cloud/ces/events.ts';
import type { Metric } from '../../../packages/local-cloud/src/cloud/ces/metrics.ts';
import type { CloudEyeAlarm, CloudEyeEvent, CloudEyeInfo, CloudEyeMetric } from '../wire-system.ts';

/** Maximum number of events that a page shows. */
const MAX_EVENTS = 50;
/** The minimum interval between two looks: each tick of `reconcile` reports metrics. */
const REFRESH_MS = 1_000;

/** What the local Cloud Eye has. */
export interface CloudEyeSource {
  alarms(): readonly AlarmRule[];
  metrics(): readonly Metric[];
  /** Oldest report first. */
  events(): readonly KeptEvent[];
}

/** The alarm rules of the local Cloud Eye with their states, the last value of each metric, and the newest events. */
export class CloudEyeRows {
  readonly #source: CloudEyeSource;
  readonly #now: () => number;
  #json = '';
  #next = 0;

  constructor(source: CloudEyeSource, now: () => number) {
    this.#source = source;
    this.#now = now;
  }

  info(): CloudEyeInfo {
    return {
      alarms: this.#source.alarms().map(alarmOf),
      metrics: this.#source
        .metrics()
        .flatMap((metric) => metricOf(metric) ?? [])
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      events: this.#source.events().slice(-MAX_EVENTS).reverse().map(eventOf),
    };
  }

  /** @returns all of it if something has changed; `undefined` if not, or if it is too early to look again */
  refresh(): CloudEyeInfo | undefined {
    if (this.#now() < this.#next) return undefined;
    this.#next = this.#now() + REFRESH_MS;
    const info = this.info();
    const json = JSON.stringify(info);
    if (json === this.#json) return undefined;
    this.#json = json;
    return info;
  }
}

function alarmOf({ id, body, state, changedAt }: AlarmRule): CloudEyeAlarm {
  const { namespace, metric_name: name, dimensions = [] } = body.metric;
  return {
    id,
    name: body.alarm_name,
    watches: [namespace, name, ...dimensions.map(dimensionText)].join(' '),
    condition: conditionOf(body),
    state,
    changed_at: new Date(changedAt).toISOString(),
  };
}

function conditionOf({ alarm_type: type, condition }: AlarmRule['body']): string {
  const { period, filter, comparison_operator: operator, value, count } = condition;
  if (type === 'EVENT.CUSTOM') return count === 1 ? 'each event' : `${count} events`;
  const times = count === 1 ? 'once' : `${count} times in a row`;
  return period <= 1 ? `${operator} ${value}, ${times}` : `${filter} of ${period} s ${operator} ${value}, ${times}`;
}

function metricOf({ namespace, name, dimensions, unit, points }: Metric): CloudEyeMetric | undefined {
  const last = points.at(-1);
  if (!last) return undefined;
  const full = [namespace, name, ...dimensions.map(dimensionText)].join(' ');
  return { name: full, value: last.value, unit, at: new Date(last.at).toISOString() };
}

function eventOf({ id, event_name: name, time, detail }: KeptEvent): CloudEyeEvent {
  const { event_level: level, content = '', resource_name: resource } = detail;
  return {
    id,
    at: new Date(time).toISOString(),
    name,
    level,
    ...(typeof resource === 'string' ? { resource } : {}),
    content,
  };
}

function dimensionText({ name, value }: { readonly name: string; readonly value: string }): string {
  return `${name}=${value}`;
}
