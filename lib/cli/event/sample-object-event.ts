import { randomBytes, randomUUID } from 'node:crypto';
import { makeMessageEvent } from '../../../packages/local-cloud/src/functiongraph/message-event.ts';
import { makeObjectCloudEvent } from '../../../packages/local-cloud/src/functiongraph/object-cloud-event.ts';
import {
  makeObjectNotification,
  makePublishedNotification,
  type ObjectChange,
} from '../../../packages/local-cloud/src/functiongraph/object-notification.ts';
import { nextSequencer } from '../../../packages/local-cloud/src/sequencer.ts';
import type { Jobs } from '../../jobs/job.ts';
import type { Settings } from '../../kernel/settings.ts';
import { sampleKey, sampleSet } from '../../local-system/demonstration.ts';
import { projectIn } from '../../local-system/seeds.ts';
import { UsageError } from '../usage-error.ts';

/** The kinds of OBS events: how they are delivered, and what happened. */
export const OBJECT_EVENTS = {
  'obs-put': { eventName: 'ObjectCreated:Put', summary: 'an object was uploaded; sent by a direct trigger' },
  'obs-multipart': {
    eventName: 'ObjectCreated:CompleteMultipartUpload',
    summary: 'an object was uploaded in parts; sent by a direct trigger',
  },
  'obs-copy': { eventName: 'ObjectCreated:Copy', summary: 'an object was copied; sent by a direct trigger' },
  eventgrid: { eventName: 'ObjectCreated:Put', summary: 'an object was uploaded; sent through EventGrid' },
  smn: { eventName: 'ObjectCreated:Put', summary: 'an object was uploaded; sent through an SMN topic' },
} as const;
export type ObjectEventKind = keyof typeof OBJECT_EVENTS;

export interface ObjectEventChoices {
  readonly job?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** Bytes. */
  readonly size?: number;
  readonly eTag?: string;
  readonly versionId?: string;
  readonly time: Date;
}

/** The approximate size of captured backups. */
const USUAL_SIZE = 734_003;
const PART_BYTES = 64 * 1024 * 1024;
const OWNER = '9d0c7b6a5f4e4d3c8b2a19080f7e6d5c';
/** Used if the account is not known. */
const ANY_PROJECT = '0123456789abcdef0123456789abcdef';

/**
 * An OBS event. Values that are not given are chosen so that it starts a job of the file: the named one, else the first with
 * `object_created`. For a job with sets, one event holds all objects of a complete set; an EventGrid event holds only the last of them.
 *
 * @throws {UsageError} if no job matches and bucket or key is not given
 */
export function makeSampleObjectEvent(
  kind: ObjectEventKind,
  choices: ObjectEventChoices,
  jobs: Jobs,
  settings: Pick<Settings, 'OBJECT_KEYS'>,
): unknown {
  const { bucket, keys } = placeOf(choices, jobs);
  const changes = keys.map((key) => changeOf(kind, bucket, key, choices));
  const { region } = jobs;
  switch (kind) {
    case 'eventgrid': {
      const encodesKeys = settings.OBJECT_KEYS.eventgrid !== 'raw';
      const type = 'OBS:DWR:ObjectCreated:PUT';
      const subscription = { bucket, prefix: '', suffix: '', eventTypes: [type], encodesKeys };
      const last = changes.at(-1) ?? changeOf(kind, bucket, '', choices);
      return makeObjectCloudEvent(last, type, subscription, region, OWNER);
    }
    case 'smn': {
      const message = JSON.stringify(merged(changes.map((change) => makePublishedNotification(change, region, OWNER))));
      const topicUrn = `urn:smn:${region}:${projectIn(jobs) ?? ANY_PROJECT}:bucket-events`;
      const functionUrn = `urn:fss:${region}:${projectIn(jobs) ?? ANY_PROJECT}:function:default:backup-landed:latest`;
      const publishedAt = choices.time.getTime();
      const id = randomBytes(16).toString('hex');
      return makeMessageEvent(
        { id, topicUrn, subject: 'OBS Notification', message, publishedAt },
        functionUrn,
        randomUUID(),
      );
    }
    default: {
      const rule = { functionName: '', configurationId: 'backup-landed', bucket, prefix: '', suffix: '', events: [] };
      return merged(changes.map((change) => makeObjectNotification(change, rule, region, OWNER)));
    }
  }
}

/** One event with the records of all events. */
function merged(events: readonly Readonly<Record<string, unknown>>[]): { readonly Records: unknown } {
  return { Records: events.flatMap((event) => event['Records']) };
}

function placeOf(
  { job: name, bucket, key, time }: ObjectEventChoices,
  { jobs }: Jobs,
): { bucket: string; keys: readonly string[] } {
  const trigger = [...jobs.values()].find((job) => job.on.object_created && (name === undefined || job.name === name))
    ?.on.object_created;
  if (name !== undefined && !trigger) throw new UsageError(`--job ${name}: no job of this name has on.object_created`);
  const place = bucket ?? trigger?.bucket;
  if (place === undefined) throw new UsageError('no job has on.object_created: give --bucket and --key');
  if (key !== undefined) return { bucket: place, keys: [key] };
  const guess = trigger && sampleKey(trigger.key);
  const keys = trigger?.set ? sampleSet(trigger.key, trigger.set, time) : guess === undefined ? undefined : [guess];
  if (keys) return { bucket: place, keys };
  throw new UsageError(`could not guess a key${trigger ? ` that matches ${trigger.key}` : ''}: give --key`);
}

function changeOf(kind: ObjectEventKind, bucket: string, key: string, choices: ObjectEventChoices): ObjectChange {
  const { eTag, versionId = 'null', time } = choices;
  const isMultipart = kind === 'obs-multipart';
  const size = choices.size ?? (isMultipart ? 3 * PART_BYTES : USUAL_SIZE);
  const parts = isMultipart ? `-${Math.max(1, Math.ceil(size / PART_BYTES))}` : '';
  return {
    eventName: OBJECT_EVENTS[kind].eventName,
    bucket,
    key,
    size,
    eTag: eTag ?? `${randomBytes(16).toString('hex')}${parts}`,
    versionId,
    time,
    sequencer: nextSequencer(time.getTime()),
  };
}
