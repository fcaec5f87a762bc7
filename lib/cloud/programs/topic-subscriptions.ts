import { checkTopicUrn, type SmnOptions } from '../smn.ts';
import { textOf } from '../transport/read-answer.ts';
import { fieldsOf, numberOf, objectsOf } from '../transport/read-fields.ts';
import { requestOf } from '../transport/request-of.ts';
import { makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableAnswer } from '../transport/unusable-answer.ts';

/** The documented limit is 1 to 100. */
const PAGE_ROWS = 100;

/** Who gets what is published to a topic. Endpoints are left where they are: they are addresses of people. */
export interface TopicSubscription {
  /** Such as `email` or `https`. */
  readonly protocol: string;
  /** Only who has confirmed it gets messages. */
  readonly isConfirmed: boolean;
}

/**
 * The first hundred subscriptions of a topic, over the official core: ListSubscriptionsByTopic, path and fields as on the API page
 * (2025-10-27). Status 1 is confirmed; 0 is not, 3 is cancelled.
 *
 * @returns `undefined` when there is no such topic
 * @throws {CloudError} when they can't be read
 * @throws {ConfigError} when there are no keys, or endpoint or project id are malformed
 */
export async function listTopicSubscriptions(
  options: SmnOptions,
  topicUrn: string,
): Promise<readonly TopicSubscription[] | undefined> {
  const operation = 'ListSubscriptionsByTopic';
  const sdk = makeSdkClient('SMN', options, { projectId: options.projectId });
  const topic_urn = checkTopicUrn(operation, topicUrn);
  const url = '/v2/{project_id}/notifications/topics/{topic_urn}/subscriptions';
  const parts = { path: { topic_urn }, query: { offset: 0, limit: PAGE_ROWS } };
  const call = sdk.call<object>({
    operation,
    kind: 'read',
    use: (hc) => hc.sendRequest(requestOf('GET', url, parts)),
  });
  const answered = await unlessAbsent(call, { codes: ['SMN.0006'], or404: true });
  if (!answered) return undefined;
  const given = fieldsOf(answered.answer)['subscriptions'];
  const rows = given === undefined ? undefined : objectsOf(given);
  if (rows === undefined) {
    throw unusableAnswer('SMN', operation, 'not_a_list', 'the answer has no list subscriptions', answered.requestId);
  }
  return rows.map(({ protocol, status }) => ({
    protocol: textOf(protocol) ?? '',
    isConfirmed: numberOf(status) === 1,
  }));
}
