import type { RequestTrigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import type { RunRecord } from '../../lib/runs/ledger/run-record.ts';
import type { RunResult } from '../../lib/runs/report/run-result.ts';
import { landed, ticked } from './jobs.ts';
import { violations } from './oracle.ts';
import { type Crash, Simulation } from './simulation.ts';

const MINUTE = 60_000;
const TOPIC = 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:migrations';
const CACHE_B = 'e3d9400a-cecb-54d2-9170-400b2b2b80e6';

const online = (job: string, configure: string) => `  ${job}:
    on: { schedule: { rate: 1d } }
    preflight: off
    online_migration:
      vpc_id: v
      subnet_id: s
      security_group_id: g
      ${configure}
`;
const configure = (method: string, target: string) =>
  `configure: { migration_method: ${method}_migration, resume_mode: auto, source_instance: { addrs: "10.0.0.7:6379" }, target_instance: ${target} }`;
const FILE = 'backup_files: { file_source: self_build_obs, bucket_name: backups, files: [ { file_name: b/x.rdb } ] }';
const imported = (job: string, on: string, more = '') => `  ${job}:
    on: { ${on} }
    preflight: off
    notify: { smn: "${TOPIC}", on: [waiting, failed] }
    ${more}
    backup_import: { target_instance: cache-b, ${FILE} }
`;

async function laneJobs(): Promise<Jobs> {
  const yaml = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  cache-b: { id: ${CACHE_B} }
  same-b: { id: ${CACHE_B.replaceAll('-', '').toUpperCase()} }
jobs:
${online('move-steady', configure('incremental', 'same-b'))}
${online('move-full', configure('full_amount', `{ id: ${CACHE_B} }`))}
${online('move-unconfigured', '')}
${online('move-to-address', configure('incremental', '{ addrs: "10.0.0.8:6379" }'))}
${imported('nightly', 'schedule: { rate: 1d }')}
${imported('landed', 'object_created: { bucket: backups, key: "b/**" }').replace(`, ${FILE}`, '')}
${imported('latest', 'object_created: { bucket: backups, key: "latest/**" }', 'overlap: latest').replace(`, ${FILE}`, '')}
${imported('reject', 'object_created: { bucket: backups, key: "reject/**" }', 'overlap: reject').replace(`, ${FILE}`, '')}
${imported('asked', 'request: {}')}
`;
  return (await parseJobs(yaml, 'yaml')).jobs;
}

function asked(n: number): RequestTrigger {
  const time = new Date(Date.parse('2026-03-14T11:00:00Z') + n * MINUTE).toISOString();
  return { kind: 'request', requestId: `r-${n}`, job: 'asked', body: {}, query: {}, time };
}

const WAITING = { outcome: 'waiting', reason: { code: 'target_in_online_migration' } };

describe('an import and an online migration into one instance', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await laneJobs();
  });

  /** The online migration of this job has been configured: its full copy begins. */
  async function configured(job: string): Promise<Simulation> {
    const simulation = new Simulation({ jobs });
    await simulation.deliver(jobs, job, ticked());
    await tick(simulation, 2 * MINUTE);
    expect(simulation.cloud.configured.size).toBe(1);
    return simulation;
  }

  /** It has everything, and `reconcile` has seen that. */
  async function steady(): Promise<Simulation> {
    const simulation = await configured('move-steady');
    await tick(simulation);
    return simulation;
  }

  async function tick(simulation: Simulation, afterMs = 5 * MINUTE) {
    simulation.advance(afterMs);
    return (await simulation.reconcile()).value;
  }

  async function recordsOf(simulation: Simulation, result: RunResult | undefined): Promise<RunRecord[]> {
    const { text } = await simulation.store.read(`runs/${result?.job}/${result?.run}`);
    return text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as RunRecord] : []));
  }

  const imports = (simulation: Simulation) =>
    simulation.cloud.tasks.filter(({ operation }) => operation === 'CreateMigrationTask').length;
  const reports = (simulation: Simulation) =>
    simulation.smn.published.map(({ message }) => /^Report: \w+-([\w-]+);/mu.exec(message)?.[1]);

  async function expectSettled(simulation: Simulation, tasks: number): Promise<void> {
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.tasks).toHaveLength(tasks);
    expect(await violations(simulation, [])).toEqual([]);
  }

  it('do not run at once: the import is queued while the full copy runs, and goes on after it', async () => {
    const simulation = await configured('move-full');

    const { value } = await simulation.deliver(jobs, 'landed', landed('b/one.rdb'));

    expect(value).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    expect(imports(simulation)).toBe(0);
    await expectSettled(simulation, 2);
  });

  it('do not run at once the other way round either', async () => {
    const simulation = new Simulation();
    await simulation.deliver(jobs, 'landed', landed('b/one.rdb'));

    const { value } = await simulation.deliver(jobs, 'move-full', ticked());

    expect(value).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    await expectSettled(simulation, 2);
  });

  it('are both served: in the incremental phase the import waits outside the lane, and goes on when that is stopped', async () => {
    const simulation = await steady();

    const { value } = await simulation.deliver(jobs, 'landed', landed('b/one.rdb'));
    for (let i = 0; i < 100; i++) await tick(simulation, 15 * MINUTE);

    expect(value).toMatchObject(WAITING);
    expect(value?.reason?.message).toMatch(/^run [0-9a-f]{32} of job move-steady has the turn on dcs-e3d9400a-/);
    expect(await recordsOf(simulation, value)).not.toContainEqual(expect.objectContaining({ type: 'parked' }));
    expect(JSON.stringify(await simulation.store.read(`lanes/target/dcs-${CACHE_B}/000001`))).not.toContain('landed');
    expect(imports(simulation)).toBe(0);
    await simulation.cloud.dcsFollow.stopTask('task-1');
    await expectSettled(simulation, 2);
  });

  it('leave the queue when the full copy that they wait for becomes incremental', async () => {
    const simulation = await configured('move-steady');
    const { value } = await simulation.deliver(jobs, 'landed', landed('b/one.rdb'));
    expect(value?.reason?.code).toBe('queued');

    await tick(simulation);
    await tick(simulation);

    expect((await recordsOf(simulation, value)).at(-2)).toMatchObject({ type: 'waiting', reason: WAITING.reason });
    await simulation.cloud.dcsFollow.stopTask('task-1');
    await expectSettled(simulation, 2);
  });

  it('are queued again when the incremental phase is left for a new full copy', async () => {
    const simulation = await steady();
    const { value } = await simulation.deliver(jobs, 'landed', landed('b/one.rdb'));
    simulation.cloud.statuses.set('task-1', 'FULLMIGRATING');

    await tick(simulation);
    await tick(simulation);

    expect((await recordsOf(simulation, value)).findLast(({ type }) => type === 'waiting')).toMatchObject({
      reason: { code: 'queued' },
    });
    simulation.cloud.statuses.delete('task-1');
    await simulation.cloud.dcsFollow.stopTask('task-1');
    await expectSettled(simulation, 2);
  });

  it.each(['move-unconfigured', 'move-to-address'])(
    'are not serialised for %s: its target is not known',
    async (job) => {
      const simulation = new Simulation();
      await simulation.deliver(jobs, job, ticked());

      const { value } = await simulation.deliver(jobs, 'landed', landed('b/one.rdb'));

      expect(value?.outcome).toBe('created');
    },
  );

  it('are refused as ever where the job says overlap: reject', async () => {
    const simulation = await steady();

    const { value } = await simulation.deliver(jobs, 'reject', landed('reject/one.rdb'));

    expect(value).toMatchObject({ outcome: 'rejected', reason: { code: 'target_busy' } });
  });

  it('two online migrations wait for each other, too', async () => {
    const simulation = await steady();

    const { value } = await simulation.deliver(jobs, 'move-full', ticked());

    expect(value).toMatchObject(WAITING);
    await simulation.cloud.dcsFollow.stopTask('task-1');
    await expectSettled(simulation, 2);
  });

  describe('of the runs that wait for the end of an incremental phase', () => {
    it('only the newest tick of a schedule stays', async () => {
      const simulation = await steady();
      for (let day = 0; day < 4; day++) await simulation.deliver(jobs, 'nightly', ticked(day));

      await tick(simulation);

      const again = await Promise.all([0, 1, 2, 3].map((day) => simulation.deliver(jobs, 'nightly', ticked(day))));
      expect(again.map(({ value }) => value)).toMatchObject([
        ...Array(3).fill({ outcome: 'skipped', reason: { code: 'superseded' } }),
        WAITING,
      ]);
      await simulation.cloud.dcsFollow.stopTask('task-1');
      await expectSettled(simulation, 2);
    });

    it('a tick that is late is superseded by a newer one at once', async () => {
      const simulation = await steady();
      await simulation.deliver(jobs, 'nightly', ticked(7));

      const { value } = await simulation.deliver(jobs, 'nightly', ticked(3));

      expect(value).toMatchObject({ outcome: 'skipped', reason: { code: 'superseded' } });
    });

    it('every object and every request stays', async () => {
      const simulation = await steady();
      for (let n = 0; n < 3; n++) {
        await simulation.deliver(jobs, 'landed', landed(`b/${n}.rdb`, n));
        await simulation.deliver(jobs, 'asked', asked(n));
      }

      await tick(simulation);
      await simulation.cloud.dcsFollow.stopTask('task-1');

      await expectSettled(simulation, 7);
    });

    it('overlap: latest keeps the newest object alone', async () => {
      const simulation = await steady();
      for (let n = 0; n < 3; n++) await simulation.deliver(jobs, 'latest', landed(`latest/${n}.rdb`, n));

      await tick(simulation);
      await simulation.cloud.dcsFollow.stopTask('task-1');

      await expectSettled(simulation, 2);
    });

    it('each is reported once, at the next tick, and not when a newer one took its place before', async () => {
      const simulation = await steady();
      await simulation.deliver(jobs, 'landed', landed('b/one.rdb'));
      await simulation.deliver(jobs, 'nightly', ticked(1));
      await simulation.deliver(jobs, 'nightly', ticked(2));

      for (let i = 0; i < 5; i++) await tick(simulation);

      expect(reports(simulation)).toEqual(['waiting', 'waiting']);
      expect(simulation.smn.published[0]?.subject).toBe(
        'landed: backup import waits for the end of an online migration: obs://backups/b/one.rdb',
      );
      simulation.cloud.statuses.set('task-1', 'FULLMIGRATING');
      await tick(simulation);
      simulation.cloud.statuses.delete('task-1');
      for (let i = 0; i < 3; i++) await tick(simulation);
      expect(reports(simulation)).toEqual(['waiting', 'waiting']);
    });
  });

  it('lose and double nothing wherever an invocation is killed', async () => {
    let total = 0;
    /** Delivered twice, then ticks in which the phase is seen, waited for, and over. */
    const play = async (kill?: { readonly invocation: number; readonly crash: Crash }): Promise<number[]> => {
      const simulation = await configured('move-steady');
      const calls: number[] = [];
      const options = () => (kill?.invocation === calls.length ? { crash: kill.crash } : {});
      calls.push((await simulation.deliver(jobs, 'nightly', ticked(1), options())).calls);
      await simulation.deliver(jobs, 'nightly', ticked(1));
      for (let i = 0; i < 2; i++) {
        simulation.advance(5 * MINUTE);
        calls.push((await simulation.reconcile(options())).calls);
      }
      calls.push((await simulation.deliver(jobs, 'nightly', ticked(2), options())).calls);
      await simulation.deliver(jobs, 'nightly', ticked(2));
      simulation.advance(5 * MINUTE);
      calls.push((await simulation.reconcile(options())).calls);
      await simulation.cloud.dcsFollow.stopTask('task-1');
      simulation.advance(5 * MINUTE);
      calls.push((await simulation.reconcile(options())).calls);
      const open = await simulation.settle();
      const at = kill ? `killed ${kill.crash.effect} call ${kill.crash.at} of ${kill.invocation}` : 'not killed';
      const [older, newest] = [1, 2].map((day) => simulation.deliver(jobs, 'nightly', ticked(day)));
      const found = { at, open, newest: (await newest)?.value?.outcome, broken: await violations(simulation, []) };
      expect(found).toEqual({ at, open: 0, newest: 'existing', broken: [] });
      // Killed before it saw the newer one, it may have its turn when the migration is stopped.
      expect(['skipped', ...(kill?.invocation === 4 ? ['existing'] : [])]).toContain((await older)?.value?.outcome);
      total += 1;
      return calls;
    };
    for (const [invocation, count] of (await play()).entries()) {
      for (let at = 1; at <= count; at++) {
        await play({ invocation, crash: { at, effect: 'before' } });
        await play({ invocation, crash: { at, effect: 'after' } });
      }
    }
    expect(total).toBeGreaterThan(100);
  });
});
