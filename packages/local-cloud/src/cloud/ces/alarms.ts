import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AlarmBody } from './bodies.ts';
import type { KeptEvent } from './events.ts';
import { aggregate, type MetricName, type Metrics } from './metrics.ts';

export type AlarmState = 'ok' | 'alarm' | 'insufficient_data';

export interface AlarmRule {
  readonly id: string;
  readonly project: string;
  body: AlarmBody;
  readonly createdAt: number;
  state: AlarmState;
  /** Epoch ms of the last change of state. */
  changedAt: number;
}

/** Without data for this long a rule is `insufficient_data` (FAQ ces_faq_0017: three hours). */
const INSUFFICIENT_MS = 3 * 60 * 60_000;
/** How often rules on raw data are checked for missing data. */
const RAW_CHECK_SECONDS = 300;

interface Watched {
  readonly rule: AlarmRule;
  /** Results of the last periods with data, newest last. */
  results: boolean[];
  /** When the last data arrived. */
  dataAt: number;
  /** When the current period began. */
  from: number;
  /** Times of the events that count. */
  eventsAt: number[];
  toldAt: number;
  cancel: () => void;
}

export interface AlarmDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Sends a notification to a topic. */
  readonly publish: (topicUrn: string, subject: string, message: string) => void;
  readonly onChange: (rule: AlarmRule) => void;
}

/**
 * Alarm rules, which are checked on the cloud's clock and publish to topics of SMN. A period without data is not checked, so only
 * `insufficient_data` tells of data that no longer arrives.
 */
export class Alarms {
  readonly #deps: AlarmDeps;
  readonly #watched = new Map<string, Watched>();

