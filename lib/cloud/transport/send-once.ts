import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { CloudCode, KnownCode } from '../../kernel/codes.ts';
import { asCloudCode } from './cloud-code.ts';

/** The longest documented list page is far smaller; anything larger is not a response of these services. */
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

/**
 * Kept for the lifetime of the process, so that later invocations find an open connection. They hold sockets and TLS sessions, but nothing from
 * requests.
 */
const keptHttp = new HttpAgent({ keepAlive: true });
const keptHttps = new HttpsAgent({ keepAlive: true });
/** A new connection for each call; with TLS it resumes an earlier session, which saves verifying the certificates. */
const freshHttp = new HttpAgent();
const freshHttps = new HttpsAgent();

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Whether it may use a connection that was opened for an earlier call. The service may be closing that connection at the same moment, or
   * have closed it while the instance was frozen; it is then unknown whether the request was read.
   */
  readonly onKeptConnection: boolean;
  /** Until TCP and TLS are established. */
  readonly connectTimeoutMs: number;
  /** Until the last byte of the response has arrived. */
  readonly totalTimeoutMs: number;
  /** Nothing is sent after this time, ms since 1970: the process may have been frozen since the call was allowed. */
  readonly sendBefore: number;
  /** Ends the wait: `ECANCELED`. */
  readonly signal?: AbortSignal;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Why the body is incomplete; absent when it is complete. */
  readonly cut?: CloudCode;
}

/** No response was received. */
export class TransportError extends Error {
  readonly code: KnownCode;
  /** Whether any part of the request may have reached the service. False if the connection was not established. */
  readonly mayHaveBeenSent: boolean;

  constructor(code: KnownCode, mayHaveBeenSent: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.code = code;
    this.mayHaveBeenSent = mayHaveBeenSent;
  }
}

/** Sends a request once. @throws {TransportError} when no status was received */
export type Send = (request: OutgoingRequest) => Promise<RawResponse>;

/**
 * Sends an HTTP request once. Redirects are not followed, proxy variables are ignored, certificates are always verified.
 *
 * @throws {TransportError} when no status was received: a network error or a timeout (`ETIMEDOUT`)
 */
export function sendOnce(request: OutgoingRequest): Promise<RawResponse> {
  const url = new URL(request.url);
  const secure = url.protocol === 'https:';

  return new Promise((resolve, reject) => {
    let connected = false;
    let done = false;
    let response: IncomingMessage | undefined;
    const parts: Buffer[] = [];

    const finish = (cut?: CloudCode) => {
      if (done || !response) return;
      done = true;
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      const body = Buffer.concat(parts);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body,
        ...(cut === undefined ? {} : { cut }),
      });
    };
    const fail = (code: CloudCode, message: string, cause?: unknown) => {
      if (response) return finish(code);
      if (done) return;
      done = true;
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      reject(new TransportError(code, connected, message, { cause }));
    };
    const abort = (code: CloudCode, message: string) => {
      fail(code, message);
      outgoing.destroy();
    };
    const connectTimer = setTimeout(() => {
      if (!connected) abort('ETIMEDOUT', `no connection within ${request.connectTimeoutMs} ms`);
    }, request.connectTimeoutMs);
    const totalTimer = setTimeout(
      () => abort('ETIMEDOUT', `no complete response within ${request.totalTimeoutMs} ms`),
      request.totalTimeoutMs,
    );

    const length = request.body === undefined ? undefined : Buffer.byteLength(request.body);
    // Node sets no length for the body of a DELETE; the server would read the body as the start of a second request.
    const headers = { ...request.headers, ...(length !== undefined && { 'content-length': length }) };
    const options = { method: request.method, headers };
    let outgoing: ReturnType<typeof requestHttp>;
    try {
      outgoing = secure
        ? requestHttps(url, {
            ...options,
            agent: request.onKeptConnection ? keptHttps : freshHttps,
            rejectUnauthorized: true,
          })
        : requestHttp(url, { ...options, agent: request.onKeptConnection ? keptHttp : freshHttp });
    } catch (error) {
      // Node's message contains the name of the header, never the value.
      fail(codeOf(error), 'the request could not be created', error);
      return;
    }
    const cancel = () => abort('ECANCELED', 'canceled');
    request.signal?.addEventListener('abort', cancel, { once: true });
    if (request.signal?.aborted) cancel();
    outgoing.on('socket', (socket) => {
      const sendNow = () => {
        if (Date.now() >= request.sendBefore)
          return abort('ETIMEDOUT', 'the time to send it was over when the connection was open');
        connected = true;
        outgoing.end(request.body);
      };
      if (outgoing.reusedSocket) return sendNow();
      // Nothing is written before this event, which a failed handshake never reaches.
      socket.once(secure ? 'secureConnect' : 'connect', sendNow);
    });
    outgoing.on('error', (error) => fail(codeOf(error), error.message, error));
    outgoing.on('response', (incoming) => {
      response = incoming;
      let bytes = 0;
      incoming.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > MAX_RESPONSE_BYTES) return abort('ANSWER_TOO_LARGE', '');
        parts.push(part);
      });
      incoming.on('error', (error) => finish(codeOf(error)));
      incoming.on('end', () => finish(incoming.complete ? undefined : 'ECONNRESET'));
      incoming.on('close', () => finish('ECONNRESET'));
    });
  });
}

function codeOf(error: unknown): CloudCode {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? asCloudCode(code) : 'ENETWORK';
}
