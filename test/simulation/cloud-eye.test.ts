import type { Jobs } from '../../lib/jobs/job.ts';
import { CloudError } from '../../lib/kernel/errors.ts';
import { pause } from '../../lib/runs/ledger/pauses.ts';
import { parkRun } from '../../lib/runs/operate/park-run.ts';
import { jobsOf, landed, nameOf } from './jobs.ts';
import { type InvocationOptions, Simulation } from './simulation.ts';

const MINUTE = 60_000;

function watchedJobs(more = 'cloud_eye: { namespace: MIGRATIONS.PROD }'): Promise<Jobs> {
  return jobsOf(
    `
  import-a:
    on: { object_created: { bucket: backups, key: "a/**" } }
    preflight: off
    backup_import: { target_instance: cache-a }
  import-b:
    on: { object_created: { bucket: backups, key: "b/**" } }
    preflight: off
    deadline: 10m
    backup_import: { target_instance: cache-b }
  import-c:
    on: { object_created: { bucket: backups, key: "c/**" } }
    preflight: off
    backup_import: { target_instance: cache-b, description: "{{ object.version }}" }
`,
    (yaml) => yaml.replace('settle_seconds: 60', `settle_seconds: 60\n${more}`),
  );
}

/** The values of the newest point of each metric. */
function metricsOf({ ces }: Simulation): Record<string, number> {
  return Object.fromEntries(ces.points.map(({ name, value }) => [name, value]));
}

const eventsOf = ({ ces }: Simulation) => ces.events.map(({ name, resourceName }) => `${name} ${resourceName}`);

const REFUSED = new CloudError({
  service: 'DCS',
  operation: 'CreateMigrationTask',
  outcome: 'rejected',
  temporary: false,
  status: 403,
  cloudCode: 'DCS.2007',
});

/** What reading a secret throws when DEW responds with this status. */
const secretUnavailable = (status: number) =>
  new CloudError({
    service: 'CSMS',
    operation: 'ShowSecretVersion',
    outcome: 'not_sent',
    temporary: false,
    status,
    cloudCode: 'secret_unavailable',
  });

