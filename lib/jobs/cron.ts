import { timeZoneProblem } from './time-zone.ts';

/**
 * FunctionGraph's schedules (user manual functiongraph_01_0908, 2026-01-13): `[CRON_TZ=Area/City] second minute hour day-of-month month
 * day-of-week`, `@every 1h30m`, or a rate.
 */
interface CronField {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
  readonly question?: true;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const FIELDS: readonly CronField[] = [
  { name: 'second', from: 0, to: 59 },
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of month', from: 1, to: 31, question: true },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'day of week', from: 0, to: 6, names: DAYS, question: true },
];

const MAX_CRON_LENGTH = 256;
const EVERY = /^@every (?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

const EVERY_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

function numberOf(field: CronField, text: string): number | undefined {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named !== -1) return named + field.from;
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= field.from && number <= field.to ? number : undefined;
}

/** The values of one item of a list, or what is wrong with it. */
function valuesOf(field: CronField, item: string): Set<number> | string {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0) return `${JSON.stringify(item)} has two steps`;
  let every = 1;
  if (step !== undefined) {
    every = /^\d{1,2}$/.test(step) ? Number(step) : 0;
    if (every < 1 || every > field.to) return `step ${JSON.stringify(step)} is not from 1 to ${field.to}`;
  }
  let first: number | undefined = field.from;
  let last: number | undefined = field.to;
  if (range === '?' && !field.question) return '"?" is only allowed in the two day fields';
  if (range !== '*' && range !== '?') {
    const [low = '', high, ...rest] = range.split('-');
    first = numberOf(field, low);
    last = high === undefined ? (step === undefined ? first : field.to) : numberOf(field, high);
    if (first === undefined || last === undefined || rest.length > 0) {
      if (/[LW#]/i.test(range) && !field.names?.some((name) => range.toUpperCase().includes(name)))
        return `${JSON.stringify(item)}: FunctionGraph does not support L, W or #`;
      const hint = field.name === 'day of week' && range.includes('7') ? '; Sunday is 0' : '';
      return `${JSON.stringify(item)} is not from ${field.from} to ${field.to}${field.names ? ` or ${field.names[0]} to ${field.names.at(-1)}` : ''}${hint}`;
    }
    if (first > last) return `${JSON.stringify(item)} runs backwards`;
  }
  const values = new Set<number>();
  for (let value = first; value <= last; value += every) values.add(value);
  return values;
}

function splitZone(text: string): { readonly zone?: string; readonly fields: string } {
  const match = /^CRON_TZ=(\S*)\s+(.*)$/.exec(text.trim());
  return match ? { zone: match[1] ?? '', fields: match[2] ?? '' } : { fields: text.trim() };
}

/** The values of each field of a parsed cron expression. */
export interface CronTimes {
  readonly seconds: ReadonlySet<number>;
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Its six fields, as written. */
  readonly fields: readonly string[];
}

const isAny = (field: string | undefined) => /^[*?]$/.test(field ?? '');

/** Does it fire on this day? As in Unix, if both day fields are restricted, one match is enough. `month` counts from 1; `weekday` is 0 on Sundays. */
export function firesOn(
  { days, months, weekdays, fields }: CronTimes,
  { month, day, weekday }: { readonly month: number; readonly day: number; readonly weekday: number },
): boolean {
  if (!months.has(month)) return false;
  const [byDay, byWeekday] = [days.has(day), weekdays.has(weekday)];
  return isAny(fields[3]) || isAny(fields[5]) ? byDay && byWeekday : byDay || byWeekday;
}

/** The values of the six fields, or what is wrong with the first invalid one. */
function readFields(given: readonly string[]): CronTimes | string {
  const sets: Set<number>[] = [];
  for (const [i, field] of FIELDS.entries()) {
    const values = new Set<number>();
    for (const item of (given[i] ?? '').split(',')) {
      const found = valuesOf(field, item);
      if (typeof found === 'string') return `${field.name}: ${found}`;
      for (const value of found) values.add(value);
    }
    sets.push(values);
  }
  const [seconds, minutes, hours, days, months, weekdays] = sets as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  return { seconds, minutes, hours, days, months, weekdays, fields: given };
}

const splitFields = (fields: string) => fields.split(/\s+/).filter((field) => field !== '');

/** The times of a valid cron expression (see `cronProblem`); `undefined` for `@every`. */
export function cronTimes(text: string): CronTimes | undefined {
  const { fields } = splitZone(text);
  const times = fields.startsWith('@') ? '' : readFields(splitFields(fields));
  return typeof times === 'string' ? undefined : times;
}

/** Nicknames of other schedulers. */
const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 0 1 1 ?',
  '@annually': '0 0 0 1 1 ?',
  '@monthly': '0 0 0 1 * ?',
  '@weekly': '0 0 0 ? * SUN',
  '@daily': '0 0 0 * * ?',
  '@midnight': '0 0 0 * * ?',
  '@hourly': '0 0 * * * ?',
};

/** What is wrong with a cron in the syntax of another scheduler or with full-width characters, and what to write. */
function foreignForm(text: string): string | undefined {
  const plain = text.normalize('NFKC');
  if (plain !== text && /^[\x20-\x7e]+$/.test(plain))
    return `has full-width characters; write ${JSON.stringify(plain)}`;
  const nickname = NICKNAMES[text.toLowerCase()];
  if (nickname !== undefined) return `is ${text}, which FunctionGraph does not support; write "${nickname}"`;
  if (/^cron\s*\(/i.test(text)) return 'is wrapped in "cron( )", as in other clouds; write only the six fields';
  if (/^cron_tz=/i.test(text) && !text.startsWith('CRON_TZ=')) return `begins with ${text.slice(0, 8)}; write CRON_TZ=`;
  if (/^CRON_TZ=\S*$/.test(text))
    return 'has only a time zone; add the six fields after it: CRON_TZ=Area/City 0 0 2 * * ?';
  return undefined;
}

/**
 * What is wrong with a cron expression; `undefined` when it is valid. All six fields are required: the service lets the last one be left out, and
 * would then read the minutes of a five-field Unix line as seconds. How often it fires is not checked.
 */
export function cronProblem(text: string): string | undefined {
  if (text.length > MAX_CRON_LENGTH) return `has more than ${MAX_CRON_LENGTH} characters`;
  const foreign = foreignForm(text.trim());
  if (foreign !== undefined) return foreign;
  const { zone, fields } = splitZone(text);
  const zoneProblem = zone === undefined ? undefined : timeZoneProblem(zone);
  if (zoneProblem?.given !== undefined)
    return `CRON_TZ=${zone} is not a time zone but ${zoneProblem.given}; write ${zoneProblem.write}`;
  if (zoneProblem) return `CRON_TZ=${zone} is not a time zone; write one such as ${zoneProblem.write}`;
  if (/^TZ=/.test(fields)) return 'begins with TZ=, but FunctionGraph supports only CRON_TZ=Area/City';
  if (fields.startsWith('@')) {
    if (zone === undefined && EVERY.test(fields) && /[1-9]/.test(fields)) return undefined;
    return `${JSON.stringify(fields)} is not a valid "@every" with units ns, us, ms, s, m, h, such as "@every 1h30m"`;
  }
  const given = splitFields(fields);
  if (given.length === 5) {
    return `has five fields, but FunctionGraph expects six, with seconds first: "0 ${given.join(' ')}"`;
  }
  if (given.length === 7) {
    return `has seven fields, but FunctionGraph expects six, without a year: write ${JSON.stringify(given.slice(0, 6).join(' '))}`;
  }
  if (given.length !== FIELDS.length) {
    return `has ${given.length} fields, but needs six: second minute hour day-of-month month day-of-week`;
  }
  const times = readFields(given);
  if (typeof times === 'string') return times;
  const [days, months] = [[...times.days], [...times.months]];
  if (isAny(given[5]) && !months.some((month) => days.some((day) => day <= (DAYS_OF_MONTH[month - 1] ?? 0)))) {
    return 'never fires: none of these months has such a day';
  }
  return undefined;
}

/** The zone of `CRON_TZ=`, or `undefined` when the expression has none and the region's zone applies. */
export function cronTimeZone(text: string): string | undefined {
  return splitZone(text).zone;
}

/** The interval of a valid `@every` expression in milliseconds (see `cronProblem`); `undefined` for any other. */
export function everyMs(text: string): number | undefined {
  const { fields } = splitZone(text);
  if (!EVERY.test(fields)) return undefined;
  let ms = 0;
  for (const [, count, unit = ''] of fields.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
    ms += Number(count) * (EVERY_MS[unit] ?? 0);
  return ms;
}
