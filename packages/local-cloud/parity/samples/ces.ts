import type { ParityCloud } from '../parity-cloud.ts';
import type { Samples } from '../sample.ts';
import { TOPIC } from '../seed.ts';

const METRIC = { namespace: 'MINE.APP', metric_name: 'ticks', dimensions: [{ name: 'stage', value: 'prod' }] };
const NOTIFY = [{ type: 'notification', notificationList: [TOPIC] }];
const ALARM = {
  alarm_name: 'ticks',
  alarm_description: 'no tick',
  metric: METRIC,
  condition: {
    period: 300,
    filter: 'sum',
    comparison_operator: '<',
    value: 1,
    unit: 'count',
    count: 3,
    suppress_duration: 300,
  },
  alarm_enabled: true,
  alarm_action_enabled: true,
  alarm_level: 2,
  alarm_type: 'EVENT.CUSTOM',
  insufficientdata_actions: NOTIFY,
};

const points = (now: number) => [
  { metric: METRIC, ttl: 3600, collect_time: now, value: 1, unit: 'count', type: 'int' },
];
const events = (now: number) => [
  {
    event_name: 'run_parked',
    event_source: 'MINE.APP',
    time: now,
    detail: {
      content: 'text',
      group_id: 'rg-1',
      resource_id: 'r-1',
      resource_name: 'nightly',
      event_state: 'incident',
      event_level: 'Major',
      event_user: 'functions',
      event_type: 'EVENT.CUSTOM',
      sub_event_type: 'SUB_EVENT.CUSTOM',
      dimensions: [{ name: 'stage', value: 'prod' }],
    },
  },
];

async function alarm(cloud: ParityCloud): Promise<string> {
  const body = { ...ALARM, enterprise_project_id: '0', alarm_actions: NOTIFY, ok_actions: NOTIFY };
  const { alarm_id: id } = await cloud.ok('CES', 'CreateAlarm', { body });
  return String(id);
}

export const CES_SAMPLES: Samples = {
  // One of the actions is mandatory.
  CreateAlarm: ['alarm_actions', 'ok_actions'].map((actions) => () => ({
    body: { ...ALARM, enterprise_project_id: '0', [actions]: NOTIFY },
  })),
  CreateEvents: ({ clock }) => ({ body: events(clock.now()) }),
  CreateMetricData: ({ clock }) => ({ body: points(clock.now()) }),
  DeleteAlarm: async (cloud) => ({ params: { alarm_id: await alarm(cloud) } }),
  ListAlarms: async (cloud) => {
    await alarm(cloud);
    return { values: { enterprise_project_id: '0' } };
  },
  ListEvents: async (cloud) => {
    await cloud.ok('CES', 'CreateEvents', { body: events(cloud.clock.now()) });
    return {};
  },
  ListMetrics: async (cloud) => {
    await cloud.ok('CES', 'CreateMetricData', { body: points(cloud.clock.now()) });
    return { values: { 'dim.0': 'stage,prod', 'dim.1': 'stage,prod', 'dim.2': 'stage,prod', 'dim.3': 'stage,prod' } };
  },
  ShowAlarm: async (cloud) => ({ params: { alarm_id: await alarm(cloud) } }),
  // One of the actions is mandatory with alarm_action_enabled.
  UpdateAlarm: ['alarm_actions', 'ok_actions'].map((actions) => async (cloud: ParityCloud) => {
    const { metric: _metric, alarm_enabled: _enabled, ...body } = ALARM;
    return { params: { alarm_id: await alarm(cloud) }, body: { ...body, [actions]: NOTIFY } };
  }),
  UpdateAlarmAction: async (cloud) => ({ params: { alarm_id: await alarm(cloud) }, body: { alarm_enabled: false } }),
  ShowMetricData: async (cloud) => {
    const now = cloud.clock.now();
    await cloud.ok('CES', 'CreateMetricData', { body: points(now) });
    return {
      query: {
        namespace: METRIC.namespace,
        metric_name: METRIC.metric_name,
        'dim.0': 'stage,prod',
        filter: 'average',
        period: 300,
        from: now - 1000,
        to: now + 1000,
      },
      values: { 'dim.1': 'stage,prod', 'dim.2': 'stage,prod', 'dim.3': 'stage,prod' },
    };
  },
};
