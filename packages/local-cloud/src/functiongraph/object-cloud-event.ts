import { randomBytes, randomUUID } from 'node:crypto';
import { type Assumed, assumedByDefault } from '../cloud/open-questions/assumptions.ts';
import { eventTime, objectFields } from './assumed-object.ts';
import { encodeObjectKey, type ObjectChange } from './object-notification.ts';

/** An EventGrid trigger for OBS objects (source `HC.OBS.DWR`). */
export interface ObjectSubscription {
  readonly bucket: string;
  /** Prefix and suffix are compared with the unencoded key; empty matches any. */
  readonly prefix: string;
  readonly suffix: string;
  /** Such as `OBS:DWR:ObjectCreated:PUT`. */
  readonly eventTypes: readonly string[];
  /** `Key_encode`: keys are form-encoded. */
  readonly encodesKeys: boolean;
}

/** The event type for this change; undefined if the subscription does not match it. */
export function subscribedType(subscription: ObjectSubscription, change: ObjectChange): string | undefined {
  const { bucket, prefix, suffix, eventTypes } = subscription;
  if (bucket !== change.bucket || !change.key.startsWith(prefix) || !change.key.endsWith(suffix)) return undefined;
  const wanted = `OBS:DWR:${change.eventName}`.toLowerCase();
  return eventTypes.find((type) => type.toLowerCase() === wanted);
}

/**
 * The event as EventGrid delivers it: a single event, not an array (capture of a delivery, 2026-09-30; EventGrid user guide, "Event body").
 *
 * It is unconfirmed that `subject` has the same encoding as the key.
 */
export function makeObjectCloudEvent(
  change: ObjectChange,
  type: string,
  subscription: ObjectSubscription,
  region: string,
  ownerId: string,
  assumed: Assumed = assumedByDefault,
): Readonly<Record<string, unknown>> {
  const keys = assumed('eventgrid-keys');
  const isEncoded = keys === 'as-configured' ? subscription.encodesKeys : keys === 'encoded';
  const key = isEncoded ? encodeObjectKey(change.key) : change.key;
  const requestId = randomBytes(16).toString('hex').toUpperCase();
  return {
    specversion: '1.0',
    id: requestId,
    source: 'HC.OBS.DWR',
    type,
    subject: key,
    // Nanoseconds.
    time: change.time.toISOString().replace('Z', '000000Z'),
    datacontenttype: 'application/json',
    dataschema: '',
    ttl: '4000',
    data: {
      eventVersion: '3.0',
      eventSource: 'OBS',
      eventRegion: region,
      eventTime: eventTime(change, assumed),
      eventName: change.eventName,
      userIdentity: { ID: ownerId },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: {
        'x-obs-request-id': requestId,
        'x-obs-id-2': '',
        'x-amz-request-id': '',
        'x-amz-id-2': '',
      },
      obs: {
        Version: '1.0',
        configurationId: randomUUID(),
        bucket: { name: change.bucket, bucket: change.bucket, arn: '', ownerIdentity: { ID: ownerId } },
        object: {
          key,
          ...objectFields(change, assumed),
          oldpsxpth: '',
        },
      },
    },
  };
}
