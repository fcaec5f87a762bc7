import { makePublishedNotification } from '../functiongraph/object-notification.ts';
import type { LocalObs } from './obs/local-obs.ts';
import { notificationMatches } from './obs/notification.ts';
import type { ObjectEvent } from './obs/object-event.ts';
import type { Account } from './operation.ts';

/** OBS guide "Event notifications", sample of a message. */
const SUBJECT = 'OBS Notification';

export interface NotificationDeps {
  readonly obs: LocalObs;
  readonly accounts: readonly Account[];
  readonly region: string;
  readonly publish: (topicUrn: string, subject: string, message: string) => void;
}

/** Publishes a change of an object to the topics in the notification rules of its bucket. */
export function publishChange({ obs, accounts, region, publish }: NotificationDeps, change: ObjectEvent): void {
  if (!obs.buckets().some(({ name }) => name === change.bucket)) return;
  for (const rule of obs.bucket(change.bucket).config.now.notification ?? []) {
    if (!notificationMatches(rule, change)) continue;
    const owner = accounts.find(({ projectId }) => rule.topic.includes(`:${projectId}:`)) ?? accounts[0];
    const message = makePublishedNotification(change, region, owner?.domainId ?? '', rule.id);
    publish(rule.topic, SUBJECT, JSON.stringify(message));
  }
}
