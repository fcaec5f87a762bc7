import { type ClientRequest, Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type EsdkObsClient from 'esdk-obs-nodejs';
import type { ObsResponse } from 'esdk-obs-nodejs';
import { CloudError, type CloudErrorDetails } from '../../kernel/errors.ts';
import type { ObjectIdentity } from '../../ports/obs.ts';
import { neededAction } from '../transport/call-actions.ts';
import { checkKeys } from '../transport/check-keys.ts';
import { type CallKind, classifyNoResponse, classifyResponse } from '../transport/classify-failure.ts';
import { asCloudCode } from '../transport/cloud-code.ts';
import { checkEndpoint } from '../transport/endpoints.ts';
import { processKeysGuard } from '../transport/keys-guard.ts';
import { withoutAbsent } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';
import { makeRedact, type Redact } from '../transport/redact.ts';
import type { CloudOptions } from '../transport/sdk-client.ts';
import { unusableResponse } from '../transport/unusable-response.ts';

/** OBS responds to small requests within a fraction of a second; if it takes longer than this, it is down. */
const MAX_CALL_MS = 10_000;
/** Less than this is not enough for a connection and a response. */
const MIN_CALL_MS = 50;
/** Reserved for the invocation's response. Less than for other services, because their results are recorded in OBS in the time that they leave. */
const DEFAULT_RESERVE_MS = 200;
/** OBS returns 403 for invalid keys, but also for much else (error codes, API reference obs_04_0115). */
const BAD_KEYS = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch']);

/** The error codes of a request on a connection that the other side has closed. */
const CLOSED_CODES = new Set(['ECONNRESET', 'EPIPE']);
/**
 * Kept for the lifetime of the process. Reads reuse an open connection. Each change opens its own, and with TLS resumes an earlier session, so a
 * change is never lost on a connection that OBS is closing.
 */
const AGENTS = {
  kept: { http_agent: new HttpAgent({ keepAlive: true }), https_agent: new HttpsAgent({ keepAlive: true }) },
  fresh: { http_agent: new HttpAgent(), https_agent: new HttpsAgent() },
} as const;

/** OBS's Authorization header, in both forms: a response that echoes a request echoes it too. */
const SIGNATURE = /\b(OBS|AWS) \S+:\S+/g;

/** The operations of the OBS SDK that functions call; bundles leave out the tables of all others. */
export const OBS_OPERATIONS = {
  appendObject: { name: 'AppendObject', kind: 'change' },
  deleteObject: { name: 'DeleteObject', kind: 'change' },
  getBucketLifecycleConfiguration: { name: 'GetBucketLifecycle', kind: 'read' },
  getBucketVersioningConfiguration: { name: 'GetBucketVersioning', kind: 'read' },
  getObject: { name: 'GetObject', kind: 'read' },
  listObjects: { name: 'ListObjects', kind: 'read' },
  listVersions: { name: 'ListVersions', kind: 'read' },
  putObject: { name: 'PutObject', kind: 'change' },
  setBucketLifecycleConfiguration: { name: 'SetBucketLifecycle', kind: 'change' },
} as const satisfies Record<string, { name: string; kind: CallKind }>;

/** All operations; the others are called by programs only. */
const ALL_OPERATIONS = {
  ...OBS_OPERATIONS,
  abortMultipartUpload: { name: 'AbortMultipartUpload', kind: 'change' },
  completeMultipartUpload: { name: 'CompleteMultipartUpload', kind: 'change' },
  initiateMultipartUpload: { name: 'InitiateMultipartUpload', kind: 'change' },
  uploadPart: { name: 'UploadPart', kind: 'change' },
} as const satisfies Record<string, { name: string; kind: CallKind }>;

type ObsOperation = keyof typeof ALL_OPERATIONS;

export interface ObsOptions extends CloudOptions {
  readonly bucket: string;
}

export interface ObsClient {
  /**
   * Sends one request to the bucket. Only a read is retried, once, immediately and on a new connection, when it failed on a kept-alive connection
   * that OBS had closed.
   *
   * @returns the status of the success, and its headers and body under the SDK's names
   * @throws {CloudError} when the call fails or does not finish in time. After the keys were refused, no calls are made for five minutes
   */
  call(operation: ObsOperation, parameters: Readonly<Record<string, unknown>>): Promise<ObsSuccess>;

  /**
   * Reads raw bytes of an object (`call` returns the content as a string). Reads no more than requested, even if more is sent.
   *
   * @param from offset of the first byte
   * @param count at least 1
   * @returns the bytes (fewer when the object ends first) and the identity of the whole object from the headers
   * @throws {CloudError} as `call`; with status 416 when the object has no byte at that offset
   */
  readRange(key: string, from: number, count: number): Promise<ObjectIdentity & { readonly bytes: Buffer }>;

  /**
   * Gets the last bytes of an object. A range that OBS takes for invalid is answered with the whole object (Node.js SDK, "Performing a Partial
   * Download", 2024-10-11), and which one a suffix is, no page says: so both are taken.
   *
   * @param count at least 1
   * @returns the bytes, how many come before them, and the size of the whole
   * @throws {CloudError} as `call`
   */
  readTail(
    key: string,
    count: number,
  ): Promise<{ readonly bytes: Buffer; readonly before: number; readonly size: number }>;
}

export interface ObsSuccess {
  readonly status: number;
  readonly result: Readonly<Record<string, unknown>>;
}

/** The official OBS SDK, which takes longer to load than everything else, so it is loaded only where it is used. */
export const loadObsSdk = () => import('esdk-obs-nodejs');

/**
 * OBS over its official SDK, loaded by the first call, with its unsafe defaults turned off: by default it does not verify certificates, sends
 * a request up to three times, follows redirects with the keys, and first queries the bucket's API version (source of esdk-obs-nodejs 3.26.8).
 * Only reads use kept-alive connections.
 *
 * @throws {ConfigError} when the keys are missing or the endpoint is malformed
 */
export function makeObsClient(options: ObsOptions): ObsClient {
  const { bucket, remainingMs } = options;
  const server = checkEndpoint('HUAWEICLOUD_OBS_ENDPOINT', options.endpoint);
  const { accessKey, secretKey, securityToken } = checkKeys(options.credentials);
  const keysGuard = options.keysGuard ?? processKeysGuard;
  const reserveMs = options.reserveMs ?? DEFAULT_RESERVE_MS;
  const hideKeys = makeRedact([secretKey, securityToken, accessKey]);
  const redact: Redact = (text, maxLength) => hideKeys(text.replace(SIGNATURE, '$1 ***'), maxLength);

  const loading: Partial<Record<keyof typeof AGENTS, Promise<EsdkObsClient>>> = {};
  const load = async (connections: keyof typeof AGENTS): Promise<EsdkObsClient> => {
    const { default: Client } = await loadObsSdk();
    const client = new Client({
      access_key_id: accessKey,
      secret_access_key: secretKey,
      ...(securityToken && { security_token: securityToken }),
      server,
      ssl_verify: true,
      // Redirects count as retries, so none are followed either.
      max_retry_count: 0,
      timeout: MAX_CALL_MS / 1000,
      is_signature_negotiation: false,
      ...AGENTS[connections],
    });
    // The client sets the server's name asynchronously, after its constructor has returned.
    await setImmediate();
    return client;
  };

  /** `consume` must finish with the response within the same deadline. */
  const send = async <T>(
    operation: ObsOperation,
    parameters: Readonly<Record<string, unknown>>,
    consume: (response: ObsResponse, headers: IncomingHttpHeaders) => Promise<T>,
    connections: keyof typeof AGENTS = ALL_OPERATIONS[operation].kind === 'read' ? 'kept' : 'fresh',
  ): Promise<ObsSuccess & { readonly consumed: T }> => {
    const { name, kind } = ALL_OPERATIONS[operation];
    const { Key: key = parameters['Prefix'] } = parameters;
    const call = { service: 'OBS', operation: name, resource: `${bucket}/${typeof key === 'string' ? key : ''}` };
    const fail = (details: Omit<CloudErrorDetails, 'service' | 'operation'>, cause?: unknown) => {
      const action = neededAction(call.service, call.operation, details);
      const error = new CloudError({ ...call, ...details, ...(action !== undefined && { action }) }, { cause });
      options.refusals?.note(error);
      return error;
    };

    options.refusals?.check(call);

    const refusedUntil = keysGuard.refusedUntil(accessKey);
    if (refusedUntil !== undefined) {
      const until = new Date(refusedUntil).toISOString();
      const cloudMessage = `the cloud refused these keys; further attempts would lock them, so they are not used until ${until}`;
      throw fail({ outcome: 'not_sent', temporary: false, cloudCode: 'keys_refused', cloudMessage });
    }
    loading[connections] ??= load(connections);
    const client = await loading[connections];
    const timeoutMs = Math.min(remainingMs() - reserveMs, MAX_CALL_MS);
    if (timeoutMs < MIN_CALL_MS) {
      const cloudMessage = 'the invocation has too little time left';
      throw fail({ outcome: 'not_sent', temporary: true, cloudCode: 'out_of_time', cloudMessage });
    }

    const deadline = makeDeadline(timeoutMs);
    let response: ObsResponse;
    let consumed: T;
    try {
      response = await client[operation]({ ...parameters, Bucket: bucket, RequestHook: deadline.watch });
      consumed = await consume(response, deadline.headers());
    } catch (error) {
      if (deadline.isOver()) {
        const cloudMessage = `no complete response within ${timeoutMs} ms`;
        const outcome = deadline.mayHaveBeenSent() ? 'unknown' : 'not_sent';
        throw fail({ outcome, temporary: true, cloudCode: 'ETIMEDOUT', cloudMessage }, error);
      }
      const { code, message } = (deadline.failure() ?? error) as { code?: unknown; message?: unknown };
      const cloudCode = typeof code === 'string' ? asCloudCode(code) : 'no_usable_answer';
      if (connections === 'kept' && deadline.hitClosedConnection(cloudCode)) {
        return send(operation, parameters, consume, 'fresh');
      }
      const classification = classifyNoResponse(kind, cloudCode, deadline.mayHaveBeenSent());
      throw fail({ ...classification, cloudCode, cloudMessage: redact(String(message)) }, error);
    } finally {
      deadline.end();
    }

    const { Status: status, Code, Message, RequestId } = response.CommonMsg;
    if (status < 200 || status > 299) {
      if (status === 401 || BAD_KEYS.has(Code)) keysGuard.refused(accessKey);
      throw fail({
        ...classifyResponse(kind, status, Code),
        status,
        ...(RequestId && { requestId: redact(RequestId, 64) }),
        ...(Code && { cloudCode: asCloudCode(redact(Code, 64)) }),
        ...(Message && { cloudMessage: redact(Message) }),
      });
    }
    // Every response from OBS has a request ID (common response headers, API reference obs_04_0013); a proxy's error page does not.
    if (!RequestId) {
      const cloudMessage = 'the response does not come from OBS: it has no request ID';
      throw fail({ ...classifyResponse(kind, status), status, cloudCode: 'no_request_id', cloudMessage });
    }
    return { status, result: response.InterfaceResult ?? {}, consumed };
  };

  return {
    call: async (operation, parameters) => {
      const { status, result } = await send(operation, parameters, async () => undefined);
      return { status, result };
    },

    readRange: async (key, from, count) => {
      const parameters = { Key: key, Range: `bytes=${from}-${from + count - 1}`, SaveAsStream: true };
      const { consumed } = await send('getObject', parameters, async ({ InterfaceResult }, headers) => ({
        size: sizeOf(headers),
        identity: identityOf(headers),
        bytes: await readBytes(InterfaceResult?.['Content'], count),
      }));
      const { size, identity, bytes } = consumed;
      if (size !== undefined) return { size, ...identity, bytes };
      throw withoutSize();
    },

    readTail: async (key, count) => {
      const parameters = { Key: key, Range: `bytes=-${count}`, SaveAsStream: true };
      const { consumed } = await send('getObject', parameters, async ({ InterfaceResult }, headers) => ({
        before: Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? 0),
        size: sizeOf(headers),
        bytes: await readBytes(InterfaceResult?.['Content'], Number.POSITIVE_INFINITY),
      }));
      const { before, size, bytes } = consumed;
      if (size !== undefined && before + bytes.length === size) return { before, size, bytes };
      throw withoutSize();
    },
  };
}

