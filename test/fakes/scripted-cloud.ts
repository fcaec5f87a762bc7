import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What the server does with one request. */
export type Script =
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  /** A JSON response whose body is cut off. */
  | { readonly cutJsonOf: number }
  /** The same, but the connection stays open. */
  | { readonly stalledJsonOf: number }
  /** The connection is reset once the request has been read. */
  | 'reset'
  /** No response, ever. */
  | 'hang';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: unknown;
  /** Is the signature valid for the keys and the request? */
  readonly signed: boolean;
  /** Was the connection used for an earlier request? */
  readonly onUsedConnection: boolean;
}

/**
 * A cloud with scripted responses, one per request, on a free port of 127.0.0.1. It verifies SDK-HMAC-SHA256 as in the API Request Signing
 * Guide (api-sign-algorithm-002), independently of the SDK.
 */
export class ScriptedCloud {
  readonly seen: SeenRequest[] = [];
  readonly #scripts: Script[] = [];
  readonly #secretKey: string;
  readonly #used = new WeakSet<Socket>();
  readonly #server = createServer((request, response) => this.#handle(request, response));

  constructor(secretKey: string) {
    this.#secretKey = secretKey;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Adds responses; each is used once, in this order. */
  respondWith(...scripts: Script[]): void {
    this.#scripts.push(...scripts);
  }

  /** Forgets the requests and the unused responses. */
  reset(): void {
    this.seen.length = 0;
    this.#scripts.length = 0;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const url = new URL(request.url ?? '', this.endpoint);
      this.seen.push({
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers as Record<string, string>,
        body: body.length > 0 ? JSON.parse(body.toString()) : undefined,
        signed: isSigned(request, url, body, this.#secretKey),
        onUsedConnection: this.#used.has(request.socket),
      });
      this.#used.add(request.socket);
      this.#act(this.#scripts.shift() ?? { status: 500, text: 'the test has no response for this' }, request, response);
    });
  }

  #act(script: Script, request: IncomingMessage, response: ServerResponse): void {
    if (script === 'hang') return;
    if (script === 'reset') {
      request.socket.resetAndDestroy();
    } else if ('cutJsonOf' in script) {
      beginJson(response, script.cutJsonOf, () => request.socket.destroy());
    } else if ('stalledJsonOf' in script) {
      beginJson(response, script.stalledJsonOf, () => {});
    } else {
      const isJson = script.json !== undefined;
      const type = isJson ? 'application/json;charset=UTF-8' : 'text/html';
      const bodyless = script.status === 204;
      response.writeHead(script.status, { ...(!bodyless && { 'content-type': type }), ...script.headers });
      response.end(bodyless ? undefined : isJson ? JSON.stringify(script.json) : script.text);
    }
  }
}

function beginJson(response: ServerResponse, status: number, then: () => void): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': '400' });
  response.write('{"id":"5f2c', then);
}

function isSigned(request: IncomingMessage, url: URL, body: Buffer, secretKey: string): boolean {
  const header = /^SDK-HMAC-SHA256 Access=\S+, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization ?? '',
  );
  if (!header) return false;
  const names = (header[1] ?? '').split(';');
  const date = String(request.headers['x-sdk-date']);
  if (!names.includes('x-sdk-date') || !/^\d{8}T\d{6}Z$/.test(date)) return false;
  const encode = (text: string) =>
    [...Buffer.from(text)]
      .map((byte) => {
        const char = String.fromCharCode(byte);
        return /[A-Za-z0-9\-_.~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');
  const path = url.pathname
    .split('/')
    .map((segment) => encode(decodeURIComponent(segment)))
    .join('/');
  const canonical = [
    request.method,
    path.endsWith('/') ? path : `${path}/`,
    [...url.searchParams]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    names.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join(''),
    names.join(';'),
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const toSign = ['SDK-HMAC-SHA256', date, createHash('sha256').update(canonical).digest('hex')].join('\n');
  return createHmac('sha256', secretKey).update(toSign).digest('hex') === header[2];
}
