import { z } from 'zod';
import { parseSchedule, ScheduleError } from '../../functiongraph/schedule.ts';
import { check } from '../check.ts';
import type { ServiceError } from '../service-error.ts';
import { errors } from './errors.ts';
import type { TriggerType } from './records.ts';

const TRIGGER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const OBS_EVENTS = [
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
];
/** Upper-case verbs, unlike those of OBS itself (Terraform, examples/fgs/triggers/eg). */
const EVENT_TYPES = [
  'OBS:DWR:ObjectCreated:PUT',
  'OBS:DWR:ObjectCreated:POST',
  'OBS:DWR:ObjectCreated:COPY',
  'OBS:DWR:ObjectCreated:CompleteMultipartUpload',
  'OBS:DWR:ObjectRemoved:Delete',
  'OBS:DWR:ObjectRemoved:DeleteMarkerCreated',
];

const text = z.string();
const bucket = z.string().min(1).max(64);
const affix = z.string().max(1024);

/** Body of CreateFunctionTrigger (functiongraph_06_0122). */
export const triggerBody = z.strictObject({
  trigger_type_code: text,
  trigger_status: z.enum(['ACTIVE', 'DISABLED']).optional(),
  event_type_code: text.optional(),
  event_data: z.record(text, z.unknown()),
});

/** Body of UpdateTrigger (functiongraph_06_0124): its `event_data` has only fields of polling triggers, which are not supported here. */
export const triggerStatusBody = z.strictObject({
  trigger_status: z.enum(['ACTIVE', 'DISABLED']),
  event_data: z.unknown().optional(),
});

const timer = z.strictObject({
  name: z.string().regex(TRIGGER_NAME, 'must have at most 64 characters of A-Z a-z 0-9 _ -, starting with a letter'),
  schedule_type: z.enum(['Rate', 'Cron']),
  schedule: z.string().min(1),
  user_event: text.optional(),
});

const obs = z.strictObject({
  bucket,
  events: z.array(z.enum(OBS_EVENTS as [string, ...string[]])).min(1),
  name: z.string().max(64).optional(),
  prefix: affix.optional(),
  suffix: affix.optional(),
});

const eventGrid = z.strictObject({
  trigger_name: z
    .string()
    .regex(TRIGGER_NAME, 'must have at most 64 characters of A-Z a-z 0-9 _ -, starting with a letter'),
  channel_id: z.string().min(1),
  channel_name: text.optional(),
  source_name: z.literal('HC.OBS.DWR'),
  agency: z.string().min(1),
  bucket,
  event_types: z.array(z.enum(EVENT_TYPES as [string, ...string[]])).min(1),
  Key_encode: z.boolean().optional(),
  prefix: affix.optional(),
  suffix: affix.optional(),
});

const smn = z.strictObject({ topic_urn: z.string().min(1).max(255) });

const api = {
  name: z
    .string()
    .regex(
      /^[A-Za-z\p{Script=Han}][\p{Script=Han}\w.:/-]{2,254}$/u,
      'must have 3 to 255 characters, starting with a letter',
    ),
  type: z.union([z.literal(1), z.literal(2)]),
  path: z
    .string()
    .regex(/^(\/([A-Za-z0-9_.~%-]+|\{[A-Za-z][A-Za-z0-9_-]*\}))+\/?$|^\/$/, 'must be a path that starts with /'),
  protocol: z.enum(['HTTP', 'HTTPS']),
  req_method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY']),
  group_id: z.string().min(1),
  group_name: text.optional(),
  match_mode: z.enum(['SWA', 'NORMAL']),
  env_name: z.string().min(1),
  env_id: z.string().min(1),
  auth: z.enum(['IAM', 'APP', 'NONE']),
  func_info: z.strictObject({
    function_urn: text.optional(),
    invocation_type: z.enum(['sync', 'async']).optional(),
    timeout: z.int().min(1).max(60_000),
    version: text.optional(),
  }),
  sl_domain: z.string().min(1).max(255).optional(),
  backend_type: z.literal('FUNCTION').optional(),
};

/** The schema of `event_data` for each type, and the error for invalid data. */
const KINDS: Readonly<Record<TriggerType, { schema: z.ZodType; refuse: (what: string) => ServiceError }>> = {
  TIMER: { schema: timer, refuse: errors.badTimerTrigger },
  OBS: { schema: obs, refuse: errors.badObsTrigger },
  // The table of codes has no code for EventGrid.
  EVENTGRID: { schema: eventGrid, refuse: errors.invalid },
  SMN: { schema: smn, refuse: errors.badSmnTrigger },
  APIG: { schema: z.strictObject(api), refuse: errors.badApigTrigger },
  DEDICATEDGATEWAY: {
    schema: z.strictObject({ ...api, instance_id: z.string().min(1) }),
    refuse: errors.badApigTrigger,
  },
};

/** Types of the service that are not supported locally. */
const OTHER_TYPES = [
  'CTS',
  'DDS',
  'DMS',
  'DIS',
  'LTS',
  'KAFKA',
  'RABBITMQ',
  'OPENSOURCEKAFKA',
  'ROCKETMQ',
  'APIC',
  'GAUSSMONGO',
];

/** @throws {ServiceError} when the type is unknown or unsupported */
export function readTriggerType(code: string): TriggerType {
  if (Object.hasOwn(KINDS, code)) return code as TriggerType;
  throw errors.badTriggerType(OTHER_TYPES.includes(code) ? `${code} is not supported locally.` : `${code} is unknown.`);
}

/**
 * Validates `event_data` against the tables of its type.
 *
 * @param regionTimeZone the time zone of cron expressions without `CRON_TZ`
 * @returns the data as the service stores it
 * @throws {ServiceError}
 */
export function readEventData(
  type: TriggerType,
  sent: unknown,
  regionTimeZone: string,
): Readonly<Record<string, unknown>> {
  const { schema, refuse } = KINDS[type];
  const data = check(schema, sent, (field, problem) => refuse(`event_data.${field}: ${problem}`)) as Record<
    string,
    unknown
  >;
  if (type === 'TIMER') checkTimer(data as z.output<typeof timer>, regionTimeZone);
  return data;
}

/** OBS, SMN and API triggers cannot be disabled (API page, and user manual "Managing triggers"); for EventGrid triggers this is not documented. */
export function canBeDisabled(type: TriggerType): boolean {
  return type === 'TIMER';
}

function checkTimer({ schedule_type: type, schedule }: z.output<typeof timer>, regionTimeZone: string): void {
  try {
    parseSchedule(type === 'Rate' ? { rate: schedule } : { cron: schedule }, regionTimeZone);
  } catch (error) {
    if (error instanceof ScheduleError) throw errors.badTimerTrigger(`event_data.schedule: ${error.message}`);
    throw error;
  }
}
