import fc from 'fast-check';
import { parseAnyEvent } from '../../../lib/events/any-event.ts';
import { parseGatewayEvent } from '../../../lib/events/gateway-event.ts';
import { identifyEvent } from '../../../lib/events/identify-event.ts';
import { parseObjectEvent } from '../../../lib/events/object-event.ts';
import { parseTimerEvent } from '../../../lib/events/timer-event.ts';
import { EventError } from '../../../lib/kernel/errors.ts';
import type { ObjectKeys } from '../../../lib/kernel/settings.ts';
import { eventFile } from '../../fixtures/event-file.ts';

const KEYS: ObjectKeys = { direct: 'encoded', eventgrid: 'encoded', smn: 'encoded' };
const messages = ['message-1', 'message-2'];

/** Events as in the platform's documentation; none of these functions accepts them. */
const STRANGERS: readonly (readonly [name: string, event: object])[] = [
  [
    'a Kafka event',
    {
      event_version: 'v1.0',
      event_time: 1,
      trigger_type: 'KAFKA',
      region: 'r',
      instance_id: 'i',
      records: [{ messages, topic_id: 't' }],
    },
  ],
  ['a Kafka event', { records: [{ messages, topic_id: 't' }] }],
  [
    'a RabbitMQ event',
    {
      event_version: 'v1.0',
      trigger_type: 'RABBITMQ',
      region: 'r',
      records: [{ messages, instance_id: 'i', exchange: 'e' }],
    },
  ],
  [
    'a RocketMQ event',
    { event_version: 'v1.0', trigger_type: 'ROCKETMQ', instance_id: 'i', records: [{ messages, topic: 't' }] },
  ],
  ['a DMS event', { msg_id: 'm', queue_id: 'q', region: 'r', messages: [{ body: 'b', attributes: {} }] }],
  [
    'a DIS event',
    {
      ShardID: 'shardId-0000000000',
      Message: { next_partition_cursor: 'c', records: [{ partition_key: 'k', data: 'd' }] },
      Tag: 'latest',
      StreamName: 's',
    },
  ],
  ['an LTS event', { lts: { data: 'ICB7CiAgICA=' } }],
  ['a CTS event', { cts: { time: 1, user: {}, request: {}, response: {}, code: 204, service_type: 'FunctionGraph' } }],
  [
    'a DDS event',
    { records: [{ event_source: 'dds', event_name: 'insert', region: 'r', event_version: '1.0', dds: { ns: '{}' } }] },
  ],
  [
    'a GeminiDB (Mongo) event',
    {
      records: [
        { event_name: '"insert"', event_version: '1.0', event_source: 'gauss_mongo', region: 'r', gauss_mongo: {} },
      ],
    },
  ],
  [
    'a GeminiDB (Cassandra) event',
    { records: [{ event_name: 'insert', event_source: 'gauss_cassandra', region: 'r' }] },
  ],
  ['a GaussDB event', { records: [{ event_name: 'insert', event_source: 'gaussdb', region: 'r' }] }],
  [
    'an IoTDA event',
    {
      resource: 'device.property',
      event: 'report',
      event_time: '20260314T000000Z',
      notify_data: { header: {}, body: {} },
    },
  ],
  ['an event of "SOMETHING_NEW"', { trigger_type: 'SOMETHING_NEW' }],
  ['an event of another source', { trigger_type: 'a\nb' }],
];

const OURS = [
  ['a timer event', 'timer'],
  ['an API Gateway event', 'apig-get'],
  ['an OBS event', 'obs-legacy-put'],
  ['an SMN event', 'smn-text'],
  ['an EventGrid event of "HC.OBS.DWR"', 'obs-eventgrid-object-created'],
] as const;

function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof EventError) return error.message;
  }
  return 'it was taken';
}

describe('an event of another trigger', () => {
  it.each(STRANGERS)('is named for what it is by each function that it reaches: %s', (name, event) => {
    expect(identifyEvent(event)).toBe(name);
    for (const parse of [
      () => parseTimerEvent(event),
      () => parseGatewayEvent(event),
      () => parseObjectEvent(event, KEYS),
      () => parseAnyEvent(event, KEYS),
    ]) {
      expect(refusal(parse)).toMatch(/^event: received an object \(keys: /);
      expect(refusal(parse).endsWith(`; this is ${name}`)).toBe(true);
    }
  });

  it.each(OURS)('is named when it reaches a function of another kind: %s', (name, file) => {
    const event = eventFile(file);
    expect(identifyEvent(event)).toBe(name);

    const refusals = [
      refusal(() => parseTimerEvent(event)),
      refusal(() => parseGatewayEvent(event)),
      refusal(() => parseObjectEvent(event, KEYS)),
    ].filter((text) => text !== 'it was taken');
    expect(refusals.filter((text) => text.endsWith(`; this is ${name}`))).toHaveLength(2);
  });

  it('has no name if it is not one of the platform’s, and none of its values is shown', () => {
    expect(identifyEvent({ password: 'hunter2-plain' })).toBeUndefined();
    expect(refusal(() => parseTimerEvent({ lts: { data: 'hunter2-plain' }, source: 'hunter2-plain' }))).not.toContain(
      'hunter2',
    );
  });

  it('is identified in any JSON without an exception', () => {
    const known = [
      'trigger_type',
      'records',
      'record',
      'Records',
      'lts',
      'cts',
      'ShardID',
      'StreamName',
      'source',
      'type',
      'specversion',
    ];
    const event = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...known), fc.jsonValue()));
    fc.assert(
      fc.property(event, (value) => {
        expect(['string', 'undefined']).toContain(typeof identifyEvent(value));
      }),
    );
  });
});
