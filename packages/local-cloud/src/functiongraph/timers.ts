import type { Clock } from '../cloud/clock.ts';
import { type Assumed, assumedByDefault } from '../cloud/open-questions/assumptions.ts';
import { parseSchedule, type Schedule, type TimerSchedule } from './schedule.ts';

/** A timer trigger of a function. */
export interface TimerTrigger {
  readonly name: string;
  readonly functionName: string;
  readonly schedule: TimerSchedule;
  /** The schedule while the clock lets everything take as long as documented. @default the same */
  readonly scheduleAsDocumented?: TimerSchedule;
  /** Passed to the function verbatim; a timer without it sends an empty string. */
  readonly userEvent: string;
}

/** The event of a timer trigger: five strings, unless `user_event` was not set (developer guide, timer event; API reference, "Creating a trigger"). */
export interface TimerEvent {
  readonly version: 'v1.0';
  /** RFC 3339 with the offset of the trigger's zone, without a fraction. */
  readonly time: string;
  readonly trigger_type: 'TIMER';
  readonly trigger_name: string;
  readonly user_event?: string | null;
}

export interface TimersOptions {
  /** The time zone of triggers without `CRON_TZ`. */
  readonly regionTimeZone: string;
  readonly clock: Clock;
  /** Whether a trigger does not tick as planned; asked at each tick. @default never */
  readonly isStopped?: (trigger: TimerTrigger) => boolean;
  readonly fire: (trigger: TimerTrigger, event: TimerEvent) => void;
  /** @default the default behavior for each open question */
  readonly assumed?: Assumed;
}

interface Entry {
  readonly trigger: TimerTrigger;
  readonly schedule: Schedule;
  readonly asDocumented: Schedule;
  cancel?: () => void;
}

/** Runs timer triggers. Missed ticks are skipped, because no catch-up is documented. */
export class Timers {
  readonly #options: TimersOptions;
  readonly #entries: ReadonlyMap<string, Entry>;
  #isStarted = false;

  /** @throws {ScheduleError} when FunctionGraph would refuse a schedule */
  constructor(triggers: readonly TimerTrigger[], options: TimersOptions) {
    this.#options = options;
    const read = (schedule: TimerSchedule) => parseSchedule(schedule, options.regionTimeZone);
    this.#entries = new Map(
      triggers.map((trigger) => {
        const schedule = read(trigger.schedule);
        const asDocumented = trigger.scheduleAsDocumented ? read(trigger.scheduleAsDocumented) : schedule;
        return [trigger.name, { trigger, schedule, asDocumented }];
      }),
    );
    options.clock.onPace(() => {
      if (this.#isStarted) this.start();
    });
  }

  /** The next tick of a trigger; `undefined` if it never ticks or does not exist. */
  next(name: string): Date | undefined {
    const entry = this.#entries.get(name);
    return entry && this.#scheduleOf(entry).next(this.#now());
  }

  /** The time zone of a trigger's schedule; `undefined` if the trigger does not exist. */
  zoneOf(name: string): string | undefined {
    return this.#entries.get(name)?.schedule.timeZone;
  }

  start(): void {
    this.stop();
    this.#isStarted = true;
    const now = this.#now();
    for (const entry of this.#entries.values()) this.#wait(entry, this.#scheduleOf(entry).next(now));
  }

  stop(): void {
    this.#isStarted = false;
    for (const entry of this.#entries.values()) entry.cancel?.();
  }

  /** Ticks once now, in addition to the schedule. @throws {Error} when the trigger does not exist */
  tick(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) throw new Error(`tick ${name}: the timer trigger does not exist`);
    this.#fire(entry, this.#now());
  }

  #now(): Date {
    return new Date(this.#options.clock.now());
  }

  #scheduleOf({ schedule, asDocumented }: Entry): Schedule {
    return this.#options.clock.isAsDocumented ? asDocumented : schedule;
  }

  #wait(entry: Entry, planned: Date | undefined): void {
    if (!planned) return;
    entry.cancel = this.#options.clock.at(planned.getTime(), () => {
      if (!this.#options.isStopped?.(entry.trigger)) this.#fire(entry, planned);
      const last = Math.max(planned.getTime(), this.#now().getTime());
      this.#wait(entry, this.#scheduleOf(entry).next(new Date(last)));
    });
  }

  #fire({ trigger, schedule }: Entry, time: Date): void {
    const { fire, assumed = assumedByDefault } = this.#options;
    const told = assumed('timer-time') === 'planned' ? time : this.#now();
    const event = makeTimerEvent(trigger, told, schedule.timeZone, assumed);
    fire(trigger, event);
    if (assumed('timer-delivery') === 'twice') fire(trigger, event);
  }
}

/** The event of a tick. */
export function makeTimerEvent(
  trigger: Pick<TimerTrigger, 'name' | 'userEvent'>,
  time: Date,
  timeZone: string,
  assumed: Assumed = assumedByDefault,
): TimerEvent {
  return {
    version: 'v1.0',
    time: formatWithOffset(time, timeZone),
    trigger_type: 'TIMER',
    trigger_name: trigger.name,
    ...userEvent(trigger.userEvent, assumed),
  };
}

function userEvent(text: string, assumed: Assumed): Pick<TimerEvent, 'user_event'> {
  const behavior = assumed('timer-user-event');
  if (text !== '' || behavior === 'empty-text') return { user_event: text };
  return behavior === 'null-value' ? { user_event: null } : {};
}

/** `2026-03-14T17:30:00+08:00`. UTC is `+00:00`; it is unconfirmed whether the platform uses `Z` instead. */
export function formatWithOffset(time: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const offset = name === 'GMT' ? '+00:00' : name.slice('GMT'.length, 'GMT+00:00'.length);
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  const local = new Date(time.getTime() + (offset.startsWith('-') ? -minutes : minutes) * 60_000);
  return local.toISOString().slice(0, 19) + offset;
}
