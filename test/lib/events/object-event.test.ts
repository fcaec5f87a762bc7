import fc from 'fast-check';
import { parseObjectEvent } from '../../../lib/events/object-event.ts';
import { EventError } from '../../../lib/kernel/errors.ts';
import type { ObjectKeys } from '../../../lib/kernel/settings.ts';
import { eventFile } from '../../fixtures/event-file.ts';

const ENCODED: ObjectKeys = { direct: 'encoded', eventgrid: 'encoded', smn: 'encoded' };
const RAW: ObjectKeys = { direct: 'raw', eventgrid: 'raw', smn: 'raw' };

const created = { kind: 'object', created: true, bucket: 'backup-inbox-prod', warnings: [] } as const;

const SAMPLES = [
  {
    file: 'obs-legacy-put',
    expected: {
      ...created,
      eventName: 'ObjectCreated:Put',
      key: 'redis-backup-20260314.rdb',
      size: 734003,
      eTag: '3f2b7c1de94a5608b1c7d2e3f4a59607',
      sequencer: '000000001CE8A1D3F2490B4C00000000',
      time: '2026-03-14T02:20:37.418Z',
    },
  },
  {
    file: 'obs-legacy-multipart',
    expected: {
      ...created,
      eventName: 'ObjectCreated:CompleteMultipartUpload',
      key: 'redis/prod/20260314/full-dump.rdb',
      size: 6442450944,
      eTag: 'b7e23ec29af22b0b4e41da31e868d572-96',
      versionId: 'G001019CE8A2049BFFFF900B00B4E41D',
      sequencer: '000000001CE8A2049B7D11E500000000',
      time: '2026-03-14T02:31:05.902Z',
    },
  },
  {
    file: 'obs-legacy-encoded-key',
    expected: {
      ...created,
      eventName: 'ObjectCreated:Post',
      key: 'redis/prod/2026 03 14/full+diff (v2) 备份 100%.rdb',
      size: 20971520,
      eTag: '0c8f1be0a2d94c6fb5e7a3d1c9f08e42',
      sequencer: '000000001CE8A2A7C0FFEE1100000000',
      time: '2026-03-14T02:44:19.007Z',
    },
  },
  {
    file: 'obs-legacy-minimal',
    expected: {
      ...created,
      eventName: 'ObjectCreated:Post',
      key: 'redis-backup-20260314.rdb',
      size: 734003,
      eTag: '3f2b7c1de94a5608b1c7d2e3f4a59607',
      sequencer: '000000001CE8A1D3F2490B4C00000000',
      time: '2026-03-14T02:20:37.418Z',
    },
  },
  {
    file: 'obs-records-v3',
    expected: {
      ...created,
      eventName: 'ObjectCreated:Put',
      key: 'redis/prod/20260314/full-dump.rdb',
      size: 734003,
      eTag: '3f2b7c1de94a5608b1c7d2e3f4a59607',
      sequencer: '000000001CE8A1D3F2490B4C00000000',
      time: '2026-03-14T02:20:37.418Z',
    },
  },
  {
    file: 'obs-eventgrid-object-created',
    expected: {
      ...created,
      eventName: 'ObjectCreated:Put',
      key: 'redis-backup-20260314.rdb',
      size: 734003,
      eTag: '3f2b7c1de94a5608b1c7d2e3f4a59607',
      sequencer: '1',
      eventId: '0000019CE8A1D3F2490B4C6D1A7E5F30',
      time: '2026-03-14T02:20:38.064715302Z',
    },
  },
  {
    file: 'obs-eventgrid-multipart',
    expected: {
      ...created,
      eventName: 'ObjectCreated:CompleteMultipartUpload',
      key: 'redis/prod/20260314/full-dump.rdb',
      size: 6442450944,
      eTag: 'b7e23ec29af22b0b4e41da31e868d572-96',
      sequencer: '1',
      eventId: '0000019CE8A2049B490B55D27C30A1E4',
      time: '2026-03-14T02:31:06.611203487Z',
    },
  },
  {
    file: 'obs-eventgrid-encoded-key',
    expected: {
      ...created,
      eventName: 'ObjectCreated:Post',
      key: 'redis/prod/2026 03 14/full+diff (v2) 备份 100%.rdb',
      size: 20971520,
      eTag: '0c8f1be0a2d94c6fb5e7a3d1c9f08e42',
      sequencer: '1',
      eventId: '0000019CE8A2A7C0490B61F0AD5B9E77',
      time: '2026-03-14T02:44:19.733918220Z',
    },
  },
  {
    file: 'smn-obs-notification',
    expected: {
      ...created,
      eventName: 'ObjectCreated:Put',
      key: 'redis/prod/20260314/full-dump.rdb',
      size: 734003,
      eTag: '3f2b7c1de94a5608b1c7d2e3f4a59607',
      sequencer: '000000001CE8A1D3F2490B4C00000000',
      time: '2026-03-14T02:20:37.418Z',
    },
  },
];

