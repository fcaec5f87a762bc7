import { STRICTER_RULES } from '../../src/cloud/stricter.ts';
import { type Deviations, deviationOf } from '../deviation.ts';

const PAGE = 'CES API reference, CreateAlarm (V1, 2026-01-05)';

export const CES_DEVIATIONS: Deviations = {
  requests: [
    ...STRICTER_RULES.filter(({ service }) => service === 'CES').map(deviationOf),
    {
      operations: ['CreateAlarm'],
      fields: ['metric.dimensions[].value'],
      rule: 'mandatory: a rule is on one metric, not on all that have the dimension',
      source: 'local choice',
    },
    {
      operations: ['CreateAlarm'],
      fields: ['metric.resource_group_id', 'alarm_action_begin_time', 'alarm_action_end_time'],
      rule: 'refused: there are no resource groups and no quiet hours',
      source: 'local choice',
    },
    {
      operations: ['CreateAlarm'],
      fields: ['alarm_actions', 'ok_actions'],
      rule: 'one of them is mandatory, unless alarm_action_enabled is false; both have the same notificationList',
      source: PAGE,
    },
    {
      operations: ['UpdateAlarm'],
      fields: ['alarm_actions', 'ok_actions'],
      rule: 'one of them is mandatory if alarm_action_enabled is true; both have the same notificationList',
      source: 'CES API reference, "Modifying an Alarm Rule" (V1, 2025-11-27)',
    },
    {
      operations: ['UpdateAlarm'],
      fields: ['alarm_type'],
      rule: 'EVENT.CUSTOM or RESOURCE_GROUP: there are no system events',
      source: 'the local cloud has no resource groups and no system events',
    },
    {
      operations: ['ListAlarms'],
      fields: ['order'],
      rule: 'order is asc or desc',
      source: 'CES API reference, ListAlarms (V1)',
    },
    {
      operations: ['CreateEvents'],
      fields: ['[].detail.event_state', '[].detail.event_level'],
      rule: 'mandatory',
      source: 'CES API reference, "Reporting Events" (2025-09-09)',
    },
    {
      operations: ['CreateEvents'],
      fields: ['[].detail.sub_event_type'],
      rule: 'only SUB_EVENT.CUSTOM, as the events are custom',
      source: 'CES API reference, "Reporting Events" (2025-09-09)',
    },
  ],
  responses: [
    {
      operations: ['ListAlarms', 'ShowAlarm'],
      fields: [
        'metric_alarms[].relation_id',
        'metric_alarms[].metric.resource_group_id',
        'metric_alarms[].metric.resource_group_name',
        'metric_alarms[].condition.selected_unit',
        'metric_alarms[].alarm_action_begin_time',
        'metric_alarms[].alarm_action_end_time',
        'metric_alarms[].effective_timezone',
      ],
      rule: 'left out: there are no resource groups and no quiet hours',
      source: 'local choice',
    },
    {
      operations: ['ListAlarms', 'ShowAlarm'],
      fields: [
        'metric_alarms[].condition.filter',
        'metric_alarms[].condition.period',
        'metric_alarms[].condition.suppress_duration',
      ],
      rule: 'a string and numbers, as sent; the model has classes without fields',
      source: 'CES API reference, ShowAlarm (V1, 2026-01-05)',
    },
    {
      operations: ['ShowMetricData'],
      fields: ['datapoints[].max', 'datapoints[].min', 'datapoints[].sum', 'datapoints[].variance'],
      rule: 'only the value that filter asks for',
      source: 'CES API reference, "Querying Monitoring Data of a Metric"',
    },
  ],
};
