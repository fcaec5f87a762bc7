import { CloudError } from '../kernel/errors.ts';
import { TOPIC_URN } from '../kernel/topic-urn.ts';
import { MAX_SUBJECT_BYTES, type SmnService } from '../ports/smn.ts';
import { textOf } from './transport/read-answer.ts';
import { fieldsOf } from './transport/read-fields.ts';
import { requestOf } from './transport/request-of.ts';
import { type CloudOptions, makeSdkClient } from './transport/sdk-client.ts';
import { sendChange } from './transport/send-change.ts';
import { unusableAnswer } from './transport/unusable-answer.ts';

const MAX_MESSAGE_BYTES = 256 * 1024;

export interface SmnOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`: the project of the topic. */
  readonly projectId: string;
}

/**
 * SMN over the official core; its generated client is no dependency. The operation is PublishMessage, path and fields as in the generated
 * `SmnClient` (3.1.209).
 *
 * A message that was sent twice is delivered twice.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or project id are malformed
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
      const { answer, requestId } = await sendChange({
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
      const messageId = textOf(fieldsOf(answer)['message_id']);
      if (messageId === undefined) {
        const missing = 'the answer was a success without a message_id';
        throw unusableAnswer('SMN', call.operation, 'no_message_id', missing, requestId);
      }
      return messageId;
    },
  };
}

/** A URN that becomes part of a path. @throws {CloudError} `not_sent`, `bad_topic`, for what is none; a retry does not help */
export function checkTopicUrn(operation: string, topicUrn: string): string {
  if (TOPIC_URN.test(topicUrn)) return topicUrn;
  const cloudMessage = noTopic(topicUrn);
  throw new CloudError({
    service: 'SMN',
    operation,
    outcome: 'not_sent',
    temporary: false,
    cloudCode: 'bad_topic',
    cloudMessage,
  });
}

function noTopic(topicUrn: string): string {
  return `${JSON.stringify(topicUrn.slice(0, 64))} is no topic, as urn:smn:ap-southeast-3:<project id>:<name> is one`;
}

function problemOf(topicUrn: string, subject: string, message: string): string | undefined {
  if (!TOPIC_URN.test(topicUrn)) return noTopic(topicUrn);
  const [subjectBytes, messageBytes] = [Buffer.byteLength(subject), Buffer.byteLength(message)];
  if (subjectBytes > MAX_SUBJECT_BYTES) {
    return `a subject has at most ${MAX_SUBJECT_BYTES} bytes, this one ${subjectBytes}`;
  }
  if (messageBytes > MAX_MESSAGE_BYTES) {
    return `a message has at most ${MAX_MESSAGE_BYTES} bytes, this one ${messageBytes}`;
  }
  return undefined;
}
