import { type ClientRequest, Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type EsdkObsClient from 'esdk-obs-nodejs';
import type { Answer } from 'esdk-obs-nodejs';
import { CloudError, type CloudErrorDetails } from '../../kernel/errors.ts';
import type { ObjectIdentity } from '../../ports/obs.ts';
import { checkKeys } from '../transport/check-keys.ts';
import { type CallKind, classifyAnswer, classifyNoAnswer } from '../transport/classify-failure.ts';
import { asCloudCode } from '../transport/cloud-code.ts';
import { checkEndpoint } from '../transport/endpoints.ts';
import { processKeysGuard } from '../transport/keys-guard.ts';
import { textOf } from '../transport/read-answer.ts';
import { withoutAbsent } from '../transport/read-fields.ts';
import { makeRedact, type Redact } from '../transport/redact.ts';
import type { CloudOptions } from '../transport/sdk-client.ts';
import { unusableAnswer } from '../transport/unusable-answer.ts';

/** OBS answers small requests within a fraction of a second; one that takes longer than this is down. */
const MAX_CALL_MS = 10_000;
/** Less than this is not enough for a connection and an answer. */
const MIN_CALL_MS = 50;
/** Of the invocation, for its answer. Less than other services leave: what they did is recorded here, in the time that they left. */
const DEFAULT_RESERVE_MS = 200;
/** OBS says 403 to keys that are wrong, and to much else (error codes, API reference obs_04_0115). */
const BAD_KEYS = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch']);

/** What a request fails with in a connection that the other side has closed. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE']);
/**
 * For the life of the process. What reads finds an open connection; what changes has one of its own, and with TLS resumes the session of an
 * earlier one: nothing of a change can be lost in a connection that OBS is just closing.
 */
const AGENTS = {
  kept: { http_agent: new HttpAgent({ keepAlive: true }), https_agent: new HttpsAgent({ keepAlive: true }) },
  fresh: { http_agent: new HttpAgent(), https_agent: new HttpsAgent() },
} as const;

/** The Authorization header of OBS, in either of its forms: an answer that repeats a request repeats it too. */
const SIGNATURE = /\b(OBS|AWS) \S+:\S+/g;

/** What is called of the OBS SDK, and nothing else: bundles leave out the rest of its tables. */
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

export interface ObsOptions extends CloudOptions {
  readonly bucket: string;
}

export interface ObsClient {
  /**
   * Sends one request to the bucket. A second one, on a new connection, goes out only for a request that reads, at once, when the connection
   * that was kept from an earlier one was closed under it.
   *
   * @returns the success: its status, and its headers and body under the names that the SDK gives them
   * @throws {CloudError} when it fails or does not end in time. After a refusal of the keys it makes no call for five minutes
   */
  call(operation: keyof typeof OBS_OPERATIONS, parameters: Readonly<Record<string, unknown>>): Promise<ObsSuccess>;

  /**
   * Gets bytes of an object, as they are; `call` gives the content as text. No more is read, whatever is sent.
   *
   * @param from how many bytes come before
   * @param count at least 1
   * @returns fewer when the object ends before, and what the headers say of the whole
   * @throws {CloudError} as `call`; with status 416 when the object has no byte there
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

/** The official OBS SDK, which takes longer to load than all the rest: so it is loaded where it is used. */
export const loadObsSdk = () => import('esdk-obs-nodejs');

/**
 * OBS over its official SDK, which is loaded by the first call, with its unsafe defaults turned off: by itself it verifies no certificate,
 * sends up to three times, follows redirects with the keys, and asks for the bucket's API version first (source of esdk-obs-nodejs 3.26.8).
 * Only what reads goes out on a connection that was kept.
 *
 * @throws {ConfigError} when there are no keys, or the endpoint is malformed
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
      // Redirects count as another try: none is followed either.
      max_retry_count: 0,
      timeout: MAX_CALL_MS / 1000,
      is_signature_negotiation: false,
      ...AGENTS[connections],
    });
    // Its constructor takes up the server's name a moment after it has returned.
    await setImmediate();
    return client;
  };

  /** `consume` has to be done with the answer within the same time. */
  const send = async <T>(
    operation: keyof typeof OBS_OPERATIONS,
    parameters: Readonly<Record<string, unknown>>,
    consume: (answer: Answer, headers: IncomingHttpHeaders) => Promise<T>,
    connections: keyof typeof AGENTS = OBS_OPERATIONS[operation].kind === 'read' ? 'kept' : 'fresh',
  ): Promise<ObsSuccess & { readonly consumed: T }> => {
    const { name, kind } = OBS_OPERATIONS[operation];
    const { Key: key = parameters['Prefix'] } = parameters;
    const call = { service: 'OBS', operation: name, resource: `${bucket}/${typeof key === 'string' ? key : ''}` };
    const fail = (details: Omit<CloudErrorDetails, 'service' | 'operation'>, cause?: unknown) => {
      const error = new CloudError({ ...call, ...details }, { cause });
      options.refusals?.note(error);
      return error;
    };

    options.refusals?.check(call);

    const refusedUntil = keysGuard.refusedUntil(accessKey);
    if (refusedUntil !== undefined) {
      const until = new Date(refusedUntil).toISOString();
      const cloudMessage = `the cloud refused these keys; more tries would lock them, so they are not used until ${until}`;
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
    let answer: Answer;
    let consumed: T;
    try {
      answer = await client[operation]({ ...parameters, Bucket: bucket, RequestHook: deadline.watch });
      consumed = await consume(answer, deadline.headers());
    } catch (error) {
      if (deadline.isOver()) {
        const cloudMessage = `no complete answer within ${timeoutMs} ms`;
        const outcome = deadline.maySent() ? 'unknown' : 'not_sent';
        throw fail({ outcome, temporary: true, cloudCode: 'ETIMEDOUT', cloudMessage }, error);
      }
      const { code, message } = (deadline.failure() ?? error) as { code?: unknown; message?: unknown };
      const cloudCode = typeof code === 'string' ? asCloudCode(code) : 'no_usable_answer';
      if (connections === 'kept' && deadline.wasClosing(cloudCode)) {
        return send(operation, parameters, consume, 'fresh');
      }
      const judged = classifyNoAnswer(kind, cloudCode, deadline.maySent());
      throw fail({ ...judged, cloudCode, cloudMessage: redact(String(message)) }, error);
    } finally {
      deadline.end();
    }

    const { Status: status, Code, Message, RequestId } = answer.CommonMsg;
    const known = { status, ...(RequestId && { requestId: redact(RequestId, 64) }) };
    if (status < 200 || status > 299) {
      if (status === 401 || BAD_KEYS.has(Code)) keysGuard.refused(accessKey);
      throw fail({
        ...classifyAnswer(kind, status, Code),
        ...known,
        ...(Code && { cloudCode: asCloudCode(redact(Code, 64)) }),
        ...(Message && { cloudMessage: redact(Message) }),
      });
    }
    // Every answer of OBS has one (common response headers, API reference obs_04_0013); the page of a proxy has not.
    if (!RequestId) {
      const cloudMessage = 'the answer does not come from OBS: it has no request id';
      throw fail({ ...classifyAnswer(kind, status), ...known, cloudCode: 'no_request_id', cloudMessage });
    }
    return { status, result: answer.InterfaceResult ?? {}, consumed };
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
        bytes: await takeBytes(InterfaceResult?.['Content'], count),
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
        bytes: await takeBytes(InterfaceResult?.['Content'], Number.POSITIVE_INFINITY),
      }));
      const { before, size, bytes } = consumed;
      if (size !== undefined && before + bytes.length === size) return { before, size, bytes };
      throw withoutSize();
    },
  };
}

