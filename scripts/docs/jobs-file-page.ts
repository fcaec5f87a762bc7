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
  /** Path within the section: `set.complete.marker`, `files[].file_name`. */
  readonly key: string;
  readonly schema: Schema;
  /** The default; empty if there is none. */
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

/** Every key of a jobs file, by section. `example` is `undefined` if there is none. */
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

/** The examples of the fields, including nested ones. */
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

/** The keys of an object and of all nested objects, in schema order; entries of a list are `key[]`. */
function keysOf(schema: Schema, fields: FieldTable, example: unknown, prefix = ''): KeyRow[] {
  const needed = new Set(objectsIn(schema).flatMap((one) => (one['required'] as string[] | undefined) ?? []));
  return Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const key = `${prefix}${name}`;
    const field = fields[name];
    const value = (example as Record<string, unknown> | undefined)?.[name];
    const own = { key, schema: property, absent: absenceOf(field), required: needed.has(name), example: value };
    const items = property['items'] as Schema | undefined;
    // A secret reference is shown as one value.
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

/** Longer examples are omitted: their keys are listed one by one anyway. */
const MAX_EXAMPLE_LENGTH = 90;

function exampleText(example: unknown): string {
  const text = JSON.stringify(example);
  return text.length > MAX_EXAMPLE_LENGTH ? '' : `\`${text}\``;
}

/** The object schema itself, or the only alternative. */
function objectsIn(schema: Schema): Schema[] {
  const choices = [...((schema['anyOf'] as Schema[]) ?? []), ...((schema['oneOf'] as Schema[]) ?? [])];
  // A key that is mandatory in only one of several alternatives is not mandatory.
  return 'properties' in schema ? [schema] : choices.length === 1 ? choices : [];
}

function propertiesOf(schema: Schema): Record<string, Schema> {
  const choices = [schema, ...((schema['anyOf'] as Schema[]) ?? []), ...((schema['oneOf'] as Schema[]) ?? [])];
  return Object.assign({}, ...choices.map((one) => one['properties'] ?? {}));
}

function descriptionOf(schema: Schema): string {
  const text =
    schema['description'] ?? (schema['$ref'] === '#/$defs/secret' ? DEFINITIONS['secret']?.['description'] : '');
  return String(text ?? '').replace(/ From 1s to 30d\.$/, '');
}

function typeText(schema: Schema): string {
  if (schema['$ref'] === '#/$defs/secret') return 'a secret: `{ user_data: NAME }` or `{ csms: NAME }`';
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
      return names.length === 0 ? 'an object' : `an object with ${names.map((name) => `\`${name}\``).join(', ')}`;
    default:
      return stringText(schema);
  }
}

function rangeText({ minimum, maximum }: Schema): string {
  return `${minimum} to ${maximum}`;
}

/** Longer enumerations are not spelt out: the tables below list the names. */
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

function stringText({ minLength, maxLength, pattern, type }: Schema): string {
  const orNull = Array.isArray(type) && type.includes('null') ? ' or `null`' : '';
  if (typeof pattern === 'string' && pattern.startsWith('^([1-9][0-9]{0,6})')) return 'a duration, `1s` to `30d`';
  const isNonEmpty = minLength === 1;
  const least = minLength === undefined || isNonEmpty ? undefined : `at least ${minLength}`;
  const most = maxLength === undefined ? undefined : `at most ${maxLength}`;
  const limits = [least, most].filter((text) => text !== undefined).join(', ');
  const shape = typeof pattern === 'string' ? `, matching \`${pattern.replaceAll('|', '\\|')}\`` : '';
  return `${isNonEmpty ? 'non-empty string' : 'string'}${limits ? `, ${limits} characters` : ''}${shape}${orNull}`;
}

