import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import type { Clock } from '../clock.ts';
import { makeOperation } from '../make-operation.ts';
import {
  type CloudEvent,
  namesOwnProject,
  type OperationCall,
  type OperationResponse,
  type Service,
} from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import type { LocalMessage, Topics } from './topics.ts';

/** 512 bytes (constraints page of 2025-04; the API page says characters). */
const SUBJECT_BYTES = 512;
const MESSAGE_BYTES = 256 * 1024;
const MAX_SECONDS = 604_800;
/** `urn:smn:<region>:<project id>:<topic name>`. */
const TOPIC_URN = /^urn:smn:[a-z0-9-]+:[0-9a-f]{32}:[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/;

const bytes = (most: number) =>
  z
    .string()
    .min(1)
    .refine((value) => Buffer.byteLength(value) <= most, `must have at most ${most} bytes`);

/** Body of PublishMessage in the text form (API page smn_api_54001). */
const publishBody = z.strictObject({
  subject: bytes(SUBJECT_BYTES),
  message: bytes(MESSAGE_BYTES),
  time_to_live: z
    .string()
    .regex(/^[1-9]\d*$/)
    .refine((value) => Number(value) <= MAX_SECONDS, `must be at most ${MAX_SECONDS}`)
    .optional(),
});

/** Query of ListSubscriptionsByTopic (API page of 2025-10-27). */
const subscriptionsQuery = z.strictObject({
  offset: z.string().regex(/^\d+$/).optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/)
    .optional(),
  fuzzy_remark: z.string().max(128).optional(),
});

export interface SmnDeps {
  readonly topics: Topics;
  readonly clock: Clock;
  readonly onEvent: (event: CloudEvent) => void;
}

/** Codes and statuses are from the error table (SMN API reference, smn_api_64000). */
function smnError(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { error_code: code, error_msg: message });
}

/** The table has no code for other fields; they get the code of the message. */
function invalidField(field: string, problem: string): ServiceError {
  if (field === 'subject') return smnError(403, 'SMN.0008', `Parameter: Subject is invalid. ${problem}`);
  return smnError(403, 'SMN.0009', `Parameter: Message is invalid. ${field}: ${problem}`);
}

const forbidden = (what: string): ServiceError =>
  smnError(403, 'SMN.0001', `No permission to request resources: ${what}.`);

/** The table has no code for a query; it gets the code of a malformed request. */
const invalidQuery = (field: string, problem: string): ServiceError =>
  smnError(400, 'SMN.0002', `Parameter: ${field} is invalid. ${problem}`);

/** The local SMN: PublishMessage and ListSubscriptionsByTopic. Messages are stored and never delivered. */
export function makeSmnService(deps: SmnDeps): Service {
  return {
    name: 'SMN',
    operations: [
      makeOperation(
        'ListSubscriptionsByTopic',
        'GET',
        '/v2/{project_id}/notifications/topics/{topic_urn}/subscriptions',
        (call) => listSubscriptions(deps, call),
      ),
      makeOperation('PublishMessage', 'POST', '/v2/{project_id}/notifications/topics/{topic_urn}/publish', (call) =>
        publish(deps, call),
      ),
    ],
    authorize: (call) => {
      if (!namesOwnProject(call)) throw forbidden('the project does not match the credentials');
    },
    errors: {
      emptyBody: () => invalidField('body', 'is empty'),
      notJson: () => invalidField('body', 'is not in JSON format'),
      wrongMethod: undefined,
      forbidden,
      internal: (message) => smnError(500, 'SMN.0018', `Service internal error. ${message}`.trim()),
    },
    formatError: (code, message, requestId) => ({ request_id: requestId, code, message }),
  };
}

function publish(deps: SmnDeps, call: OperationCall): OperationResponse {
  const topicUrn = call.params['topic_urn'] ?? '';
  if (!TOPIC_URN.test(topicUrn)) throw smnError(400, 'SMN.0005', 'Parameter: TopicUrn is invalid.');
  const { subject, message } = check(publishBody, call.body, invalidField);
  if (!deps.topics.has(topicUrn) || !topicUrn.includes(`:${call.account.projectId}:`))
    throw smnError(404, 'SMN.0006', 'Topic not found.');
  const id = randomUUID().replaceAll('-', '');
  const kept: LocalMessage = { id, topicUrn, subject, message, publishedAt: deps.clock.now() };
  deps.topics.add(kept);
  const notice = { name: subject, status: 'PUBLISHED', message, topic: topicUrn };
  deps.onEvent({ kind: 'message_published', service: 'SMN', id, ...notice });
  return { status: 200, body: { request_id: call.requestId, message_id: id } };
}

function listSubscriptions(deps: SmnDeps, call: OperationCall): OperationResponse {
  const topicUrn = call.params['topic_urn'] ?? '';
  if (!TOPIC_URN.test(topicUrn)) throw smnError(400, 'SMN.0005', 'Parameter: TopicUrn is invalid.');
  const { offset = '0', limit = '100' } = check(subscriptionsQuery, queryObject(call.query), invalidQuery);
  const all = deps.topics.subscriptions(topicUrn);
  if (all === undefined || !topicUrn.includes(`:${call.account.projectId}:`))
    throw smnError(404, 'SMN.0006', 'Topic not found.');
  const page = all.slice(Number(offset), Number(offset) + Number(limit));
  const subscriptions = page.map(({ protocol, endpoint, status }, at) => ({
    topic_urn: topicUrn,
    protocol,
    subscription_urn: `${topicUrn}:${(Number(offset) + at).toString(16).padStart(32, '0')}`,
    owner: call.account.projectId,
    endpoint,
    remark: '',
    status,
    filter_polices: [],
  }));
  return { status: 200, body: { request_id: call.requestId, subscription_count: all.length, subscriptions } };
}