function withoutSize(): CloudError {
  const { name } = OBS_OPERATIONS.getObject;
  return unusableResponse('OBS', name, 'no_size', 'the response does not contain the size of the object');
}

/** The size of the whole object: from Content-Range, or from Content-Length if the server sent the whole object. */
function sizeOf(headers: IncomingHttpHeaders): number | undefined {
  const [, total = headers['content-length']] = /^bytes \d+-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
  return total !== undefined && /^\d+$/.test(total) ? Number(total) : undefined;
}

function identityOf(headers: IncomingHttpHeaders): Omit<ObjectIdentity, 'size'> {
  const { etag, 'last-modified': modified = '' } = headers;
  const versionId = stringOf(headers['x-obs-version-id'] ?? headers['x-amz-version-id']);
  const modifiedMs = Date.parse(modified);
  return withoutAbsent({
    eTag: stringOf(etag?.replace(/^"|"$/g, '')),
    // As in an event, where an ID that ends in "null" belongs to an object without versions.
    versionId: versionId?.endsWith('null') ? undefined : versionId,
    lastModified: Number.isNaN(modifiedMs) ? undefined : new Date(modifiedMs).toISOString(),
  });
}

/** Empty when `stream` is not a stream: the SDK returns none for a refused request. */
async function readBytes(stream: unknown, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  if (stream instanceof Readable) {
    for await (const part of stream) {
      parts.push(part);
      length += part.length;
      if (length >= bytes) break;
    }
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

/** Aborts the request when time is up. The SDK's own timeout restarts with each byte and leaves the request open when it fires. */
function makeDeadline(timeoutMs: number) {
  let request: ClientRequest | undefined;
  let over = false;
  let connected = false;
  let failure: Error | undefined;
  let headers: IncomingHttpHeaders = {};
  const timer = setTimeout(() => {
    over = true;
    request?.destroy(new Error('timed out'));
  }, timeoutMs);
  // The SDK listens only to the first error, and may wrap it in an error without a code.
  const onError = (error: Error) => {
    failure ??= error;
  };
  return {
    watch: (watched: ClientRequest) => {
      request = watched;
      watched.on('error', onError);
      watched.on('response', (response) => {
        headers = response.headers;
        response.on('error', onError);
      });
      watched.on('socket', (socket) => {
        if (watched.reusedSocket) {
          connected = true;
          return;
        }
        socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
          connected = true;
        });
      });
    },
    isOver: () => over,
    /** Whether any part of the request may have reached OBS. */
    mayHaveBeenSent: () => connected,
    /** Whether it failed on a kept-alive connection that the other side had closed. */
    hitClosedConnection: (code: string) => request?.reusedSocket === true && CLOSED_CODES.has(code),
    failure: () => failure,
    /** The headers of the response, because the SDK does not expose all of them. */
    headers: () => headers,
    end: () => clearTimeout(timer),
  };
}
