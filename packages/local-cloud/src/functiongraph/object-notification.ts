import { randomBytes } from 'node:crypto';
import { type Assumed, assumedByDefault } from '../cloud/open-questions/assumptions.ts';
import { eventTime, objectFields } from './assumed-object.ts';

/** A change of an object. */
export interface ObjectChange {
  readonly eventName:
    | 'ObjectCreated:Put'
    | 'ObjectCreated:Copy'
    | 'ObjectCreated:CompleteMultipartUpload'
    | 'ObjectRemoved:Delete'
    | 'ObjectRemoved:DeleteMarkerCreated';
  readonly bucket: string;
  /** Not encoded. */
  readonly key: string;
  /** Size and eTag are absent when the object was removed. */
  readonly size?: number;
  readonly eTag?: string;
  /** The string `null` in a bucket without versioning. */
  readonly versionId: string;
  readonly time: Date;
  /** 32 hex digits; for the same key, a larger value is later. */
  readonly sequencer: string;
}

/** An OBS trigger of a function. */
export interface ObjectTriggerRule {
  readonly functionName: string;
  /** The trigger's ID in the event. */
  readonly configurationId: string;
  readonly bucket: string;
  /** Prefix and suffix are compared with the unencoded key; empty matches any. */
  readonly prefix: string;
  readonly suffix: string;
  /** As in the trigger's configuration: `s3:ObjectCreated:*`, `s3:ObjectRemoved:Delete`. */
  readonly events: readonly string[];
}

/** Whether the rule matches this change. */
export function ruleMatches(rule: ObjectTriggerRule, change: ObjectChange): boolean {
  const name = `s3:${change.eventName}`;
  return (
    rule.bucket === change.bucket &&
    change.key.startsWith(rule.prefix) &&
    change.key.endsWith(rule.suffix) &&
    rule.events.some((wanted) => (wanted.endsWith(':*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted))
  );
}

/**
 * The event of a direct OBS trigger, in the layout with `s3` (samples of the FunctionGraph documentation and a capture of 2024-12-02) unless the other
 * one is assumed.
 */
export function makeObjectNotification(
  change: ObjectChange,
  rule: ObjectTriggerRule,
  region: string,
  ownerId: string,
  assumed: Assumed = assumedByDefault,
): Readonly<Record<string, unknown>> {
  const object = { key: triggerKey(change.key, assumed), ...objectFields(change, assumed) };
  const { configurationId } = rule;
  if (assumed('obs-trigger-layout') === 'obs')
    return { Records: [obsRecord(change, { region, ownerId, configurationId, object }, assumed)] };
  return {
    Records: [
      {
        eventVersion: '2.0',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: eventTime(change, assumed),
        eventName: change.eventName,
        userIdentity: { principalId: ownerId },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: {
          'x-amz-request-id': randomBytes(16).toString('hex').toUpperCase(),
          'x-amz-id-2': randomBytes(48).toString('base64'),
        },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId,
          bucket: {
            name: change.bucket,
            ownerIdentity: { PrincipalId: ownerId },
            arn: `arn:aws:s3:::${change.bucket}`,
          },
          object,
        },
      },
    ],
  };
}

/**
 * The notification that OBS publishes to a topic of SMN, in the layout with `obs` (OBS guide "Event notifications", 2023-12-26; sample
 * of a message). It is the content of the message.
 */
export function makePublishedNotification(
  change: ObjectChange,
  region: string,
  ownerId: string,
  configurationId = 'notification',
): Readonly<Record<string, unknown>> {
  const object = { key: encodeObjectKey(change.key), ...objectFields(change, assumedByDefault) };
  const parts = { region, ownerId, configurationId, object };
  return { Records: [obsRecord(change, parts, assumedByDefault)] };
}

interface RecordParts {
  readonly region: string;
  readonly ownerId: string;
  readonly configurationId: string;
  readonly object: Readonly<Record<string, unknown>>;
}

function obsRecord(change: ObjectChange, { region, ownerId, configurationId, object }: RecordParts, assumed: Assumed) {
  return {
    eventVersion: '3.0',
    eventSource: 'OBS',
    eventRegion: region,
    eventTime: eventTime(change, assumed),
    eventName: change.eventName,
    userIdentity: { ID: ownerId },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: {
      'x-obs-request-id': randomBytes(16).toString('hex').toUpperCase(),
      'x-obs-id-2': randomBytes(48).toString('base64'),
    },
    obs: {
      Version: '1.0',
      configurationId,
      bucket: { name: change.bucket, ownerIdentity: { ID: ownerId }, bucket: change.bucket },
      object,
    },
  };
}

function triggerKey(key: string, assumed: Assumed): string {
  const behavior = assumed('obs-trigger-keys');
  if (behavior === 'raw') return key;
  return behavior === 'encoded' ? encodeObjectKey(key) : key.split('/').map(encodeObjectKey).join('/');
}

/** Form encoding: `/` is `%2F`, a space `+`, `+` is `%2B` (OBS guide "Event notifications", 2023-12-26). */
export function encodeObjectKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
