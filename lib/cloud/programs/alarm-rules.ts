import type { CesOptions } from '../ces.ts';
import { checkPathId } from '../transport/check-path-id.ts';
import { fieldsOf, numberOf, objectsOf } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';
import { requestOf } from '../transport/request-of.ts';
import { ALL, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableResponse } from '../transport/unusable-response.ts';

/** The documented limit is 1 to 100 (ListAlarms, V1). */
const PAGE_ROWS = 100;
/** Ten thousand rules: a project has a quota of far fewer. */
const MAX_PAGES = 100;

/** Every operation that is used, with the IAM action that it needs (API reference, ces_03_0049 and ces_03_0069, 2025-11-27). */
export const ALARM_ACTIONS = {
  ListAlarms: 'ces:alarms:list',
  CreateAlarm: 'ces:alarms:create',
  UpdateAlarm: 'ces:alarms:put',
  DeleteAlarm: 'ces:alarms:delete',
} as const;

export interface AlarmMetric {
  readonly namespace: string;
  readonly name: string;
  /** Empty for a rule on events. */
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface AlarmCondition {
  /** Seconds; 0: at each event. */
  readonly period: number;
  readonly filter: string;
  readonly comparison_operator: string;
  readonly value: number;
  /** Periods in a row, or events. */
  readonly count: number;
}

/** What can be set of an alarm rule. Events are named like metrics: their source is the namespace. */
export interface AlarmSettings {
  /** 1 to 128 letters, digits, `_` and `-`. */
  readonly name: string;
  /** At most 256 characters. */
  readonly description: string;
  readonly isOnEvents: boolean;
  readonly metric: AlarmMetric;
  readonly condition: AlarmCondition;
  /** 1 critical, 2 major, 3 minor, 4 informational. */
  readonly level: number;
  /** URNs of the topics that are notified of an alarm, 1 to 5. */
  readonly topics: readonly string[];
  /** Those that are notified when there is no more data; empty: none. */
  readonly noDataTopics: readonly string[];
}

/** A rule that exists. */
export interface AlarmRule extends AlarmSettings {
  readonly id: string;
  /** Somebody may have disabled it. */
  readonly isEnabled: boolean;
  /** Whether it notifies. */
  readonly hasActions: boolean;
  /** `ok`, `alarm`, `insufficient_data`, or what the service says; empty if it says nothing. */
  readonly state: string;
}

/** What no later call changes. */
interface CreateOptions {
  readonly isEnabled: boolean;
  /** @default the default one */
  readonly enterpriseProject?: string;
}

/** Each call throws `CloudError` when it fails. */
export interface AlarmRules {
  /** All rules of the project, of every enterprise project. */
  list(): Promise<AlarmRule[]>;
  /** Names need not be unique: after a lost response, list before creating again. */
  create(settings: AlarmSettings, options: CreateOptions): Promise<void>;
  /** Sets everything but the metric, the kind of rule, and whether it is enabled, which the operation cannot change. */
  update(id: string, settings: AlarmSettings): Promise<void>;
  /** It is not an error if the rule no longer exists. */
  delete(id: string): Promise<void>;
}

/**
 * The alarm rules of Cloud Eye, over the official core: ListAlarms, CreateAlarm, UpdateAlarm and DeleteAlarm of API V1.0, with paths and fields as in the
 * generated `CesClient` (3.1.209). A rule of V1 watches one metric, or one event.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export function makeAlarmRules(options: CesOptions): AlarmRules {
  const sdk = makeSdkClient('CES', options, { projectId: options.projectId });
  const ALARMS = '/V1.0/{project_id}/alarms';
  const ALARM = `${ALARMS}/{alarm_id}`;

  const page = async (start: string | undefined): Promise<AlarmRule[]> => {
    const operation = 'ListAlarms';
    const query = { limit: PAGE_ROWS, order: 'asc', start };
    const { response, requestId } = await sdk.call<object>({
      operation,
      kind: 'read',
      resource: ALL,
      use: (client) => client.sendRequest(requestOf('GET', ALARMS, { query })),
    });
    const rows = fieldsOf(response)['metric_alarms'];
    const found = rows === undefined ? undefined : objectsOf(rows);
    if (found) return found.map(ruleOf);
    throw unusableResponse('CES', operation, 'not_a_list', 'the response has no list metric_alarms', requestId);
  };
  const change = (
    operation: keyof typeof ALARM_ACTIONS,
    method: 'POST' | 'PUT' | 'DELETE',
    { id, body }: { readonly id?: string; readonly body?: object },
  ) =>
    sdk.call<object>({
      operation,
      kind: 'change',
      mayBeEmpty: true,
      resource: id ?? ALL,
      use: (client) =>
        client.sendRequest(
          requestOf(method, id === undefined ? ALARMS : ALARM, {
            ...(id !== undefined && { path: { alarm_id: checkPathId('CES', operation, id) } }),
            ...(body && { body }),
          }),
        ),
    });

  return {
    async list() {
      const rules = new Map<string, AlarmRule>();
      let start: string | undefined;
      for (let pages = 0; pages < MAX_PAGES; pages += 1) {
        const rows = await page(start);
        const before = rules.size;
        for (const rule of rows) rules.set(rule.id, rule);
        // A page begins after the rule `start`; a service that begins with it, or ignores it, must not cause an endless loop.
        if (rows.length < PAGE_ROWS || rules.size === before) break;
        start = rows.at(-1)?.id;
      }
      return [...rules.values()];
    },
    async create(settings, { isEnabled, enterpriseProject }) {
      const { metric, isOnEvents } = settings;
      const dimensions = Object.entries(metric.dimensions).map(([name, value]) => ({ name, value }));
      const body = {
        ...bodyOf(settings),
        metric: {
          namespace: metric.namespace,
          metric_name: metric.name,
          ...(dimensions.length > 0 && { dimensions }),
        },
        ...(isOnEvents && { alarm_type: 'EVENT.CUSTOM' }),
        alarm_enabled: isEnabled,
        ...(enterpriseProject !== undefined && { enterprise_project_id: enterpriseProject }),
      };
      await change('CreateAlarm', 'POST', { body });
    },
    async update(id, settings) {
      await change('UpdateAlarm', 'PUT', { id, body: bodyOf(settings) });
    },
    async delete(id) {
      await unlessAbsent(change('DeleteAlarm', 'DELETE', { id }), { codes: ['ces.0016'], any404: true });
    },
  };
}

/** What CreateAlarm and UpdateAlarm have in common. */
function bodyOf({ name, description, condition, level, topics, noDataTopics }: AlarmSettings) {
  const actions = (urns: readonly string[]) => [{ type: 'notification', notificationList: urns }];
  return {
    alarm_name: name,
    alarm_description: description,
    condition,
    alarm_level: level,
    alarm_action_enabled: true,
    alarm_actions: actions(topics),
    ...(noDataTopics.length > 0 && { insufficientdata_actions: actions(noDataTopics) }),
  };
}

function ruleOf(row: Readonly<Record<string, unknown>>): AlarmRule {
  const metric = fieldsOf(row['metric']);
  const condition = fieldsOf(row['condition']);
  const dimensions = (objectsOf(metric['dimensions']) ?? []).map(({ name, value }) => [text(name), text(value)]);
  return {
    id: text(row['alarm_id']),
    name: text(row['alarm_name']),
    description: text(row['alarm_description']),
    isOnEvents: text(row['alarm_type']).startsWith('EVENT.'),
    metric: {
      namespace: text(metric['namespace']),
      name: text(metric['metric_name']),
      dimensions: Object.fromEntries(dimensions),
    },
    condition: {
      period: number(condition['period']),
      filter: text(condition['filter']),
      comparison_operator: text(condition['comparison_operator']),
      value: number(condition['value']),
      count: number(condition['count']),
    },
    level: number(row['alarm_level']),
    topics: topicsOf(row['alarm_actions']),
    noDataTopics: topicsOf(row['insufficientdata_actions']),
    isEnabled: row['alarm_enabled'] !== false,
    hasActions: row['alarm_action_enabled'] !== false,
    state: text(row['alarm_state']),
  };
}

const text = (value: unknown) => stringOf(value) ?? '';
/** NaN, which equals nothing, if it is not a number. */
const number = (value: unknown) => numberOf(value) ?? Number.NaN;

function topicsOf(actions: unknown): string[] {
  return (objectsOf(actions) ?? []).flatMap(({ notificationList: urns }) =>
    Array.isArray(urns) ? urns.map(String) : [],
  );
}
