import { Clock } from '../../../src/cloud/clock.ts';
import type { EVENT_QUESTIONS } from '../../../src/cloud/open-questions/event-questions.ts';
import { makeGatewayEvent } from '../../../src/functiongraph/gateway-event.ts';
import { makeObjectCloudEvent } from '../../../src/functiongraph/object-cloud-event.ts';
import { ObjectDeliveries } from '../../../src/functiongraph/object-deliveries.ts';
import { makeObjectNotification, type ObjectChange } from '../../../src/functiongraph/object-notification.ts';
import { Timers } from '../../../src/functiongraph/timers.ts';
import type { Observations, World } from './observation.ts';

const CHANGE: ObjectChange = {
  eventName: 'ObjectCreated:Put',
  bucket: 'backups',
  key: 'prod/a b.rdb',
  size: 1,
  eTag: 'e0',
  versionId: 'null',
  time: new Date('2026-03-14T12:00:00Z'),
  sequencer: 'AB',
};
const PLACE = { bucket: 'backups', prefix: '', suffix: '' };
const RULE = { ...PLACE, functionName: 'f', configurationId: 'c', events: ['s3:ObjectCreated:*'] };

type Fields = Readonly<Record<string, unknown>>;

function recordOf({ cloud }: World): Fields {
  const { Records } = makeObjectNotification(CHANGE, RULE, 'r', 'o', cloud.assumed) as { Records: [Fields] };
  return Records[0];
}

function objectOf(world: World): Fields {
  const { s3, obs } = recordOf(world) as { s3?: { object: Fields }; obs?: { object: Fields } };
  return (s3 ?? obs)?.object ?? {};
}

function cloudEventKey({ cloud }: World, encodesKeys: boolean): unknown {
  const subscription = { ...PLACE, eventTypes: [], encodesKeys };
  return makeObjectCloudEvent(CHANGE, 't', subscription, 'r', 'o', cloud.assumed)['subject'];
}

/** The ticks of a timer that fires 5 s late. */
function ticks({ cloud }: World): Fields[] {
  const events: Fields[] = [];
  const planned = Date.parse('2026-03-14T12:00:00Z');
  const times = [planned, planned + 5_000];
  const timers = new Timers([{ name: 't', functionName: 'f', schedule: { rate: '1m' }, userEvent: '' }], {
    regionTimeZone: 'UTC',
    clock: Object.assign(new Clock(), { now: () => times.shift() ?? planned + 5_000 }),
    fire: (_trigger, event) => events.push({ ...event }),
    assumed: cloud.assumed,
  });
  timers.tick('t');
  return events;
}

/** Which of two events were delivered at once, after five seconds, and after a minute. */
function deliveries({ cloud, clock }: World): string[] {
  const deliverer = new ObjectDeliveries(() => cloud);
  const seen: string[] = [];
  let delivered = '';
  for (const name of ['a', 'b'])
    deliverer.send({ bucket: 'b', key: name }, () => {
      delivered += name;
    });
  for (const ms of [0, 5_000, 55_000]) {
    clock.advance(ms);
    seen.push(delivered);
  }
  return seen;
}

export const EVENT_OBSERVATIONS: Observations<typeof EVENT_QUESTIONS> = {
  'obs-trigger-keys': {
    see: (world) => objectOf(world)['key'],
    under: { encoded: 'prod%2Fa+b.rdb', 'slash-kept': 'prod/a+b.rdb', raw: 'prod/a b.rdb' },
  },
  'eventgrid-keys': {
    see: (world) => [cloudEventKey(world, true), cloudEventKey(world, false)],
    under: {
      'as-configured': ['prod%2Fa+b.rdb', 'prod/a b.rdb'],
      encoded: ['prod%2Fa+b.rdb', 'prod%2Fa+b.rdb'],
      raw: ['prod/a b.rdb', 'prod/a b.rdb'],
    },
  },
  'obs-trigger-layout': {
    see: (world) => ['s3' in recordOf(world), recordOf(world)['eventVersion']],
    under: { s3: [true, '2.0'], obs: [false, '3.0'] },
  },
  'object-event-delivery': {
    see: deliveries,
    under: {
      once: ['ab', 'ab', 'ab'],
      twice: ['ab', 'abab', 'abab'],
      late: ['', '', 'ab'],
      'out-of-order': ['ba', 'ba', 'ba'],
      lost: ['', '', ''],
    },
  },
  'event-etag': {
    see: (world) => objectOf(world)['eTag'],
    under: { same: 'e0', differs: '8729a6b58c0023b5925536fedf9a48ee', absent: undefined },
  },
  'event-version': {
    see: (world) => objectOf(world)['versionId'],
    under: { 'null-text': 'null', absent: undefined, 'prefixed-null': 'G0011129478D0000FFFF801A1A4E0001null' },
  },
  'event-sequencer': {
    see: (world) => objectOf(world)['sequencer'],
    under: { ordered: 'AB', constant: '1' },
  },
  'event-time': {
    see: (world) => recordOf(world)['eventTime'],
    under: { utc: '2026-03-14T12:00:00.000Z', 'beijing-as-utc': '2026-03-14T20:00:00.000Z' },
  },
  'timer-time': {
    see: (world) => ticks(world)[0]?.['time'],
    under: { planned: '2026-03-14T12:00:00+00:00', actual: '2026-03-14T12:00:05+00:00' },
  },
  'timer-user-event': {
    see: (world) => ticks(world)[0]?.['user_event'],
    under: { 'empty-text': '', 'null-value': null, absent: undefined },
  },
  'timer-delivery': {
    see: (world) => ticks(world).length,
    under: { once: 1, twice: 2 },
  },
  'gateway-body': {
    see: ({ cloud }) => {
      const request = { method: 'POST', target: '/', headers: {}, body: Buffer.from('{}'), remoteAddress: '', port: 1 };
      const event = makeGatewayEvent(request, { pathParameters: {}, apiId: 'a' }, 'r', cloud.assumed);
      return [event.body, event.isBase64Encoded];
    },
    under: { base64: ['e30=', true], plain: ['{}', false] },
  },
};
