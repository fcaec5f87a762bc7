import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { canIdentifyUsers } from '../../packages/local-cloud/src/callers.ts';
import type { Jobs } from '../jobs/job.ts';
import { messageOf } from '../kernel/errors.ts';
import { plainLines } from '../kernel/plain-text.ts';
import { makeRedactor } from '../kernel/redactor.ts';
import type { DescribedEvent } from '../local-system/describe-event.ts';
import { localSecrets } from '../local-system/local-secret.ts';
import type { LocalSystem, SystemEvent } from '../local-system/local-system.ts';
import { makeFolderStore } from '../runs/ledger/folder-store.ts';
import { makeLedger } from '../runs/ledger/ledger.ts';
import { type ApiDeps, answerApi } from './api.ts';
import { checkCaller } from './check-caller.ts';
import { ConsoleProblem } from './console-problem.ts';
import { LiveState } from './live-state.ts';
import { PageFiles } from './page-files.ts';

export interface ConsoleOptions {
  readonly system: LocalSystem;
  readonly jobs: Jobs;
  /** Where the jobs were read. */
  readonly jobsFile: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** A page that shows a local system while it runs, and lets people play with it. */
export interface Console {
  /** Ends with a slash; where the kernel does not say who asks, the token follows as `#token=...`. */
  readonly url: string;
  /** Has to be given all that happens. */
  see(event: SystemEvent, described: DescribedEvent): void;
  /** Ends all streams and frees the port. */
  close(): Promise<void>;
}

const PAGE_FOLDER = fileURLToPath(new URL('page', import.meta.url));

/** On every answer. Nothing is loaded from anywhere else, and no other page shows this one. */
const HEADERS = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/**
 * Serves the console on 127.0.0.1, to the user of the system alone (`checkCaller`).
 *
 * Nothing secret is sent: the ledger holds names of secrets only, and what functions say is redacted by them. The local secrets are taken out of
 * every answer once more, as the last line of defence.
 *
 * @throws the system's error (`EADDRINUSE`) when the port can't be had; then nothing is left running
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const { system, jobs } = options;
  const page = await PageFiles.open(PAGE_FOLDER);
  const redact = makeRedact(system, jobs);
  const ledger = makeLedger(makeFolderStore(path.join(system.stateFolder, 'ledger')), 'console', Date.now);
  const state = await LiveState.open({ system, jobs, jobsFile: options.jobsFile, ledger, redact });
  const deps: ApiDeps = { system, jobs, ledger, hasLanded: () => state.hasLanded };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  }).catch((error: unknown) => {
    state.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  // In the fragment, which no browser sends: the page puts it into its requests.
  const proof = canIdentifyUsers() ? '' : `#token=${system.keys.token}`;

  return {
    url: `http://127.0.0.1:${port}/${proof}`,
    see: (event, described) => state.see(event, described),
    close: async () => {
      state.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    try {
      await answerAny(request, response);
    } catch (error) {
      if (response.headersSent) throw error;
      const problem = asProblem(error);
      if (problem.allow !== undefined) response.setHeader('allow', problem.allow);
      sendJson(response, problem.status, problem, 'application/problem+json');
    }
  }

  async function answerAny(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    // The path may be anything, also `//`.
    const url = new URL(`http://127.0.0.1${request.url?.startsWith('/') ? request.url : '/'}`);
    const asked = url.pathname.startsWith('/api/') ? 'api' : 'page';
    await checkCaller(request, { callers: system.callers, port, url, asked });
    if (asked === 'page') {
      if (!isRead) throw new ConsoleProblem(405, 'Method not allowed', 'only GET can be asked there', { allow: 'GET' });
      const { type, content } = await page.read(url.pathname);
      response.writeHead(200, { 'content-type': type, 'content-length': content.length });
      response.end(request.method === 'HEAD' ? undefined : content);
      return;
    }
    if (url.pathname === '/api/stream' && request.method === 'GET') {
      await state.watch(response);
      return;
    }
    const { status, body } = await answerApi(request, url, deps);
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

/** Makes JSON text fit to be shown: no local secret in its values, and no character that changes how the rest is shown. */
function makeRedact({ keys }: LocalSystem, jobs: Jobs): (json: string) => string {
  const redactor = makeRedactor();
  for (const secret of [keys.secretKey, keys.securityToken, keys.token]) redactor.add(secret);
  for (const secret of localSecrets(jobs).values()) redactor.add(secret);
  const plain = (_key: string, value: unknown) => (typeof value === 'string' ? plainLines(value) : value);
  return (json) => JSON.stringify(redactor.value(JSON.parse(json)), plain);
}
