import { parseObjectEvent } from '../../../../lib/events/object-event.ts';
import type { ObjectTrigger, RequestTrigger, TickTrigger } from '../../../../lib/events/trigger.ts';
import { SETTINGS } from '../../../../lib/kernel/settings.ts';
import { fingerprint, occurrenceOf, occurrenceOfReplay } from '../../../../lib/runs/start/occurrence.ts';
import { eventFile } from '../../../fixtures/event-file.ts';

const object: ObjectTrigger = {
  kind: 'object',
  created: true,
  eventName: 'ObjectCreated:Put',
  bucket: 'redis-backups',
  key: 'prod/dump.rdb',
  eTag: '3f2b7c1de94a5608b1c7d2e3f4a59607',
  sequencer: '0001',
  time: '2026-03-14T02:20:37.418Z',
  warnings: [],
};
const files: ObjectTrigger = {
  kind: 'object',
  created: true,
  eventName: 'a complete set',
  bucket: 'redis-backups',
  key: 'prod/day-1/',
  set: {
    name: 'day-1',
    members: [
      { key: 'prod/day-1/b.rdb', version: 'v2' },
      { key: 'prod/day-1/a.rdb', version: 'v1' },
    ],
  },
  time: '2026-03-14T02:20:37.418Z',
  warnings: [],
};
const marked: ObjectTrigger = { ...files, set: { name: 'day-1', members: [], marker: 'marker-version' } };
const tick: TickTrigger = { kind: 'tick', name: 'nightly', time: '2026-03-14T02:15:00+08:00', jobs: ['refresh'] };
const request: RequestTrigger = {
  kind: 'request',
  requestId: 'gateway-1',
  job: 'import',
  body: {},
  query: {},
  time: '2026-03-14T02:20:37.418Z',
};
const runOf = (name: string): string | undefined => {
  const [trigger] = parseObjectEvent(eventFile(name), SETTINGS.OBJECT_KEYS.fallback);
  return fingerprint('restore', occurrenceOf(trigger as ObjectTrigger));
};

describe('occurrenceOf', () => {
  it.each([
    ['version id before eTag', { ...object, versionId: 'G1' }, 'G1'],
    ['eTag before sequencer', object, '3f2b7c1de94a5608b1c7d2e3f4a59607'],
    ['sequencer before event id', { ...object, eTag: undefined, eventId: 'e1' } as unknown as ObjectTrigger, '0001'],
    ['event id', { ...object, eTag: undefined, sequencer: undefined, eventId: 'e1' } as unknown as ObjectTrigger, 'e1'],
  ])('identifies an object by bucket, key and %s', (_case, trigger, content) => {
    expect(occurrenceOf(trigger)).toEqual({ kind: 'object', parts: ['redis-backups', 'prod/dump.rdb', content] });
  });

  it('identifies a set by its prefix and its marker, else by its files in the order of their keys', () => {
    expect(occurrenceOf(marked).parts).toEqual(['redis-backups', 'prod/day-1/', 'marker-version']);
    expect(occurrenceOf(files)).toEqual({
      kind: 'object',
      parts: ['redis-backups', 'prod/day-1/', 'prod/day-1/a.rdb', 'v1', 'prod/day-1/b.rdb', 'v2'],
    });
  });

  it('identifies a tick by trigger name and time', () => {
    expect(occurrenceOf(tick)).toEqual({ kind: 'tick', parts: ['nightly', '2026-03-14T02:15:00+08:00'] });
  });

  it('identifies a request by its idempotency key, else by the gateway id', () => {
    expect(occurrenceOf({ ...request, idempotencyKey: 'order-7' })).toEqual({ kind: 'request', parts: ['order-7'] });
    expect(occurrenceOf(request)).toEqual({ kind: 'request', parts: ['gateway-1'] });
  });

  it('tells the requests of callers with different labels apart, and changes nothing for those without one', () => {
    const of = (change: Partial<RequestTrigger>) => fingerprint('import', occurrenceOf({ ...request, ...change }));

    expect(occurrenceOf({ ...request, idempotencyKey: 'k', caller: 'partner-a' })).toEqual({
      kind: 'request',
      parts: ['k', 'partner-a'],
    });
    // The SHA-256 of ["1","import","request","k"] and of ["1","import","request","k","partner-a"].
    expect(of({ idempotencyKey: 'k' })).toBe('60d8d557c0b1bcb8c5b616da83c0cf1b');
    expect(of({ idempotencyKey: 'k', caller: 'partner-a' })).toBe('698cf017de958aee3ee370326498df07');
  });
});

describe('fingerprint', () => {
  // A change of these values makes a second task forevery occurrence that is delivered again across an upgrade.
  it.each([
    ['an object', object, '29dc2443223231331c87309218910216'],
    ['a set of files', files, 'e3b44f0330457b50fd755de6f86c2e7a'],
    ['a set with a marker', marked, '5e6f6ace7168ca2beaba009e3c9377ba'],
    ['a tick', tick, '67b0896876b25499ffc70c5be1f0d0d6'],
    ['a request', request, '386d79f94ecaf0e7b31e7351696d0b26'],
  ])('of %s never changes', (_case, trigger, expected) => {
    expect(fingerprint('restore', occurrenceOf(trigger))).toBe(expected);
  });

  it('of a replay never changes, and counts its attempts', () => {
    const run = '48274b4326f678966e27eb11a58ea272';

    expect(fingerprint('import-a', occurrenceOfReplay({ run, number: 1 }))).toBe('2ab85cab3cd4745da894b2cfe998ef11');
    expect(fingerprint('import-a', occurrenceOfReplay({ run, number: 2 }))).toBe('d3b66646090aac0c9887225754514440');
  });

  it('differs between jobs', () => {
    const a = fingerprint('a', occurrenceOf(object));
    const b = fingerprint('b', occurrenceOf(object));

    expect(a).not.toBe(b);
  });

  it('is the same for a direct and an EventGrid notification of the same content', () => {
    expect(runOf('obs-eventgrid-object-created')).toBe(runOf('obs-legacy-put'));
  });

  it('is another for new content under the same key', () => {
    expect(fingerprint('a', occurrenceOf({ ...object, eTag: 'other' }))).not.toBe(
      fingerprint('a', occurrenceOf(object)),
    );
  });
});
