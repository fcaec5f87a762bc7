import { MAX_KEY_BYTES } from '../../kernel/max-key-bytes.ts';
import { rateProblem } from '../../kernel/rate.ts';
import type { ActionKind } from '../../migrations/action.ts';
import { ACTION_KINDS } from '../../migrations/actions.ts';
import { addressProblem } from '../../migrations/object-address.ts';
import type { ObjectField } from '../../schema/fields.ts';
import { addProblem, type Findings, own, type Path } from '../../schema/findings.ts';
import { acceptableFields, checkAccepts } from '../check-accepted.ts';
import { authSchema, checkAuth } from '../check-auth.ts';
import { frequencyProblem } from '../check-schedule.ts';
import { cronProblem } from '../cron.ts';
import { globProblem } from '../glob.ts';
import { BUCKET } from './bucket.ts';
import { OBJECT_SET } from './object-set.ts';

const OBJECT_CREATED = {
  type: 'object',
  expected: 'an object with bucket and key',
  doc: 'Every object that is created in the bucket and whose key matches.',
  fields: {
    bucket: { ...BUCKET, sample: 'redis-backups' },
    key: {
      type: 'string',
      required: true,
      min: 1,
      max: MAX_KEY_BYTES,
      problem: (text) => addressProblem(text, 'key') ?? globProblem(text),
      sample: 'prod/**/*.rdb',
      doc: 'Glob: * matches within one segment of the key, **/ matches zero or more segments.',
    },
    set: OBJECT_SET,
  },
} as const satisfies ObjectField;

const SCHEDULE = {
  type: 'object',
  expected: 'an object with cron or rate',
  exactlyOne: true,
  doc: 'A timer.',
  fields: {
    cron: {
      type: 'string',
      max: 256,
      problem: (text) => cronProblem(text) ?? frequencyProblem(text),
      sample: '0 0 2 * * ?',
      doc: 'Seconds first: [CRON_TZ=Area/City] second minute hour day-of-month month day-of-week.',
    },
    rate: {
      type: 'string',
      pattern: /^(?:(?:[1-9]|[1-5][0-9]|60)m|(?:[1-9]|1[0-9]|2[0-4])h|(?:[1-9]|[12][0-9]|30)d)$/,
      problem: rateProblem,
      sample: '1h',
      doc: 'Interval: 1m to 60m, 1h to 24h or 1d to 30d.',
    },
  },
} as const satisfies ObjectField;

export const TRIGGER_KINDS = ['object_created', 'schedule', 'request'] as const;

function onRules(given: Readonly<Record<string, unknown>>, _: unknown, path: Path, found: Findings): void {
  if (TRIGGER_KINDS.every((name) => own(given, name) === undefined)) {
    addProblem(found, path, `must have at least one of ${TRIGGER_KINDS.join(', ')}`);
  }
}

/** The `on` field of a job with an action of this kind; without a kind, of any job. */
export const onField = (kind?: ActionKind) =>
  ({
    type: 'object',
    required: true,
    expected: `an object with ${TRIGGER_KINDS.join(', ')}`,
    rules: onRules,
    schema: { minProperties: 1 },
    doc: 'What starts the job.',
    fields: {
      object_created: OBJECT_CREATED,
      schedule: SCHEDULE,
      request: {
        type: 'object',
        expected: 'an object, {} when callers may set nothing',
        doc: 'POST /jobs/{job}/runs through the gateway.',
        fields: {
          accepts: {
            type: 'custom',
            default: [],
            absent: 'none',
            check: (value, path, found) => checkAccepts(value, path, kind, found),
            schema: () => ({
              type: 'array',
              uniqueItems: true,
              items: { enum: [...new Set(ACTION_KINDS.flatMap(acceptableFields))] },
            }),
            sample: ['backup_files', 'description'],
            doc: 'The fields of the action that a caller may set. Default: {absent}.',
          },
          auth: {
            type: 'custom',
            absent: 'gateway',
            check: checkAuth,
            schema: authSchema,
            sample: {
              standard_webhooks: [{ user_data: 'CI_WEBHOOK_SECRET' }],
              bearer: [{ user_data: 'PARTNER_TOKEN', as: 'partner' }],
            },
            doc: 'How callers are authenticated: {absent} (default) leaves it to the API Gateway, none accepts everyone, otherwise any one of the secrets is sufficient. Callers with different labels (as) do not see the runs of the others.',
          },
        },
      },
    },
  }) as const satisfies ObjectField;
