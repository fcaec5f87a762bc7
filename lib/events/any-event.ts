import { EventError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { ObjectKeys } from '../kernel/settings.ts';
import { type GatewayRequest, parseGatewayEvent } from './gateway-event.ts';
import { identifyEvent, refuseEvent } from './identify-event.ts';
import { type ObjectRecordResult, parseObjectEvent } from './object-event.ts';
import { describeReceived, field } from './received.ts';
import { parseTimerEvent } from './timer-event.ts';
import type { TickTrigger } from './trigger.ts';

/** A parsed event of any kind. */
export type AnyEvent =
  | { readonly kind: 'object'; readonly records: readonly ObjectRecordResult[] }
  | { readonly kind: 'tick'; readonly tick: TickTrigger }
  | { readonly kind: 'request'; readonly request: GatewayRequest };

const EXPECTED =
  'an OBS event (Records, EventGrid or SMN), a timer event (trigger_type "TIMER") or an API Gateway event (httpMethod, requestContext)';

/**
 * Parses an event of unknown kind. The functions do not use it: each has one kind of trigger.
 *
 * @throws {EventError} when it is none of these kinds, with what it looks like, or when it is malformed. A retry does not help
 */
export function parseAnyEvent(event: unknown, keys: ObjectKeys): AnyEvent {
  if (field(event, 'httpMethod') !== undefined) return { kind: 'request', request: parseGatewayEvent(event) };
  if (field(event, 'trigger_type') === 'TIMER') return { kind: 'tick', tick: parseTimerEvent(event) };
  const isObjectEvent = ['Records', 'record', 'specversion'].some((name) => field(event, name) !== undefined);
  if (isObjectEvent) return { kind: 'object', records: parseObjectEvent(event, keys) };
  if (identifyEvent(event) !== undefined) refuseEvent(event, EXPECTED);
  throw new EventError('', `${describeReceived(event)}${hint(event)}`, EXPECTED);
}

/** What else from the platform this may be. */
function hint(event: unknown): string {
  if (field(event, 'request_payload') !== undefined && isRecord(field(event, 'response_context')))
    return ' (a failure report, as a failure destination receives it: pass it to npx migrations refeed)';
  if (field(event, 'statusCode') !== undefined) return ' (a response to the API Gateway)';
  if (field(event, 's3') !== undefined || field(event, 'obs') !== undefined)
    return ' (a single record of an OBS event: put it in Records)';
  return '';
}
