import { MAX_KEY_BYTES } from '../kernel/max-key-bytes.ts';
import { REGION } from '../kernel/region.ts';
import { TOPIC_URN } from '../kernel/topic-urn.ts';
import type { ActionKind } from '../migrations/action.ts';
import { ACTION_KINDS, ACTIONS, REVIEWS } from '../migrations/actions.ts';
import { NOTIFY_EVENTS, ON_FAILURES, PREFLIGHTS } from '../migrations/task-policies.ts';
import { VARIABLE_NAME } from '../schema/check-fields.ts';
import type { Field, FieldTable } from '../schema/fields.ts';
import { AUTH_SCHEMES, MAX_AUTH_SECRETS, UNCHECKED_AUTHS } from './check-auth.ts';
import { BUCKET_NAME } from './check-bucket.ts';
import { JOB_NAME, TARGET_NAME } from './check-jobs.ts';
import { LEDGER_PREFIX, MAX_LEDGER_PREFIX_LENGTH, SETTLE_SECONDS } from './check-ledger.ts';
import { LIMIT_RUNS, STOP_OFFSET } from './check-policies.ts';
import { SET_BY, SET_COUNT, SET_MARKER } from './check-set.ts';
import { acceptableFields } from './check-triggers.ts';
import { DURATION } from './duration.ts';
import { OVERLAPS } from './job.ts';
import { TIME_ZONE } from './time-zone.ts';

type Schema = { readonly [key: string]: unknown };

const TEXT: Schema = { type: 'string' };
const SECRET: Schema = { $ref: '#/$defs/secret' };
const PLACEHOLDER: Schema = { $ref: '#/$defs/placeholder' };

function textSchema(field: Extract<Field, { type: 'string' }>): Schema {
  const type = field.nullable ? ['string', 'null'] : 'string';
  const limits = {
    ...(field.min ? { minLength: field.min } : {}),
    ...(field.max === undefined ? {} : { maxLength: field.max }),
    ...(field.values ? { enum: field.nullable ? [...field.values, null] : field.values } : {}),
    ...(field.pattern ? { pattern: `^(?:${field.pattern.source})$` } : {}),
  };
  return Object.keys(limits).length === 0 ? { type } : { anyOf: [{ type, ...limits }, PLACEHOLDER] };
}

