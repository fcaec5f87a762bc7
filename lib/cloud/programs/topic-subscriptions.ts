import { checkTopicUrn, type SmnOptions } from '../smn.ts';
import { fieldsOf, numberOf, objectsOf } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';
import { requestOf } from '../transport/request-of.ts';
import { makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableResponse } from '../transport/unusable-response.ts';

/** The documented limit is 1 to 100. */
const PAGE_ROWS = 100;

/** A subscription to a topic. Its endpoint is left out because it is personal data. */
export interface TopicSubscription {
  /** For example `email` or `https`. */
  readonly protocol: string;
  /** Only confirmed subscriptions receive messages. */
  readonly isConfirmed: boolean;
}

/**
 * The first hundred subscriptions of a topic, over the official core: ListSubscriptionsByTopic, path and fields as on the API page
 * (2025-10-27). Status 1 is confirmed; 0 is not, 3 is cancelled.
 *
 * @returns `undefined` when the topic does not exist
 * @throws {CloudError} when they can't be read
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
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
  const result = await unlessAbsent(call, { codes: ['SMN.0006'], any404: true });
  if (!result) return undefined;
  const value = fieldsOf(result.response)['subscriptions'];
  const rows = value === undefined ? undefined : objectsOf(value);
  if (rows === undefined) {
    throw unusableResponse('SMN', operation, 'not_a_list', 'the response has no list subscriptions', result.requestId);
  }
  return rows.map(({ protocol, status }) => ({
    protocol: stringOf(protocol) ?? '',
    isConfirmed: numberOf(status) === 1,
  }));
}
