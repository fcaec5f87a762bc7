import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { LedgerSnapshot, RunRow, StreamEvents } from '../../lib/console/wire.ts';
import type { SystemSnapshot } from '../../lib/console/wire-system.ts';

const PAGE = path.join(import.meta.dirname, '../../lib/console/page');
const TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** A scripted console server: it serves the page, and sends scripted messages on the stream. */
export class ScriptedConsole {
  snapshot: LedgerSnapshot & SystemSnapshot;
  /** Responses by method and path, such as `GET /api/faults/kinds`; 404 for all others. */
  readonly answers: Record<string, unknown> = {
    'GET /api/faults/kinds': {
      operations: ['*', 'CreateMigrationTask'],
      kinds: [
        {
          kind: 'reply_lost',
          text: 'the connection is reset after the operation has run',
          options: ['status'],
          counted: true,
        },
      ],
      situations: [],
    },
  };
  /** Sent instead of the snapshot: that of a console without a local system. */
  only: LedgerSnapshot | undefined;
  /** Of the JSON requests, as they came. */
  readonly bodies: string[] = [];
  #server: Server | undefined;
  #port = 0;
  readonly #streams = new Set<ServerResponse>();

  constructor(snapshot: Partial<LedgerSnapshot & SystemSnapshot> = {}) {
    this.snapshot = { ...EMPTY_SNAPSHOT, ...snapshot };
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** At the port that it had, if it ran before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    await new Promise<void>((resolve) => {
      server?.close(() => resolve());
      server?.closeAllConnections();
    });
    this.#streams.clear();
  }

  send<Name extends keyof StreamEvents>(name: Name, message: StreamEvents[Name]): void {
    for (const stream of this.#streams) writeMessage(stream, name, message);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    // As strict as the real one: what the page could not do there it can't do here.
    response.setHeader(
      'content-security-policy',
      "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    if (pathname === '/api/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      writeMessage(response, 'snapshot', this.only ?? this.snapshot);
      this.#streams.add(response);
      response.on('close', () => this.#streams.delete(response));
      return;
    }
    const name = pathname === '/' ? 'index.html' : pathname.slice(1);
    if (readdirSync(PAGE).includes(name)) {
      response.writeHead(200, { 'content-type': TYPES[path.extname(name)] });
      response.end(readFileSync(path.join(PAGE, name)));
      return;
    }
    if (request.headers['content-type'] === 'application/json') {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      request.on('end', () => this.bodies.push(text));
    }
    const answer = this.answers[`${request.method} ${pathname}`];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { title: 'Not found', detail: 'Nothing exists at this path.', status: 404 }));
  }
}

function writeMessage(stream: ServerResponse, name: string, message: unknown): void {
  stream.write(`event: ${name}\ndata: ${JSON.stringify(message)}\n\n`);
}

const EMPTY_SNAPSHOT: LedgerSnapshot & SystemSnapshot = {
  places: [
    {
      name: 'local',
      ledger: '.local/ledger',
      jobs: ['restore-staging'],
      allows_changes: false,
      pauses: [],
      budgets: [],
      unreadable: [],
      runs_left: 0,
    },
  ],
  system: {
    region: 'ap-southeast-3',
    project_id: '0605767a3300d5762fb7c0186d9e1779',
    started_at: '2026-03-01T10:00:00.000Z',
    cloud_url: 'http://127.0.0.1:40001',
    obs_url: 'http://127.0.0.1:40002',
    gateway_url: 'http://127.0.0.1:4310',
    buckets_folder: '.local/buckets',
    log_file: '.local/functions.log',
    clock: { now: '2026-03-01T10:00:00.000Z', rate: 1, moved: false },
    speed: 20,
    resting: false,
  },
  jobs_file: { path: 'migrations.yml', text: 'version: 1\n', problems: [], changed_since_start: false },
  jobs: [{ name: 'restore-staging', kind: 'backup_import', triggers: [], dry_run: false }],
  buckets: [
    {
      name: 'redis-backups',
      watched: [{ job: 'restore-staging', key: 'prod/**/*.rdb' }],
      sample_key: 'prod/sample.rdb',
    },
  ],
  timers: [],
  requests: [],
  runs: [],
  sets: [],
  tasks: [],
  events: [],
  faults: [],
  messages: [],
  cloud_eye: { alarms: [], metrics: [], events: [] },
};

/** The run with this number; a higher one is a newer one. */
export function makeRun(number: number, parts: Partial<RunRow> = {}): RunRow {
  const at = new Date(Date.UTC(2026, 2, 1, 10, 0, 0) + number * 1000).toISOString();
  return {
    place: 'local',
    job: 'restore-staging',
    run: number.toString(16).padStart(8, '0').padEnd(32, '0'),
    state: 'running',
    received_at: at,
    source: `redis-backups/prod/dump-${number}.rdb`,
    updated_at: at,
    ...parts,
  };
}

export function makeRuns(count: number): RunRow[] {
  return Array.from({ length: count }, (_, at) => makeRun(count - at));
}
