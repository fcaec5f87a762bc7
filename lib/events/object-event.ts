import { EventError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { ObjectKeys } from '../kernel/settings.ts';
import { identifyEvent, refuseEvent } from './identify-event.ts';
import { parseObjectRecord, type RecordSource } from './object-record.ts';
import { field, getString, getTime, stringIn } from './received.ts';
import type { ObjectTrigger } from './trigger.ts';

/** EventGrid's source for object events. `HC.OBS` is the audit log and does not name objects. */
const EVENTGRID_OBJECT_SOURCE = 'HC.OBS.DWR';

/** An SMN message without OBS records: the test message that OBS sends, or a message written by a person. It is ignored. */
interface IgnoredMessage {
  readonly kind: 'ignored';
  readonly why: string;
}

/** The result of one record: a trigger, or what is wrong with it. One bad record never stops the others. */
export type ObjectRecordResult = ObjectTrigger | IgnoredMessage | EventError;

/**
 * Parses an OBS event from any route: direct (`Records`), EventGrid (CloudEvents) or SMN (`record`).
 *
 * @returns one entry per record, in the event's order; empty when the list of records is empty
 * @throws {EventError} when the event is none of these. A retry does not help
 */
export function parseObjectEvent(event: unknown, keys: ObjectKeys): ObjectRecordResult[] {
  if (isEventGrid(event)) return [parseSafely(() => parseEventGrid(event, keys))];
  const direct = field(event, 'Records');
  if (Array.isArray(direct)) {
    return direct.map((record, i) =>
      parseSafely(() => parseObjectRecord(record, { path: `Records[${i}]`, route: 'direct', encoding: keys.direct })),
    );
  }
  const messages = field(event, 'record');
  if (Array.isArray(messages) && messages.every((message) => isRecord(field(message, 'smn')))) {
    return messages.flatMap((message, i) => parseSmnMessage(field(message, 'smn'), `record[${i}].smn.message`, keys));
  }
  return refuseEvent(event, 'an OBS event: direct (Records), EventGrid (source, data) or SMN (record)');
}

function parseSafely(parse: () => ObjectTrigger): ObjectTrigger | EventError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof EventError) return error;
    throw error;
  }
}

function isEventGrid(event: unknown): boolean {
  return ['source', 'type', 'specversion'].every((name) => stringIn(event, name)) && isRecord(field(event, 'data'));
}

/** @param at path of the event, ending with a dot; empty when it is the root */
function parseEventGrid(event: unknown, keys: ObjectKeys, at = ''): ObjectTrigger {
  const source = getString(event, 'source', `${at}source`);
  if (source !== EVENTGRID_OBJECT_SOURCE) {
    const expected = `${EVENTGRID_OBJECT_SOURCE} (OBS Application Service)`;
    throw new EventError(`${at}source`, JSON.stringify(source.slice(0, 60)), expected);
  }
  const envelope = { time: getTime(event, 'time', `${at}time`), id: getString(event, 'id', `${at}id`) };
  return parseObjectRecord(field(event, 'data'), {
    path: `${at}data`,
    route: 'eventgrid',
    encoding: keys.eventgrid,
    envelope,
  });
}

/** OBS publishes `Records`. EventGrid, with a topic as its target, publishes the event as a function would receive it. */
function parseSmnMessage(smn: unknown, path: string, keys: ObjectKeys): ObjectRecordResult[] {
  const ignored: IgnoredMessage = { kind: 'ignored', why: `${path} contains no OBS records` };
  const message = stringIn(smn, 'message');
  if (!message) return [ignored];
  let notification: unknown;
  try {
    notification = JSON.parse(message);
  } catch {
    return [ignored];
  }
  if (isEventGrid(notification) && field(notification, 'source') === EVENTGRID_OBJECT_SOURCE) {
    return [parseSafely(() => parseEventGrid(notification, keys, `${path}.`))];
  }
  const records = field(notification, 'Records');
  if (!Array.isArray(records)) {
    const name = identifyEvent(notification);
    return [name === undefined ? ignored : { kind: 'ignored', why: `${path} contains ${name}, not OBS records` }];
  }
  const source = (i: number): RecordSource => ({ path: `${path}.Records[${i}]`, route: 'smn', encoding: keys.smn });
  return records.map((record, i) => parseSafely(() => parseObjectRecord(record, source(i))));
}
