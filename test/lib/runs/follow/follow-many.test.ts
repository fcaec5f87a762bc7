import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeServices } from '../../../../lib/cloud/services.ts';
import { makeLogger } from '../../../../lib/kernel/logger.ts';
import { makeRedactor } from '../../../../lib/kernel/redactor.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import { readSettings } from '../../../../lib/kernel/settings.ts';
import { reconcile } from '../../../../lib/runs/follow/reconcile.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { markOpen } from '../../../../lib/runs/ledger/open-runs.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { RUN_VERSION } from '../../../../lib/runs/ledger/run-record.ts';
import { planRun } from '../../../../lib/runs/start/start-run.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { followedJobs } from '../../../simulation/followed-jobs.ts';
import { ticked } from '../../../simulation/jobs.ts';

interface Row {
  readonly id: string;
  readonly status: string;
}

/** Lists of tasks as both services page them, and figures; counts the requests. */
class ManyTasks {
  readonly requests: string[] = [];
  readonly #dcs: readonly Row[];
  readonly #sms: readonly Row[];
  readonly #server = createServer(({ method, url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    this.requests.push(`${method} ${pathname.replace(/task-\d+/, 'ID')}`);
    const page = (rows: readonly Row[]) =>
      rows.slice(Number(searchParams.get('offset'))).slice(0, Number(searchParams.get('limit')));
    if (pathname.endsWith('/migration-tasks')) {
      const rows = page(this.#dcs).map(({ id, status }) => ({ task_id: id, task_name: id, status }));
      return send(response, { count: this.#dcs.length, migration_tasks: rows });
    }
    if (pathname === '/v3/tasks') {
      const rows = page(this.#sms).map(({ id, status }) => ({ id, name: id, state: status }));
      return send(response, { count: this.#sms.length, tasks: rows });
    }
    if (pathname.endsWith('/stats')) return send(response, { offset: '7', full_migration_progress: '100' });
    if (pathname.endsWith('/logs')) return send(response, { log_num: 1, migration_logs: [{ message: 'it broke' }] });
    return send(response, { id: 'task', name: 'task', state: 'RUNNING', sub_tasks: [] });
  });

  constructor(dcs: readonly Row[], sms: readonly Row[]) {
    this.#dcs = dcs;
    this.#sms = sms;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function send(response: ServerResponse, json: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

describe('a tick with 1,000 open tasks', () => {
  const PROJECT_ID = '0123456789abcdef0123456789abcdef';

  /** Runs whose tasks these are, recorded as created and set going. */
  async function tickOf(dcs: readonly Row[], sms: readonly Row[]): Promise<string[]> {
    const cloud = new ManyTasks(dcs, sms);
    const endpoint = await cloud.start();
    try {
      const jobs = await followedJobs();
      const now = Date.parse('2026-03-14T12:00:00Z');
      const ledger = makeLedger(
        makeMemoryStore(() => now),
        'test',
        () => now,
      );
      const all = [
        ...dcs.map((row) => ({ ...row, job: 'move-and-stop', call: 'configure' as const })),
        ...sms.map((row) => ({ ...row, job: 'move-web-01', call: 'start' as const })),
      ];
      for (const [i, { id, job: name, call }] of all.entries()) {
        const job = jobs.jobs.get(name);
        if (!job) throw new Error(`no job ${name}`);
        const { received, planned } = planRun({ jobs, job, trigger: { ...ticked(), name: `timer-${i}` } });
        await markOpen(ledger, name, received.run);
        const log = await openRunLog(ledger, name, received.run);
        await log.append(
          { ...ledger.stamp(), type: 'received', v: RUN_VERSION, ...received },
          { ...ledger.stamp(), type: 'created', task: { kind: planned.kind, id, name: planned.name } },
          { ...ledger.stamp(), type: 'called', call },
          { ...ledger.stamp(), type: 'notified', event: 'started', messageId: 'm' },
        );
      }
      const settings = readSettings((name) => (name.endsWith('_ENDPOINT') ? endpoint : undefined));
      const log = makeLogger({ level: 'error', redactor: makeRedactor(), fields: {}, write: () => {} });
      const services = makeServices({
        settings,
        jobs,
        region: 'ap-southeast-3',
        credentials: () => ({ accessKey: 'AKOFMANYTASKS', secretKey: new Secret('sk-of-many-tasks') }),
        projectId: () => PROJECT_ID,
        remainingMs: () => 240_000,
      });
      const { open, left } = await reconcile(
        {
          services: { ...services, smn: async () => ({ publish: async () => 'message-1' }) },
          ledger,
          secret: () => new Secret('unused'),
          remainingMs: () => 240_000,
          sleep: async () => {},
          random: () => 0.5,
          log,
        },
        { ...jobs, jobs: new Map() },
      );
      expect({ open, left }).toEqual({ open: 1_000, left: 0 });
      return cloud.requests;
    } finally {
      await cloud.stop();
    }
  }

  const rows = (count: number, from: number, status: (i: number) => string): Row[] =>
    Array.from({ length: count }, (_, i) => ({ id: `task-${from + i}`, status: status(i) }));

  it.each([
    ['half DCS, half SMS', 500, 500],
    ['DCS alone', 1_000, 0],
    ['SMS alone', 0, 1_000],
  ])('makes at most 15 calls to DCS and SMS: %s', async (what, dcs, sms) => {
    // All of DCS wait to be stopped, and some tasks of each have failed: all of them would be looked at more closely.
    const requests = await tickOf(
      rows(dcs, 0, (i) => (i % 10 === 0 ? 'FAILED' : 'INCRMIGEATING')),
      rows(sms, dcs, (i) => (i % 10 === 0 ? 'MIGRATE_FAIL' : 'RUNNING')),
    );

    process.stdout.write(`1,000 open tasks, ${what}: ${requests.length} calls\n`);
    expect(requests.length).toBeGreaterThan(5);
    expect(requests.length).toBeLessThanOrEqual(15);
    expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
  });
});
