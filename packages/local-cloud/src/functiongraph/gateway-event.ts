import type { IncomingHttpHeaders } from 'node:http';
import { type Assumed, assumedByDefault } from '../cloud/open-questions/assumptions.ts';

/** The parts of a request that go into its event. */
export interface GatewayRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly remoteAddress: string;
  readonly port: number;
}

/** The event of a gateway trigger, shared or dedicated: the same eight fields (user manual functiongraph_01_0204, 2025-12-29). */
export interface GatewayEvent {
  readonly requestContext: { readonly requestId: string; readonly apiId: string; readonly stage: 'RELEASE' };
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly httpMethod: string;
  /** With prefix match, the rest of the path has the empty name. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly queryStringParameters: Readonly<Record<string, string>>;
  /** Base64, even if it is empty, unless the API sends it as it is. */
  readonly body: string;
  readonly isBase64Encoded: boolean;
  /** As sent: not decoded, without the query. */
  readonly path: string;
}

/** Connection-specific headers, which the gateway does not forward (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Makes the event of a request.
 *
 * Undocumented, and therefore chosen here: repeated headers are joined with a comma, the last of repeated query parameters is used, query values are
 * decoded, the path is not.
 */
export function makeGatewayEvent(
  request: GatewayRequest,
  route: { readonly pathParameters: Readonly<Record<string, string>>; readonly apiId: string },
  requestId: string,
  assumed: Assumed = assumedByDefault,
): GatewayEvent {
  const isBase64Encoded = assumed('gateway-body') === 'base64';
  const [path = '', query = ''] = splitOnce(request.target, '?');
  return {
    requestContext: { requestId, apiId: route.apiId, stage: 'RELEASE' },
    headers: eventHeaders(request, requestId),
    httpMethod: request.method,
    pathParameters: route.pathParameters,
    queryStringParameters: Object.fromEntries(new URLSearchParams(query)),
    body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
    path,
  };
}

function eventHeaders(request: GatewayRequest, requestId: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || HOP_BY_HOP.has(name)) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  headers['x-forwarded-for'] = [headers['x-forwarded-for'], request.remoteAddress].filter(Boolean).join(', ');
  headers['x-forwarded-host'] = headers['host'] ?? '';
  headers['x-forwarded-port'] = String(request.port);
  headers['x-forwarded-proto'] = 'http';
  headers['x-real-ip'] = request.remoteAddress;
  headers['x-request-id'] = requestId;
  return Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
