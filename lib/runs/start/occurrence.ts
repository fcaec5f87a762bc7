import { createHash } from 'node:crypto';
import { fullyDecoded } from '../../events/object-key.ts';
import type { ObjectTrigger, RequestTrigger, Trigger } from '../../events/trigger.ts';

/** One reason to run a job once. The same reason has the same parts, however often and by whichever route it arrives. */
export interface Occurrence {
  readonly kind: Trigger['kind'] | 'replay';
  readonly parts: readonly string[];
}

/**
 * The identity of a trigger.
 *
 * - An object: bucket, key and content: the version id, else the eTag, else the sequencer or event id. Direct and EventGrid notifications of the same
 *   content agree in the first two. The key is decoded until nothing changes, so that all routes agree, whether they encode keys or not. Keys that
 *   differ only in encoding are distinguished by their content alone.
 * - A set: bucket, prefix, and the marker's version; without a marker the keys and versions of its objects, in the order of the keys.
 * - A tick: the trigger's name and its time. A timer event has no id.
 * - A request: its idempotency key, else the gateway's request id (a repeated request without a key is a new occurrence); then the label of its
 *   caller, if it has one, so that the keys of two callers never meet.
 */
export function occurrenceOf(trigger: Trigger): Occurrence {
  switch (trigger.kind) {
    case 'object':
      return { kind: 'object', parts: [trigger.bucket, keyPart(trigger), ...contentParts(trigger)] };
    case 'tick':
      return { kind: 'tick', parts: [trigger.name, trigger.time] };
    case 'request':
      return { kind: 'request', parts: [trigger.idempotencyKey ?? trigger.requestId, ...labelPart(trigger)] };
  }
}

function labelPart({ caller }: RequestTrigger): string[] {
  return caller === undefined ? [] : [caller];
}

/** A replay of a run; `number` counts from 1. */
export interface Replay {
  readonly run: string;
  readonly number: number;
}

export function occurrenceOfReplay({ run, number }: Replay): Occurrence {
  return { kind: 'replay', parts: [run, String(number)] };
}

/** Sets are identified by the keys in the bucket. */
function keyPart({ key, set }: ObjectTrigger): string {
  return set ? key : fullyDecoded(key);
}

/** Identifies the content of an object, or of all objects of a set. */
export function contentParts(trigger: ObjectTrigger): string[] {
  if (!trigger.set) return [contentOf(trigger)];
  const { marker, members } = trigger.set;
  if (marker !== undefined) return [marker];
  return [...members].sort((a, b) => (a.key < b.key ? -1 : 1)).flatMap(({ key, version }) => [key, version]);
}

/** Identifies the content of an object: the version id, else the eTag, else what the event has. */
export function contentOf(object: ObjectTrigger): string {
  return object.versionId ?? object.eTag ?? object.sequencer ?? object.eventId ?? object.time;
}

/** The run's id: 32 hex digits. Changing this formula would duplicate everything in progress. */
export function fingerprint(job: string, { kind, parts }: Occurrence): string {
  return createHash('sha256')
    .update(JSON.stringify(['1', job, kind, ...parts]))
    .digest('hex')
    .slice(0, 32);
}
