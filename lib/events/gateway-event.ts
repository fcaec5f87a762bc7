import { EventError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { refuseEvent } from './identify-event.ts';
import { describeReceived, field, getString } from './received.ts';

/** An HTTP request as API Gateway passes it to a function. Shared and dedicated gateways send the same eight fields. */
export interface GatewayRequest {
  readonly kind: 'gateway';
  /** In upper case. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly query: Readonly<Record<string, string>>;
  /** The body's bytes; empty when there is no body. */
  readonly body: Buffer;
  readonly requestId: string;
}

/**
 * Parses an API Gateway event. Both values of `isBase64Encoded` are honoured: it is true by default, even for an empty body, and an API can
 * switch it off (User Guide, APIG trigger, 2025-12-29).
 *
 * @throws {EventError} when it is not a gateway event, or its body is not valid base64 although marked so. A retry does not help
 */
export function parseGatewayEvent(event: unknown): GatewayRequest {
  const context = field(event, 'requestContext');
  if (typeof field(event, 'httpMethod') !== 'string' || !isRecord(context)) {
    refuseEvent(event, 'an API Gateway event (httpMethod, requestContext)');
  }
  return {
    kind: 'gateway',
    method: getString(event, 'httpMethod', 'httpMethod').toUpperCase(),
    path: getString(event, 'path', 'path'),
    headers: new Map(
      stringEntries(field(event, 'headers'), 'headers').map(([name, value]) => [name.toLowerCase(), value]),
    ),
    query: Object.fromEntries(stringEntries(field(event, 'queryStringParameters'), 'queryStringParameters')),
    body: parseBody(field(event, 'body'), field(event, 'isBase64Encoded')),
    requestId: getString(context, 'requestId', 'requestContext.requestId'),
  };
}

function stringEntries(value: unknown, path: string): [string, string][] {
  if (value === undefined || value === null) return [];
  if (!isRecord(value)) throw new EventError(path, describeReceived(value), 'an object of strings');
  return Object.entries(value).map(([name, item]) => {
    if (typeof item !== 'string')
      throw new EventError(`${path}.${name.slice(0, 60)}`, describeReceived(item), 'a string');
    return [name, item];
  });
}

function parseBody(body: unknown, isBase64: unknown): Buffer {
  if (body === undefined || body === null || body === '') return Buffer.alloc(0);
  if (typeof body !== 'string') throw new EventError('body', describeReceived(body), 'a string');
  if (isBase64 !== true) return Buffer.from(body, 'utf8');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body) || body.length % 4 !== 0) {
    throw new EventError('body', 'a string that is not valid base64', 'base64, because isBase64Encoded is true');
  }
  return Buffer.from(body, 'base64');
}
