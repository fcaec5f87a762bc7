import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { CloudCode, KnownCode } from '../../kernel/codes.ts';
import { asCloudCode } from './cloud-code.ts';

/** The longest documented list page is far below it; what is longer is no answer of these services. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Kept for the life of the process, so that calls of later invocations find an open connection. They hold sockets and TLS sessions;
 * nothing of a request stays with them.
 */
const keptHttp = new HttpAgent({ keepAlive: true });
const keptHttps = new HttpsAgent({ keepAlive: true });
/** A connection of its own for each call; with TLS it resumes the session of an earlier one, which saves the check of the certificates. */
const freshHttp = new HttpAgent();
const freshHttps = new HttpsAgent();

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * May it go out on a connection that was opened for an earlier call? The service may be closing that one at the same moment, or
   * have closed it while the instance was frozen; then nobody can say whether the request was read.
   */
  readonly onKeptConnection: boolean;
  /** Until TCP and TLS are up. */
  readonly connectTimeoutMs: number;
  /** Until the last byte of the answer is here. */
  readonly totalTimeoutMs: number;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Why the body is not whole; absent when it is. */
  readonly cut?: CloudCode;
}

/** No answer came. */
export class TransportError extends Error {
  readonly code: KnownCode;
  /** May anything of the request have reached the service? False while the connection was not up. */
  readonly maySent: boolean;

  constructor(code: KnownCode, maySent: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.code = code;
    this.maySent = maySent;
  }
}

/** Sends a request, one time. @throws {TransportError} when no status came */
export type Send = (request: OutgoingRequest) => Promise<RawAnswer>;

/**
 * Sends one HTTP request, one time. Redirects are not followed, proxy variables not read, certificates always verified.
 *
 * @throws {TransportError} when no status came: a network error, or a time limit (`ETIMEDOUT`)
 */
export function sendOnce(request: OutgoingRequest): Promise<RawAnswer> {
  const url = new URL(request.url);
  const secure = url.protocol === 'https:';

  return new Promise((resolve, reject) => {
    let connected = false;
    let done = false;
    let answer: IncomingMessage | undefined;
    const parts: Buffer[] = [];

    const finish = (cut?: CloudCode) => {
      if (done || !answer) return;
      done = true;
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      const body = Buffer.concat(parts);
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, ...(cut === undefined ? {} : { cut }) });
    };
    const fail = (code: CloudCode, message: string, cause?: unknown) => {
      if (answer) return finish(code);
      if (done) return;
      done = true;
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      reject(new TransportError(code, connected, message, { cause }));
    };
    const giveUp = (code: CloudCode, message: string) => {
      fail(code, message);
      outgoing.destroy();
    };
    const connectTimer = setTimeout(() => {
      if (!connected) giveUp('ETIMEDOUT', `no connection within ${request.connectTimeoutMs} ms`);
    }, request.connectTimeoutMs);
    const totalTimer = setTimeout(
      () => giveUp('ETIMEDOUT', `no whole answer within ${request.totalTimeoutMs} ms`),
      request.totalTimeoutMs,
    );

    const length = request.body === undefined ? undefined : Buffer.byteLength(request.body);
    // Node gives the body of a DELETE no length, and then the other side takes it for the beginning of a second request.
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
      // Node names the header in its message, never the value.
      fail(codeOf(error), 'the request could not be written', error);
      return;
    }
    outgoing.on('socket', (socket) => {
      if (outgoing.reusedSocket) {
        connected = true;
        return;
      }
      // Bytes wait in the socket until this event; a failed handshake never comes to it.
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    outgoing.on('error', (error) => fail(codeOf(error), error.message, error));
    outgoing.on('response', (incoming) => {
      answer = incoming;
      let bytes = 0;
      incoming.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > MAX_ANSWER_BYTES) return giveUp('ANSWER_TOO_LARGE', '');
        parts.push(part);
      });
      incoming.on('error', (error) => finish(codeOf(error)));
      incoming.on('end', () => finish(incoming.complete ? undefined : 'ECONNRESET'));
      incoming.on('close', () => finish('ECONNRESET'));
    });
    outgoing.end(request.body);
  });
}

function codeOf(error: unknown): CloudCode {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? asCloudCode(code) : 'ENETWORK';
}