function withoutSize(): CloudError {
  const { name } = OBS_OPERATIONS.getObject;
  return unusableAnswer('OBS', name, 'no_size', 'the answer does not say how large the object is');
}

/** Of the whole object: a part of it says after a slash how much there is, and a server that sends everything says how much that is. */
function sizeOf(headers: IncomingHttpHeaders): number | undefined {
  const [, total = headers['content-length']] = /^bytes \d+-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
  return total !== undefined && /^\d+$/.test(total) ? Number(total) : undefined;
}

function identityOf(headers: IncomingHttpHeaders): Omit<ObjectIdentity, 'size'> {
  const { etag, 'last-modified': modified = '' } = headers;
  const versionId = textOf(headers['x-obs-version-id'] ?? headers['x-amz-version-id']);
  const modifiedMs = Date.parse(modified);
  return withoutAbsent({
    eTag: textOf(etag?.replace(/^"|"$/g, '')),
    // As in an event, where an id that ends so is that of an object without versions.
    versionId: versionId?.endsWith('null') ? undefined : versionId,
    lastModified: Number.isNaN(modifiedMs) ? undefined : new Date(modifiedMs).toISOString(),
  });
}

/** What is no stream has no bytes: the SDK gives none for a refusal. */
async function takeBytes(stream: unknown, bytes: number): Promise<Buffer> {
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

/** Ends the request when time is up. The SDK's own limit starts again with each byte, and leaves the request open when it is over. */
function makeDeadline(timeoutMs: number) {
  let request: ClientRequest | undefined;
  let over = false;
  let connected = false;
  let failure: Error | undefined;
  let headers: IncomingHttpHeaders = {};
  const timer = setTimeout(() => {
    over = true;
    request?.destroy(new Error('out of time'));
  }, timeoutMs);
  // The SDK listens to the first error only, and may wrap it in one without a code.
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
    /** May anything of the request have reached OBS? */
    maySent: () => connected,
    /** Was it lost in a connection that was kept, and closed on the other side? */
    wasClosing: (code: string) => request?.reusedSocket === true && CLOSED.has(code),
    failure: () => failure,
    /** Of the answer: the SDK does not hand on all of them. */
    headers: () => headers,
    end: () => clearTimeout(timer),
  };
}
