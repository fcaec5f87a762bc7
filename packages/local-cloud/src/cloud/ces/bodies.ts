import { z } from 'zod';

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** `service.item`: 3 to 32 characters together (Adding Monitoring Data). */
const namespace = z
  .string()
  .min(3)
  .max(32)
  .regex(/^[A-Za-z][A-Za-z0-9_]*\.[A-Za-z][A-Za-z0-9_]*$/);
const dimension = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/)
    .max(32),
  value: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/)
    .max(256),
});
const metricName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/)
  .max(96);

/** Body of CreateMetricData (2025-10-30). */
export const metricDataBody = z
  .array(
    z.strictObject({
      metric: z.strictObject({ namespace, dimensions: z.array(dimension).min(1).max(3), metric_name: metricName }),
      ttl: z.int().min(1).max(604_800),
      collect_time: z.int(),
      value: z.number(),
      unit: z.string().max(32).optional(),
      type: z.enum(['int', 'float']).optional(),
    }),
  )
  .min(1);

/** Both parts of a source have 3 to 32 characters (Reporting Events). */
const source = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{2,31}\.[A-Za-z][A-Za-z0-9_]{2,31}$/);

/** Body of CreateEvents (2025-09-09). */
export const eventsBody = z
  .array(
    z.strictObject({
      event_name: z.string().regex(NAME).max(64),
      event_source: source,
      time: z.int(),
      detail: z.strictObject({
        content: z.string().max(4096).optional(),
        group_id: z.string().max(24).optional(),
        resource_id: z.string().max(128).optional(),
        resource_name: z.string().max(128).optional(),
        event_state: z.enum(['normal', 'warning', 'incident']),
        event_level: z.enum(['Critical', 'Major', 'Minor', 'Info']),
        event_user: z.string().max(64).optional(),
        event_type: z.literal('EVENT.CUSTOM').optional(),
        sub_event_type: z.literal('SUB_EVENT.CUSTOM').optional(),
        dimensions: z.array(dimension).max(4).optional(),
      }),
    }),
  )
  .min(1)
  .max(100);

const actions = z
  .array(
    z.strictObject({
      type: z.enum(['notification', 'autoscaling']),
      notificationList: z.array(z.string().min(1)).min(1).max(5),
    }),
  )
  .max(1);

const condition = z.strictObject({
  period: z.union([0, 1, 300, 1200, 3600, 14_400, 86_400].map((seconds) => z.literal(seconds))),
  filter: z.enum(['average', 'min', 'max', 'sum', 'variance']),
  comparison_operator: z.enum(['>', '>=', '<', '<=', '=', '!=']),
  value: z.number().min(0),
  unit: z.string().max(32).optional(),
  count: z.int().min(1).max(180),
  suppress_duration: z
    .union([0, 300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400].map((seconds) => z.literal(seconds)))
    .optional(),
});
/** `0` is the default one. */
export const enterpriseProjectId = z.string().regex(/^(0|[a-z0-9_-]{36})$/);
const alarmName = z
  .string()
  .regex(/^[\w\u4e00-\u9fff-]+$/)
  .max(128);
/** What CreateAlarm and UpdateAlarm have in common. */
const alarmFields = {
  alarm_description: z.string().max(256).optional(),
  alarm_action_enabled: z.boolean().optional(),
  alarm_level: z.int().min(1).max(4).optional(),
  alarm_type: z.enum(['EVENT.CUSTOM', 'RESOURCE_GROUP']).optional(),
  alarm_actions: actions.optional(),
  insufficientdata_actions: actions.optional(),
  ok_actions: actions.optional(),
};

interface Action {
  readonly notificationList: readonly string[];
}
interface Actions {
  readonly alarm_action_enabled?: boolean | undefined;
  readonly alarm_actions?: readonly Action[] | undefined;
  readonly ok_actions?: readonly Action[] | undefined;
}
const tellsSomebody = ({ alarm_action_enabled: isOn = true, alarm_actions: onAlarm, ok_actions: onOk }: Actions) =>
  !isOn || Boolean(onAlarm?.length || onOk?.length);
const tellsTheSame = ({ alarm_actions: [onAlarm] = [], ok_actions: [onOk] = [] }: Actions) =>
  !onAlarm || !onOk || onAlarm.notificationList.join() === onOk.notificationList.join();
const TELLS_OTHERS = { path: ['ok_actions'], message: 'must have the notificationList of alarm_actions' };
const TELLS_NOBODY = {
  path: ['alarm_actions'],
  message: 'is required, or ok_actions, unless alarm_action_enabled is false',
};

/** Body of CreateAlarm, API V1 (2026-01-05). A rule without actions must say `alarm_action_enabled: false`. */
export const alarmBody = z
  .strictObject({
    ...alarmFields,
    alarm_name: alarmName,
    metric: z.strictObject({
      namespace,
      metric_name: metricName,
      dimensions: z.array(dimension).max(4).optional(),
    }),
    condition,
    alarm_enabled: z.boolean().optional(),
    enterprise_project_id: enterpriseProjectId.optional(),
  })
  .refine(tellsSomebody, TELLS_NOBODY)
  .refine(tellsTheSame, TELLS_OTHERS);

/** Body of UpdateAlarm, API V1 (2025-11-27). Fields that are absent stay as they are; what the rule watches, and whether it is enabled, cannot be changed. */
export const alarmChangeBody = z
  .strictObject({ ...alarmFields, alarm_name: alarmName.optional(), condition: condition.optional() })
  .refine(({ alarm_action_enabled: isOn, ...rule }) => isOn !== true || tellsSomebody(rule), TELLS_NOBODY)
  .refine(tellsTheSame, TELLS_OTHERS);

/** Body of UpdateAlarmAction, API V1 (2025-11-27). */
export const alarmActionBody = z.strictObject({ alarm_enabled: z.boolean() });

export type AlarmBody = z.output<typeof alarmBody>;
