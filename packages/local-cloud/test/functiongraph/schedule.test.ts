import { parseSchedule, type TimerSchedule } from '../../src/functiongraph/schedule.ts';

function ticks(schedule: TimerSchedule, from: string, count: number): string[] {
  const parsed = parseSchedule(schedule, 'Asia/Singapore');
  const times: string[] = [];
  let last = new Date(from);
  for (let i = 0; i < count; i++) {
    last = parsed.next(last) ?? new Date(Number.NaN);
    times.push(last.toISOString());
  }
  return times;
}

describe('parseSchedule', () => {
  it.each<[string, string, string[]]>([
    ['0 15 2 * * ?', '2026-03-13T20:00:00Z', ['2026-03-14T18:15:00.000Z', '2026-03-15T18:15:00.000Z']],
    ['0 15 2 * *', '2026-03-13T20:00:00Z', ['2026-03-14T18:15:00.000Z']],
    ['0 26,29 * * * *', '2026-03-13T20:27:00Z', ['2026-03-13T20:29:00.000Z', '2026-03-13T21:26:00.000Z']],
    ['0 0/20 12-13 ? * MON-FRI', '2026-03-13T05:30:00Z', ['2026-03-13T05:40:00.000Z', '2026-03-16T04:00:00.000Z']],
    ['CRON_TZ=Asia/Shanghai 0 30 12 ? * MON-FRI', '2026-03-14T00:00:00Z', ['2026-03-16T04:30:00.000Z']],
    ['CRON_TZ=Europe/Berlin 0 0 12 ? JAN,FEB *', '2026-02-28T12:00:00Z', ['2027-01-01T11:00:00.000Z']],
    ['*/30 * * * * *', '2026-03-14T00:00:00Z', ['2026-03-14T00:00:30.000Z', '2026-03-14T00:01:00.000Z']],
    ['CRON_TZ=UTC 0 0 0 1 * Sun', '2026-03-25T00:00:00Z', ['2026-03-29T00:00:00.000Z', '2026-04-01T00:00:00.000Z']],
    ['CRON_TZ=UTC 0 0 1 21 12 ?', '2026-03-25T00:00:00Z', ['2026-12-21T01:00:00.000Z']],
    ['@every 1h30m', '2026-03-14T00:00:00Z', ['2026-03-14T01:30:00.000Z', '2026-03-14T03:00:00.000Z']],
    ['@every 1500ms', '2026-03-14T00:00:00Z', ['2026-03-14T00:00:01.500Z']],
  ])('%s ticks as documented', (cron, from, expected) => {
    expect(ticks({ cron }, from, expected.length)).toEqual(expected);
  });

  it.each([
    ['1m', '2026-03-14T00:01:00.000Z'],
    ['60m', '2026-03-14T01:00:00.000Z'],
    ['24h', '2026-03-15T00:00:00.000Z'],
    ['30d', '2026-04-13T00:00:00.000Z'],
  ])('a rate of %s counts from the start', (rate, expected) => {
    expect(ticks({ rate }, '2026-03-14T00:00:00Z', 1)).toEqual([expected]);
  });

  it('has no next tick for a day that never comes', () => {
    expect(parseSchedule({ cron: '0 0 0 31 2 ?' }, 'UTC').next(new Date('2026-03-14T00:00:00Z'))).toBeUndefined();
  });

  it.each(['0m', '61m', '25h', '31d', '90s', '1.5h', '', '1w', '01h'])('refuses a rate of "%s"', (rate) => {
    expect(() => parseSchedule({ rate }, 'UTC')).toThrow(`rate "${rate}": expected 1m to 60m, 1h to 24h or 1d to 30d`);
  });

  it.each([
    ['0 2 * *', '4 fields, expected 5 or 6'],
    ['0 0 2 * * ? 2027', '7 fields, expected 5 or 6'],
    ['60 0 2 * * ?', 'second "60": expected 0-59'],
    ['0 0 24 * * ?', 'hour "24": expected 0-23'],
    ['0 0 0 0 * ?', 'day of month "0": expected 1-31'],
    ['0 0 0 * 13 ?', 'month "13": expected 1-12 or JAN-DEC'],
    ['0 0 0 ? * 7', 'day of week "7": expected 0-6 or SUN-SAT'],
    ['0 0 0 L * ?', 'day of month "L"'],
    ['0 0 0 15W * ?', 'day of month "15W"'],
    ['0 0 0 ? * 5#2', 'day of week "5#2"'],
    ['? 0 0 * * *', 'second "?"'],
    ['0 0 0 5-1 * ?', 'day of month "5-1"'],
    ['0 0/0 * * * ?', 'minute "0/0"'],
    ['CRON_TZ=Mars/Phobos 0 0 2 * * ?', '"Mars/Phobos" is not a time zone'],
    ['@daily', '1 fields, expected 5 or 6'],
    ['@every 1x', 'expected a duration such as 1h30m after @every'],
    ['@every 0s', 'expected a duration such as 1h30m after @every'],
  ])('refuses %s', (cron, message) => {
    expect(() => parseSchedule({ cron }, 'UTC')).toThrow(message);
  });
});
