import { IDEMPOTENCY_KEY } from '../idempotency-key.ts';
import { JOB_NAME } from '../jobs/check-jobs.ts';
import { requestBodySchema } from '../jobs/request-schema.ts';
import { RUN_ID } from '../run-id.ts';
import { RUN_STATES } from '../runs/report/run-view.ts';
import { EXAMPLES } from './openapi-examples.ts';
import { PROBLEM_BASE, PROBLEM_TYPES, type ProblemName } from './problem-types.ts';

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const text = (description: string, more: Json = {}): Json => ({ type: 'string', description, ...more });
const object = (properties: Json, required: readonly string[], more: Json = {}): Json => ({
  type: 'object',
  properties,
  required,
  ...more,
});

const RUN = text('The run: 32 hex digits.', { pattern: RUN_ID.source });
const KINDS = ['backup_import', 'online_migration', 'server_migration'];
const OUTCOMES = ['created', 'existing', 'skipped', 'waiting', 'rejected', 'unknown'];

function schemas(): Json {
  return {
    StartFields: requestBodySchema(),
    Task: object(
      {
        kind: { enum: KINDS, type: 'string', description: 'Which action of the job made it.' },
        id: text('The service’s id.'),
        name: text('The name that we gave; it carries the run.'),
        status: text('As the service states it.'),
      },
      ['kind', 'id', 'name'],
      { description: 'The migration task in the cloud.' },
    ),
    Reason: object(
      {
        code: text('For programs: ours, or the cloud’s (`DCS.4026`).'),
        message: text('For people.'),
        status: { type: 'integer', description: 'HTTP status of the cloud.' },
        cause: text('Of a parked run: the code of what it waited for in vain.'),
        request_id: text('The cloud’s request id, for its support.'),
      },
      ['code', 'message'],
      { description: 'Why it is so. More members are what the cloud said.' },
    ),
    StartedRun: object(
      {
        job: text('The job.'),
        run: RUN,
        outcome: { enum: OUTCOMES, type: 'string', description: 'What came of this request.' },
        task: ref('Task'),
        reason: ref('Reason'),
        next: text('What happens next, for people.'),
      },
      ['job', 'run', 'outcome'],
    ),
    Run: object(
      {
        job: text('The job.'),
        run: RUN,
        state: { enum: RUN_STATES, type: 'string', description: 'How far it is.' },
        received_at: text('When it was asked for.', { format: 'date-time' }),
        task: ref('Task'),
        progress: {
          type: 'object',
          description: 'Figures of a task that runs, as the service gives them.',
          additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] },
        },
        reason: ref('Reason'),
        replay_of: { ...RUN, description: 'The run that this one is another attempt at.' },
        replayed_as: { type: 'array', description: 'Further attempts at this one, oldest first.', items: RUN },
        history: {
          type: 'array',
          description: 'What was recorded, oldest first, the newest 100. Absent without a ledger and in lists.',
          items: object({ at: text('When.', { format: 'date-time' }), event: text('What.'), reason: ref('Reason') }, [
            'at',
            'event',
          ]),
        },
      },
      ['job', 'run', 'state'],
    ),
    OpenRuns: object(
      {
        runs: { type: 'array', description: 'Oldest first, at most 20.', items: ref('Run') },
        left: { type: 'integer', minimum: 0, description: 'Open runs that are not in the list.' },
      },
      ['runs', 'left'],
    ),
    Cancelled: object(
      {
        job: text('The job.'),
        run: RUN,
        cancel: { enum: ['cancelled', 'stopping'], type: 'string', description: 'Over, or being stopped.' },
        next: text('What happens next, for people.'),
      },
      ['job', 'run', 'cancel'],
    ),
    Jobs: object(
      {
        jobs: {
          type: 'array',
          items: object(
            {
              name: text('The job.'),
              action: { enum: KINDS, type: 'string', description: 'What it creates.' },
              accepts: { type: 'array', items: { type: 'string' }, description: 'Fields that a caller may set.' },
              auth: {
                enum: ['gateway', 'none', 'standard_webhooks', 'bearer'],
                type: 'string',
                description: 'How its callers are known.',
              },
              runs: text('The path that starts it.'),
            },
            ['name', 'action', 'accepts', 'auth', 'runs'],
          ),
        },
      },
      ['jobs'],
    ),
    Health: object({ status: { const: 'ok', type: 'string' } }, ['status']),
    Problem: object(
      {
        type: text('Which problem; each has a section in docs/webhook.md.', {
          format: 'uri',
          enum: Object.keys(PROBLEM_TYPES).map((name) => `${PROBLEM_BASE}${name}`),
        }),
        title: text('The same for all of a type.'),
        status: { type: 'integer', minimum: 400, maximum: 599 },
        code: text('The type’s last part, or what is more exact: the cloud’s code.'),
        detail: text('What it is this time, for people.'),
        errors: {
          type: 'array',
          description: 'One entry for each field at fault.',
          items: object({ pointer: text('JSON pointer into the body.'), detail: text('Why.') }, ['pointer', 'detail']),
        },
        run: { type: 'object', description: 'The run, if there is one.' },
        reason: ref('Reason'),
        request_id: text('For the log.'),
      },
      ['type', 'title', 'status', 'code', 'request_id'],
      { description: 'RFC 9457.' },
    ),
  };
}

