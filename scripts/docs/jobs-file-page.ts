import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { defaultText } from '../../lib/jobs/field-schema.ts';
import { FILE } from '../../lib/jobs/fields/file.ts';
import { POLICIES } from '../../lib/jobs/fields/policies.ts';
import { TARGET } from '../../lib/jobs/fields/target.ts';
import { onField } from '../../lib/jobs/fields/triggers.ts';
import { jobsJsonSchema } from '../../lib/jobs/json-schema.ts';
import { allFields } from '../../lib/migrations/fields-along.ts';
import type { Field, FieldTable } from '../../lib/schema/fields.ts';
import { table } from './table.ts';

type Schema = { readonly [key: string]: unknown };

/** One key of the jobs file. */
interface KeyRow {
  /** From the section on: `set.complete.marker`, `files[].file_name`. */
  readonly key: string;
  readonly schema: Schema;
  /** What holds without it; empty when nothing does. */
  readonly absent: string;
  readonly required: boolean;
  readonly example: unknown;
}

interface Section {
  readonly title: string;
  readonly about: string;
  readonly rows: readonly KeyRow[];
}

/** A value for each field of the actions. */
const SAMPLES: Readonly<Record<string, Schema>> = parse(
  readFileSync(join(import.meta.dirname, 'sample-values.yml'), 'utf8'),
);
const DEFINITIONS = jobsJsonSchema()['$defs'] as Record<string, Schema>;

/** Every key of a jobs file by sections. `example` is `undefined` when there is none. */
export function jobsFileSections(): Section[] {
  const { jobs: _, targets, ...top } = propertiesOf(jobsJsonSchema());
  const { on, backup_import, online_migration, server_migration, ...policies } = propertiesOf(DEFINITIONS['job'] ?? {});
  const { object_created, schedule, request } = propertiesOf(on as Schema);
  const { fields: triggers } = onField();
  const [imported, online, server] = (['backup_import', 'online_migration', 'server_migration'] as const).map(
    allFields,
  );
  const { target_server } = propertiesOf(server_migration as Schema);
  const section = (title: string, about: string, schema: unknown, fields: FieldTable = {}, example?: object) => ({
    title,
    about,
    rows: keysOf(schema as Schema, fields, example ?? sampleOf(fields)),
  });
  const ofServer = section('server_migration', SERVER_MIGRATION, server_migration, server, SAMPLES['server_migration']);
  return [
    section('The file', TOP, { properties: top, required: ['version', 'region'] }, FILE),
    section('Targets', TARGETS, (targets as Schema)['additionalProperties'], TARGET),
    section('A job', JOB, { properties: policies }, POLICIES),
    section('object_created', OBJECT_CREATED, object_created, triggers.object_created.fields),
    section('schedule', SCHEDULE, schedule, triggers.schedule.fields),
    section('request', REQUEST, request, triggers.request.fields),
    section('backup_import', BACKUP_IMPORT, backup_import, imported, SAMPLES['backup_import']),
    section('online_migration', ONLINE_MIGRATION, online_migration, online, SAMPLES['online_migration']),
    { ...ofServer, rows: ofServer.rows.filter(({ key }) => !key.startsWith('target_server.')) },
    section(
      'target_server',
      TARGET_SERVER,
      target_server,
      fieldsOf(server?.['target_server']),
      SAMPLES['server_migration']?.['target_server'] as Schema,
    ),
  ];
}

/** The example of every field that has one, or whose fields have. */
function sampleOf(fields: FieldTable): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.sample ?? sampleOf(fieldsOf(field))]),
  );
}

/** The fields of an object, or of the objects of a list. */
function fieldsOf(field: Field | undefined): FieldTable {
  const inner = field?.type === 'list' ? field.of : field;
  return inner?.type === 'object' ? inner.fields : {};
}

/** docs/jobs-file.md. */
export function jobsFilePage(): string {
  const sections = jobsFileSections().map(({ title, about, rows }) => {
    const cells = rows.map(({ key, schema, absent, required, example }) => [
      `\`${key}\`${required ? ' *' : ''}`,
      typeText(schema),
      absent,
      exampleText(example),
      descriptionOf(schema),
    ]);
    return `## ${title}\n\n${about}\n\n${table(['key', 'value', 'without it', 'example', 'meaning'], cells)}`;
  });
  return `${INTRO}\n${sections.join('\n')}\n${OUTRO}`;
}

/** The keys of an object and of all below it, in the order of the schema; a list's entries are `key[]`. */
function keysOf(schema: Schema, fields: FieldTable, example: unknown, prefix = ''): KeyRow[] {
  const needed = new Set(objectsIn(schema).flatMap((one) => (one['required'] as string[] | undefined) ?? []));
  return Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const key = `${prefix}${name}`;
    const field = fields[name];
    const value = (example as Record<string, unknown> | undefined)?.[name];
    const own = { key, schema: property, absent: absenceOf(field), required: needed.has(name), example: value };
    const items = property['items'] as Schema | undefined;
    // A reference to a secret is shown whole; where it stands is what matters.
    if ((items ?? property)['$ref'] === '#/$defs/secret') return [own];
    const inner = items
      ? keysOf(items, fieldsOf(field), Array.isArray(value) ? value[0] : undefined, `${key}[].`)
      : keysOf(property, fieldsOf(field), value, `${key}.`);
    return [own, ...inner];
  });
}

