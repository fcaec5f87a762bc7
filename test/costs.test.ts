import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectTrigger } from '../lib/events/trigger.ts';
import type { Jobs } from '../lib/jobs/job.ts';
import { SMALL_RDB } from './fixtures/rdb.ts';
import { landed, simulationJobs, ticked } from './simulation/jobs.ts';
import { countRounds } from './simulation/rounds.ts';
import { Simulation } from './simulation/simulation.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/limits-and-costs.md'), 'utf8');
const MINUTE = 60_000;

/** Requests to the ledger (`get`, `append`, `put`, `delete`, `list`), to the services (`api`), and to the bucket with the files. */
type Calls = Readonly<Record<string, number>>;

/** The request behind each method of a store: each sends one (lib/cloud/obs/obs-ledger-store.ts). */
const REQUESTS: Readonly<Record<string, string>> = {
  'ledger.read': 'get',
  'ledger.tail': 'get',
  'ledger.get': 'get',
  'ledger.append': 'append',
  'ledger.put': 'put',
  'ledger.remove': 'delete',
  'ledger.list': 'list',
};

async function callsOf(work: (turn: (what: string) => Promise<void>) => Promise<unknown>): Promise<Calls> {
  const calls: Record<string, number> = {};
  await work(async (what) => {
    const method = what.split(' ')[0] ?? '';
    const name = REQUESTS[method] ?? (method.startsWith('obs.') ? 'files' : 'api');
    calls[name] = (calls[name] ?? 0) + 1;
  });
  return calls;
}

/** The row with that title in the page's table, as numbers. */
function shown(title: string): Calls {
  const line = PAGE.split('\n').find((row) => row.startsWith(`| ${title} |`)) ?? '';
  const [get, append, put, remove, list, api, files] = line.split('|').slice(2, 9).map(Number);
  const counts = Object.entries({ get, append, put, delete: remove, list, api, files });
  return Object.fromEntries(counts.filter(([, count]) => count)) as Calls;
}

describe('docs/limits-and-costs.md says how many requests are made for', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await simulationJobs();
  });

  /** `reconcile` was there before: a ledger is empty only once. */
  const ticking = async () => {
    const simulation = new Simulation({ jobs });
    await simulation.reconcile();
    return simulation;
  };

  const started = async () => {
    const simulation = await ticking();
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    return simulation;
  };

  it('a run that starts', async () => {
    const simulation = await ticking();
    const object = simulation.obs.put('backups', 'a/one.rdb', SMALL_RDB, '2026-03-14T11:00:00Z');
    const calls = await callsOf((turn) => simulation.deliver(jobs, 'import-a', object, { turn }));

    expect(calls).toEqual(shown('a run that starts, for one file'));
  });

  it('the same event again', async () => {
    const simulation = await started();
    const calls = await callsOf((turn) => simulation.deliver(jobs, 'import-a', landed('a/one.rdb'), { turn }));

    expect(calls).toEqual(shown('the same event again'));
  });

  it('a run that waits for its target', async () => {
    const simulation = await started();
    const calls = await callsOf((turn) => simulation.deliver(jobs, 'import-a', landed('a/two.rdb', 1), { turn }));

    expect(calls).toEqual(shown('a run that waits for its target'));
  });

  it('ten objects of one event for one target', async () => {
    const simulation = await ticking();
    const objects = Array.from({ length: 10 }, (_, i) => {
      simulation.advance(1_000);
      return simulation.obs.put('backups', `a/${i}.rdb`, SMALL_RDB, new Date(simulation.now).toISOString());
    });
    const calls = await callsOf((turn) => simulation.notify(objects, { turn }));

    expect(calls).toEqual(shown('ten objects of one event for one target'));
  });

  it('a run behind one that has just ended', async () => {
    const simulation = await started();
    simulation.advance(10 * MINUTE);
    const object = simulation.obs.put('backups', 'a/two.rdb', SMALL_RDB, '2026-03-14T11:01:00Z');
    const calls = await callsOf((turn) => simulation.deliver(jobs, 'import-a', object, { turn }));

    expect(calls).toEqual(shown('a run behind one that has just ended'));
  });

  it('a tick with nothing open', async () => {
    const simulation = new Simulation();
    await simulation.reconcile();
    const calls = await callsOf((turn) => simulation.reconcile({ turn }));

    expect(calls).toEqual(shown('a tick with nothing open'));
  });

  it('a tick with one import under way, and with two', async () => {
    const simulation = await started();
    simulation.advance(MINUTE);
    const one = await callsOf((turn) => simulation.reconcile({ turn }));
    await simulation.deliver(jobs, 'import-b', landed('b/one.rdb'));
    await simulation.reconcile();
    const two = await callsOf((turn) => simulation.reconcile({ turn }));

    expect(await simulation.openCount()).toBe(2);
    expect(one).toEqual(shown('a tick with one import under way'));
    expect(two).toEqual(shown('a tick with two imports under way'));
  });

  it('an incomplete set', async () => {
    const withSet = await simulationJobs((yaml) =>
      yaml.replace('key: "b/**" }', 'key: "b/**", set: { by: "b/{set}/", complete: { count: 3 } } }'),
    );
    const simulation = new Simulation({ jobs: withSet });
    await simulation.reconcile();
    const object = await callsOf((turn) => simulation.notify([landed('b/x/one.rdb')], { turn }));
    const tick = await callsOf((turn) => simulation.reconcile({ turn }));

    expect(object).toEqual(shown('an object of an incomplete set'));
    expect(tick).toEqual(shown('a tick with one incomplete set'));
  });

  it('the tick that finds a task finished', async () => {
    const simulation = await started();
    simulation.advance(5 * MINUTE);
    await simulation.reconcile();
    simulation.advance(10 * MINUTE);
    const calls = await callsOf((turn) => simulation.reconcile({ turn }));

    expect(await simulation.openCount()).toBe(0);
    expect(calls).toEqual(shown('the tick that finds a task finished'));
  });

  it('creating an online migration', async () => {
    const simulation = await ticking();
    const calls = await callsOf((turn) => simulation.deliver(jobs, 'move-cache', ticked(), { turn }));

    expect(calls).toEqual(shown('creating an online migration'));
  });

  it('creating an online migration for a request', async () => {
    const onRequest = await simulationJobs((yaml) =>
      yaml.replace(/move-cache:\n {4}on: \{ schedule: \{ rate: 1d \} \}/, 'move-cache:\n    on: { request: {} }'),
    );
    const simulation = await ticking();
    const { time } = ticked();
    const trigger = { kind: 'request' as const, requestId: 'g-1', job: 'move-cache', body: {}, query: {}, time };
    const calls = await callsOf((turn) => simulation.deliver(onRequest, 'move-cache', trigger, { turn }));

    expect(calls).toEqual(shown('creating an online migration for a request'));
  });

  it('a day', () => {
    const sum = (title: string) => {
      const { api: _, files: __, ...ledger } = shown(title);
      return Object.values(ledger).reduce((all, count) => all + count, 0);
    };
    const idle = sum('a tick with nothing open');
    const run = sum('a run that starts, for one file');
    const over = sum('the tick that finds a task finished') - idle;
    const further = sum('a tick with one import under way') - idle;

    expect(PAGE).toContain(`T x ${idle}  +  N x (${run} + ${over} + w x h)`);
    expect(further).toBe(1);
    expect(PAGE).toContain(`${(288 * idle).toLocaleString('en')} requests`);
    expect(PAGE).toContain(`an hour each ${(288 * idle + 20 * (run + over + 12)).toLocaleString('en')}.`);
  });

  it('the worked example: 288 ticks, and 20 imports of 12 ticks each, which are reported', () => {
    const idle = shown('a tick with nothing open');
    const started = shown('a run that starts, for one file');
    const during = shown('a tick with one import under way');
    const ended = shown('the tick that finds a task finished');
    const perDay = (name: string) => {
      const [base = 0, first = 0, next = 0, last = 0] = [idle, started, during, ended].map((row) => row[name] ?? 0);
      return 288 * base + 20 * (first + 12 * (next - base) + (last - base));
    };
    const counts = ['get', 'append', 'put', 'delete', 'list', 'files'].map(perDay);

    expect(counts).toEqual([628, 428, 20, 20, 288, 20]);
    expect(PAGE).toContain('| 648 | 19,440 | 628 to the ledger, 20 to files |');
    // Each report is recorded with one more append.
    expect(PAGE).toContain('| 756 | 22,680 | 448 APPEND, 20 PUT, 288 LIST |');
  });
});

