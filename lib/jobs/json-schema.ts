import { STORED_KEY, STORED_NAME, STORED_VERSION, VARIABLE_NAME } from '../kernel/secret-reference.ts';
import type { ActionKind } from '../migrations/action.ts';
import { ACTION_KINDS, ACTIONS, REVIEWS } from '../migrations/actions.ts';
import type { Field, FieldTable } from '../schema/fields.ts';
import { callerLabelSchema } from './check-auth.ts';
import { TARGET_NAME } from './check-jobs.ts';
import { objectSchema, requiredFields, type Schema, tableSchema } from './field-schema.ts';
import { FILE } from './fields/file.ts';
import { POLICIES } from './fields/policies.ts';
import { TARGET } from './fields/target.ts';
import { onField } from './fields/triggers.ts';
import { JOB_NAME } from './job-name.ts';

const STRING: Schema = { type: 'string' };

/** Required fields are added by `requiredUnlessAccepted`, because a job may leave them to its callers. */
function actionSchema(kind: ActionKind): Schema {
  const { fields: table, ownKeys, ownKeysIn = {}, namedInstances } = ACTIONS[kind];
  const { properties, ...schema } = tableSchema({ ...table, ...ownKeys }, 'action', []);
  const fields = { ...(properties as Record<string, Schema>) };
  const change = (name: string, how: (field: Schema) => Schema) => {
    fields[name] = how(fields[name] ?? {});
  };
  for (const [first, ...inner] of namedInstances) change(first, (field) => changeAt(field, inner, orTargetName));
  for (const [name, own] of Object.entries(ownKeysIn)) {
    change(name, (field) => withProperties(field, tableSchema(own, 'action', [])));
  }
  // What is required in it depends on `key`: see `requiredUnlessAccepted`.
  const { derived } = REVIEWS[kind];
  if (derived) change(derived.part, ({ required: _, ...field }) => field);
  return { title: kind, ...schema, properties: fields };
}

function changeAt(schema: Schema, path: readonly string[], how: (field: Schema) => Schema): Schema {
  const [first, ...inner] = path;
  if (first === undefined) return how(schema);
  const fields = schema['properties'] as Record<string, Schema>;
  return withProperties(schema, { properties: { [first]: changeAt(fields[first] ?? {}, inner, how) } });
}

function orTargetName({ description, ...inline }: Schema): Schema {
  return { description, anyOf: [{ ...STRING, description: 'The name of a target.', minLength: 1 }, inline] };
}

function withProperties(schema: Schema, { properties }: Schema): Schema {
  return { ...schema, properties: { ...(schema['properties'] as Schema), ...(properties as Schema) } };
}

/** A schema that constrains only this key of an object. */
function constraining(key: string, schema: Schema | false): Schema {
  return { type: 'object', properties: { [key]: schema } };
}

function requiredUnlessAccepted(kind: ActionKind): Schema {
  const { fields, supplied, fromObject = [] } = ACTIONS[kind];
  const { derived } = REVIEWS[kind];
  const required = requiredFields(fields).filter((name) => ![...supplied, ...fromObject].includes(name));
  const fromFile = constraining('on', constraining('request', constraining('accepts', false)));
  const part = derived && {
    [derived.part]: { type: 'object', required: requiredFields(tableOf(fields[derived.part])) },
  };
  return {
    if: derived ? { allOf: [fromFile, constraining(kind, constraining(derived.key, false))] } : fromFile,
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: constraining(kind, { type: 'object', ...(part ? { properties: part } : {}), required }),
  };
}

function tableOf(field: Field | undefined): FieldTable {
  return field?.type === 'object' ? field.fields : {};
}

/**
 * The JSON Schema (draft 2020-12) of a jobs file, for editors. It accepts everything that `checkJobs` accepts, and refuses most of what it refuses.
 * Rules between fields, globs, cron expressions and the names of placeholders and targets are left to `checkJobs`.
 */
export function jobsJsonSchema(): Schema {
  const actions = Object.fromEntries(ACTION_KINDS.map((kind) => [kind, actionSchema(kind)]));
  const targets = {
    description: 'DCS instances, by a name that you choose.',
    type: 'object',
    propertyNames: { pattern: TARGET_NAME.source },
    additionalProperties: tableSchema(TARGET, 'file'),
  };
  const jobs = {
    description: 'The jobs by name.',
    type: 'object',
    minProperties: 1,
    propertyNames: { pattern: JOB_NAME.source },
    additionalProperties: { $ref: '#/$defs/job' },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'migrations.yml',
    description: 'Which events start which migrations.',
    ...withProperties(tableSchema(FILE, 'file', [...requiredFields(FILE), 'jobs']), { properties: { targets, jobs } }),
    $defs: {
      secret: secretSchema(),
      caller_secret: secretSchema({ as: callerLabelSchema() }),
      placeholder: { ...STRING, description: 'A string with a {{ placeholder }}.', pattern: '\\{\\{[^{}]*\\}\\}' },
      job: {
        description: 'One or more triggers, and exactly one action.',
        ...withProperties(tableSchema({ on: onField(), ...POLICIES }, 'file'), { properties: actions }),
        oneOf: ACTION_KINDS.map((kind) => ({ required: [kind] })),
        allOf: ACTION_KINDS.map(requiredUnlessAccepted),
      },
    },
  };
}

/** @param more further keys beside the reference */
function secretSchema(more: Schema = {}): Schema {
  const text = (pattern: RegExp, description?: string) => ({
    ...STRING,
    pattern: pattern.source,
    ...(description === undefined ? {} : { description }),
  });
  const stored = {
    csms: text(STORED_NAME, 'The name of the secret in DEW.'),
    key: text(STORED_KEY, 'The key of the value, if the secret is a JSON object.'),
    version: text(STORED_VERSION, 'The ID of a version. Without it, the latest one.'),
  };
  return {
    description:
      'Where a secret is, never the secret itself: an encrypted variable of the function, or a secret in DEW (CSMS), read when a run needs it.',
    oneOf: [
      objectSchema({ user_data: text(VARIABLE_NAME), ...more }, ['user_data']),
      objectSchema({ ...stored, ...more }, ['csms']),
    ],
  };
}