function absenceOf(field: Field | undefined): string {
  const text = field && defaultText(field);
  return `${text ?? ''}${field?.serviceDefault === undefined ? '' : " (the service's)"}`;
}

/** What is longer is shown key by key anyway. */
const MAX_EXAMPLE_LENGTH = 90;

function exampleText(example: unknown): string {
  const text = JSON.stringify(example);
  return text.length > MAX_EXAMPLE_LENGTH ? '' : `\`${text}\``;
}

/** The object itself, and those that it may be one of. */
function objectsIn(schema: Schema): Schema[] {
  const choices = [...((schema['anyOf'] as Schema[]) ?? []), ...((schema['oneOf'] as Schema[]) ?? [])];
  // What is mandatory in one of several forms is no more than that.
  return 'properties' in schema ? [schema] : choices.length === 1 ? choices : [];
}

function propertiesOf(schema: Schema): Record<string, Schema> {
  const choices = [schema, ...((schema['anyOf'] as Schema[]) ?? []), ...((schema['oneOf'] as Schema[]) ?? [])];
  return Object.assign({}, ...choices.map((one) => one['properties'] ?? {}));
}

function descriptionOf(schema: Schema): string {
  const text =
    schema['description'] ?? (schema['$ref'] === '#/$defs/secret' ? DEFINITIONS['secret']?.['description'] : '');
  return String(text ?? '').replace(/ 1s to 30d\.$/, '');
}

