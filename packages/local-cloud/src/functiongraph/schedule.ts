import { Cron } from 'croner';

/** A timer's schedule as in the trigger's configuration (guide page "Cron Expressions"; user manual functiongraph_01_0908, 2026-01-13). */
export type TimerSchedule = { readonly cron: string } | { readonly rate: string };

/** Thrown for a schedule that FunctionGraph would refuse. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

/** A validated schedule. */
export interface Schedule {
  /** The time zone of `CRON_TZ`, or the region's. */
  readonly timeZone: string;
  /** The first tick after `last`; `undefined` when there is none (31 February). */
  next(last: Date): Date | undefined;
}

interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** Whether `?` is allowed, with the same meaning as `*`. */
  readonly question?: true;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIELDS: readonly CronField[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31, question: true },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 0, max: 6, names: DAYS, question: true },
];
const RATES = { m: { max: 60, ms: 60_000 }, h: { max: 24, ms: 3_600_000 }, d: { max: 30, ms: 86_400_000 } } as const;
const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Parses a timer's schedule.
 *
 * Cron: `[CRON_TZ=Area/City] second minute hour day-of-month month [day-of-week]`: seconds first, Sunday is 0, no `L`, `W`, `#`
 * and no year; or `@every 1h30m`. If both day fields are restricted, a day that matches either counts, as in other crons (unconfirmed).
 * Rate: `1m` to `60m`, `1h` to `24h`, `1d` to `30d`. Rates and `@every` count from the start.
 *
 * @throws {ScheduleError} with the schedule, the invalid part and what is allowed
 */
export function parseSchedule(schedule: TimerSchedule, regionTimeZone: string): Schedule {
  if ('rate' in schedule) return everyMs(parseRate(schedule.rate), regionTimeZone);
  const cron = schedule.cron.trim();
  const every = /^@every\s+(\S+)$/.exec(cron);
  if (every) return everyMs(parseEvery(cron, every[1] ?? ''), regionTimeZone);
  return parseCron(cron, regionTimeZone);
}

function everyMs(ms: number, timeZone: string): Schedule {
  return { timeZone, next: (last) => new Date(last.getTime() + ms) };
}

function parseRate(rate: string): number {
  const [, digits, unit] = /^([1-9]\d?)([mhd])$/.exec(rate) ?? [];
  const limit = RATES[unit as keyof typeof RATES];
  const count = Number(digits);
  if (!limit || count > limit.max)
    throw new ScheduleError(`rate "${rate}": expected 1m to 60m, 1h to 24h or 1d to 30d`);
  return count * limit.ms;
}

function parseEvery(cron: string, duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ''] ?? 0), 0);
  if (parts.map(([text]) => text).join('') !== duration || ms <= 0) {
    throw new ScheduleError(
      `cron "${cron}": expected a duration such as 1h30m after @every (units ns, µs, ms, s, m, h)`,
    );
  }
  // Rounded up to at least a second: ticks have no fraction of a second.
  return Math.max(1000, ms);
}

function parseCron(cron: string, regionTimeZone: string): Schedule {
  const words = cron.split(/\s+/);
  const zone = /^CRON_TZ=(.+)$/.exec(words[0] ?? '')?.[1];
  if (zone !== undefined) words.shift();
  const timeZone = zone ?? regionTimeZone;
  if (!isTimeZone(timeZone))
    throw new ScheduleError(`cron "${cron}": "${timeZone}" is not a time zone; expected a name such as Asia/Shanghai`);
  if (words.length < 5 || words.length > 6) {
    const hint = 'second minute hour day-of-month month [day-of-week], seconds first';
    throw new ScheduleError(`cron "${cron}": ${words.length} fields, expected 5 or 6: ${hint}`);
  }
  const fields = FIELDS.map((field, i) => parseField(cron, field, words[i] ?? '*'));
  const pattern = new Cron(fields.join(' '), { timezone: timeZone, mode: '6-part', paused: true });
  return { timeZone, next: (last) => pattern.nextRun(last) ?? undefined };
}

/** A field as a list of numbers or `*`, so that the library applies no rules of its own cron dialect. */
function parseField(cron: string, field: CronField, text: string): string {
  if (text === '*' || (text === '?' && field.question)) return '*';
  const values = new Set<number>();
  for (const item of text.split(',')) {
    for (const value of parseItem(cron, field, item)) values.add(value);
  }
  return [...values].sort((a, b) => a - b).join(',');
}

/** `5`, `MON`, `1-5` or `*`, optionally with a step: `0/15` means from 0 to the end. */
function parseItem(cron: string, field: CronField, item: string): number[] {
  const fail = () => {
    const names = field.names ? ` or ${field.names[0]}-${field.names.at(-1)}` : '';
    const marks = field.question ? ', - * / ?' : ', - * /';
    return new ScheduleError(
      `cron "${cron}": ${field.name} "${item}": expected ${field.min}-${field.max}${names}, with ${marks}`,
    );
  };
  const parts = /^(?:(?<star>[*?])|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/.exec(item)?.groups;
  if (!parts || (parts['star'] === '?' && !field.question)) throw fail();
  const step = parts['step'] === undefined ? 1 : Number(parts['step']);
  const from = parts['star'] ? field.min : parseValue(field, parts['from'] ?? '');
  const open = parts['star'] !== undefined || (parts['to'] === undefined && parts['step'] !== undefined);
  const to = open ? field.max : parseValue(field, parts['to'] ?? parts['from'] ?? '');
  if (from === undefined || to === undefined || from > to || step < 1) throw fail();
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

function parseValue(field: CronField, text: string): number | undefined {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named !== -1) return named + field.min;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.min && value <= field.max ? value : undefined;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
