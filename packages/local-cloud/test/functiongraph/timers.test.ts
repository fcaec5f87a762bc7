import { Clock } from '../../src/cloud/clock.ts';
import { makeTimerEvent, type TimerEvent, Timers, type TimerTrigger } from '../../src/functiongraph/timers.ts';

const TRIGGER: TimerTrigger = {
  name: 'nightly_cache_backup',
  functionName: 'schedule',
  schedule: { cron: '0 15 2 * * ?' },
  userEvent: 'refresh-staging',
};

describe('makeTimerEvent', () => {
  it.each([
    ['Asia/Shanghai', '2026-03-14T02:15:00+08:00'],
    ['UTC', '2026-03-13T18:15:00+00:00'],
    ['Asia/Kolkata', '2026-03-13T23:45:00+05:30'],
    ['America/Sao_Paulo', '2026-03-13T15:15:00-03:00'],
  ])('formats the time of %s with its offset and no fraction', (zone, time) => {
    expect(makeTimerEvent(TRIGGER, new Date('2026-03-13T18:15:00.250Z'), zone)).toEqual({
      version: 'v1.0',
      time,
      trigger_type: 'TIMER',
      trigger_name: 'nightly_cache_backup',
      user_event: 'refresh-staging',
    });
  });
});

describe('Timers', () => {
  let events: TimerEvent[] = [];

  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2026-03-13T18:00:00Z') });
    events = [];
  });

  afterEach(() => jest.useRealTimers());

  function makeTimers(triggers: TimerTrigger[]): Timers {
    return new Timers(triggers, {
      regionTimeZone: 'Asia/Singapore',
      clock: new Clock(),
      fire: (_trigger, event) => events.push(event),
    });
  }

  it('ticks at the planned times, even those more than 25 days away', () => {
    const yearly = { ...TRIGGER, schedule: { cron: 'CRON_TZ=UTC 0 0 1 1 5 ?' } };
    const timers = makeTimers([yearly]);

    timers.start();
    jest.advanceTimersByTime(48 * 24 * 3_600_000);
    const before = events.length;
    jest.advanceTimersByTime(24 * 3_600_000);
    timers.stop();

    expect(before).toBe(0);
    expect(events.map((event) => event.time)).toEqual(['2026-05-01T01:00:00+00:00']);
  });

  it('stops', () => {
    const timers = makeTimers([{ ...TRIGGER, schedule: { rate: '1m' } }]);

    timers.start();
    jest.advanceTimersByTime(150_000);
    timers.stop();
    jest.advanceTimersByTime(600_000);

    expect(events.map((event) => event.time)).toEqual(['2026-03-14T02:01:00+08:00', '2026-03-14T02:02:00+08:00']);
  });

  it('ticks on demand, and reports a missing trigger', () => {
    const timers = makeTimers([TRIGGER]);

    timers.tick('nightly_cache_backup');

    expect(events.map((event) => event.time)).toEqual(['2026-03-14T02:00:00+08:00']);
    expect(timers.next('nightly_cache_backup')?.toISOString()).toBe('2026-03-13T18:15:00.000Z');
    expect(() => timers.tick('other')).toThrow('tick other: the timer trigger does not exist');
  });
});