function typeText(schema: Schema): string {
  if (schema['$ref'] === '#/$defs/secret') return 'a secret: `{ user_data: NAME }`';
  if ('const' in schema) return `\`${schema['const']}\``;
  const choices = ((schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined)?.filter(
    (one) => one['$ref'] !== '#/$defs/placeholder',
  );
  if (choices) return choices.map(typeText).join(', or ');
  const values = schema['enum'] as unknown[] | undefined;
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  const names = Object.keys(propertiesOf(schema));
  switch (schema['type']) {
    case 'integer':
      return `whole number, ${rangeText(schema)}`;
    case 'number':
      return `number, ${rangeText(schema)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return listText(schema);
    case 'object':
      return names.length === 0 ? 'an object' : `an object of ${names.map((name) => `\`${name}\``).join(', ')}`;
    default:
      return textText(schema);
  }
}

function rangeText({ minimum, maximum }: Schema): string {
  return `${minimum} to ${maximum}`;
}

/** The fields of all actions: the tables below have them. */
const MAX_LISTED = 12;

function listText({ minItems, maxItems, items, uniqueItems }: Schema): string {
  const least = minItems === undefined ? '' : ` at least ${minItems}`;
  const most = maxItems === undefined ? '' : ` at most ${maxItems}`;
  const { enum: values, $ref } = (items ?? {}) as { enum?: unknown[]; $ref?: string };
  const of =
    values && values.length > MAX_LISTED
      ? ' of names'
      : values
        ? `: ${values.map((value) => `\`${value}\``).join(', ')}`
        : $ref
          ? ' of secrets'
          : '';
  const limits = [least, most].filter((text) => text !== '').join(',');
  return `a list${of}${limits ? `,${limits}` : ''}${uniqueItems ? ', each once' : ''}`;
}

function textText({ minLength, maxLength, pattern, type }: Schema): string {
  const orNull = Array.isArray(type) && type.includes('null') ? ' or `null`' : '';
  if (typeof pattern === 'string' && pattern.startsWith('^([1-9][0-9]{0,6})')) return 'a duration, `1s` to `30d`';
  const least = minLength === undefined ? undefined : `at least ${minLength}`;
  const most = maxLength === undefined ? undefined : `at most ${maxLength}`;
  const limits = [least, most].filter((text) => text !== undefined).join(', ');
  const shape = typeof pattern === 'string' ? `, matching \`${pattern.replaceAll('|', '\\|')}\`` : '';
  return `text${limits ? `, ${limits} characters` : ''}${shape}${orNull}`;
}

const INTRO = `# The jobs file

<!-- Written by npm run docs from the checks themselves; a test compares. -->

\`migrations.yml\` says everything that is specific to you: which events start which migrations. This page has every key. For a start see
[ten minutes](start.md) and [the file that comes with this repository](../migrations.yml); [\`migrations.schema.json\`](../migrations.schema.json)
gives completion in editors, and \`npx migrations check\` names every problem with its line.

A key with * is mandatory; those of an action may be left to a caller who may set them (\`accepts\`), and some to the trigger. Unknown keys are
refused. At most 1 MiB, YAML or JSON; at most 100 uses of YAML aliases.

\`\`\`yaml
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  staging-cache:
    id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5
    password: { user_data: STAGING_CACHE_PASSWORD }
jobs:
  restore-staging:
    on:
      object_created: { bucket: redis-backups, key: "prod/**/*.rdb" }
    backup_import:
      target_instance: staging-cache
\`\`\`

**Secrets** are references only: \`{ user_data: NAME }\` names an encrypted variable of the function. A literal password is refused, in the file and
in a request, and no message shows what was given where a secret may stand. A value with a line end or a control character is refused
when it is read and when it is deployed; a blank at an end is a warning.

**Placeholders**: \`{{ path }}\` in any text of an action is filled in from what started the run: \`object.bucket\`, \`object.key\`, \`object.name\`
(the last segment), \`object.size\`, \`object.version\`, \`time.iso\`, \`time.date\`, \`request.body.x\`, \`request.query.x\`, \`job\`. What is inserted
is not expanded again. An unknown path is an error of the file; a value that is missing refuses the run.

**Destinations are never filled from outside.** \`object.*\` and \`request.*\` are refused in every field that decides where data or a password
goes, and in all that is in it: instances and names of targets (\`target_instance\`, \`source_instance\`, \`latest_of\`, both sides of
\`configure\`), \`vpc_id\`, \`subnet_id\`, \`security_group_id\`, \`target\`, \`target_server.vm_id\`, \`disk_id\`, \`migration_ip\`, templates, regions
and projects; and anywhere in an object that has a secret in it, at whatever depth. \`source_server.id\` and \`backup_id\` say where data comes
from, and may be filled. In the key of an object what is inserted, or sent by a caller, may make no control character and no segment \`.\` or
\`..\`, in whatever encoding. With \`accepts\` the file may leave such a field to its callers, with a warning; it is an error where passwords of
\`configure\` would go with it. A \`target_instance\` from a caller is one of \`targets\`, and a field that may hold a password can't be accepted.

**Without a ledger** what needs memory is refused, and the file is taken with a warning: see [guarantees](guarantees.md).
`;

const TOP = `\`jobs\` and \`targets\` are described below. Nothing below the ledger's prefix may start a job.`;
const TARGETS = `\`targets.<name>\`: DCS instances by a name of your own, of 1 to 64 letters, digits, \`_\`, \`.\` or \`-\`. Where an action takes an
instance, it takes such a name.`;
const JOB = `\`jobs.<name>\`: 1 to 40 lower-case letters, digits or \`-\`, the first a letter. A job has one or more triggers under \`on\` and exactly one
of \`backup_import\`, \`online_migration\` and \`server_migration\`. The keys here say how its runs go together and how they are followed.`;
const OBJECT_CREATED = `\`on.object_created\`: every job that matches runs; keys of events are form-decoded before (\`OBJECT_KEYS\`). \`*\` matches within one segment of the key, \`**/\` zero or more segments, \`**\` at
the end everything below; all else literally. Removed objects and folders are skipped. A set is
complete when everything in \`set.complete\` holds, of which at least one of \`marker\`, \`count\` and \`quiet\` is given; the guide
[A backup lands](guides/backup-lands.md#sets) says what each is worth.`;
const SCHEDULE = `\`on.schedule\`: exactly one of the two. FunctionGraph's cron has six fields with the seconds first; a five-field Unix line is
refused. Without \`CRON_TZ=Area/City \` in front it counts in the region's time zone, whatever \`time_zone\` says. Zones are \`Area/City\` or \`UTC\`:
abbreviations such as CST or IST mean other zones to other readers, and are refused. It may fire once a minute at most; \`check\` warns when it
fires more often than \`limit\` lets runs start, and when a change of the clocks within the next year skips its time or shows it twice.`;
const REQUEST = `\`on.request\`: \`POST /jobs/{job}/runs\` starts it; see [the webhook](webhook.md). \`auth\` is \`gateway\`, \`none\` or one of the two lists.`;
const BACKUP_IMPORT = `DCS CreateMigrationTask; the keys are the API's own (DCS API reference, 2024-11-06), and \`latest_of\`, \`copy_first\` and
\`backup_target_first\` ours. \`migration_type\`, \`migration_method\` and \`task_name\` may be left out, and \`backup_files\` where the trigger gives
it. An import merges: keys of the file overwrite those of the instance, all others stay.`;
const ONLINE_MIGRATION = `DCS CreateOnlineMigrationTask; \`configure\` is the body of SetOnlineMigrationTask, which starts the migration, and needs a ledger. Without
it somebody else has to configure the task.`;
const SERVER_MIGRATION = `SMS CreateTask (API page of 2025-01-24). \`target\`, \`start\` and \`confirm_format\` are ours: with \`target\` all but \`source_server\` is
derived from the source server, and what is given wins. \`target\` has \`template\` or \`server\`, not both.`;
const TARGET_SERVER = `\`server_migration.target_server\`, when it is not derived. Sizes are bytes.`;

const OUTRO = `## Names that are made

The name of a task ends in the first digits of its run, so that it can be found again: DCS \`<task_name>-<12 digits>\` within 64 characters of
\`[A-Za-z0-9_-]\`, SMS \`<name>_<8 digits>\` within 20 of \`[A-Za-z0-9_]\`. What does not fit is cut and replaced.
`;