describe('Cloud Eye', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await watchedJobs();
  });

  async function ticks(simulation: Simulation, count: number, options: InvocationOptions = {}): Promise<void> {
    for (let i = 0; i < count; i++) {
      simulation.advance(5 * MINUTE);
      await simulation.reconcile(options);
    }
  }

  it('gets what each delivery made, from the invocation that handled it', async () => {
    const simulation = new Simulation({ jobs });

    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    expect(metricsOf(simulation)).toEqual({ runs_received: 1, runs_created: 1 });
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    await simulation.deliver(jobs, 'import-c', landed('c/one.rdb'));
    await simulation.deliver(jobs, 'import-a', landed('a/two.rdb', 1));

    const sums: Record<string, number> = {};
    for (const { name, value } of simulation.ces.points) sums[name] = (sums[name] ?? 0) + value;
    expect(sums).toEqual({ runs_received: 4, runs_created: 1, runs_existing: 1, runs_rejected: 1 });
    expect(simulation.ces.points[0]).toMatchObject({
      namespace: 'MIGRATIONS.PROD',
      dimensions: { stage: 'prod' },
      unit: 'count',
    });
  });

  it('gets what a tick found, and that it ran', async () => {
    const simulation = new Simulation({ jobs });
    await simulation.reconcile();
    expect(metricsOf(simulation)).toEqual({
      ticks: 1,
      runs_open: 0,
      runs_waiting: 0,
      runs_unknown: 0,
      runs_parked: 0,
      tasks_under_way: 0,
      runs_left: 0,
      oldest_open_run_age: 0,
    });
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    await simulation.deliver(jobs, 'import-a', landed('a/two.rdb', 1));
    await simulation.deliver(jobs, 'import-a', landed('a/three.rdb', 2));
    await pause(simulation.ledger(), 'import-b');
    await simulation.deliver(jobs, 'import-b', landed('b/one.rdb'));
    simulation.advance(3 * MINUTE);
    const { job, run } = nameOf('import-a', landed('a/three.rdb', 2));
    await parkRun(simulation.ledger(), { job, run }, 'why');
    await simulation.reconcile();

    expect(metricsOf(simulation)).toMatchObject({
      runs_open: 4,
      runs_waiting: 2,
      runs_unknown: 0,
      runs_parked: 1,
      tasks_under_way: 1,
      runs_left: 0,
      oldest_open_run_age: 180,
    });
  });

  it('is not told of a tick that failed', async () => {
    const simulation = new Simulation({ jobs });
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    simulation.ces.points.length = 0;

    await simulation
      .reconcile({
        turn: async (what) => {
          if (what.startsWith('ledger.list open')) throw new Error('a bug');
        },
      })
      .catch(() => undefined);

    expect(simulation.ces.points.map(({ name }) => name)).not.toContain('ticks');
  });

  it('gets a task that failed, and a run that was refused when it arrived, once', async () => {
    const simulation = new Simulation({ jobs });
    await simulation.deliver(jobs, 'import-c', landed('c/one.rdb'));
    await simulation.deliver(jobs, 'import-c', landed('c/one.rdb'));
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    simulation.cloud.statuses.set('task-1', 'FAILED');

    await ticks(simulation, 4);

    expect(eventsOf(simulation)).toEqual(['run_failed import-c', 'run_failed import-a']);
    expect(simulation.ces.events[0]).toMatchObject({
      state: 'incident',
      level: 'Major',
      resourceId: nameOf('import-c', landed('c/one.rdb')).run,
      content: expect.stringContaining('missing_value'),
    });
  });

  it('gets a task that is stuck, once, whatever the tick that noticed it was killed at', async () => {
    const play = async (at: number): Promise<number> => {
      const simulation = new Simulation({ jobs });
      await simulation.deliver(jobs, 'import-b', landed('b/one.rdb'));
      simulation.cloud.statuses.set('task-1', 'MIGRATING');
      await ticks(simulation, 1);
      simulation.advance(6 * MINUTE);
      const { calls } = await simulation.reconcile(at === 0 ? {} : { crash: { at, effect: 'after' } });
      await ticks(simulation, 4);
      expect({ at, events: eventsOf(simulation) }).toEqual({ at, events: ['run_stuck import-b'] });
      return calls;
    };
    const calls = await play(0);
    for (let at = 1; at <= calls; at++) await play(at);
  });

  it('gets a missing right once, a run that waits in the rhythm of the reports, and that it is parked', async () => {
    const simulation = new Simulation({ jobs });
    const turn = async (what: string) => {
      if (what.startsWith('dcs.createMigrationTask')) throw REFUSED;
    };
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'), { turn });
    expect(eventsOf(simulation)).toEqual(['rights_refused import-a']);

    await ticks(simulation, 12 * 14, { turn });

    expect(eventsOf(simulation)).toEqual([
      'rights_refused import-a',
      'run_waiting import-a',
      'run_waiting import-a',
      'run_parked import-a',
    ]);
    expect(simulation.ces.events[0]?.level).toBe('Critical');
  });

  it('gets a secret that DEW refuses as a missing right, once, and not one that DEW only lacks', async () => {
    const simulation = new Simulation({ jobs });
    let status = 404;
    const turn = async (what: string) => {
      if (what.startsWith('dcs.createMigrationTask')) throw secretUnavailable(status);
    };
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'), { turn });
    await ticks(simulation, 1, { turn });
    expect(eventsOf(simulation)).toEqual([]);

    status = 403;
    await ticks(simulation, 3, { turn });

    expect(eventsOf(simulation)).toEqual(['rights_refused import-a']);
    expect(simulation.ces.events[0]?.content).toContain('403');
  });

  it('gets a run that waited through an outage of reconcile at the first tick after it', async () => {
    const simulation = new Simulation({ jobs });
    await simulation.reconcile();
    await pause(simulation.ledger(), 'import-a');
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    simulation.advance(10 * 60 * MINUTE);

    await simulation.reconcile();

    expect(eventsOf(simulation)).toEqual(['run_waiting import-a']);
    // Cloud Eye takes no older event.
    expect(simulation.now - (simulation.ces.events[0]?.at ?? 0)).toBeLessThan(60 * MINUTE);
    await ticks(simulation, 6);
    expect(eventsOf(simulation)).toHaveLength(1);
  });

  it('gets what a sweep found without a notification', async () => {
    const swept = await watchedJobs();
    const job = swept.jobs.get('import-a');
    if (!job) throw new Error('no job');
    const withSweep: Jobs = {
      ...swept,
      jobs: new Map([['import-a', { ...job, sweep: { everyMs: 10 * MINUTE, lookBackMs: 60 * MINUTE } }]]),
    };
    const simulation = new Simulation({ jobs: withSweep });
    await ticks(simulation, 3);
    simulation.put('a/one.rdb');
    simulation.put('a/two.rdb');
    await ticks(simulation, 6);

    expect(eventsOf(simulation)).toEqual(['objects_missed import-a']);
    expect(simulation.ces.events[0]?.content).toBe(
      'obs://backups/a/one.rdb and 1 more had no run: no notification arrived, or the function failed; the runs are started',
    );
  });

  it('without the right: one warning per invocation, and everything else as without cloud_eye', async () => {
    const play = async (file: Jobs, isForbidden: boolean) => {
      const simulation = new Simulation({ jobs: file });
      simulation.ces.isForbidden = isForbidden;
      const requests: string[] = [];
      const turn = async (what: string) => {
        if (!what.startsWith('ces.')) requests.push(what.replace(/[0-9a-f]{8,}/g, 'x'));
      };
      const { value } = await simulation.deliver(file, 'import-a', landed('a/one.rdb'), { turn });
      simulation.advance(5 * MINUTE);
      await simulation.reconcile({ turn });
      const warnings = simulation.lines.filter((line) => line.includes('Cloud Eye could not be told'));
      return { value, requests, warnings: warnings.length };
    };
    const without = await play(await watchedJobs(''), false);

    const refused = await play(jobs, true);

    expect(refused).toEqual({ ...without, warnings: 2 });
    expect(without.warnings).toBe(0);
  });

  it('that does not respond holds up an invocation for two seconds at most', async () => {
    const simulation = new Simulation({ jobs });
    simulation.ces.hangs = true;

    const { value } = await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));

    expect(value?.outcome).toBe('created');
    expect(simulation.lines.some((line) => line.includes('no response within 2000 ms'))).toBe(true);
  });

  it('is not called without cloud_eye', async () => {
    const without = await watchedJobs('');
    const simulation = new Simulation({ jobs: without });
    await simulation.deliver(without, 'import-a', landed('a/one.rdb'));
    await simulation.reconcile();

    expect(simulation.ces.calls).toBe(0);
  });
});