describe('parseObjectEvent', () => {
  it.each(SAMPLES)('reads $file whole', ({ file, expected }) => {
    const records = parseObjectEvent(eventFile(file), ENCODED);

    expect(records).toEqual([expected]);
  });

  it('ignores an SMN text message without records', () => {
    const records = parseObjectEvent(eventFile('smn-text'), ENCODED);

    expect(records).toEqual([{ kind: 'ignored', why: 'record[0].smn.message contains no OBS records' }]);
  });

  const smn = (message: unknown) => ({ record: [{ smn: { message: JSON.stringify(message) } }] });

  it.each(['obs-eventgrid-object-created', 'obs-eventgrid-multipart', 'obs-eventgrid-encoded-key'])(
    'reads an EventGrid event inside an SMN message as it reads it alone: %s',
    (file) => {
      expect(parseObjectEvent(smn(eventFile(file)), ENCODED)).toEqual(parseObjectEvent(eventFile(file), ENCODED));
    },
  );

  it('reports where an EventGrid event inside an SMN message is invalid', () => {
    const { time: _, ...event } = eventFile('obs-eventgrid-object-created');
    const [record] = parseObjectEvent(smn(event), ENCODED);

    expect(record).toBeInstanceOf(EventError);
    expect((record as EventError).path).toBe('record[0].smn.message.time');
  });

  it.each([
    ['an EventGrid event of "HC.DCS"', { specversion: '1.0', id: 'i', source: 'HC.DCS', type: 't', data: {} }],
    ['a CTS event', { cts: {} }],
    ['an LTS event', { lts: {} }],
    ['an SMN event', { record: [{ smn: { message: '{}' } }] }],
  ])('reports that an SMN message contains %s', (name, message) => {
    expect(parseObjectEvent(smn(message), ENCODED)).toEqual([
      { kind: 'ignored', why: `record[0].smn.message contains ${name}, not OBS records` },
    ]);
  });

  it('reads every record, in order, and keeps going after a bad one', () => {
    const event = eventFile('obs-legacy-put');
    const second = structuredClone(event.Records[0]);
    second.s3.object.key = 'second.rdb';
    event.Records.push({ s3: {} }, second);

    const records = parseObjectEvent(event, ENCODED);

    expect(records.map((record) => ('key' in record ? record.key : (record as EventError).message))).toEqual([
      'redis-backup-20260314.rdb',
      'event at Records[1].eventName: received nothing, expected a non-empty string',
      'second.rdb',
    ]);
  });

  it('treats a version id that ends in "null" as no version, and any other as one', () => {
    const event = eventFile('obs-eventgrid-object-created');
    expect(parseObjectEvent(event, ENCODED)[0]).not.toHaveProperty('versionId');

    event.data.obs.object.versionId = 'G001019CE8A1D3F2FFFF900B00A1B2C3';
    expect(parseObjectEvent(event, ENCODED)[0]).toHaveProperty('versionId', 'G001019CE8A1D3F2FFFF900B00A1B2C3');
  });

  it.each([
    ['ObjectCreated:Put', true],
    ['OBS:DWR:ObjectCreated:PUT', true],
    ['s3:ObjectCreated:CompleteMultipartUpload', true],
    ['OBJECTCREATED:COPY', true],
    ['ObjectRemoved:Delete', false],
    ['OBS:DWR:ObjectRemoved:DeleteMarkerCreated', false],
  ])('takes %s as created: %s', (eventName, expected) => {
    const event = eventFile('obs-legacy-put');
    event.Records[0].eventName = eventName;

    expect(parseObjectEvent(event, ENCODED)[0]).toHaveProperty('created', expected);
  });

  it('refuses an event name that is about something else', () => {
    const event = eventFile('obs-legacy-put');
    event.Records[0].eventName = 'ObjectRestore:Completed';

    expect(parseObjectEvent(event, ENCODED)[0]).toMatchObject({
      message:
        'event at Records[0].eventName: received "ObjectRestore:Completed", expected ObjectCreated:* or ObjectRemoved:*',
    });
  });

  it.each([
    ['a b+c%25.rdb', ENCODED, 'a b c%.rdb'],
    ['a%2Bb%2Fc%E5%A4%87.rdb', ENCODED, 'a+b/c备.rdb'],
    ['a b+c%25.rdb', RAW, 'a b+c%25.rdb'],
  ])('decodes the key %s as set', (key, keys, expected) => {
    const event = eventFile('obs-legacy-put');
    event.Records[0].s3.object.key = key;

    expect(parseObjectEvent(event, keys)[0]).toHaveProperty('key', expected);
  });

  it('decodes per route as set', () => {
    const keys: ObjectKeys = { direct: 'encoded', eventgrid: 'raw', smn: 'encoded' };

    expect(parseObjectEvent(eventFile('obs-eventgrid-encoded-key'), keys)[0]).toHaveProperty(
      'key',
      'redis%2Fprod%2F2026+03+14%2Ffull%2Bdiff+%28v2%29+%E5%A4%87%E4%BB%BD+100%25.rdb',
    );
    expect(parseObjectEvent(eventFile('obs-legacy-encoded-key'), keys)[0]).toHaveProperty(
      'key',
      'redis/prod/2026 03 14/full+diff (v2) 备份 100%.rdb',
    );
  });

  it('uses a key that cannot be decoded unchanged, with a warning', () => {
    const event = eventFile('obs-legacy-put');
    event.Records[0].s3.object.key = '100%.rdb';

    expect(parseObjectEvent(event, ENCODED)[0]).toMatchObject({
      key: '100%.rdb',
      warnings: ['the key is not form-encoded and was used as is; if keys are not encoded, set OBJECT_KEYS'],
    });
  });

  it('keeps the raw key if the event is ambiguous', () => {
    const auto: ObjectKeys = { direct: 'auto', eventgrid: 'auto', smn: 'auto' };
    const event = eventFile('obs-legacy-put');
    event.Records[0].s3.object.key = 'prod/a+b.rdb';

    expect(parseObjectEvent(event, auto)[0]).toMatchObject({ key: 'prod/a b.rdb', written: 'prod/a+b.rdb' });
    expect(parseObjectEvent(event, ENCODED)[0]).not.toHaveProperty('written');
    expect(parseObjectEvent(event, RAW)[0]).toMatchObject({ key: 'prod/a+b.rdb' });
    expect(parseObjectEvent(event, RAW)[0]).not.toHaveProperty('written');
  });

  it.each(['prod/%FF.rdb', 'prod%2F%E4%B8.rdb', 'prod/\ud83d.rdb', '%C0%AF.rdb'])(
    'refuses a key that is not UTF-8 on its own: %s',
    (key) => {
      const auto: ObjectKeys = { direct: 'auto', eventgrid: 'auto', smn: 'auto' };
      const event = eventFile('obs-legacy-put');
      event.Records[0].s3.object.key = key;

      for (const keys of [auto, ENCODED])
        expect(parseObjectEvent(event, keys)[0]).toMatchObject({
          code: 'key_not_utf8',
          path: 'Records[0].s3.object.key',
        });
    },
  );

  it('takes raw keys as they are, whatever bytes their escapes would stand for', () => {
    const event = eventFile('obs-legacy-put');
    event.Records[0].s3.object.key = '%FF.rdb';

    expect(parseObjectEvent(event, RAW)[0]).toHaveProperty('key', '%FF.rdb');
  });

  it('strips the quotes of an eTag', () => {
    const event = eventFile('obs-legacy-put');
    event.Records[0].s3.object.eTag = '"3f2b7c1de94a5608b1c7d2e3f4a59607"';

    expect(parseObjectEvent(event, ENCODED)[0]).toHaveProperty('eTag', '3f2b7c1de94a5608b1c7d2e3f4a59607');
  });

  it("refuses EventGrid's audit source by name", () => {
    const event = eventFile('obs-eventgrid-object-created');
    event.source = 'HC.OBS';

    expect(parseObjectEvent(event, ENCODED)[0]).toMatchObject({
      message: 'event at source: received "HC.OBS", expected HC.OBS.DWR (OBS Application Service)',
    });
  });

  it.each([
    ['timer', 'version, time, trigger_type, trigger_name, user_event'],
    [
      'apig-shared-post',
      'body, requestContext, queryStringParameters, httpMethod, pathParameters, headers, path, isBase64Encoded',
    ],
    ['async-destination-success', 'timestamp, request_context, request_payload, response_context, response_payload'],
  ])('refuses %s by what was received and what was expected', (file, names) => {
    expect(() => parseObjectEvent(eventFile(file), ENCODED)).toThrow(
      `event: received an object (keys: ${names}), expected an OBS event: direct (Records), EventGrid (source, data) or SMN (record)`,
    );
  });

  it('returns a trigger or throws an EventError, for any JSON', () => {
    const record = fc.record(
      {
        eventName: fc.oneof(fc.constant('ObjectCreated:Put'), fc.jsonValue()),
        eventTime: fc.oneof(fc.constant('2026-03-14T02:20:37.418Z'), fc.jsonValue()),
        s3: fc.oneof(
          fc.jsonValue(),
          fc.record({
            bucket: fc.oneof(fc.constant({ name: 'b' }), fc.jsonValue()),
            object: fc.oneof(
              fc.record({ key: fc.string(), size: fc.jsonValue(), versionId: fc.jsonValue() }),
              fc.jsonValue(),
            ),
          }),
        ),
      },
      { requiredKeys: [] },
    );
    const event = fc.oneof(
      fc.jsonValue(),
      fc.record({ Records: fc.array(fc.oneof(record, fc.jsonValue())) }),
      fc.record({
        source: fc.constant('HC.OBS.DWR'),
        type: fc.string(),
        specversion: fc.string(),
        time: fc.string(),
        id: fc.string(),
        data: record,
      }),
      fc.record({ record: fc.array(fc.record({ smn: fc.record({ message: fc.oneof(fc.string(), fc.json()) }) })) }),
    );
    fc.assert(
      fc.property(event, fc.constantFrom(ENCODED, RAW), (value, keys) => {
        try {
          for (const result of parseObjectEvent(value, keys)) {
            const known = result instanceof EventError || result.kind === 'ignored' || result.kind === 'object';
            expect(known).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(EventError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the length of a key', () => {
  const event = (key: string) => ({
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        eventTime: '2026-03-14T02:20:37.418Z',
        s3: { bucket: { name: 'backups' }, object: { key } },
      },
    ],
  });

  it.each(['x'.repeat(1024), '%78'.repeat(1024), `%C3%A9${'x'.repeat(1022)}`])(
    'is up to 1,024 bytes once it is decoded',
    (key) => {
      expect(parseObjectEvent(event(key), ENCODED)).toMatchObject([{ kind: 'object' }]);
    },
  );

  it('is refused above, and the message does not repeat the key', () => {
    const [refused] = parseObjectEvent(event('x'.repeat(1025)), ENCODED);

    expect(refused).toBeInstanceOf(EventError);
    expect(String(refused)).toMatch(/received a key of 1025 bytes, expected at most 1024$/);
    expect(String(refused).length).toBeLessThan(150);
  });
});
