import { randomBytes, randomUUID } from 'node:crypto';
import { encodeObjectKey, type ObjectChange } from './object-notification.ts';

/** A trigger of EventGrid for objects of OBS (source `HC.OBS.DWR`). */
export interface ObjectSubscription {
  readonly bucket: string;
  /** Both are compared with the key as it is, not encoded; empty: any. */
  readonly prefix: string;
  readonly suffix: string;
  /** As `OBS:DWR:ObjectCreated:PUT`. */
  readonly eventTypes: readonly string[];
  /** `Key_encode`: keys are form-encoded. */
  readonly encodesKeys: boolean;
}

/** The type of the event for this change; undefined when the subscription does not want to hear of it. */
export function subscribedType(subscription: ObjectSubscription, change: ObjectChange): string | undefined {
  const { bucket, prefix, suffix, eventTypes } = subscription;
  if (bucket !== change.bucket || !change.key.startsWith(prefix) || !change.key.endsWith(suffix)) return undefined;
  const wanted = `OBS:DWR:${change.eventName}`.toLowerCase();
  return eventTypes.find((type) => type.toLowerCase() === wanted);
}

/**
 * The event as EventGrid delivers it: one, no array (capture of a delivery, 2026-09-30; EventGrid user guide, "Event body").
 *
 * That `subject` follows the encoding of keys is not confirmed.
 */
export function makeObjectCloudEvent(
  change: ObjectChange,
  type: string,
  subscription: ObjectSubscription,
  region: string,
  ownerId: string,
): Readonly<Record<string, unknown>> {
  const key = subscription.encodesKeys ? encodeObjectKey(change.key) : change.key;
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
      eventTime: change.time.toISOString(),
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
          ...(change.eTag === undefined ? {} : { eTag: change.eTag }),
          ...(change.size === undefined ? {} : { size: change.size }),
          versionId: change.versionId,
          sequencer: change.sequencer,
          oldpsxpth: '',
        },
      },
    },
  };
}
