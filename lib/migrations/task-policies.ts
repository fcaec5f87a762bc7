import { TOPIC_URN } from '../kernel/topic-urn.ts';
import { defaultsOf } from '../schema/check-fields.ts';
import type { FieldTable, ValuesOf } from '../schema/fields.ts';

const NOTIFY_EVENTS = ['started', 'succeeded', 'failed', 'stuck', 'parked', 'missed', 'waiting'] as const;

/** What a job says of each of its tasks, whatever the action. It is copied into the plan, and governs the run to its end. */
export const TASK_POLICIES = {
  deadline: {
    type: 'duration',
    property: 'deadlineMs',
    default: '6h',
    needsLedger: true,
    sample: '2h',
    // One in its steady incremental state never is.
    doc: 'A task that is not over after this time is reported as stuck; {absent} if absent.',
  },
  preflight: {
    type: 'enum',
    values: ['refuse', 'warn', 'off'],
    default: 'refuse',
    sample: 'warn',
    doc: 'Look at what the task needs before anything changes: {absent} (default) when something is wrong, warn only, or off.',
  },
  dry_run: {
    type: 'boolean',
    property: 'dryRun',
    default: false,
    sample: true,
    doc: 'Do everything but the calls that change something, and say what would be sent. Default: {absent}.',
  },
  on_failure: {
    type: 'enum',
    property: 'onFailure',
    values: ['keep', 'release'],
    default: 'keep',
    sample: 'release',
    doc: "An online task that can't be used: {absent} (default) leaves it and its machine, release deletes it. online_migration only.",
  },
  stop_when: {
    type: 'object',
    property: 'stopWhen',
    expected: 'an object with offset and for',
    needsLedger: true,
    doc: 'Stop an incremental task when the difference is at most offset for so long.',
    fields: {
      offset: {
        type: 'integer',
        required: true,
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
        sample: 0,
        doc: 'As the service states it; its unit is not documented.',
      },
      for: { type: 'duration', property: 'forMs', required: true, sample: '10m', doc: 'So long without a break.' },
    },
  },
  notify: {
    type: 'object',
    expected: 'an object with smn and on',
    needsLedger: true,
    doc: 'Tell an SMN topic what becomes of the runs.',
    fields: {
      smn: {
        type: 'string',
        required: true,
        pattern: TOPIC_URN,
        expected: 'the URN of an SMN topic, urn:smn:<region>:<project id>:<name>',
        sample: 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:migrations',
        doc: 'URN of the topic.',
      },
      on: {
        type: 'names',
        values: NOTIFY_EVENTS,
        default: NOTIFY_EVENTS,
        absent: 'all',
        sample: ['failed', 'parked'],
        doc: 'Of what; {absent} if absent.',
      },
    },
  },
} as const satisfies FieldTable;

export type TaskPolicies = ValuesOf<typeof TASK_POLICIES>;
/** Who is told, and of what. */
export type Notify = NonNullable<TaskPolicies['notify']>;
export type NotifyEvent = Notify['on'][number];

/** Of a job that says nothing. */
export const DEFAULT_TASK_POLICIES: TaskPolicies = defaultsOf(TASK_POLICIES);
