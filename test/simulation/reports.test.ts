import type { Jobs } from '../../lib/jobs/job.ts';
import type { RunRecord } from '../../lib/runs/ledger/run-record.ts';
import { jobsOf, landed } from './jobs.ts';
import { type Crash, Simulation } from './simulation.ts';

const MINUTE = 60_000;
const TOPIC = 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:migrations';
const OTHER_TOPIC = 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:others';

async function reportedJobs(): Promise<Jobs> {
  return jobsOf(`
  import-a:
    on: { object_created: { bucket: backups, key: "a/**" } }
    preflight: off
    notify: { smn: "${TOPIC}", on: [started, succeeded, failed, stuck, parked, missed] }
    backup_import: { target_instance: cache-a }
  import-b:
    on: { object_created: { bucket: backups, key: "b/**" } }
    preflight: off
    notify: { smn: "${OTHER_TOPIC}", on: [succeeded, failed] }
    backup_import: { target_instance: cache-b }
  import-c:
    on: { object_created: { bucket: backups, key: "c/**" } }
    preflight: off
    notify: { smn: "${TOPIC}", on: [failed] }
    backup_import: { target_instance: cache-b, description: "{{ object.version }}" }
`);
}

const idsOf = (simulation: Simulation) =>
  simulation.smn.published.map(({ message }) => /^Report: (\S+);/mu.exec(message)?.[1]?.replace(/^\w+-/u, ''));

async function notified(simulation: Simulation): Promise<string[]> {
  const runs = await simulation.store.list('runs/', { limit: 100 });
  const texts = await Promise.all(runs.map(({ name }) => simulation.store.read(name)));
  const records = texts.flatMap(({ text }) => text.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : [])));
  return (records as RunRecord[]).flatMap((record) => (record.type === 'notified' ? [record.event] : []));
}

describe('reports of a run', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await reportedJobs();
  });

  function simulationOf(): Simulation {
    return new Simulation({ jobs });
  }

  it('go out once each, and only then is the run closed', async () => {
    const simulation = simulationOf();
    await simulation.deliver(jobs, 'import-a', landed('a/dump.rdb'));
    expect(idsOf(simulation)).toEqual([]);

    expect(await simulation.settle()).toBe(0);
    await simulation.reconcile();

    expect(idsOf(simulation)).toEqual(['started', 'succeeded']);
    expect(await notified(simulation)).toEqual(['started', 'succeeded']);
  });

  it('go out for what the job asks for and nothing else', async () => {
    const simulation = simulationOf();
    await simulation.deliver(jobs, 'import-b', landed('b/dump.rdb'));

    await simulation.settle();

    expect(idsOf(simulation)).toEqual(['succeeded']);
    expect(simulation.smn.published.map(({ topic }) => topic)).toEqual([OTHER_TOPIC]);
  });

  it('go out as the job asked when the run began, though it is gone from the jobs file', async () => {
    const simulation = simulationOf();
    await simulation.deliver(jobs, 'import-a', landed('a/dump.rdb'));
    simulation.jobs = { ...jobs, jobs: new Map() };

    await simulation.settle();

    expect(idsOf(simulation)).toEqual(['started', 'succeeded']);
  });

  it('go out for a run that could not even be planned', async () => {
    const simulation = simulationOf();
    const { value } = await simulation.deliver(jobs, 'import-c', landed('c/dump.rdb'));
    expect(value?.outcome).toBe('rejected');

    expect(await simulation.settle()).toBe(0);

    expect(idsOf(simulation)).toEqual(['failed']);
  });

  it('are tried again, while the run goes on as if nothing were wrong', async () => {
    const simulation = simulationOf();
    simulation.smn.failing = 4;
    await simulation.deliver(jobs, 'import-a', landed('a/dump.rdb'));

    expect(await simulation.settle()).toBe(0);

    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(idsOf(simulation)).toEqual(['started', 'succeeded']);
  });

  it('are given up a day after the run was settled', async () => {
    const simulation = simulationOf();
    simulation.smn.failing = 1_000_000;
    await simulation.deliver(jobs, 'import-a', landed('a/dump.rdb'));
    expect(await simulation.settle(12 * 24)).toBe(1);

    expect(await simulation.settle(6)).toBe(0);

    expect(simulation.lines.filter((line) => line.includes('a report could not be sent for a day'))).toHaveLength(1);
    expect(await notified(simulation)).toEqual([]);
  });

  it('of another topic go out though one topic fails', async () => {
    const simulation = simulationOf();
    for (let i = 0; i < 6; i++) await simulation.deliver(jobs, 'import-a', landed(`a/${i}.rdb`));
    await simulation.deliver(jobs, 'import-b', landed('b/dump.rdb'));
    simulation.advance(11 * MINUTE);
    simulation.smn.failing = 1;

    await simulation.reconcile();

    expect(simulation.smn.published.map(({ topic }) => topic)).toContain(OTHER_TOPIC);
  });

  it('of a topic that fails are tried three times in a tick, however many there are', async () => {
    const simulation = simulationOf();
    for (let i = 0; i < 6; i++) await simulation.deliver(jobs, 'import-c', landed(`c/${i}.rdb`));
    simulation.smn.failing = 1_000;

    await simulation.reconcile();

    expect(simulation.smn.calls).toBe(3);
  });

  it('go out at least once with one id, and are recorded once, wherever reconcile is killed', async () => {
    const run = async (crash?: Crash): Promise<number> => {
      const simulation = simulationOf();
      await simulation.deliver(jobs, 'import-a', landed('a/dump.rdb'));
      simulation.advance(11 * MINUTE);
      const { calls } = await simulation.reconcile(crash ? { crash } : {});
      const open = await simulation.settle();
      const at = crash ? `killed ${crash.effect} call ${crash.at}` : 'not killed';
      expect({ at, open, tasks: simulation.cloud.tasks.length }).toEqual({ at, open: 0, tasks: 1 });
      expect({ at, ids: [...new Set(idsOf(simulation))].sort() }).toEqual({ at, ids: ['started', 'succeeded'] });
      expect({ at, notified: (await notified(simulation)).sort() }).toEqual({ at, notified: ['started', 'succeeded'] });
      return calls;
    };

    const calls = await run();
    for (let at = 1; at <= calls; at++) {
      await run({ at, effect: 'before' });
      await run({ at, effect: 'after' });
    }
    expect(calls).toBeGreaterThan(10);
  });

  it('are recorded once when two ticks send them at once', async () => {
    const simulation = simulationOf();
    await simulation.deliver(jobs, 'import-a', landed('a/dump.rdb'));
    simulation.advance(11 * MINUTE);

    await Promise.all([simulation.reconcile(), simulation.reconcile()]);
    await simulation.settle();

    expect((await notified(simulation)).sort()).toEqual(['started', 'succeeded']);
  });
});
