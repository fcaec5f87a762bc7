import { type NotificationRule, notificationContent, readNotification } from './notification.ts';
import type { ObsCall, ObsContext, ObsResponse } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { readDocument } from './request-body.ts';
import { xmlDocument } from './xml.ts';

/**
 * "Configuring Event Notification for a Bucket" (API reference obs_04_0039): replaces all rules; none disables notifications. The documented test
 * message is not sent, because its text is not documented.
 */
export async function setBucketNotification(context: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { config } = context.obs.bucket(call.bucket);
  const rules = readNotification(await readDocument(call, 'NotificationConfiguration'));
  for (const rule of rules) checkTopic(context, rule);
  config.change({ notification: rules });
  return { status: 200 };
}

function checkTopic({ region, topicExists }: ObsContext, { topic }: NotificationRule): void {
  if (!topic.startsWith(`urn:smn:${region}:`) || !topicExists(topic))
    throw obsErrors.invalidArgument(`The topic ${topic} does not exist in this region.`);
}

/** "Obtaining the Event Notification Configuration of a Bucket" (API reference obs_04_0040): empty if there is none. */
export function getBucketNotification({ obs }: ObsContext, { bucket, dialect }: ObsCall): ObsResponse {
  const { notification = [] } = obs.bucket(bucket).config.now;
  return { status: 200, body: xmlDocument('NotificationConfiguration', notificationContent(notification, dialect)) };
}
