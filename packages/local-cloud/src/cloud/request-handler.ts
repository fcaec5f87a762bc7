import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { assumedErrorBody, assumedSuccess } from './assumed-response.ts';
import type { Clock } from './clock.ts';
import type { Fault, Faults } from './faults.ts';
import type { FunctionAgency } from './function-agency.ts';
import type { Gateway } from './gateway.ts';
import type { Grants } from './iam/grants.ts';
import { formatJson, isDeeperThan, parseJson } from './json.ts';
import type { Assumed } from './open-questions/assumptions.ts';
import type { Account, Operation, OperationCall, OperationResponse, Service } from './operation.ts';
import { maskSecrets, maskUrl, type RecordedRequest } from './recorder.ts';
import { findRoute } from './routes.ts';
import { apiGatewayError, ServiceError } from './service-error.ts';
import { type ServiceTimes, shownTime } from './service-times.ts';
import type { SignedRequest } from './signature.ts';

/** Maximum size of a signed body: 12 MB (API Request Signing Guide). */
const MAX_BODY_BYTES = 12 * 1024 * 1024;
/** More levels than any documented body. A deeper one would overflow the stack of the functions that walk through it. */
const MAX_BODY_LEVELS = 500;

export interface RequestHandlerOptions {
  readonly services: readonly Service[];
  readonly gateway: Gateway;
  readonly agency: FunctionAgency;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly requests: RecordedRequest[];
  readonly grants: Grants;
  /** One of them is shown in the Date header. */
  readonly serviceTimes: () => ServiceTimes;
  readonly assumed: Assumed;
}

/** How a request ends: with a response or without one. */
type RequestOutcome =
  | { readonly response: OperationResponse }
  | { readonly raw: string; readonly type: string }
  | 'reset'
  | 'hang'
  | { readonly redirect: string };

/** Makes the request handler of the port that all services share: route, signature, fault, project, body, operation. */
export function makeRequestHandler(
  options: RequestHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const requestId = randomUUID().replaceAll('-', '');
    const { record, operation } = newRecord(options, request, requestId);
    const body = await readBody(request, operation?.maxBodyBytes ?? MAX_BODY_BYTES);
    if (body === 'gone') return;
    options.requests.push(record);
    const outcome = await outcomeOf(options, request, body, record);
    finish(options, request, response, record, outcome);
  };
}

async function outcomeOf(
  options: RequestHandlerOptions,
  request: IncomingMessage,
  body: Buffer | 'too_large',
  record: RecordedRequest,
): Promise<RequestOutcome> {
  try {
    if (body === 'too_large') throw apiGatewayError(413, 'APIGW.0201', 'Request entity too large', record.id);
    return await handle(options, signedRequest(request, body), record);
  } catch (error) {
    if (error instanceof ServiceError)
      return { response: { status: error.status, body: assumedErrorBody(error, options.assumed, record.id) } };
    // A bug in the local cloud or in a callback. Reported in the response, so that it is not mistaken for a service error.
    const reason = error instanceof Error ? error.message : String(error);
    return {
      response: {
        status: 500,
        body: { error_code: 'LOCAL.0001', error_msg: `The local cloud itself failed: ${reason}` },
      },
    };
  }
}

async function handle(
  options: RequestHandlerOptions,
  request: SignedRequest,
  record: RecordedRequest,
): Promise<RequestOutcome> {
  const route = routeOf(options.services, request, record.id);
  const operation = variantOf(route, request);
  record.operation = operation.name;
  let account: Account | undefined;
  const authenticated = () => {
    account ??= options.gateway.authenticate(request, record.id);
    return account;
  };
  if (!operation.isOpen) authenticated();
  const fault = options.faults.take(route.service.name, operation.name);
  record.fault = fault?.kind;

  const run = async (): Promise<OperationResponse> => {
    const text = request.body.toString('utf8');
    const makeCall = (body: unknown): OperationCall => ({
      get account() {
        return authenticated();
      },
      requestId: record.id,
      headers: request.headers,
      params: route.params,
      query: new URLSearchParams(request.query),
      body,
    });
    if (!operation.isOpen) {
      refuseForAgency(options.agency, makeCall(undefined), route.service, operation);
      route.service.authorize(makeCall(undefined));
      refuseWithoutGrant(options.grants, route.service, operation);
    }
    const body = operation.body === 'none' ? undefined : parseBody(route.service, operation, request, text);
    record.body = maskSecrets(body);
    return assumedSuccess(await operation.handle(makeCall(body)), request.method, options.assumed);
  };
  try {
    if (fault === undefined) return { response: await run() };
    return await applyFault(fault, route.service, operation, record.id, run);
  } catch (error) {
    if (error instanceof ServiceError) throw inServiceFormat(error, route.service, record.id);
    throw error;
  }
}

