import { CloudError } from '../kernel/errors.ts';
import { TOPIC_URN } from '../kernel/topic-urn.ts';
import { MAX_SUBJECT_BYTES, type SmnService } from '../ports/smn.ts';
import { fieldsOf } from './transport/read-fields.ts';
import { stringOf } from './transport/read-response.ts';
import { requestOf } from './transport/request-of.ts';
import { type CloudOptions, makeSdkClient } from './transport/sdk-client.ts';
import { sendChange } from './transport/send-change.ts';
import { unusableResponse } from './transport/unusable-response.ts';

const MAX_MESSAGE_BYTES = 256 * 1024;

export interface SmnOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`: the project of the topic. */
  readonly projectId: string;
}

/**
 * SMN over the official core; its generated client is not a dependency. The operation is PublishMessage, with path and fields as in the
 * generated `SmnClient` (3.1.209).
 *
 * A message that is sent twice is delivered twice.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export function makeSmnService(options: SmnOptions): SmnService {
  const sdk = makeSdkClient('SMN', options, { projectId: options.projectId });

  return {
    async publish(topicUrn, subject, message) {
      const call = { service: 'SMN', operation: 'PublishMessage' } as const;
      const problem = problemOf(topicUrn, subject, message);
      if (problem !== undefined) {
        throw new CloudError({
          ...call,
          outcome: 'not_sent',
          temporary: false,
          cloudCode: 'bad_message',
          cloudMessage: problem,
        });
      }
      const { response, requestId } = await sendChange({
        ...call,
        body: { subject, message },
        resource: topicUrn,
        sdk,
        send: (hc, body) =>
          hc.sendRequest(
            requestOf('POST', '/v2/{project_id}/notifications/topics/{topic_urn}/publish', {
              path: { topic_urn: topicUrn },
              body,
            }),
          ),
      });
      const messageId = stringOf(fieldsOf(response)['message_id']);
      if (messageId === undefined) {
        const missing = 'the response was a success without a message_id';
        throw unusableResponse('SMN', call.operation, 'no_message_id', missing, requestId);
      }
      return messageId;
    },
  };
}

/** Checks a topic URN, which becomes part of a path. @throws {CloudError} `not_sent`, `bad_topic`, if it is invalid; a retry does not help */
export function checkTopicUrn(operation: string, topicUrn: string): string {
  if (TOPIC_URN.test(topicUrn)) return topicUrn;
  const cloudMessage = invalidTopic(topicUrn);
  throw new CloudError({
    service: 'SMN',
    operation,
    outcome: 'not_sent',
    temporary: false,
    cloudCode: 'bad_topic',
    cloudMessage,
  });
}

function invalidTopic(topicUrn: string): string {
  return `${JSON.stringify(topicUrn.slice(0, 64))} is not a topic URN such as urn:smn:ap-southeast-3:<project id>:<name>`;
}

function problemOf(topicUrn: string, subject: string, message: string): string | undefined {
  if (!TOPIC_URN.test(topicUrn)) return invalidTopic(topicUrn);
  const [subjectBytes, messageBytes] = [Buffer.byteLength(subject), Buffer.byteLength(message)];
  if (subjectBytes > MAX_SUBJECT_BYTES) {
    return `the subject has ${subjectBytes} bytes; the limit is ${MAX_SUBJECT_BYTES}`;
  }
  if (messageBytes > MAX_MESSAGE_BYTES) {
    return `the message has ${messageBytes} bytes; the limit is ${MAX_MESSAGE_BYTES}`;
  }
  return undefined;
}
