import { durationMs } from '../schema/duration.ts';
import type { Findings, Path } from '../schema/findings.ts';
import { type ClockChange, clockChanges } from './clock-changes.ts';
import { type CronTimes, cronTimes, cronTimeZone, everyMs, firesOn } from './cron.ts';
import type { Job, Schedule } from './job.ts';
import { regionTimeZone } from './regions.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const UNITS = [
  [DAY_MS, 'd'],
  [3_600_000, 'h'],
  [MINUTE_MS, 'm'],
  [1000, 's'],
] as const;

const counted = (count: number) => (count === 1 ? 'once' : `${count.toLocaleString('en-US')} times`);
const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

function durationText(ms: number): string {
  const [unitMs, unit] = UNITS.find(([size]) => ms % size === 0) ?? [1000, 's'];
  return `${ms / unitMs}${unit}`;
}

const perDay = ({ seconds, minutes, hours }: CronTimes) => seconds.size * minutes.size * hours.size;

/** A less frequent version: at one second of each minute and, if it restricts hours but not minutes, at one minute of each hour. */
function lessFrequent(text: string, { seconds, minutes, hours, fields }: CronTimes): string {
  const [, , ...others] = fields;
  const once = hours.size < 24 && minutes.size === 60;
  const zone = cronTimeZone(text);
  return [
    ...(zone === undefined ? [] : [`CRON_TZ=${zone}`]),
    String(Math.min(...seconds)),
    once ? '0' : fields[1],
    ...others,
  ].join(' ');
}

function suggestion(text: string, times: CronTimes): string {
  const written = lessFrequent(text, times);
  const then = cronTimes(written);
  return `for ${counted(then ? perDay(then) : 0)} a day write ${JSON.stringify(written)}`;
}

/** The problem of a cron that fires more than once a minute: seconds come first, and a `*` there is usually meant for minutes. */
export function frequencyProblem(cron: string): string | undefined {
  const every = everyMs(cron);
  if (every !== undefined && every < MINUTE_MS)
    return 'fires more than once a minute; the shortest interval is "@every 1m"';
  const times = cronTimes(cron);
  if (!times || times.seconds.size === 1) return undefined;
  const often = `fires ${counted(perDay(times))} a day, more than once a minute`;
  return `${often}; seconds come first: ${suggestion(cron, times)}`;
}

/** How often it fires in its busiest window of this length, by its times of day. Windows begin at multiples of their length. */
function busiest(schedule: Schedule, perMs: number): number {
  const interval = 'cron' in schedule ? everyMs(schedule.cron) : durationMs(schedule.rate);
  if (interval !== undefined) return Math.max(1, Math.floor(perMs / interval));
  const times = 'cron' in schedule ? cronTimes(schedule.cron) : undefined;
  if (!times) return 0;
  const { days, months, weekdays } = times;
  if (perMs > DAY_MS) {
    const isDaily = days.size === 31 && months.size === 12 && weekdays.size === 7;
    return perDay(times) * (isDaily ? Math.floor(perMs / DAY_MS) : 1);
  }
  const windows = new Map<number, number>();
  for (const minute of minutesOf(times)) {
    const window = Math.floor((minute * MINUTE_MS) / perMs);
    windows.set(window, (windows.get(window) ?? 0) + 1);
  }
  return Math.max(0, ...windows.values());
}

const minutesOf = ({ hours, minutes }: CronTimes) =>
  [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute));

/** Warns about a schedule that fires more often than the job's limit allows runs to start. */
export function warnOfBacklog(
  { schedule, limit }: { readonly schedule: Schedule; readonly limit: Job['limit'] },
  path: Path,
  hasLedger: boolean,
  found: Findings,
): void {
  const count = busiest(schedule, limit.perMs);
  if (count <= limit.runs) return;
  const times = 'cron' in schedule ? cronTimes(schedule.cron) : undefined;
  const waiting = hasLedger ? `; limit lets ${limit.runs} of them start, and the others wait` : '';
  const suggested = 'cron' in schedule && times?.minutes.size === 60 ? `; ${suggestion(schedule.cron, times)}` : '';
  const message = `fires ${counted(count)} in ${durationText(limit.perMs)}, and each tick is a separate run${waiting}${suggested}`;
  found.warnings.push({ path: [...path, 'cron' in schedule ? 'cron' : 'rate'], message });
}

/** Cached, because a file may have a thousand jobs in one zone, and an instance loads it more than once. */
const changesOf = new Map<string, { readonly at: number; readonly changes: readonly ClockChange[] }>();

function knownChanges(zone: string, now: number): readonly ClockChange[] {
  const known = changesOf.get(zone);
  if (known && Math.abs(now - known.at) < DAY_MS) return known.changes;
  const changes = clockChanges(zone, now);
  changesOf.set(zone, { at: now, changes });
  return changes;
}

const dateText = ({ year, month, day }: ClockChange) =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** The first time of day at which it would fire, of those that the clocks skip or repeat on the day of a change; `undefined` if there is none. */
function hit(times: CronTimes, change: ClockChange): number | undefined {
  // An hourly schedule fires regardless of clock changes.
  if (times.hours.size === 24 || !firesOn(times, change)) return undefined;
  return minutesOf(times).find((minute) => minute >= change.from && minute < change.to);
}

/** Warns about times of day that the clocks of its zone skip or repeat within the next year, and about a zone that may not be the intended one. */
export function warnOfZone(
  schedule: Schedule,
  path: Path,
  { region, timeZone, now }: { readonly region: string; readonly timeZone: string | undefined; readonly now: number },
  found: Findings,
): void {
  const times = 'cron' in schedule ? cronTimes(schedule.cron) : undefined;
  if (!('cron' in schedule) || !times) return;
  const at = [...path, 'cron'];
  const given = cronTimeZone(schedule.cron);
  const zone = given ?? regionTimeZone(region);
  if (given === undefined && timeZone !== undefined && timeZone !== zone) {
    const uses = `uses the time zone of the region${zone === undefined ? '' : `, ${zone}`}`;
    const message = `${uses}: time_zone only applies to {{ time.date }}; prepend CRON_TZ=${timeZone} to use that zone`;
    found.warnings.push({ path: at, message });
  }
  if (zone === undefined) return;
  const hits = knownChanges(zone, now).flatMap((change) => {
    const minute = hit(times, change);
    return minute === undefined ? [] : [{ change, minute }];
  });
  const [first] = hits;
  if (!first) return;
  const what = hits.map(({ change, minute }) =>
    change.kind === 'skips'
      ? `skip ${clock(minute)} on ${dateText(change)}`
      : `repeat ${clock(minute)} on ${dateText(change)}`,
  );
  const { from, to } = first.change;
  const message = `in ${zone} the clocks ${what.join(' and ')}, when it may not fire, or may fire twice; choose a time outside ${clock(from)} to ${clock(to)}, or use CRON_TZ=UTC`;
  found.warnings.push({ path: at, message });
}
