import { objectSchema, type Schema } from '../jobs/field-schema.ts';
import { DEPLOYMENT_VERSION } from './deployment.ts';

const text = (description: string): Schema => ({ type: 'string', description });
const whole = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
const texts = (description: string): Schema => ({ type: 'array', items: { type: 'string' }, description });
const map = (description: string): Schema => ({
  type: 'object',
  additionalProperties: { type: 'string' },
  description,
});
const each = (items: Schema, description: string): Schema => ({ type: 'array', items, description });
/** Every member is always there. */
const members = (properties: Readonly<Record<string, Schema>>, description?: string): Schema => ({
  ...objectSchema(properties, Object.keys(properties)),
  ...(description === undefined ? {} : { description }),
});
const orNull = ({ description, ...schema }: Schema): Schema => ({ description, anyOf: [schema, { type: 'null' }] });

const STATEMENT: Schema = objectSchema(
  {
    Effect: { const: 'Allow' },
    Action: texts('Actions of services.'),
    Resource: texts('Resources; without it, all.'),
  },
  ['Effect', 'Action'],
);
const policy = (version: string, description: string): Schema =>
  orNull(members({ Version: { const: version }, Statement: each(STATEMENT, 'One for each action.') }, description));

const PACKAGE = members(
  {
    file: text(
      "The zip, relative to the folder of serverless.yml, or absolute if --package is: CreateFunction's func_code.",
    ),
    bytes: whole('Size of the zip.'),
    sha512: {
      type: 'string',
      pattern: '^[0-9a-f]{128}$',
      description: 'SHA-512 of the zip in hex, as the service lists it (digest).',
    },
  },
  'The code with the jobs file. The same sources give the same bytes.',
);

const VPC = members(
  {
    vpc_id: text('ID of the VPC.'),
    subnet_id: text('ID of the subnet.'),
    security_groups: texts('IDs of security groups.'),
  },
  'Null: in no VPC.',
);

const LOGS = members(
  {
    group_id: text('ID of the log group.'),
    group_name: orNull(text('Name of the log group.')),
    stream_id: text('ID of the log stream.'),
    stream_name: orNull(text('Name of the log stream.')),
  },
  'Where LTS stores the log. Null: as it is.',
);

const ASYNC = members(
  {
    max_async_retry_attempts: whole('Retries of a failed asynchronous invocation.'),
    max_async_event_age_in_seconds: whole('How long an event may wait.'),
    on_failure: orNull(
      members(
        { destination: { enum: ['SMN', 'FunctionGraph'] }, param: map('topic_urn, or func_urn.') },
        'Where events go that failed for good.',
      ),
    ),
  },
  'UpdateFunctionAsyncInvokeConfig. Null: the function has no such configuration.',
);

const TRIGGER = members({
  type: text('TIMER, OBS, EVENTGRID, APIG, DEDICATEDGATEWAY, or that of an entry in events.'),
  status: { enum: ['ACTIVE', 'DISABLED'], description: 'Status of the trigger.' },
  event_data: { type: 'object', description: "CreateFunctionTrigger's event_data, as it is sent." },
  event_data_secrets: texts('Places in event_data that are left out, because their names say that they are secrets.'),
});

const POLICIES = members(
  {
    project: policy('1.1', 'Custom policy for project-level services.'),
    global: policy('1.1', 'Custom policy for global services.'),
    identity: policy('5.0', 'The same as one identity policy of the new IAM.'),
  },
  'The permissions that the code needs from its execution agency. Null: none.',
);

const FUNCTION = members({
  name: text('Name of the function.'),
  app: text("App of the function (CreateFunction's package)."),
  type: text('Version of FunctionGraph.'),
  description: text('Description.'),
  runtime: text('Runtime, such as Node.js20.15.'),
  handler: text('File and export.'),
  memory_size: whole('Memory in MB.'),
  timeout: whole('Timeout in seconds.'),
  initializer_handler: text('File and export.'),
  initializer_timeout: whole('Timeout of the initializer in seconds.'),
  package: PACKAGE,
  environment: map(
    "Plain variables (user_data). The deploy adds DEPLOYED_SECRETS, its own mark of the secrets' values.",
  ),
  environment_secrets: texts('Plain variables that are left out, because their names say that they are secrets.'),
  encrypted_environment: texts('Names of the encrypted variables (encrypted_user_data). Their values are never here.'),
  agency: text('Agency for configuration, bucket events and the network (xrole).'),
  execution_agency: text('Agency that gives the code its keys (app_xrole).'),
  vpc: orNull(VPC),
  enterprise_project_id: orNull(text('ID of the enterprise project.')),
  max_instances: orNull({
    type: 'integer',
    minimum: -1,
    description: 'Most instances; -1: any number. Null: as it is.',
  }),
  logs: orNull(LOGS),
  tags: orNull(map('All tags. Null: they are left alone.')),
  async: orNull(ASYNC),
  triggers: each(TRIGGER, 'All triggers of the latest version.'),
  policies: POLICIES,
});

const LEDGER = members(
  {
    bucket: text('Name of the bucket. It must exist.'),
    prefix: text('Prefix of its objects.'),
    lifecycle_rules: each(
      members({
        id: text('Name of the rule.'),
        prefix: text('Objects to be deleted.'),
        days: whole('Days after they were last written.'),
      }),
      'The deploy sets them if the bucket has no rules.',
    ),
  },
  'Null: no ledger, or not in a bucket.',
);

const ALARM = members({
  name: text('Name of the rule (alarm_name).'),
  description: text('What made it, and when it fires (alarm_description).'),
  type: orNull({ const: 'EVENT.CUSTOM', description: 'alarm_type. Null: a rule on a metric.' }),
  metric: members(
    {
      namespace: text('Namespace of the metric, or source of the event.'),
      metric_name: text('Name of the metric, or of the event.'),
      dimensions: map('Dimensions of the metric; empty for an event.'),
    },
    'What the rule watches.',
  ),
  condition: members(
    {
      period: whole('Seconds; 0: at each event.'),
      filter: text('Aggregation within a period.'),
      comparison_operator: text('Between the aggregate and the value.'),
      value: { type: 'number', description: 'Threshold.' },
      count: whole('Periods in a row, or events.'),
    },
    'When it fires, as in CreateAlarm.',
  ),
  level: whole('1 critical, 2 major, 3 minor, 4 informational.'),
  alarm_topics: texts('Topics that are notified of an alarm.'),
  insufficient_data_topics: texts('Topics that are notified when there is no more data.'),
});

/** The JSON Schema (draft 2020-12) of `npx migrations deployment --json`. */
export function deploymentSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'deployment.json',
    description: 'Everything that npx serverless deploy would deploy.',
    ...members({
      version: {
        const: DEPLOYMENT_VERSION,
        description: 'Increased when a member is removed, renamed or changes its meaning.',
      },
      software: members({ name: text('Name of the package.'), version: text('Its version.') }, 'What wrote it.'),
      service: text('service of serverless.yml.'),
      stage: text('Stage.'),
      region: text('Region of functions, buckets and instances.'),
      project_id: orNull(text('ID of the project. Null: not set; the deploy looks it up.')),
      functions: { type: 'object', additionalProperties: FUNCTION, description: 'By their keys in serverless.yml.' },
      ledger: orNull(LEDGER),
      alarms: each(ALARM, 'Alarm rules of Cloud Eye; empty without provider.alarms.'),
    }),
  };
}
