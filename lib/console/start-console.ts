import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { canIdentifyUsers } from '../../packages/local-cloud/src/callers.ts';
import { ROOT } from '../build/package-root.ts';
import type { Jobs } from '../jobs/job.ts';
import { secretReferences } from '../jobs/secret-names.ts';
import { messageOf } from '../kernel/errors.ts';
import { plainLines } from '../kernel/plain-text.ts';
import { makeRedactor } from '../kernel/redactor.ts';
import type { DescribedEvent } from '../local-system/describe-event.ts';
import { localValue } from '../local-system/local-secret.ts';
import type { LocalSystem, SystemEvent } from '../local-system/local-system.ts';
import { makeFolderStore } from '../runs/ledger/folder-store.ts';
import { makeLedger } from '../runs/ledger/ledger.ts';
import { type ApiDeps, handleApi } from './api.ts';
import { checkCaller } from './check-caller.ts';
import { ConsoleProblem } from './console-problem.ts';
import { LiveState } from './live-state.ts';
import { PageFiles } from './page-files.ts';

export interface ConsoleOptions {
  readonly system: LocalSystem;
  readonly jobs: Jobs;
  /** The path of the jobs file. */
  readonly jobsFile: string;
  /** 0 for any free port. */
  readonly port: number;
}

/** A web page that shows a running local system, and lets people try things. */
export interface Console {
  /** Ends with a slash; if the kernel can't identify callers, followed by `#token=...`. */
  readonly url: string;
  /** Must be called with every event. */
  observe(event: SystemEvent, described: DescribedEvent): void;
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
 * Serves the console on 127.0.0.1, only to the user of the system (`checkCaller`).
 *
 * No secrets are sent: the ledger only has names of secrets, and functions redact their output. As a last line of defence, local secrets are
 * removed from every response again.
 *
 * @throws the system's error (`EADDRINUSE`) if the port is not available; nothing is left running in that case
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { system, jobs } = options;
  const page = await PageFiles.open(PAGE_FOLDER);
  const redact = makeRedact(system, jobs);
  const ledger = makeLedger(makeFolderStore(path.join(system.stateFolder, 'ledger')), 'console', Date.now);
  const state = await LiveState.open({ system, jobs, jobsFile: options.jobsFile, ledger, redact });
  const deps: ApiDeps = { system, jobs, ledger, hasLanded: () => state.hasLanded };
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
  const proof = canIdentifyUsers() ? '' : `#token=${system.keys.token}`;

  return {
    url: `http://127.0.0.1:${port}/${proof}`,
    observe: (event, described) => state.observe(event, described),
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
    await checkCaller(request, { callers: system.callers, port, url, resource });
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
    const { status, body } = await handleApi(request, url, deps);
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

/** Makes JSON safe to show: without local secrets, and without characters that affect how the rest is displayed. */
function makeRedact({ keys, functionKeys }: LocalSystem, jobs: Jobs): (json: string) => string {
  const redactor = makeRedactor();
  for (const secret of [
    functionKeys.secretKey,
    functionKeys.securityToken,
    keys.secretKey,
    keys.securityToken,
    keys.password,
    keys.token,
  ])
    redactor.add(secret);
  for (const reference of secretReferences(jobs)) redactor.add(localValue(reference, jobs));
  const plain = (_key: string, value: unknown) => (typeof value === 'string' ? plainLines(value) : value);
  return (json) => JSON.stringify(redactor.value(JSON.parse(json)), plain);
}