  constructor(deps: AlarmDeps) {
    this.#deps = deps;
    deps.metrics.watch((project, metric) => this.#onPoint(project, metric));
  }

  create(project: string, body: AlarmBody): AlarmRule {
    const { clock } = this.#deps;
    const now = clock.now();
    const id = `al${randomUUID().replaceAll('-', '').slice(0, 22)}`;
    const rule: AlarmRule = { id, project, body, createdAt: now, state: 'ok', changedAt: now };
    const watched: Watched = {
      rule,
      results: [],
      dataAt: now,
      from: now,
      eventsAt: [],
      toldAt: 0,
      cancel: () => undefined,
    };
    this.#watched.set(id, watched);
    if (body.alarm_type !== 'EVENT.CUSTOM') this.#arm(watched);
    return rule;
  }

  /** Of one project, or all; oldest first. */
  all(project?: string): AlarmRule[] {
    const rules = [...this.#watched.values()].map(({ rule }) => rule);
    return rules.filter((rule) => project === undefined || rule.project === project);
  }

  find(project: string, id: string): AlarmRule | undefined {
    return this.all(project).find((rule) => rule.id === id);
  }

  /** Replaces the fields that are given. @returns false when the rule does not exist */
  change(project: string, id: string, fields: Partial<AlarmBody>): boolean {
    const rule = this.find(project, id);
    if (!rule) return false;
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    rule.body = { ...rule.body, ...Object.fromEntries(given) };
    rule.changedAt = this.#deps.clock.now();
    return true;
  }

  /** @returns false when the rule does not exist */
  remove(project: string, id: string): boolean {
    if (!this.find(project, id)) return false;
    this.#watched.get(id)?.cancel();
    return this.#watched.delete(id);
  }

  /** An event that was not reported before. */
  onEvent(project: string, { event_name: name, event_source: source }: KeptEvent): void {
    const now = this.#deps.clock.now();
    for (const watched of this.#watched.values()) {
      const { metric, condition, alarm_type: type } = watched.rule.body;
      if (type !== 'EVENT.CUSTOM' || watched.rule.project !== project) continue;
      if (metric.namespace !== source || metric.metric_name !== name) continue;
      const windowMs = condition.period <= 1 ? Number.POSITIVE_INFINITY : condition.period * 1000;
      watched.eventsAt = [...watched.eventsAt, now].filter((at) => now - at < windowMs);
      if (watched.eventsAt.length < condition.count) continue;
      watched.eventsAt = [];
      this.#tell(watched, 'alarm');
    }
  }

  #onPoint(project: string, metric: MetricName): void {
    for (const watched of this.#watched.values()) {
      const { rule } = watched;
      if (rule.project !== project || rule.body.alarm_type === 'EVENT.CUSTOM' || !isSame(rule.body.metric, metric))
        continue;
      watched.dataAt = this.#deps.clock.now();
      const last = this.#deps.metrics.find(project, metric)?.points.at(-1);
      if (rule.body.condition.period <= 1 && last) this.#result(watched, last.value);
    }
  }

  #arm(watched: Watched): void {
    const { period } = watched.rule.body.condition;
    watched.cancel = this.#deps.clock.after((period <= 1 ? RAW_CHECK_SECONDS : period) * 1000, () => {
      this.#check(watched);
      this.#arm(watched);
    });
  }

  #check(watched: Watched): void {
    const { clock, metrics } = this.#deps;
    const { rule } = watched;
    const { metric, condition } = rule.body;
    const now = clock.now();
    const { from } = watched;
    watched.from = now;
    if (clock.documentedMs(watched.dataAt) >= INSUFFICIENT_MS) this.#change(watched, 'insufficient_data');
    if (condition.period <= 1) return;
    const name = { namespace: metric.namespace, name: metric.metric_name, dimensions: metric.dimensions ?? [] };
    const points = metrics.find(rule.project, name)?.points ?? [];
    const values = points.filter(({ at }) => at >= from && at < now).map(({ value }) => value);
    const value = aggregate(values, condition.filter);
    if (value !== undefined) this.#result(watched, value);
  }

  #result(watched: Watched, value: number): void {
    const { condition } = watched.rule.body;
    watched.results = [...watched.results, isMet(value, condition)].slice(-condition.count);
    const isAlarm = watched.results.length === condition.count && watched.results.every((met) => met);
    if (isAlarm) this.#change(watched, 'alarm');
    else if (!watched.results.at(-1)) this.#change(watched, 'ok');
  }

  /** A rule that stays in its state tells of it again only as `suppress_duration` says. */
  #change(watched: Watched, state: AlarmState): void {
    const { suppress_duration: again = 0 } = watched.rule.body.condition;
    const isDue = again > 0 && this.#deps.clock.documentedMs(watched.toldAt) >= again * 1000;
    if (watched.rule.state === state && (state !== 'alarm' || !isDue)) return;
    this.#tell(watched, state);
  }

  #tell(watched: Watched, state: AlarmState): void {
    const { clock, publish, onChange } = this.#deps;
    const { rule } = watched;
    const now = clock.now();
    if (rule.state !== state) Object.assign(rule, { state, changedAt: now });
    watched.toldAt = now;
    onChange(rule);
    const { alarm_enabled: isEnabled = true, alarm_action_enabled: hasActions = true, ...body } = rule.body;
    if (!isEnabled || !hasActions) return;
    const actions = {
      ok: body.ok_actions,
      alarm: body.alarm_actions,
      insufficient_data: body.insufficientdata_actions,
    }[state];
    const text = `Alarm rule ${body.alarm_name} is ${state}: ${body.metric.namespace} ${body.metric.metric_name}, ${new Date(now).toISOString()}`;
    for (const { notificationList } of actions ?? [])
      for (const urn of notificationList) publish(urn, `[Cloud Eye] ${body.alarm_name}: ${state}`, text);
  }
}

function isSame(rule: AlarmBody['metric'], { namespace, name, dimensions }: MetricName): boolean {
  const text = (list: readonly { readonly name: string; readonly value: string }[]) =>
    list
      .map((one) => `${one.name}=${one.value}`)
      .sort()
      .join();
  return rule.namespace === namespace && rule.metric_name === name && text(rule.dimensions ?? []) === text(dimensions);
}

function isMet(value: number, { comparison_operator: operator, value: threshold }: AlarmBody['condition']): boolean {
  switch (operator) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '=':
      return value === threshold;
    case '!=':
      return value !== threshold;
  }
}
