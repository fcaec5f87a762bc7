import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Fault, Faults } from '../faults.ts';
import type { FunctionAgency } from '../function-agency.ts';
import type { Grants } from '../iam/grants.ts';
import type { Account } from '../operation.ts';
import { maskUrl, type RecordedRequest } from '../recorder.ts';
import { type ServiceTimes, shownTime } from '../service-times.ts';
import { LifecycleSweep } from './lifecycle-sweep.ts';
import type { LocalObs } from './local-obs.ts';
import { MultipartUploads } from './multipart.ts';
import type { ObsCall, ObsContext, ObsResponse } from './obs-call.ts';
import { dialectOf } from './obs-dialect.ts';
import { errorDocument, ObsError, obsErrors } from './obs-error.ts';
import { OBS_HANDLERS } from './obs-handlers.ts';
import { type Destination, findObsRoute } from './obs-routes.ts';
import { authenticateAtAny } from './obs-signature.ts';
import { headOf, resourceOf } from './request-head.ts';
import { bodyOf, receiveRest } from './request-stream.ts';

export interface ObsServerOptions {
  readonly obs: LocalObs;
  readonly accounts: readonly Account[];
  readonly agency: FunctionAgency;
  readonly region: string;
  readonly faults: Faults;
  readonly clock: Clock;
  /** Signatures are checked against these times, and the Date header shows one of them. */
  readonly serviceTimes: () => ServiceTimes;
  readonly requests: RecordedRequest[];
  /** Whether a topic of SMN exists. */
  readonly topicExists: (urn: string) => boolean;
  readonly grants: Grants;
}

interface Running {
  readonly context: ObsContext;
  readonly sweep: LifecycleSweep;
}

interface Parsed {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly destination: Destination;
}

/** How a request ends: with a response or without one. */
type RequestOutcome =
  | { readonly response: ObsResponse }
  | 'reset'
  | 'hang'
  /** The connection ends in the middle of the response. */
  | 'cut';

/** Makes the request handler of the OBS port: path style (`/bucket/key`) or the bucket in the host name, signature, fault, operation. */
export function makeObsServer(
  options: ObsServerOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { obs, region, clock, topicExists } = options;
  const uploads = new MultipartUploads();
  const documentedInstant = (ms: number) => clock.instantAfter(clock.now(), ms);
  const running: Running = {
    context: { obs, uploads, region, now: () => clock.now(), documentedInstant, topicExists },
    sweep: new LifecycleSweep(obs, uploads, clock),
  };
  return (request, response) =>
    clock.during(async () => {
      const requestId = randomBytes(16).toString('hex').toUpperCase();
      const parsed = parse(request);
      const record = newRecord(options, request, parsed, requestId);
      const outcome = await outcomeOf(options, running, request, parsed, record);
      await receiveRest(request);
      await finish(options, request, response, record, outcome);
    });
}

async function outcomeOf(
  options: ObsServerOptions,
  running: Running,
  request: IncomingMessage,
  parsed: Parsed | 'undecodable',
  record: RecordedRequest,
): Promise<RequestOutcome> {
  const resource = parsed === 'undecodable' ? '' : `/${parsed.bucket}/${parsed.key}`;
  try {
    if (parsed === 'undecodable') throw new ObsError(400, 'InvalidURI', "Couldn't parse the specified URI.");
    return await handle(options, running, request, parsed, record);
  } catch (cause) {
    const error = toObsError(cause);
    const body = errorDocument(error, resource, record.id);
    return { response: request.method === 'HEAD' ? { status: error.status } : { status: error.status, body } };
  }
}

