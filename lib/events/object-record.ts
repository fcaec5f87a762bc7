import { EventError, ObjectKeyError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { MAX_KEY_BYTES } from '../kernel/max-key-bytes.ts';
import type { KeyEncoding } from '../kernel/settings.ts';
import { decodeObjectKey } from './object-key.ts';
import { probeOf } from './probe-key.ts';
import { describeReceived, field, getString, getTime, stringIn } from './received.ts';
import type { ObjectTrigger, ProbeReceipt } from './trigger.ts';

export interface RecordSource {
  /** Path of the record in the event, for errors. */
  readonly path: string;
  readonly route: ProbeReceipt['route'];
  readonly encoding: KeyEncoding;
  /** EventGrid's envelope: used because the record's own time is wrong and its sequencer is meaningless there. */
  readonly envelope?: { readonly time: string; readonly id: string };
}

/**
 * Parses one OBS record in either layout: `s3` (eventVersion 2.0) or `obs` (3.0).
 *
 * @throws {EventError} when bucket, key, name or time is missing, or the event is not about objects
 * @throws {ObjectKeyError} when the key is not UTF-8
 */
export function parseObjectRecord(record: unknown, { path, route, encoding, envelope }: RecordSource): ObjectTrigger {
  if (!isRecord(record)) throw new EventError(path, describeReceived(record), 'an OBS record');
  const layout = (['s3', 'obs'] as const).find((name) => isRecord(field(record, name)));
  if (!layout) throw new EventError(path, describeReceived(record), 'an OBS record with "s3" or "obs"');
  const body = field(record, layout);
  const eventName = getString(record, 'eventName', `${path}.eventName`);
  const bucket = getString(field(body, 'bucket'), 'name', `${path}.${layout}.bucket.name`);
  const object = field(body, 'object');
  const keyPath = `${path}.${layout}.object.key`;
  const text = getString(object, 'key', keyPath);
  const decoded = decodeObjectKey(text, encoding);
  if (!decoded) throw new ObjectKeyError(keyPath, text);
  const { key, written, warning } = decoded;
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) throw new EventError(keyPath, `a key of ${bytes} bytes`, `at most ${MAX_KEY_BYTES}`);
  const size = field(object, 'size');
  const eTag = stringIn(object, 'eTag')?.replace(/^"(.+)"$/, '$1');
  const versionId = stringIn(object, 'versionId');
  const probe = probeOf(text);
  const sequencer = stringIn(object, 'sequencer');
  return {
    kind: 'object',
    created: isCreated(eventName, `${path}.eventName`),
    eventName,
    bucket,
    key,
    ...(written === undefined ? {} : { written }),
    ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
    ...(eTag ? { eTag } : {}),
    ...(versionId && !versionId.endsWith('null') ? { versionId } : {}),
    ...(sequencer ? { sequencer } : {}),
    ...(envelope ? { eventId: envelope.id } : {}),
    ...(probe === undefined ? {} : { receipt: { probe, route, layout, received: receivedOf(record, object) } }),
    time: envelope?.time ?? getTime(record, 'eventTime', `${path}.eventTime`),
    warnings: warning ? [warning] : [],
  };
}

/** The fields as they are, whatever this software makes of them. */
function receivedOf(record: unknown, object: unknown): ProbeReceipt['received'] {
  const fields = ['key', 'size', 'eTag', 'versionId', 'sequencer'].map((name) => [name, field(object, name)]);
  return { ...Object.fromEntries(fields), eventTime: field(record, 'eventTime') };
}

/** `ObjectCreated:Put`, `s3:ObjectCreated:Put` and `OBS:DWR:ObjectCreated:PUT` are the same; case differs between the routes. */
function isCreated(eventName: string, path: string): boolean {
  const words = eventName.toLowerCase().split(':');
  if (words.includes('objectcreated')) return true;
  if (words.includes('objectremoved')) return false;
  throw new EventError(path, JSON.stringify(eventName.slice(0, 60)), 'ObjectCreated:* or ObjectRemoved:*');
}
