import { createHash } from 'node:crypto';
import type { RequestTrigger } from '../../../../lib/events/trigger.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { landed, simulationJobs } from '../../../simulation/jobs.ts';
import { type InvocationOptions, Simulation } from '../../../simulation/simulation.ts';

const MINUTE = 60_000;
/** Whatever waits is behind one run for the same target, or behind a budget of one in half an hour. */
const JOB = 'import-b';

function asked(n: number): RequestTrigger {
  const key = `key-${n}`;
  return {
    kind: 'request',
    requestId: `gateway-${n}`,
    idempotencyKey: key,
    contentHash: createHash('sha256').update(key).digest('hex'),
    job: JOB,
    body: { note: `n${n}` },
    query: {},
    time: new Date(Date.parse('2026-03-14T11:00:00Z') + n).toISOString(),
  };
}

describe('requests that wait', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await simulationJobs((yaml) =>
      yaml.replace(
        `key: "b/**" } }
    limit: { runs: 1, per: 30m }
    backup_import: { target_instance: cache-b }`,
        `key: "b/**" }, request: {} }
    limit: { runs: 1, per: 30m }
    backup_import: { target_instance: cache-b, description: "{{ job }}", backup_files: { file_source: self_build_obs, bucket_name: backups, files: [ { file_name: b/x.rdb } ] } }`,
      ),
    );
  });

  const ask = async (simulation: Simulation, n: number, options: InvocationOptions = {}) =>
    (await simulation.deliver(jobs, JOB, asked(n), options)).value;
  const waiting = (simulation: Simulation) => simulation.store.list('waiting-requests/', { limit: 1_000 });

  /** One has its task, and so many wait. */
  async function full(count = 100): Promise<Simulation> {
    const simulation = new Simulation({ jobs });
    for (let n = 0; n <= count; n++) await ask(simulation, n);
    return simulation;
  }

  it('are at most a hundred for each job: one more has to retry, and nothing of it is recorded', async () => {
    const simulation = await full(99);

    expect(await ask(simulation, 100)).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    const before = await simulation.ledgerText();
    expect(await ask(simulation, 101)).toMatchObject({
      outcome: 'waiting',
      reason: { code: 'too_many_waiting', message: '100 requests of this job are already waiting' },
    });
    expect(await simulation.ledgerText()).toBe(before);
  });

  it('return the same when they are repeated', async () => {
    const simulation = await full();

    expect(await ask(simulation, 0)).toMatchObject({ outcome: 'existing' });
    expect(await ask(simulation, 7)).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
  });

  it('keep no object from being taken, and are not counted with objects', async () => {
    const simulation = await full();

    for (let n = 0; n < 3; n++) {
      const { value } = await simulation.deliver(jobs, JOB, landed(`b/${n}.rdb`));
      expect(value?.reason?.code).toBe('queued');
    }

    expect(await simulation.openCount()).toBe(104);
    expect(await waiting(simulation)).toHaveLength(100);
  });

  it('have room again when one has got its task, and when one was cancelled', async () => {
    const simulation = await full();
    simulation.advance(31 * MINUTE);
    await simulation.reconcile();
    simulation.advance(MINUTE);
    await simulation.reconcile();

    expect(await ask(simulation, 101)).toMatchObject({ reason: { code: 'queued' } });
    const { run } = (await ask(simulation, 102)) ?? {};
    expect(run).toMatch(/^[0-9a-f]{32}$/);
    expect(await ask(simulation, 102)).toMatchObject({ reason: { code: 'too_many_waiting' } });
    const other = await ask(simulation, 50);
    expect(await simulation.cancel({ job: JOB, run: other?.run ?? '' })).toEqual({ end: 'cancelled' });
    expect(await ask(simulation, 102)).toMatchObject({ run, reason: { code: 'queued' } });
  });

  it('are counted with one page of names, and not at all when a request is repeated', async () => {
    const simulation = await full(3);
    const lists: string[] = [];
    const turn = async (what: string) => void (what.startsWith('ledger.list') && lists.push(what));

    await ask(simulation, 4, { turn });
    await ask(simulation, 4, { turn });

    const counting = lists.filter((what) => !/ (lanes|control)\//.test(what));
    expect(counting).toEqual([`ledger.list waiting-requests/${JOB}/`]);
  });

  it('are not blocked permanently by markers whose runs are gone', async () => {
    const simulation = new Simulation({ jobs });
    for (const n of [1, 2]) await simulation.store.put(`waiting-requests/${JOB}/${String(n).repeat(32)}`, '');
    simulation.advance(MINUTE);
    for (let n = 0; n <= 98; n++) await ask(simulation, n);
    expect(await waiting(simulation)).toHaveLength(100);

    const codes = [];
    for (let n = 200; n < 203; n++) codes.push((await ask(simulation, n))?.reason?.code);

    expect(codes).toEqual(['queued', 'queued', 'too_many_waiting']);
  });

  it('leave no marker behind when the invocation died before the first record and nobody retried', async () => {
    const simulation = new Simulation({ jobs });
    const calls: string[] = [];
    await ask(simulation, 1, { turn: async (what) => void calls.push(what) });
    const at = calls.findIndex((what) => what.startsWith('ledger.append runs/')) + 1;
    const other = new Simulation();
    other.jobs = jobs;
    await ask(other, 1, { crash: { at, effect: 'before' } });
    expect(await waiting(other)).toHaveLength(1);

    other.advance(26 * 60 * MINUTE);
    await other.reconcile();

    expect(await waiting(other)).toEqual([]);
    expect(await other.openCount()).toBe(0);
  });

  it('leave no marker when all is over, wherever the invocation died', async () => {
    for (const effect of ['before', 'after'] as const) {
      for (let at = 1; at <= 24; at++) {
        const simulation = new Simulation({ jobs });
        await ask(simulation, 1, { crash: { at, effect } });
        await simulation.reconcile();
        // As the caller does: the same key again.
        await ask(simulation, 1);
        await simulation.settle();

        expect({ at, effect, left: await waiting(simulation) }).toEqual({ at, effect, left: [] });
        expect(await simulation.openCount()).toBe(0);
      }
    }
  });
});