/** @throws {ServiceError} while the agency of the keys is not in effect, or when it lacks an action */
function refuseForAgency(agency: FunctionAgency, call: OperationCall, service: Service, operation: Operation): void {
  const status = agency.refusal(call.account);
  if (status === 403) throw service.errors.forbidden(operation.name);
  if (status === 401)
    throw apiGatewayError(401, 'APIGW.0301', 'Incorrect IAM authentication information: ak not exist', call.requestId);
  const missing = agency.missing(call.account, service.name, operation.name);
  if (missing !== undefined) throw service.errors.forbidden(missing);
}

/** Functions are deployed with keys of a person, so FunctionGraph is not checked. @throws {ServiceError} */
function refuseWithoutGrant(grants: Grants, { name, errors }: Service, operation: Operation): void {
  if (name === 'FunctionGraph') return;
  const action = grants.missing(name, operation.name);
  if (action !== undefined) throw errors.forbidden(action);
}

/** Some services have another error format. Errors of the gateway, which have a `request_id`, always have the same format. */
function inServiceFormat(error: ServiceError, { formatError }: Service, requestId: string): ServiceError {
  const { error_code: code, error_msg: message } = error.body;
  if (formatError === undefined || 'request_id' in error.body) return error;
  return new ServiceError(error.status, formatError(String(code), String(message), requestId));
}

/** Applies a fault. `FAULT_KINDS` says whether the operation runs first. */
async function applyFault(
  fault: Fault,
  service: Service,
  operation: Operation,
  requestId: string,
  run: () => Promise<OperationResponse>,
): Promise<RequestOutcome> {
  switch (fault.kind) {
    case 'error':
      throw errorOf(fault, service);
    case 'error_after':
      await run();
      throw errorOf(fault, service);
    case 'forbidden':
      throw service.errors.forbidden(operation.name);
    case 'throttled':
      throw apiGatewayError(
        429,
        'APIGW.0308',
        'The throttling threshold has been reached: policy user over ratelimit,limit:200,time:1 second',
        requestId,
      );
    case 'backend_timeout':
      await run();
      throw apiGatewayError(504, 'APIGW.0201', 'Backend timeout', requestId);
    case 'redirect':
      return { redirect: fault.location ?? 'http://127.0.0.1:9/' };
    case 'html':
      return { raw: '<html><body>Service is being maintained</body></html>', type: 'text/html' };
    case 'cut_json': {
      const text = formatJson((await run()).body ?? {});
      return { raw: text.slice(0, Math.ceil(text.length / 2)), type: 'application/json' };
    }
    case 'no_id':
      await run();
      return { response: { status: 200, body: {} } };
    case 'reset':
      return 'reset';
    case 'reply_lost':
      await run();
      return 'reset';
    case 'hang':
      return 'hang';
    case 'hang_after':
      await run();
      return 'hang';
    case 'delay':
      await wait(fault.delayMs ?? 100, undefined, { ref: false });
      return { response: await run() };
  }
}

function errorOf({ status = 500, code, message = '' }: Fault, { errors }: Service): ServiceError {
  const { body } = errors.internal(message);
  const text = message === '' ? body['error_msg'] : message;
  return new ServiceError(status, { ...body, error_code: code ?? body['error_code'], error_msg: text });
}