function kindSchema(field: Field): Schema {
  switch (field.type) {
    case 'string':
      return textSchema(field);
    case 'secret':
      return SECRET;
    case 'integer':
    case 'number': {
      const { type, min: minimum, max: maximum } = field;
      const number = { type, minimum, maximum };
      return field.type === 'integer' && field.sendAs
        ? { anyOf: [number, { ...TEXT, pattern: '^[0-9]{1,16}$' }] }
        : number;
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'object':
      return tableSchema(field.fields, mandatory(field.fields));
    case 'list': {
      const { min, max } = field;
      const limits = { ...(min ? { minItems: min } : {}), ...(max === undefined ? {} : { maxItems: max }) };
      return { type: 'array', items: fieldSchema(field.of), ...limits };
    }
  }
}

function fieldSchema(field: Field): Schema {
  return { description: field.doc, ...(field.warn ? { deprecated: true } : {}), ...kindSchema(field) };
}

function mandatory(table: FieldTable): string[] {
  return Object.entries(table)
    .filter(([, field]) => field.must)
    .map(([name]) => name);
}

function tableSchema(table: FieldTable, required: readonly string[]): Schema {
  const properties = Object.fromEntries(Object.entries(table).map(([name, field]) => [name, fieldSchema(field)]));
  return objectSchema(properties, required);
}

function objectSchema(properties: Schema, required: readonly string[]): Schema {
  return { type: 'object', additionalProperties: false, properties, ...(required.length > 0 ? { required } : {}) };
}

/** Mandatory fields are asked for by `requiredUnlessAccepted`, for a job may leave them to its callers. */
function actionSchema(kind: ActionKind): Schema {
  const { fields: table, ownKeys, ownKeysIn = {}, namedInstances } = ACTIONS[kind];
  const { properties, ...schema } = tableSchema({ ...table, ...ownKeys }, []);
  const fields = { ...(properties as Record<string, Schema>) };
  const change = (name: string, how: (field: Schema) => Schema) => {
    fields[name] = how(fields[name] ?? {});
  };
  for (const [first, ...inner] of namedInstances) change(first, (field) => changeAt(field, inner, orTargetName));
  for (const [name, own] of Object.entries(ownKeysIn)) {
    change(name, (field) => withProperties(field, tableSchema(own, [])));
  }
  // What is mandatory in it depends on `key`: see `requiredUnlessAccepted`.
  const { derived } = REVIEWS[kind];
  if (derived) change(derived.part, ({ required: _, ...field }) => field);
  return { title: kind, ...schema, properties: fields };
}

function orTargetName({ description, ...inline }: Schema): Schema {
  return { description, anyOf: [{ ...TEXT, description: 'The name of a target.', minLength: 1 }, inline] };
}

function changeAt(schema: Schema, path: readonly string[], how: (field: Schema) => Schema): Schema {
  const [first, ...inner] = path;
  if (first === undefined) return how(schema);
  const fields = schema['properties'] as Record<string, Schema>;
  return withProperties(schema, { properties: { [first]: changeAt(fields[first] ?? {}, inner, how) } });
}

function withProperties(schema: Schema, { properties }: Schema): Schema {
  return { ...schema, properties: { ...(schema['properties'] as Schema), ...(properties as Schema) } };
}

/** An object of which only this key is judged. */
function judging(key: string, schema: Schema | false): Schema {
  return { type: 'object', properties: { [key]: schema } };
}

function requiredUnlessAccepted(kind: ActionKind): Schema {
  const { fields, supplied, fromObject = [] } = ACTIONS[kind];
  const { derived } = REVIEWS[kind];
  const required = mandatory(fields).filter((name) => ![...supplied, ...fromObject].includes(name));
  const fromFile = judging('on', judging('request', judging('accepts', false)));
  const part = derived && { [derived.part]: { type: 'object', required: mandatory(tableOf(fields[derived.part])) } };
  return {
    if: derived ? { allOf: [fromFile, judging(kind, judging(derived.key, false))] } : fromFile,
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: judging(kind, { type: 'object', ...(part ? { properties: part } : {}), required }),
  };
}

function tableOf(field: Field | undefined): FieldTable {
  return field?.type === 'object' ? field.fields : {};
}

function setSchema(): Schema {
  const marker = {
    ...TEXT,
    description: 'An object of this name lies directly below the prefix. It is not one of the files.',
    pattern: SET_MARKER.source,
  };
  const count = { description: 'There are at least so many files.', ...wholeSchema(SET_COUNT) };
  const quiet = duration('Nothing was added for so long.');
  const manifest = {
    description:
      "The marker's content lists the files, one name in a line or as a JSON array: all of them are there, and only they are imported. Needs marker.",
    type: 'boolean',
  };
  return {
    description: 'Objects that belong together start one run. Needs a ledger.',
    ...objectSchema(
      {
        by: { ...TEXT, description: 'Prefix of the objects of a set, such as prod/{set}/.', pattern: SET_BY.source },
        complete: {
          description: 'When a set is complete: everything that is given here holds.',
          ...objectSchema({ marker, count, quiet, manifest }, []),
          minProperties: 1,
          dependentRequired: { manifest: ['marker'] },
        },
        deadline: duration('A set that is not complete after this time is reported; 6h if absent.'),
      },
      ['by', 'complete'],
    ),
  };
}

function duration(description: string): Schema {
  return { ...TEXT, description: `${description} 1s to 30d.`, pattern: DURATION.source };
}

function triggersSchema(): Schema {
  const names = [...new Set(ACTION_KINDS.flatMap(acceptableFields))];
  const schema = objectSchema(
    {
      object_created: {
        description: 'Every object that is created in a bucket and whose key matches.',
        ...objectSchema(
          {
            bucket: { ...TEXT, description: 'OBS bucket.', pattern: BUCKET_NAME.source },
            key: {
              ...TEXT,
              description: 'Glob: * within one segment of the key, **/ for zero or more segments.',
              minLength: 1,
              maxLength: MAX_KEY_BYTES,
            },
            set: setSchema(),
          },
          ['bucket', 'key'],
        ),
      },
      schedule: {
        description: 'A timer.',
        oneOf: [
          objectSchema(
            {
              cron: {
                ...TEXT,
                description: 'Seconds first: [CRON_TZ=Area/City] second minute hour day-of-month month day-of-week.',
                maxLength: 256,
              },
            },
            ['cron'],
          ),
          objectSchema(
            {
              rate: {
                ...TEXT,
                description: '1m to 60m, 1h to 24h, 1d to 30d.',
                pattern: '^(?:(?:[1-9]|[1-5][0-9]|60)m|(?:[1-9]|1[0-9]|2[0-4])h|(?:[1-9]|[12][0-9]|30)d)$',
              },
            },
            ['rate'],
          ),
        ],
      },
      request: {
        description: 'POST /jobs/{job}/runs through the gateway.',
        ...objectSchema(
          {
            accepts: {
              description: 'The fields of the action that a caller may set; none if absent.',
              type: 'array',
              uniqueItems: true,
              items: { enum: names },
            },
            auth: authSchema(),
          },
          [],
        ),
      },
    },
    [],
  );
  return { description: 'What starts the job.', minProperties: 1, ...schema };
}

function authSchema(): Schema {
  const description = 'The secrets: any one of them lets a caller in.';
  const secrets = {
    description,
    type: 'array',
    items: SECRET,
    minItems: 1,
    maxItems: MAX_AUTH_SECRETS,
    uniqueItems: true,
  };
  return {
    description:
      'How callers are known: gateway (default) leaves it to the API Gateway, none lets everybody in, else any one of the secrets will do.',
    oneOf: [{ enum: UNCHECKED_AUTHS }, ...AUTH_SCHEMES.map((scheme) => objectSchema({ [scheme]: secrets }, [scheme]))],
  };
}

function wholeSchema({ min, max }: { readonly min: number; readonly max: number }): Schema {
  return { type: 'integer', minimum: min, maximum: max };
}

function ledgerSchema(): Schema {
  const bucket = { ...TEXT, description: 'OBS bucket.', pattern: BUCKET_NAME.source };
  const prefix = {
    ...TEXT,
    description:
      'What all keys of the ledger begin with, such as migrations/. Nothing below it starts a job. One prefix for one region, project and stage.',
    pattern: LEDGER_PREFIX.source,
    maxLength: MAX_LEDGER_PREFIX_LENGTH,
  };
  return {
    description: "The durable record of runs. Without it the cloud's own lists of tasks are the only memory.",
    ...objectSchema(
      { obs: { description: 'Where it lies.', ...objectSchema({ bucket, prefix }, ['bucket', 'prefix']) } },
      ['obs'],
    ),
  };
}

function policySchemas(): Record<string, Schema> {
  return {
    overlap: {
      description:
        'While another run has the target: queue (default) waits, latest waits in place of the runs of this job that wait for it already (never of requests), reject refuses. Needs a ledger.',
      enum: OVERLAPS,
    },
    deadline: duration('A task that is not over after this time is reported as stuck; 6h if absent. Needs a ledger.'),
    preflight: {
      description:
        'Look at what the task needs before anything changes: refuse (default) when something is wrong, warn only, or off.',
      enum: PREFLIGHTS,
    },
    sweep: {
      description:
        'Look through the bucket for objects whose notification never came. Needs a ledger and object_created.',
      ...objectSchema({ every: duration('1h if absent.'), look_back: duration('24h if absent; at least every.') }, []),
    },
    notify: {
      description: 'Tell an SMN topic what becomes of the runs. Needs a ledger.',
      ...objectSchema(
        {
          smn: { ...TEXT, description: 'URN of the topic.', pattern: TOPIC_URN.source },
          on: {
            description: 'Of what; all if absent.',
            type: 'array',
            minItems: 1,
            uniqueItems: true,
            items: { enum: NOTIFY_EVENTS },
          },
        },
        ['smn'],
      ),
    },
    on_failure: {
      description:
        "An online task that can't be used: keep (default) leaves it and its machine, release deletes it. online_migration only.",
      enum: ON_FAILURES,
    },
    stop_when: {
      description: 'Stop an incremental task when the difference is at most offset for so long. Needs a ledger.',
      ...objectSchema(
        {
          offset: { description: 'As the service states it; its unit is not documented.', ...wholeSchema(STOP_OFFSET) },
          for: duration('So long without a break.'),
        },
        ['offset', 'for'],
      ),
    },
    dry_run: {
      description: 'Do everything but the calls that change something, and say what would be sent. Default: false.',
      type: 'boolean',
    },
    limit: {
      description: 'At most so many runs in such a time; 20 per 1h if absent. Needs a ledger.',
      ...objectSchema(
        { runs: { description: 'So many runs.', ...wholeSchema(LIMIT_RUNS) }, per: duration('In such a time.') },
        ['runs', 'per'],
      ),
    },
  };
}

/**
 * The JSON Schema (draft 2020-12) of a jobs file, for editors: it accepts all that `checkJobs` accepts, and refuses most of what that
 * refuses. Rules between fields, globs, cron expressions and names of placeholders and targets are left to `checkJobs`.
 */
export function jobsJsonSchema(): Schema {
  const actions = Object.fromEntries(ACTION_KINDS.map((kind) => [kind, actionSchema(kind)]));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'migrations.yml',
    description: 'Which events start which migrations.',
    ...objectSchema(
      {
        version: { description: 'Version of this format.', const: 1 },
        region: { ...TEXT, description: 'Region of the DCS calls, such as ap-southeast-3.', pattern: REGION.source },
        ledger: ledgerSchema(),
        settle_seconds: {
          description: `How long a task that was sent may take to show in a list; ${SETTLE_SECONDS.default} if absent.`,
          ...wholeSchema(SETTLE_SECONDS),
        },
        time_zone: { ...TEXT, description: 'For {{ time.date }}, such as Europe/Berlin.', pattern: TIME_ZONE.source },
        targets: {
          description: 'DCS instances, by a name of your own.',
          type: 'object',
          propertyNames: { pattern: TARGET_NAME.source },
          additionalProperties: objectSchema(
            { id: { ...TEXT, description: 'Id of the DCS instance.', minLength: 1 }, password: SECRET },
            ['id'],
          ),
        },
        jobs: {
          description: 'The jobs by name.',
          type: 'object',
          minProperties: 1,
          propertyNames: { pattern: JOB_NAME.source },
          additionalProperties: { $ref: '#/$defs/job' },
        },
      },
      ['version', 'region', 'jobs'],
    ),
    $defs: {
      secret: {
        description: 'The name of an encrypted variable of the function; never the secret itself.',
        ...objectSchema({ user_data: { ...TEXT, pattern: VARIABLE_NAME.source } }, ['user_data']),
      },
      placeholder: { ...TEXT, description: 'A text with a {{ placeholder }}.', pattern: '\\{\\{[^{}]*\\}\\}' },
      job: {
        description: 'One or more triggers, and exactly one action.',
        ...objectSchema({ on: triggersSchema(), ...policySchemas(), ...actions }, ['on']),
        oneOf: ACTION_KINDS.map((kind) => ({ required: [kind] })),
        allOf: ACTION_KINDS.map(requiredUnlessAccepted),
      },
    },
  };
}
