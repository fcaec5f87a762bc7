import { PROJECT_ID } from '../kernel/project-id.ts';
import { REGION } from '../kernel/region.ts';
import { BASE_PATH, STAGE_PREFIX } from '../kernel/settings.ts';
import { TOPIC_URN } from '../kernel/topic-urn.ts';

/** The JSON schema of our part of `serverless.yml`. The framework validates against it, and rejects unknown keys. */
const text = { type: 'string', minLength: 1 } as const;
export const AGENCY_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const agency = { type: 'string', pattern: AGENCY_NAME.source } as const;
/** Letters, digits, spaces and _.:=+-@, at most 128; not beginning with _sys_ or a space, nor ending with one. */
const TAG_KEY = '^(?!_sys_)(?! )[\\p{L}\\p{N} _.:=+@-]{0,127}[\\p{L}\\p{N}_.:=+@-]$';
const VARIABLE_NAME = '^[A-Za-z][A-Za-z0-9_]{0,127}$';
const variables = {
  type: 'object',
  patternProperties: {
    [VARIABLE_NAME]: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  },
  additionalProperties: false,
} as const;

const shared = {
  runtime: { type: 'string', pattern: '^Node\\.js\\d+\\.\\d+$' },
  memorySize: { type: 'integer' },
  timeout: { type: 'integer' },
  initializerTimeout: { type: 'integer' },
  userData: variables,
  agency,
  executionAgency: agency,
  tags: {
    type: 'object',
    // User manual functiongraph_01_1839, 2025: letters, digits, spaces and _.:=+-@; not _sys_, no space at the ends.
    patternProperties: { [TAG_KEY]: { type: 'string', maxLength: 255, pattern: '^[\\p{L}\\p{N} _.:/=+@-]*$' } },
    additionalProperties: false,
    maxProperties: 20,
  },
} as const;

const resourceId = { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}$' } as const;
const network = {
  type: 'object',
  properties: { id: resourceId, subnet: resourceId, securityGroup: resourceId },
  required: ['id', 'subnet'],
  additionalProperties: false,
} as const;

export const PROVIDER_SCHEMA = {
  properties: {
    ...shared,
    region: { type: 'string', pattern: REGION.source },
    projectId: { type: 'string', pattern: PROJECT_ID.source },
    endpoint: text,
    package: agency,
    vpc: network,
    enterpriseProject: resourceId,
    // An empty one is none, so that a parameter can be empty for one stage.
    prefix: { type: 'string', maxLength: 64, pattern: `^$|${STAGE_PREFIX.source}` },
    encryptedUserData: {
      type: 'array',
      items: { type: 'string', pattern: VARIABLE_NAME },
      uniqueItems: true,
    },
    logs: {
      type: 'object',
      properties: { groupId: text, groupName: text, streamId: text, streamName: text },
      required: ['groupId', 'streamId'],
      additionalProperties: false,
    },
    objectTriggers: { enum: ['OBS', 'EVENTGRID'] },
    eventGrid: {
      type: 'object',
      properties: { channelId: text, channelName: text, agency },
      required: ['channelId', 'channelName', 'agency'],
      additionalProperties: false,
    },
    gateway: {
      type: 'object',
      properties: {
        instanceId: text,
        groupId: text,
        auth: { enum: ['IAM', 'APP', 'NONE'] },
        basePath: { type: 'string', pattern: BASE_PATH.source },
        timeoutMs: { type: 'integer', minimum: 1, maximum: 60_000 },
      },
      required: ['groupId'],
      additionalProperties: false,
    },
    alarms: {
      type: 'object',
      // An empty one is none, as for the prefix.
      properties: { smn: { type: 'string', pattern: `^$|${TOPIC_URN.source}` } },
      required: ['smn'],
      additionalProperties: false,
    },
    failureDestination: {
      type: 'object',
      properties: { smn: { type: 'string', pattern: '^urn:smn:' }, function: { type: 'string', pattern: '^urn:fss:' } },
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
    },
    reconcileEvery: { type: 'string' },
    codeCache: { type: 'boolean' },
    keepUnknownTriggers: { type: 'boolean' },
  },
} as const;

/** A file and its export, such as `index.handler`. */
const HANDLER = '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_]+$';

export const FUNCTION_SCHEMA = {
  properties: {
    ...shared,
    handler: { type: 'string', pattern: HANDLER },
    initializerHandler: { type: 'string', pattern: HANDLER },
    description: { type: 'string', maxLength: 512 },
    maxAsyncRetryAttempts: { type: 'integer', minimum: 0, maximum: 3 },
    maxAsyncEventAgeInSeconds: { type: 'integer', minimum: 1, maximum: 86_400 },
    vpc: { anyOf: [network, { const: false }] },
    maxInstances: { type: 'integer', minimum: -1, maximum: 1000 },
  },
} as const;

/** An event that is not in `migrations.yml`, with the field names of the trigger's API page. */
export const EVENT_SCHEMA = {
  type: 'object',
  properties: {
    triggerTypeCode: {
      enum: ['TIMER', 'OBS', 'EVENTGRID', 'SMN', 'APIG', 'DEDICATEDGATEWAY', 'KAFKA', 'LTS', 'CTS', 'DIS'],
    },
    status: { enum: ['ACTIVE', 'DISABLED'] },
    eventData: { type: 'object' },
  },
  required: ['triggerTypeCode', 'eventData'],
  additionalProperties: false,
} as const;
