import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Callers } from '../callers.ts';
import type { Assumed } from '../cloud/open-questions/assumptions.ts';
import { foreignPageReason } from '../own-site.ts';
import { makeGatewayEvent } from './gateway-event.ts';
import { type GatewayResponse, gatewayError, readGatewayResponse } from './gateway-response.ts';
import type { InvocationResult } from './invocation.ts';

/** Size limit of a function's request body, before base64; it is unconfirmed whether the limit applies before or after (user manual functiongraph_01_0204). */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** A path that is handled by a function. */
export interface GatewayRoute {
  /** Matches whole segments; a segment in braces (`{job}`) matches any value and is a path parameter. */
  readonly prefix: string;
  readonly functionName: string;
  /** @default any */
  readonly method?: string;
  /** Nothing may follow the prefix. @default false */
  readonly isExact?: boolean;
  /** After this time the caller gets 504, while the function keeps running. @default 5000 */
  readonly timeoutMs?: number;
}

export interface GatewayOptions {
  /** 0 selects any free port. */
  readonly port: number;
  /** Read again for each request. */
  readonly routes: readonly GatewayRoute[];
  readonly invoke: (functionName: string, event: string, requestId: string) => Promise<InvocationResult>;
  /** Identifies callers. @default every program of this machine has access */
  readonly callers?: Pick<Callers, 'identify'>;
  /** Asked for each request. @default the default behavior for each open question */
  readonly assumed?: () => Assumed;
  /** Called after each response. `functionName` is that of the route; `result` is set if the function responded in time. */
  readonly onResponse: (request: HandledRequest, response: GatewayResponse, result?: InvocationResult) => void;
}

/** A request that has been responded to. */
export interface HandledRequest {
  readonly method: string;
  readonly path: string;
  readonly functionName: string | undefined;
}

export interface Gateway {
  readonly url: string;
  close(): Promise<void>;
}

/** The header of simple authentication with an AppCode (API Gateway, user guide): here it contains the token of the system. */
const APP_CODE = 'x-apig-appcode';

/**
 * Starts an HTTP server on 127.0.0.1 that passes requests to functions as an API Gateway does. Requests from other users of this machine and from web
 * pages are refused; further authorization is up to the function.
 *
 * @throws the system's error (`EADDRINUSE`) when the port is not available
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = createServer((request, response) => {
    handleRequest(options, server, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function handleRequest(
  options: GatewayOptions,
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomBytes(16).toString('hex');
  const method = request.method ?? 'GET';
  const target = request.url ?? '/';
  const path = target.split('?')[0] ?? target;
  const port = portOf(server);
  const { reply, result, functionName } = await respond();

  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': reply.body.length,
    'x-request-id': requestId,
  });
  response.end(method === 'HEAD' ? undefined : reply.body);
  options.onResponse({ method, path, functionName }, reply, result);

  async function respond(): Promise<{ reply: GatewayResponse; result?: InvocationResult; functionName?: string }> {
    const refused = await accessError(options, request, port, requestId);
    if (refused) return { reply: refused };
    const found = findRoute(options.routes, method, path);
    if (!found) {
      const message = 'The API does not exist or has not been published in the environment.';
      return { reply: gatewayError(404, 'APIG.0101', message, requestId) };
    }
    const { route, pathParameters } = found;
    const body = await readBody(request);
    if (!body) return { reply: gatewayError(413, 'APIG.0201', 'Request entity too large.', requestId) };
    const remoteAddress = request.socket.remoteAddress ?? '';
    const event = makeGatewayEvent(
      { method, target, headers: withoutAppCode(request.headers), body, remoteAddress, port },
      { pathParameters, apiId: apiIdOf(route) },
      requestId,
      options.assumed?.(),
    );
    const result = await withDeadline(
      options.invoke(route.functionName, JSON.stringify(event), requestId),
      route.timeoutMs ?? 5000,
    );
    if (!result) return { reply: gatewayError(504, 'APIG.0203', 'Backend timeout.', requestId) };
    return { reply: readGatewayResponse(result), result, functionName: route.functionName };
  }
}

/** The error response for a caller without access; undefined if the caller has access. */
async function accessError(
  { callers }: GatewayOptions,
  request: IncomingMessage,
  port: number,
  requestId: string,
): Promise<GatewayResponse | undefined> {
  const foreign = foreignPageReason(request, port);
  if (foreign !== undefined) return gatewayError(403, 'APIG.0306', `API access denied: ${foreign}.`, requestId);
  const shown = request.headers[APP_CODE];
  const caller = await callers?.identify(request, typeof shown === 'string' ? shown : undefined);
  if (caller === undefined || caller === 'own') return undefined;
  const message =
    'Incorrect app authentication information: access is limited to the user who started the local system and to requests with the token from .local/system.json in X-Apig-AppCode.';
  return gatewayError(401, 'APIG.0303', message, requestId);
}

/** The header is only for the gateway: no function sees it or can log it. */
function withoutAppCode(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== APP_CODE));
}

interface FoundRoute {
  readonly route: GatewayRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The route with the longest prefix; the first of several. */
function findRoute(routes: readonly GatewayRoute[], method: string, path: string): FoundRoute | undefined {
  const found: FoundRoute[] = [];
  for (const route of routes) {
    const pathParameters = matchPath(route, path);
    const isMethod = route.method === undefined || route.method === method;
    if (pathParameters && isMethod) found.push({ route, pathParameters });
  }
  return found.sort((a, b) => segmentsOf(b.route.prefix).length - segmentsOf(a.route.prefix).length)[0];
}

/** The path parameters; the rest of the path has the empty name. Undefined if the path does not match. */
function matchPath({ prefix, isExact = false }: GatewayRoute, path: string): Record<string, string> | undefined {
  const expected = segmentsOf(prefix);
  const actual = path.slice(1).split('/');
  const parameters: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const segment = actual[index];
    if (segment === undefined) return undefined;
    if (part.startsWith('{') && segment !== '') parameters[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  const rest = actual.slice(expected.length).join('/');
  if (isExact && rest !== '') return undefined;
  return rest === '' ? parameters : { ...parameters, '': rest };
}

function segmentsOf(prefix: string): string[] {
  return prefix.split('/').filter((part) => part !== '');
}

/** 32 hex digits, the same at every start. */
function apiIdOf(route: GatewayRoute): string {
  return createHash('md5').update(route.prefix).digest('hex');
}

/** `undefined` if it exceeds the limit; the rest is read and discarded, so that the caller gets the response. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

async function withDeadline<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}