/** A bug in the local OBS is reported in the response, so that it is not mistaken for an OBS error. */
function toObsError(error: unknown): ObsError {
  if (error instanceof ObsError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return obsErrors.internal(`The local OBS itself failed: ${reason}`);
}

async function handle(
  options: ObsServerOptions,
  running: Running,
  request: IncomingMessage,
  parsed: Parsed,
  record: RecordedRequest,
): Promise<RequestOutcome> {
  const { bucket, key, query, destination } = parsed;
  const head = headOf(request);
  const { account, readBody } = authenticateAtAny(head, options.accounts, options.serviceTimes());
  const fresh = options.agency.refusal(account);
  if (fresh !== undefined) throw fresh === 403 ? obsErrors.accessDenied('Access Denied') : obsErrors.invalidAccessKey();
  if (destination.refused !== undefined) throw refusal(destination.refused);
  const { operation } = destination;
  const resource = key === '' ? `OBS:*:*:bucket:${bucket}` : `OBS:*:*:object:${bucket}/${key}`;
  // The response of OBS does not say which action is missing.
  const isMissing =
    options.agency.missing(account, 'OBS', operation) ?? options.grants.missing('OBS', operation, resource);
  if (isMissing !== undefined) throw obsErrors.accessDenied('Access Denied');
  const fault = options.faults.take('OBS', operation);
  record.fault = fault?.kind;
  const dialect = dialectOf(head);
  await running.sweep.idle();
  await options.obs.adopt(bucket);
  const call: ObsCall = {
    account,
    dialect,
    bucket,
    key,
    query,
    headers: request.headers,
    body: readBody(bodyOf(request)),
  };
  const run = async () => OBS_HANDLERS[operation](running.context, call);
  return fault === undefined ? { response: await run() } : applyFault(fault, run);
}

function refusal(code: NonNullable<Destination['refused']>): ObsError {
  switch (code) {
    case 'MethodNotAllowed':
      return obsErrors.methodNotAllowed();
    case 'ServiceNotImplemented':
      return obsErrors.notImplemented();
    case 'InvalidRequest':
      return obsErrors.invalidRequest('The query has several sub-resources.');
  }
}

/** Applies a fault. `FAULT_KINDS` says whether the operation runs first. */
async function applyFault(fault: Fault, run: () => Promise<ObsResponse>): Promise<RequestOutcome> {
  const error = () => {
    const { status = 500, message = '' } = fault;
    return new ObsError(status, fault.code ?? 'InternalError', message || obsErrors.internal('').message);
  };
  /** Runs the operation without its response. */
  const change = async () => {
    const { body } = await run();
    if (body instanceof Readable) body.destroy();
  };
  switch (fault.kind) {
    case 'error':
      throw error();
    case 'error_after':
      await change();
      throw error();
    case 'forbidden':
      throw obsErrors.accessDenied('Access Denied');
    case 'throttled':
      throw obsErrors.slowDown();
    case 'backend_timeout':
      await change();
      throw obsErrors.serviceUnavailable();
    case 'redirect':
      return { response: { status: 307, headers: { Location: fault.location ?? 'http://127.0.0.1:9/' } } };
    case 'html': {
      const headers = { 'Content-Type': 'text/html' };
      return { response: { status: 200, headers, body: '<html><body>Service is being maintained</body></html>' } };
    }
    case 'cut_json':
      await change();
      return 'cut';
    case 'no_id':
      await change();
      return { response: { status: 200 } };
    case 'reset':
      return 'reset';
    case 'reply_lost':
      await change();
      return 'reset';
    case 'hang':
      return 'hang';
    case 'hang_after':
      await change();
      return 'hang';
    case 'delay':
      await wait(fault.delayMs ?? 100, undefined, { ref: false });
      return { response: await run() };
  }
}

async function finish(
  { serviceTimes }: ObsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  record: RecordedRequest,
  outcome: RequestOutcome,
): Promise<void> {
  if (outcome === 'hang') return;
  if (outcome === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  if (outcome === 'cut') {
    request.socket.write('HTTP/1.1 200 OK\r\nConte');
    request.socket.destroySoon();
    return;
  }
  const { status, headers = {}, body } = outcome.response;
  record.status = status;
  const { headerPrefix } = dialectOf(headOf(request));
  response.setHeader('Server', 'OBS');
  response.setHeader('Date', new Date(shownTime(serviceTimes(), request.headers)).toUTCString());
  response.setHeader(`${headerPrefix}request-id`, record.id);
  response.setHeader(`${headerPrefix}id-2`, '32AAAQAAEAABAAAQAAEAABAAAQAAEAABCSlocal');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (typeof body === 'string') {
    if (!response.hasHeader('Content-Type')) response.setHeader('Content-Type', 'application/xml');
    response.setHeader('Content-Length', Buffer.byteLength(body));
    response.writeHead(status).end(body);
    return;
  }
  response.writeHead(status);
  if (body === undefined) response.end();
  else await pipeline(body, response);
}

function parse(request: IncomingMessage): Parsed | 'undecodable' {
  const head = headOf(request);
  const [, bucketText = '', keyText = ''] = /^\/([^/]*)\/?(.*)$/s.exec(resourceOf(head)) ?? [];
  let bucket: string;
  let key: string;
  try {
    bucket = decodeURIComponent(bucketText);
    key = decodeURIComponent(keyText);
  } catch {
    return 'undecodable';
  }
  const query = new URLSearchParams(head.query);
  const { headerPrefix } = dialectOf(head);
  const isCopy = request.headers[`${headerPrefix}copy-source`] !== undefined;
  const destination = findObsRoute({ method: request.method ?? '', bucket, key, query, isCopy });
  return { bucket, key, query, destination };
}

function newRecord(
  { clock, requests }: ObsServerOptions,
  request: IncomingMessage,
  parsed: Parsed | 'undecodable',
  id: string,
): RecordedRequest {
  const record: RecordedRequest = {
    at: clock.now(),
    id,
    method: request.method ?? '',
    url: maskUrl(request.url ?? ''),
    service: 'OBS',
    operation: parsed === 'undecodable' ? undefined : parsed.destination.operation,
    headerNames: Object.keys(request.headers).sort(),
    body: undefined,
    status: undefined,
    fault: undefined,
  };
  requests.push(record);
  return record;
}