describe('rounds of requests, which wait for one another, all services included', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await simulationJobs();
  });

  /** A bucket with so many files for one target, each a minute newer, and a ledger that is looked after. */
  async function withFiles(count: number) {
    const simulation = new Simulation({ jobs });
    await simulation.reconcile();
    const files = Array.from({ length: count }, (_, i) => {
      const time = new Date(Date.parse('2026-03-14T11:00:00Z') + i * MINUTE).toISOString();
      return simulation.obs.put('backups', `a/${i}.rdb`, SMALL_RDB, time);
    });
    return { simulation, files };
  }

  async function roundsOf(simulation: Simulation, files: readonly ObjectTrigger[]) {
    const rounds = countRounds();
    const { value = [] } = await simulation.notify(files, { turn: rounds.turn });
    return { rounds: rounds.count, outcomes: value.map(({ outcome }) => outcome) };
  }

  it('are 8 for a new run whose target is free', async () => {
    const { simulation, files } = await withFiles(1);

    expect(await roundsOf(simulation, files)).toEqual({ rounds: 8, outcomes: ['created'] });
  });

  it('are 11 behind a run that has just ended', async () => {
    const { simulation, files } = await withFiles(2);
    await simulation.notify(files.slice(0, 1));
    simulation.advance(10 * MINUTE);

    expect(await roundsOf(simulation, files.slice(1))).toEqual({ rounds: 11, outcomes: ['created'] });
  });

  it('are 4 for a run that joins the queue', async () => {
    const { simulation, files } = await withFiles(2);
    await simulation.notify(files.slice(0, 1));

    expect(await roundsOf(simulation, files.slice(1))).toEqual({ rounds: 4, outcomes: ['waiting'] });
  });

  it('are 1 for the same event again', async () => {
    const { simulation, files } = await withFiles(1);
    await simulation.notify(files);

    expect(await roundsOf(simulation, files)).toEqual({ rounds: 1, outcomes: ['existing'] });
  });

  it('are 8 for ten objects of one event for one target', async () => {
    const { simulation, files } = await withFiles(10);
    const waiting = Array.from({ length: 9 }, () => 'waiting');

    expect(await roundsOf(simulation, files)).toEqual({ rounds: 8, outcomes: ['created', ...waiting] });
  });

  it('are 2 for a tick with nothing open', async () => {
    const { simulation } = await withFiles(0);
    const rounds = countRounds();
    await simulation.reconcile({ turn: rounds.turn });

    expect(rounds.count).toBe(2);
  });
});
