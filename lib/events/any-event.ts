import { EventError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { ObjectKeys } from '../kernel/settings.ts';
import { type GatewayRequest, parseGatewayEvent } from './gateway-event.ts';
import { identifyEvent, refuseEvent } from './identify-event.ts';
import { type ObjectRecordResult, parseObjectEvent } from './object-event.ts';
import { describeReceived, field } from './received.ts';
import { parseTimerEvent } from './timer-event.ts';
import type { TickTrigger } from './trigger.ts';

/** What an event says, whatever kind it is. */
export type AnyEvent =
  | { readonly kind: 'object'; readonly records: readonly ObjectRecordResult[] }
  | { readonly kind: 'tick'; readonly tick: TickTrigger }
  | { readonly kind: 'request'; readonly request: GatewayRequest };

const EXPECTED =
  'an OBS event (Records, EventGrid or SMN), a timer event (trigger_type "TIMER") or an API Gateway event (httpMethod, requestContext)';

/**
 * Reads an event whose kind is not known. The functions do not: each has one kind of trigger.
 *
 * @throws {EventError} when it is none of them, with what it looks like; or of a kind, and malformed. A retry does not help
 */
export function parseAnyEvent(event: unknown, keys: ObjectKeys): AnyEvent {
  if (field(event, 'httpMethod') !== undefined) return { kind: 'request', request: parseGatewayEvent(event) };
  if (field(event, 'trigger_type') === 'TIMER') return { kind: 'tick', tick: parseTimerEvent(event) };
  const isObjectEvent = ['Records', 'record', 'specversion'].some((name) => field(event, name) !== undefined);
  if (isObjectEvent) return { kind: 'object', records: parseObjectEvent(event, keys) };
  if (identifyEvent(event) !== undefined) refuseEvent(event, EXPECTED);
  throw new EventError('', `${describeReceived(event)}${likeness(event)}`, EXPECTED);
}

/** What else of the platform this may be. */
function likeness(event: unknown): string {
  if (field(event, 'request_payload') !== undefined && isRecord(field(event, 'response_context')))
    return ' (what a failure destination receives: npx migrations refeed takes it)';
  if (field(event, 'statusCode') !== undefined) return ' (an answer to the API Gateway)';
  if (field(event, 's3') !== undefined || field(event, 'obs') !== undefined)
    return ' (one record of an OBS event: it has to stand in Records)';
  return '';
}
