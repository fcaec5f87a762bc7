import { EventError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { describeReceived, field, stringIn } from './received.ts';

/** Values of `trigger_type` (Open Telekom, fg-events of otc-functiongraph-nodejs-runtime, 2026-07-01). */
const TRIGGER_TYPES: Readonly<Record<string, string>> = {
  TIMER: 'a timer event',
  KAFKA: 'a Kafka event',
  RABBITMQ: 'a RabbitMQ event',
  ROCKETMQ: 'a RocketMQ event',
  DMS: 'a DMS event',
};

/** `event_source` in the records of database change events (FunctionGraph User Guide, DDS and GeminiDB triggers). */
const DATABASES: readonly (readonly [RegExp, string])[] = [
  [/^dds$/, 'a DDS event'],
  [/mongo/, 'a GeminiDB (Mongo) event'],
  [/cassandra/, 'a GeminiDB (Cassandra) event'],
  [/gauss|gemini/, 'a GaussDB event'],
];

/**
 * What kind of event this is, for a message to someone who connected the wrong trigger. Identified by its fields, because events share no
 * field for their kind (FunctionGraph Developer Guide, supported trigger events, functiongraph_02_0102). `undefined` when it is not an event of the
 * platform.
 */
export function identifyEvent(event: unknown): string | undefined {
  const has = (...names: string[]) => names.every((name) => field(event, name) !== undefined);
  const type = stringIn(event, 'trigger_type');
  if (type !== undefined && Object.hasOwn(TRIGGER_TYPES, type.toUpperCase())) return TRIGGER_TYPES[type.toUpperCase()];
  if (has('httpMethod', 'requestContext')) return 'an API Gateway event';
  if (has('specversion', 'source', 'type')) return `an EventGrid event of ${quoted(field(event, 'source'))}`;
  if (Array.isArray(field(event, 'Records'))) return 'an OBS event';
  const [smn] = listIn(event, 'record');
  if (isRecord(field(smn, 'smn'))) return 'an SMN event';
  if (has('lts')) return 'an LTS event';
  if (has('cts')) return 'a CTS event';
  if (has('ShardID', 'StreamName') || has('StreamName', 'Message')) return 'a DIS event';
  if (has('resource', 'notify_data')) return 'an IoTDA event';
  if (has('queue_id') || has('message_array')) return 'a DMS event';
  const [record] = listIn(event, 'records');
  return identifyRecord(record) ?? (type === undefined ? undefined : `an event of ${quoted(type)}`);
}

/** @throws {EventError} with what was expected, the field names that were received, and the kind of event that has them; never a value */
export function refuseEvent(event: unknown, expected: string): never {
  const name = identifyEvent(event);
  throw new EventError('', describeReceived(event), name === undefined ? expected : `${expected}; this is ${name}`);
}

function identifyRecord(record: unknown): string | undefined {
  const source = stringIn(record, 'event_source')?.toLowerCase();
  if (source !== undefined) return DATABASES.find(([pattern]) => pattern.test(source))?.[1];
  return field(record, 'messages') !== undefined && field(record, 'topic_id') !== undefined
    ? 'a Kafka event'
    : undefined;
}

function listIn(event: unknown, name: string): readonly unknown[] {
  const list = field(event, name);
  return Array.isArray(list) ? list : [];
}

/** The name of a source or kind, quoted, if it is safe to print; otherwise a generic phrase. */
function quoted(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z0-9_.:-]{1,60}$/.test(value) ? `"${value}"` : 'another source';
}
