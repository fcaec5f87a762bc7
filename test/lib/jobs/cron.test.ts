import { Cron } from 'croner';
import { cronProblem, cronTimeZone } from '../../../lib/jobs/cron.ts';

const ACCEPTED = [
  '0 15 2 * * ?',
  '0 0/5 12-14 ? * MON-FRI',
  'CRON_TZ=Asia/Shanghai 0 30 12 ? * MON-FRI',
  '0 26,29,33 * * * *',
  'CRON_TZ=Europe/Berlin 0 0 12 ? JAN,FEB *',
  '59 59 23 31 12 6',
  '0 0 0 1 1 0',
  '*/30 * * * * *',
  '0 0 0-23/6 1-31 1-12 sun-sat',
  '0 0 0 29 2 ?',
  '  0  0  1 21 12 ?  ',
  'CRON_TZ=UTC 0 0 1 ? ? ?'.replace('? ? ?', '? * ?'),
  // With a day of the week, an impossible day of the month such as 30 February does no harm.
  '0 0 0 30 2 MON',
];

describe('cronProblem', () => {
  it.each(ACCEPTED)('accepts %j, and so does croner', (text) => {
    expect(cronProblem(text)).toBeUndefined();
    const zone = cronTimeZone(text);
    const fields = text.replace(/^CRON_TZ=\S+ /, '').trim();
    const cron = new Cron(fields, { paused: true, sloppyRanges: true, ...(zone ? { timezone: zone } : {}) });
    expect(cron.nextRun(new Date('2026-01-01T00:00:00Z'))).toBeInstanceOf(Date);
  });

  it.each(['@every 1h30m', '@every 90s', '@every 1.5h'])('accepts %s', (text) => {
    expect(cronProblem(text)).toBeUndefined();
  });

  it.each<[string, RegExp]>([
    ['', /has 0 fields, but needs six/],
    ['0 2 * * *', /five fields, but FunctionGraph expects six, with seconds first: "0 0 2 \* \* \*"/],
    ['0 0 2 * * ? 2026 x', /has 8 fields/],
    ['60 0 2 * * ?', /^second: "60" is not from 0 to 59/],
    ['0 60 2 * * ?', /^minute/],
    ['0 0 24 * * ?', /^hour/],
    ['0 0 0 0 * ?', /^day of month/],
    ['0 0 0 32 * ?', /^day of month/],
    ['0 0 0 ? 13 *', /^month: "13" is not from 1 to 12 or JAN to DEC/],
    ['0 0 0 ? 0 *', /^month/],
    ['0 0 0 ? * 7', /^day of week: "7" is not from 0 to 6 or SUN to SAT; Sunday is 0/],
    ['0 0 0 ? * MONDAY', /^day of week/],
    ['0 0 0 L * ?', /does not support L, W or #/],
    ['0 0 0 15W * ?', /does not support L, W or #/],
    ['0 0 0 ? * 6#3', /does not support L, W or #/],
    ['? 0 0 * * *', /^second: "\?" is only allowed in the two day fields/],
    ['0 0 0 ? ? *', /^month: "\?" is only allowed in the two day fields/],
    ['0 0 5-2 * * ?', /"5-2" runs backwards/],
    ['0 */0 * * * ?', /step "0" is not from 1 to 59/],
    ['0 */60 * * * ?', /step "60"/],
    ['0 1/2/3 * * * ?', /two steps/],
    ['0 , * * * ?', /^minute: ""/],
    ['0 -5 * * * ?', /^minute: "-5"/],
    ['0 1-2-3 * * * ?', /^minute: "1-2-3"/],
    ['0 0 0 30 FEB ?', /never fires/],
    ['0 0 0 31 4,6,9,11 ?', /never fires/],
    ['CRON_TZ=Berlin 0 0 2 * * ?', /CRON_TZ=Berlin is not a time zone/],
    ['CRON_TZ=+02:00 0 0 2 * * ?', /is not a time zone/],
    ['@daily', /^is @daily, which FunctionGraph does not support; write "0 0 0 \* \* \?"$/],
    ['@weekly', /write "0 0 0 \? \* SUN"$/],
    ['０ 0 2 * * ?', /^has full-width characters; write "0 0 2 \* \* \?"$/],
    ['cron(0 2 * * ? *)', /^is wrapped in "cron\( \)"/],
    ['cron_tz=Asia/Singapore 0 0 2 * * ?', /^begins with cron_tz=; write CRON_TZ=$/],
    ['CRON_TZ=Asia/Singapore', /^has only a time zone/],
    ['0 30 2 * * ? 2027', /^has seven fields, .* write "0 30 2 \* \* \?"$/],
    ['@every', /is not a valid "@every"/],
    ['@every 0s', /is not a valid "@every"/],
    ['@every 5 minutes', /is not a valid "@every"/],
    [`0 ${'0,'.repeat(200)}0 2 * * ?`, /more than 256 characters/],
  ])('refuses %j', (text, problem) => {
    expect(cronProblem(text)).toMatch(problem);
  });
});

describe('cronTimeZone', () => {
  it.each([
    ['CRON_TZ=Asia/Shanghai 0 30 12 ? * MON-FRI', 'Asia/Shanghai'],
    ['0 30 12 ? * MON-FRI', undefined],
  ])('of %j is %s', (text, zone) => {
    expect(cronTimeZone(text)).toBe(zone);
  });
});