function routeOf(services: readonly Service[], request: SignedRequest, requestId: string) {
  let route: ReturnType<typeof findRoute>;
  try {
    route = findRoute(services, request.method, request.path);
  } catch (error) {
    if (error instanceof URIError) throw apiGatewayError(400, 'APIGW.0201', 'Bad request', requestId);
    throw error;
  }
  if (route.found === 'operation') return route;
  const wrongMethod = route.found === 'path' ? route.service.errors.wrongMethod : undefined;
  if (wrongMethod !== undefined) throw wrongMethod();
  throw apiGatewayError(
    404,
    'APIGW.0101',
    'The API does not exist or has not been published in the environment',
    requestId,
  );
}

/** The operation among those with this method and path that accepts the body. */
function variantOf(
  { service, operation }: { readonly service: Service; readonly operation: Operation },
  { body }: SignedRequest,
): Operation {
  if (operation.accepts === undefined) return operation;
  let sent: unknown;
  try {
    sent = parseJson(body.toString('utf8'));
  } catch {
    return operation;
  }
  const { method, path } = operation;
  const variants = service.operations.filter((other) => other.method === method && other.path === path);
  return variants.find(({ accepts }) => accepts?.(sent)) ?? operation;
}

function parseBody(service: Service, operation: Operation, request: SignedRequest, text: string): unknown {
  if (text.trim() === '') throw service.errors.emptyBody();
  const type = request.headers['content-type'];
  if (typeof type !== 'string' || !/^application\/json\s*(;|$)/i.test(type)) throw service.errors.notJson();
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    throw service.errors.notJson();
  }
  const isList = operation.body === 'list';
  if (typeof body !== 'object' || body === null || Array.isArray(body) !== isList) throw service.errors.notJson();
  if (isDeeperThan(MAX_BODY_LEVELS, body)) throw service.errors.notJson();
  return body;
}

function newRecord(
  options: RequestHandlerOptions,
  request: IncomingMessage,
  id: string,
): { record: RecordedRequest; operation: Operation | undefined } {
  const { path } = splitUrl(request.url ?? '/');
  let known: { service: Service; operation: Operation } | undefined;
  try {
    const route = findRoute(options.services, request.method ?? '', path);
    if (route.found === 'operation') known = route;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  const record: RecordedRequest = {
    at: options.clock.now(),
    id,
    method: request.method ?? '',
    url: maskUrl(request.url ?? ''),
    service: known?.service.name,
    operation: known?.operation.name,
    headerNames: Object.keys(request.headers).sort(),
    body: undefined,
    status: undefined,
    fault: undefined,
  };
  return { record, operation: known?.operation };
}

function finish(
  { serviceTimes }: RequestHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  record: RecordedRequest,
  outcome: RequestOutcome,
): void {
  if (outcome === 'hang') return;
  if (outcome === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  response.setHeader('Date', new Date(shownTime(serviceTimes(), request.headers)).toUTCString());
  response.setHeader('X-Request-Id', record.id);
  if ('redirect' in outcome) {
    record.status = 307;
    response.writeHead(307, { Location: outcome.redirect }).end();
  } else if ('raw' in outcome) {
    record.status = 200;
    response.writeHead(200, { 'Content-Type': outcome.type }).end(outcome.raw);
  } else {
    const { status, headers, body } = outcome.response;
    record.status = status;
    if (body === undefined) response.writeHead(status, headers).end();
    else response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(formatJson(body));
  }
}

function signedRequest(request: IncomingMessage, body: Buffer): SignedRequest {
  return { method: request.method ?? '', ...splitUrl(request.url ?? '/'), headers: request.headers, body };
}

function splitUrl(url: string): { path: string; query: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

/** The whole body; 'gone' if the caller closed the connection while sending. */
async function readBody(request: IncomingMessage, largestBytes: number): Promise<Buffer | 'too_large' | 'gone'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= largestBytes) chunks.push(chunk);
    }
  } catch {
    return 'gone';
  }
  return bytes > largestBytes ? 'too_large' : Buffer.concat(chunks);
}