const HEADERS = {
  'x-request-id': { description: 'The id under which the log has this request.', schema: { type: 'string' } },
};
const LOCATION = { location: { description: 'Where the run can be read.', schema: { type: 'string' } } };
const RETRY_AFTER = { 'retry-after': { description: 'Seconds.', schema: { type: 'string' } } };

function good(schema: string, description: string, headers: Json = {}): Json {
  return { description, headers: { ...HEADERS, ...headers }, content: { 'application/json': { schema: ref(schema) } } };
}

/** Answers of one status: the problems that it stands for. */
function problems(names: readonly ProblemName[]): Json {
  const statuses = [...new Set(names.map((name) => PROBLEM_TYPES[name].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const those = names.filter((name) => PROBLEM_TYPES[name].status === status);
      const hasRetry = [429, 503].includes(status) || those.includes('not_yet');
      return [
        String(status),
        {
          description: those.map((name) => `\`${name}\`: ${PROBLEM_TYPES[name].title}.`).join(' '),
          headers: { ...HEADERS, ...(hasRetry ? RETRY_AFTER : {}) },
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      ];
    }),
  );
}

/**
 * How API Gateway makes an API of an operation when it imports this document (User Guide, "Extended Definition", apig_03_0085 to apig_03_0094,
 * 2025-01-10): NORMAL matches the path as it is. For `invocation-type` the page's example has `synchronous`, older tables `sync`.
 */
const GATEWAY = {
  'x-apigateway-request-type': 'private',
  'x-apigateway-match-mode': 'NORMAL',
  'x-apigateway-backend': {
    type: 'FUNCTION',
    functionEndpoints: {
      'function-urn': 'urn:fss:REGION:PROJECT_ID:function:default:webhook',
      version: 'latest',
      'invocation-type': 'synchronous',
      timeout: 10_000,
    },
  },
};

const JOB_PARAMETER = {
  name: 'job',
  in: 'path',
  required: true,
  description: 'The job’s name in the jobs file.',
  schema: { type: 'string', pattern: JOB_NAME.source },
  example: EXAMPLES.job,
};
const RUN_PARAMETER = {
  name: 'run',
  in: 'path',
  required: true,
  description: 'The run, as the answer that started it named it.',
  schema: { type: 'string', pattern: RUN_ID.source },
  example: EXAMPLES.run,
};
const KEY_PARAMETER = {
  name: 'idempotency-key',
  in: 'header',
  description: 'Names what is asked for: the same key again answers with the same run. Not where messages are signed.',
  schema: { type: 'string', pattern: IDEMPOTENCY_KEY.source },
  example: EXAMPLES.key,
};

const ALWAYS: readonly ProblemName[] = ['event', 'bad_query', 'internal'];
const BODY: readonly ProblemName[] = [
  'not_json',
  'not_an_object',
  'duplicate_key',
  'forbidden_key',
  'too_deep',
  'body_too_large',
  'not_json_type',
  'content_encoding',
  'invalid_fields',
];

function body(schema: Json, examples: Json): Json {
  return { required: false, content: { 'application/json': { schema, examples } } };
}

function paths(): Json {
  return {
    '/jobs': {
      get: {
        operationId: 'listJobs',
        summary: 'The jobs that this caller may start',
        description: 'Jobs with a secret of their own are in it for a caller who shows one of them.',
        tags: ['jobs'],
        responses: { 200: good('Jobs', 'The jobs, in the order of the file.'), ...problems(ALWAYS) },
        ...GATEWAY,
      },
    },
    '/jobs/{job}/runs': {
      parameters: [JOB_PARAMETER],
      post: {
        operationId: 'startRun',
        summary: 'Start a run',
        description: 'The same key again answers with what the first request made, and does nothing.',
        tags: ['runs'],
        parameters: [KEY_PARAMETER],
        requestBody: body(ref('StartFields'), EXAMPLES.start),
        responses: {
          200: good('StartedRun', 'This key came before: the run that is there.', LOCATION),
          201: good('StartedRun', 'The task was created.', LOCATION),
          202: good('StartedRun', 'It waits, or it is not known yet what came of it. Read the run.', {
            ...LOCATION,
            ...RETRY_AFTER,
          }),
          ...problems([
            ...ALWAYS,
            ...BODY,
            'idempotency_key',
            'no_such_job',
            'not_found_in_cloud',
            'key_reused',
            'other_environment',
            'run_rejected',
            'waiting',
            'too_many_waiting',
            'refused_field',
            'refused_by_cloud',
            'refused_for_now',
          ]),
        },
        ...GATEWAY,
      },
      get: {
        operationId: 'listOpenRuns',
        summary: 'The runs that are not over',
        description: 'At most 20, oldest first. Needs a ledger.',
        tags: ['runs'],
        parameters: [
          {
            name: 'state',
            in: 'query',
            required: true,
            description: 'Which runs.',
            schema: { type: 'string', enum: ['open'] },
            example: 'open',
          },
        ],
        responses: {
          200: good('OpenRuns', 'The runs.'),
          ...problems([...ALWAYS, 'no_such_job', 'needs_ledger', 'too_slow']),
        },
        ...GATEWAY,
      },
    },
    '/jobs/{job}/runs/{run}': {
      parameters: [JOB_PARAMETER, RUN_PARAMETER],
      get: {
        operationId: 'showRun',
        summary: 'How far a run is',
        description:
          'The task’s status is read from the service. Without a ledger it is all that is known, and only of a task with exactly the name and target that the jobs file gives.',
        tags: ['runs'],
        responses: {
          200: good('Run', 'The run.'),
          ...problems([
            ...ALWAYS,
            'no_such_job',
            'no_such_run',
            'other_environment',
            'refused_by_cloud',
            'cloud_unavailable',
            'too_slow',
          ]),
        },
        ...GATEWAY,
      },
    },
    '/jobs/{job}/runs/{run}/cancel': {
      parameters: [JOB_PARAMETER, RUN_PARAMETER],
      post: {
        operationId: 'cancelRun',
        summary: 'Cancel a run',
        description:
          'Needs a ledger. What was not created is not created any more; a task is stopped, and stays in the service’s list. Signed messages must name the run in their body.',
        tags: ['runs'],
        requestBody: body(object({ run: RUN }, [], { additionalProperties: false }), EXAMPLES.cancel),
        responses: {
          200: good('Cancelled', 'Cancelled: nothing runs.', LOCATION),
          202: good('Cancelled', 'The task is being stopped. Read the run.', LOCATION),
          ...problems([
            ...ALWAYS,
            ...BODY,
            'no_such_job',
            'no_such_run',
            'other_environment',
            'run_over',
            'not_yet',
            'needs_ledger',
            'refused_by_cloud',
          ]),
        },
        ...GATEWAY,
      },
    },
    '/health': {
      get: {
        operationId: 'health',
        summary: 'Is the function there and its jobs file good',
        description: 'Makes no call.',
        tags: ['about'],
        security: [],
        responses: { 200: good('Health', 'It is.'), ...problems(ALWAYS) },
        ...GATEWAY,
      },
    },
    '/openapi.json': {
      get: {
        operationId: 'openApi',
        summary: 'This document',
        description: 'The same for every deployment.',
        tags: ['about'],
        security: [],
        responses: {
          200: {
            description: 'OpenAPI 3.1.',
            headers: HEADERS,
            content: { 'application/json': { schema: { type: 'object' } } },
          },
          ...problems(ALWAYS),
        },
        ...GATEWAY,
      },
    },
  };
}

/** The description of the webhook (OpenAPI 3.1), from the schemas that it checks with. `docs/openapi.json` is this. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'migration-functions',
      version: '1.0.0',
      description: 'Starts, shows and cancels migrations. Problems and signatures: docs/webhook.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where the gateway has it.' }],
    tags: [
      { name: 'jobs', description: 'What can be started.' },
      { name: 'runs', description: 'What was started.' },
      { name: 'about', description: 'The function itself.' },
    ],
    security: [{ 'apig-auth-app': [] }, { 'apig-auth-iam': [] }, { bearer: [] }, { standard_webhooks: [] }],
    paths: paths(),
    components: {
      securitySchemes: {
        'apig-auth-app': {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          'x-apigateway-auth-type': 'AppSigv1',
          description: '`auth: gateway`: the gateway checks an application’s signature.',
        },
        'apig-auth-iam': {
          type: 'apiKey',
          in: 'header',
          name: 'unused',
          'x-apigateway-auth-type': 'IAM',
          description:
            '`auth: gateway`: the gateway checks an IAM user’s signature, who may be of another account: docs/webhook.md.',
        },
        bearer: { type: 'http', scheme: 'bearer', description: '`auth: { bearer: [...] }`.' },
        standard_webhooks: {
          type: 'apiKey',
          in: 'header',
          name: 'webhook-signature',
          description: '`auth: { standard_webhooks: [...] }`, with `webhook-id` and `webhook-timestamp`.',
        },
      },
      schemas: schemas(),
    },
  };
}
