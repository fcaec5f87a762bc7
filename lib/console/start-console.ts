import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Callers, canIdentifyUsers } from '../../packages/local-cloud/src/callers.ts';
import { ROOT } from '../build/package-root.ts';
import { messageOf } from '../kernel/errors.ts';
import { plainLines } from '../kernel/plain-text.ts';
import { makeRedactor } from '../kernel/redactor.ts';
import { checkCaller } from './check-caller.ts';
import { ConsoleProblem } from './console-problem.ts';
import type { ConsoleContent, Send } from './content.ts';
import { LiveState } from './live-state.ts';
import { PageFiles } from './page-files.ts';
import { handleApi } from './routes.ts';
import { StreamHub } from './stream-hub.ts';

export interface ConsoleOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly callers: Pick<Callers, 'identify'>;
  /** Identifies callers that the kernel can't identify. */
  readonly token: string;
  /** Where people find the link with the token, after "the link". */
  readonly linkAt: string;
  /** Removed from every response, should one ever be in it. */
  readonly secrets: readonly string[];
  readonly makeContent: (send: Send) => Promise<ConsoleContent>;
}

/** A web page. */
export interface Console {
  /** Ends with a slash; if the kernel can't identify callers, followed by `#token=...`. */
  readonly url: string;
  /** Ends all streams and frees the port. */
  close(): Promise<void>;
}

/** Not relative to this file, which may be part of a program in `dist`. */
const PAGE_FOLDER = path.join(ROOT, 'lib/console/page');

/** Headers of every response. Nothing is loaded from other origins, and no other page can embed this one. */
const HEADERS = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/**
 * Serves the console on 127.0.0.1, only to the user of this process (`checkCaller`).
 *
 * @throws the system's error (`EADDRINUSE`) if the port is not available; nothing is left running in that case
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { callers, token, linkAt } = options;
  const page = await PageFiles.open(PAGE_FOLDER);
  const redact = makeRedact(options.secrets);
  const hub = new StreamHub({ redact });
  const content = await options.makeContent((name, value) => hub.send(name, value));
  const state = new LiveState(content, hub);
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  }).catch((error: unknown) => {
    state.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  // In the fragment, which browsers do not send; the page adds it to its requests.
  const proof = canIdentifyUsers() ? '' : `#token=${token}`;

  return {
    url: `http://127.0.0.1:${port}/${proof}`,
    close: async () => {
      state.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    try {
      await handle(request, response);
    } catch (error) {
      if (response.headersSent) throw error;
      const problem = asProblem(error);
      if (problem.allow !== undefined) response.setHeader('allow', problem.allow);
      sendJson(response, problem.status, problem, 'application/problem+json');
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    // The path may be anything, including `//`.
    const url = new URL(`http://127.0.0.1${request.url?.startsWith('/') ? request.url : '/'}`);
    const resource = url.pathname.startsWith('/api/') ? 'api' : 'page';
    await checkCaller(request, { callers, port, url, resource, linkAt });
    if (resource === 'page') {
      if (!isRead) throw new ConsoleProblem(405, 'Method not allowed', 'only GET is allowed here', { allow: 'GET' });
      const { type, content } = await page.read(url.pathname);
      response.writeHead(200, { 'content-type': type, 'content-length': content.length });
      response.end(request.method === 'HEAD' ? undefined : content);
      return;
    }
    if (url.pathname === '/api/stream' && request.method === 'GET') {
      await state.watch(response);
      return;
    }
    const { status, body } = await handleApi(request, url, content.routes);
    sendJson(response, status, body, 'application/json');
  }

  function sendJson(response: ServerResponse, status: number, body: unknown, type: string): void {
    response.writeHead(status, { 'content-type': type });
    response.end(`${redact(JSON.stringify(body))}\n`);
  }
}

function asProblem(error: unknown): ConsoleProblem {
  if (error instanceof ConsoleProblem) return error;
  return new ConsoleProblem(500, 'The console failed', messageOf(error), { cause: error });
}

/** Makes JSON safe to show: without secrets, and without characters that affect how the rest is displayed. */
function makeRedact(secrets: readonly string[]): (json: string) => string {
  const redactor = makeRedactor();
  for (const secret of secrets) redactor.add(secret);
  const plain = (_key: string, value: unknown) => (typeof value === 'string' ? plainLines(value) : value);
  return (json) => JSON.stringify(redactor.value(JSON.parse(json)), plain);
}
