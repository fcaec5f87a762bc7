import { EventError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { refuseEvent } from './identify-event.ts';
import { describeReceived, field, getString, getTime } from './received.ts';
import type { TickTrigger } from './trigger.ts';

/**
 * Parses a TIMER event. `user_event` names the jobs to start: one name, several separated by commas, or `{ "jobs": [..] }`. Without it, the job
 * named like the trigger is started. Duplicate names count once.
 *
 * @throws {EventError} when it is not a timer event, or `user_event` is none of these. A retry does not help
 */
export function parseTimerEvent(event: unknown): TickTrigger {
  if (field(event, 'trigger_type') !== 'TIMER') refuseEvent(event, 'a timer event (trigger_type "TIMER")');
  const name = getString(event, 'trigger_name', 'trigger_name');
  const time = getTime(event, 'time', 'time', 'an RFC 3339 time');
  const jobs = parseUserEvent(field(event, 'user_event')) ?? [name];
  return { kind: 'tick', name, time, jobs: [...new Set(jobs)] };
}

function parseUserEvent(userEvent: unknown): string[] | undefined {
  const expected = 'job names separated by commas, or {"jobs": [names]}';
  if (userEvent === undefined || userEvent === null) return undefined;
  if (typeof userEvent !== 'string') throw new EventError('user_event', describeReceived(userEvent), expected);
  const text = userEvent.trim();
  if (text === '') return undefined;
  if (!text.startsWith('{') && !text.startsWith('[')) return text.split(',').flatMap((part) => part.trim() || []);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EventError('user_event', 'malformed JSON', expected, { cause });
  }
  const jobs = field(value, 'jobs');
  if (
    !isRecord(value) ||
    !Array.isArray(jobs) ||
    jobs.length === 0 ||
    !jobs.every((job) => typeof job === 'string' && job !== '')
  ) {
    throw new EventError('user_event', describeReceived(value), expected);
  }
  return jobs as string[];
}