const INTRO = `# The jobs file

<!-- Generated by npm run docs from the checks themselves; a test compares. -->

\`migrations.yml\` holds everything that is specific to you: which events start which migrations. This page describes every key. To get started,
see [ten minutes](start.md) and [the file in this repository](../migrations.yml). [\`migrations.schema.json\`](../migrations.schema.json) provides
completion in editors, and \`npx migrations check\` lists every problem with its line.

Keys marked * are mandatory; keys of an action may be left to callers who may set them (\`accepts\`), and some to the trigger. Unknown keys are
refused. Limits: 1 MiB, YAML or JSON; 100 uses of YAML aliases.

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

**Secrets** are references only. \`{ user_data: NAME }\` names an encrypted variable of the function, whose value is deployed with it.
\`{ csms: NAME, key: KEY, version: VERSION }\` names a secret in DEW (Cloud Secret Management Service) of the file's region, whose value the functions read
when a run or a request needs it:

- without \`key\` the value is the whole secret; with it, the secret is a JSON object, and the value its string of that name;
- without \`version\` it is the latest version, so **a rotated secret needs no deploy**: it is used after at most two minutes.

A value is kept in memory for two minutes, and up to five while DEW does not respond. If a secret cannot be read (no such secret, no permission, DEW
fails or does not respond), the run waits and continues by itself (\`secret_unavailable\`), and callers that authenticate with it get a 503. A value that is
not JSON or lacks the key is refused for good (\`secret_key_missing\`). \`npx migrations check --live\` looks for the names, and the functions need
[two permissions](permissions.md).

A literal password is refused, in the file and in requests, and messages never show a value where a secret may be. A value with a line break or control
character is refused wherever it comes from, when it is read and when it is deployed; leading or trailing white space is a warning; a bearer token of
fewer than 16 characters is refused when it is deployed, and admits nobody.

**Placeholders**: \`{{ path }}\` in any string of an action is filled in from the trigger: \`object.bucket\`, \`object.key\`, \`object.name\` (the last
segment), \`object.size\`, \`object.version\`, \`time.iso\`, \`time.date\`, \`request.body.x\`, \`request.query.x\`, \`job\`. Inserted values are not
expanded again. An unknown path is an error in the file; a missing value makes the run \`rejected\`.

**Destinations are never filled from outside.** \`object.*\` and \`request.*\` are refused in every field that decides where data or a password goes,
including nested fields: instances and names of targets (\`target_instance\`, \`source_instance\`, \`latest_of\`, both sides of \`configure\`),
\`vpc_id\`, \`subnet_id\`, \`security_group_id\`, \`target\`, \`target_server.vm_id\`, \`disk_id\`, \`migration_ip\`, templates, regions and projects; and
anywhere in an object that contains a secret at any depth. \`source_server.id\` and \`backup_id\` are sources, and may be filled. In object keys, a
value that is inserted or sent by a caller must not produce a control character or a \`.\` or \`..\` segment, in any encoding. With \`accepts\` the file
may leave a destination to callers, with a warning; this is an error if passwords of \`configure\` would be sent there. A \`target_instance\` from a
caller must be one of \`targets\`, and a field that may hold a password can't be accepted.

**Without a ledger**, keys that need memory are refused, and the file is accepted with a warning: see [guarantees](guarantees.md).
`;

const TOP = `\`jobs\` and \`targets\` are described below. Objects under the ledger's prefix never start a job, and neither do those of [a probe](probe.md#events).`;
const TARGETS = `\`targets.<name>\`: DCS instances, by names of your choice, of 1 to 64 letters, digits, \`_\`, \`.\` or \`-\`. Where an action takes an
instance, it also takes such a name.`;
const JOB = `\`jobs.<name>\`: 1 to 40 lower-case letters, digits or \`-\`, starting with a letter. A job has one or more triggers under \`on\` and exactly one
of \`backup_import\`, \`online_migration\` and \`server_migration\`. The keys here control how its runs are coordinated and followed.`;
const OBJECT_CREATED = `\`on.object_created\`: every job that matches is started. Keys in events are form-decoded first (\`OBJECT_KEYS\`). \`*\` matches within one
segment of the key, \`**/\` zero or more segments, a trailing \`**\` everything below; all other characters are literal. Removed objects and folders
are skipped. A set is complete when all conditions in \`set.complete\` hold, at least one of which must be \`marker\`, \`count\` or \`quiet\`; the guide
[A backup lands](guides/backup-lands.md#sets) compares them.`;
const SCHEDULE = `\`on.schedule\`: exactly one of the two. FunctionGraph's cron has six fields, with seconds first; five-field Unix expressions are refused.
Without a \`CRON_TZ=Area/City \` prefix it uses the region's time zone, regardless of \`time_zone\`. Zones are \`Area/City\` or \`UTC\`; abbreviations
such as CST or IST are ambiguous, and are refused. It may fire at most once a minute. \`check\` warns if it fires more often than \`limit\` allows
runs to start, and if a clock change within the next year skips or repeats its time.`;
const REQUEST = `\`on.request\`: \`POST /jobs/{job}/runs\` starts it; see [the webhook](webhook.md). \`auth\` is \`gateway\`, \`none\` or one of the two lists.`;
const BACKUP_IMPORT = `DCS CreateMigrationTask. The keys are those of the API (DCS API reference, 2024-11-06), except for our own \`latest_of\`, \`copy_first\` and
\`backup_target_first\`. \`migration_type\`, \`migration_method\` and \`task_name\` are optional, and so is \`backup_files\` if the trigger provides it. An
import merges: keys in the file overwrite those of the instance, and all others are kept.`;
const ONLINE_MIGRATION = `DCS CreateOnlineMigrationTask. \`configure\` is the body of SetOnlineMigrationTask, which starts the migration, and needs a ledger. Without it,
somebody else must configure the task.`;
const SERVER_MIGRATION = `SMS CreateTask (API page of 2025-01-24). \`target\`, \`start\` and \`confirm_format\` are our own: with \`target\`, everything but \`source_server\`
is derived from the source server, and given fields take precedence. \`target\` has either \`template\` or \`server\`.`;
const TARGET_SERVER = `\`server_migration.target_server\`, if it is not derived. Sizes are in bytes.`;

const OUTRO = `## Names of tasks

The name of a task ends in the first digits of its run, so that the task can be found again: DCS \`<task_name>-<12 digits>\`, at most 64 characters
of \`[A-Za-z0-9_-]\`; SMS \`<name>_<8 digits>\`, at most 20 of \`[A-Za-z0-9_]\`. Longer names are cut, and other characters are replaced.
`;
