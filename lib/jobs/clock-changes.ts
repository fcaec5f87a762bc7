/** A clock change in a time zone. Minutes are minutes of the day, in local time. */
export interface ClockChange {
  /** The date in the zone. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 0 on Sundays. */
  readonly weekday: number;
  /** The clocks skip the times from `from` to `to`, or repeat them. */
  readonly kind: 'skips' | 'doubles';
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;
/** A year and a few days, so that both changes of a year are found, whenever it begins. */
const AHEAD_DAYS = 370;

function offsetReader(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const of = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => of.get(type) ?? 0;
    const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return shown - Math.floor(at / 1000) * 1000;
  };
}

/**
 * The clock changes of a time zone in the year after `now`. Empty for a zone without any.
 *
 * @throws {RangeError} for a zone that this runtime does not know
 */
export function clockChanges(timeZone: string, now: number): ClockChange[] {
  const offsetAt = offsetReader(timeZone);
  const changes: ClockChange[] = [];
  const end = now + AHEAD_DAYS * DAY_MS;
  // Two changes are weeks apart.
  for (let from = now; from < end; from += 14 * DAY_MS) {
    const [before, after] = [offsetAt(from), offsetAt(from + 14 * DAY_MS)];
    if (before === after) continue;
    let [early, late] = [from, from + 14 * DAY_MS];
    while (late - early > 60_000) {
      const middle = Math.floor((early + late) / 2);
      if (offsetAt(middle) === before) early = middle;
      else late = middle;
    }
    const at = Math.floor(late / 60_000) * 60_000;
    // In local time as it would have continued. In every current zone, a change is at a full minute.
    const [first, last] = [Math.min(before, after), Math.max(before, after)].map((offset) => at + offset) as [
      number,
      number,
    ];
    const date = new Date(first);
    const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
    changes.push({
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      weekday: date.getUTCDay(),
      kind: after > before ? 'skips' : 'doubles',
      from: minute,
      to: minute + (last - first) / 60_000,
    });
  }
  return changes;
}
