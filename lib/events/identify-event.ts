import { EventError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { describeReceived, field, stringIn } from './received.ts';

/** As FunctionGraph's triggers call themselves in `trigger_type` (Open Telekom, fg-events of otc-functiongraph-nodejs-runtime, 2026-07-01). */
const TRIGGER_TYPES: Readonly<Record<string, string>> = {
  TIMER: 'a timer event',
  KAFKA: 'a Kafka event',
  RABBITMQ: 'a RabbitMQ event',
  ROCKETMQ: 'a RocketMQ event',
  DMS: 'a DMS event',
};

/** `event_source` of one record of a database's changes (FunctionGraph User Guide, DDS and GeminiDB triggers). */
const DATABASES: readonly (readonly [RegExp, string])[] = [
  [/^dds$/, 'a DDS event'],
  [/mongo/, 'a GeminiDB (Mongo) event'],
  [/cassandra/, 'a GeminiDB (Cassandra) event'],
  [/gauss|gemini/, 'a GaussDB event'],
];

/**
 * What an event is, for whoever connected it to the wrong function: told by its fields, as the platform names no kind that all events have
 * (FunctionGraph Developer Guide, supported trigger events, functiongraph_02_0102). `undefined` for what is none of the platform's.
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

/** @throws {EventError} what was expected, the fields of what came in its place, and what that is; none of its values */
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

/** A name of a source or kind, which stands in the message as it is; anything else does not. */
function quoted(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z0-9_.:-]{1,60}$/.test(value) ? `"${value}"` : 'another source';
}
