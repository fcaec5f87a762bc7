import fc from 'fast-check';
import { parseTimerEvent } from '../../../lib/events/timer-event.ts';
import { EventError } from '../../../lib/kernel/errors.ts';
import { eventFile } from '../../fixtures/event-file.ts';

const tick = (userEvent?: unknown) => ({ ...eventFile('timer'), user_event: userEvent });

describe('parseTimerEvent', () => {
  it('reads a timer event whose user_event is one name', () => {
    expect(parseTimerEvent(eventFile('timer-text-user-event'))).toEqual({
      kind: 'tick',
      name: 'warmup_5m',
      time: '2026-03-14T17:30:00+08:00',
      jobs: ['warmup'],
    });
  });

  it.each([
    ['one name', 'refresh', ['refresh']],
    ['several names with spaces', ' refresh , move-web-01 ,', ['refresh', 'move-web-01']],
    ['a name twice', 'refresh,refresh', ['refresh']],
    ['JSON', '{"jobs": ["refresh", "move-web-01"]}', ['refresh', 'move-web-01']],
    ['an empty string', '', ['nightly_cache_backup']],
    ['blanks', '  ', ['nightly_cache_backup']],
    ['null', null, ['nightly_cache_backup']],
    ['nothing', undefined, ['nightly_cache_backup']],
  ])('starts the jobs that user_event names: %s', (_case, userEvent, jobs) => {
    expect(parseTimerEvent(tick(userEvent)).jobs).toEqual(jobs);
  });

  it.each([
    ['JSON of another shape', '{"action": "backup"}', 'an object (keys: action)'],
    ['JSON with no jobs', '{"jobs": []}', 'an object (keys: jobs)'],
    ['JSON with a job that is not a string', '{"jobs": [1]}', 'an object (keys: jobs)'],
    ['a JSON list', '["refresh"]', 'a list of 1'],
    ['broken JSON', '{"jobs": [', 'malformed JSON'],
    ['a number', 7, 'a number'],
  ])('refuses a user_event that is %s', (_case, userEvent, received) => {
    expect(() => parseTimerEvent(tick(userEvent))).toThrow(
      `event at user_event: received ${received}, expected job names separated by commas, or {"jobs": [names]}`,
    );
  });

  it('refuses the documented sample whose user_event holds other JSON', () => {
    expect(() => parseTimerEvent(eventFile('timer'))).toThrow(
      'event at user_event: received an object (keys: action, instanceId, remark), expected',
    );
  });

  it.each(['trigger_name', 'time'])('refuses an event without %s', (name) => {
    const { [name]: _left, ...event } = tick('refresh');

    expect(() => parseTimerEvent(event)).toThrow(`event at ${name}: received nothing, expected a non-empty string`);
  });

  it('refuses an invalid time', () => {
    expect(() => parseTimerEvent({ ...tick('refresh'), time: 'tonight' })).toThrow(
      'event at time: received "tonight", expected an RFC 3339 time',
    );
  });

  it('refuses another event by what was received', () => {
    expect(() => parseTimerEvent({ Records: [] })).toThrow(
      'event: received an object (keys: Records), expected a timer event (trigger_type "TIMER")',
    );
  });

  it('returns a tick or throws an EventError, for any JSON', () => {
    const event = fc.oneof(
      fc.jsonValue(),
      fc.record({
        trigger_type: fc.constant('TIMER'),
        trigger_name: fc.string(),
        time: fc.oneof(fc.constant('2026-03-14T17:30:00+08:00'), fc.string()),
        user_event: fc.oneof(fc.string(), fc.json(), fc.jsonValue()),
      }),
    );
    fc.assert(
      fc.property(event, (value) => {
        try {
          expect(parseTimerEvent(value).kind).toBe('tick');
        } catch (error) {
          expect(error).toBeInstanceOf(EventError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
