import { TOPIC_URN } from '../kernel/topic-urn.ts';
import { defaultsOf } from '../schema/check-fields.ts';
import type { FieldTable, ValuesOf } from '../schema/fields.ts';

const NOTIFY_EVENTS = ['started', 'succeeded', 'failed', 'stuck', 'parked', 'missed', 'waiting'] as const;

/** The settings of a job for each of its tasks, whatever the action. They are copied into the plan and apply to the end of the run. */
export const TASK_POLICIES = {
  deadline: {
    type: 'duration',
    property: 'deadlineMs',
    default: '6h',
    needsLedger: true,
    sample: '2h',
    // A task in its steady incremental state is never stuck.
    doc: 'A task that has not ended after this time is reported as stuck. Default: {absent}.',
  },
  preflight: {
    type: 'enum',
    values: ['refuse', 'warn', 'off'],
    default: 'refuse',
    sample: 'warn',
    doc: 'Check what the task needs before anything changes: {absent} (default) the run if something is wrong, warn only, or off.',
  },
  dry_run: {
    type: 'boolean',
    property: 'dryRun',
    default: false,
    sample: true,
    doc: 'Do everything except the calls that change something, and report what would be sent. Default: {absent}.',
  },
  on_failure: {
    type: 'enum',
    property: 'onFailure',
    values: ['keep', 'release'],
    default: 'keep',
    sample: 'release',
    doc: "What happens to an online task that can't be used: {absent} (default) leaves it and its machine, release deletes it. online_migration only.",
  },
  stop_when: {
    type: 'object',
    property: 'stopWhen',
    expected: 'an object with offset and for',
    needsLedger: true,
    doc: 'Stop an incremental task once the difference has been at most offset for this long.',
    fields: {
      offset: {
        type: 'integer',
        required: true,
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
        sample: 0,
        doc: 'The difference as the service reports it; its unit is not documented.',
      },
      for: {
        type: 'duration',
        property: 'forMs',
        required: true,
        sample: '10m',
        doc: 'How long, without interruption.',
      },
    },
  },
  notify: {
    type: 'object',
    expected: 'an object with smn and on',
    needsLedger: true,
    doc: 'Notify an SMN topic about the runs.',
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
        doc: 'Which events to report. Default: {absent}.',
      },
    },
  },
} as const satisfies FieldTable;

export type TaskPolicies = ValuesOf<typeof TASK_POLICIES>;
/** Who is notified, and about which events. */
export type Notify = NonNullable<TaskPolicies['notify']>;
export type NotifyEvent = Notify['on'][number];

/** The policies of a job that sets none. */
export const DEFAULT_TASK_POLICIES: TaskPolicies = defaultsOf(TASK_POLICIES);
