import type { Jobs } from '../../../../lib/jobs/job.ts';
import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { followedJobs } from '../../../simulation/followed-jobs.ts';
import { ticked } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let jobs: Jobs;
beforeAll(async () => {
  jobs = await followedJobs();
});

/** A run of this job, received at 12:00:00. */
async function started(job: string, from: Jobs = jobs): Promise<Simulation> {
  const simulation = new Simulation();
  await simulation.deliver(from, job, ticked());
  return simulation;
}

async function tick(simulation: Simulation, afterMs = 5 * MINUTE) {
  simulation.advance(afterMs);
  return (await simulation.reconcile()).value;
}

async function ticks(simulation: Simulation, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await tick(simulation);
}

const messages = (simulation: Simulation) => simulation.smn.published.map(({ message }) => message);
const changes = (simulation: Simulation) => simulation.cloud.changes.map(({ operation }) => operation);

async function records(simulation: Simulation): Promise<RunRecord[]> {
  const [run] = await simulation.store.list('runs/', { limit: 10 });
  const { text } = await simulation.store.read(run?.name ?? '');
  return text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as RunRecord] : []));
}

describe('a task that is followed', () => {
  it('is reported as failed when somebody deleted it', async () => {
    const simulation = await started('move-full');
    await tick(simulation);
    simulation.cloud.statuses.set('task-1', 'TERMINATED');
    await simulation.cloud.dcsFollow.deleteTask('task-1');

    await ticks(simulation, 3);

    expect(messages(simulation).at(-1)).toBe(
      [
        'The online migration of job move-full has failed.',
        '',
        'Started by: timer daily at 2026-03-14T11:00:00.000Z',
        'Target: DCS instance e3d9400a-cecb-54d2-9170-400b2b2b80e6',
        'Task: session-cache-509c88db7946, id task-1, gone',
        'Time: received 2026-03-14T12:00:00.100Z, task created after 0 s, failed after 15 min',
        'Why: task session-cache-509c88db7946 (task-1) no longer exists; somebody deleted it',
        'What to do: fix the cause; then wait for the next tick, which starts a new run; or: npx migrations runs replay move-full 509c88db79460c2dcdc0d309914cee72',
        'Run: 509c88db79460c2dcdc0d309914cee72',
        'Report: 509c88db79460c2dcdc0d309914cee72-failed; it may be sent twice, then with the same id',
        '',
      ].join('\n'),
    );
    expect(await simulation.openCount()).toBe(0);
  });

  it('is reported as failed with the reason that the service gives', async () => {
    const simulation = await started('copy-and-import');
    await ticks(simulation, 4);
    simulation.cloud.statuses.set('task-1', 'FAILED');
    simulation.cloud.errorLogs.push('the RDB file is broken', 'shard 2: unexpected end of file');

    await tick(simulation);

    expect(messages(simulation).at(-1)).toBe(
      [
        'The backup import of job copy-and-import has failed.',
        '',
        'Started by: timer daily at 2026-03-14T11:00:00.000Z',
        'Target: DCS instance e3d9400a-cecb-54d2-9170-400b2b2b80e6',
        'Task: copy-and-import-90365b1b120f, id task-1, FAILED',
        'Time: received 2026-03-14T12:00:00.100Z, task created after 20 min 1 s, failed after 25 min 1 s',
        'Why: the task ended as FAILED: the RDB file is broken; shard 2: unexpected end of file',
        'What to do: check the log of the task in the console; then wait for the next tick, which starts a new run; or: npx migrations runs replay copy-and-import 90365b1b120fc8c1ca666c2f96c59097',
        'Run: 90365b1b120fc8c1ca666c2f96c59097',
        'Report: 90365b1b120fc8c1ca666c2f96c59097-failed; it may be sent twice, then with the same id',
        '',
      ].join('\n'),
    );
  });

  it('is reported as stuck once, and followed on to its end', async () => {
    const simulation = await started('move-web-01');
    simulation.cloud.statuses.set('task-1', 'RUNNING');
    await tick(simulation);
    await tick(simulation, 6 * HOUR);
    await ticks(simulation, 2);

    expect(messages(simulation).slice(1)).toEqual([
      [
        'The server migration of job move-web-01 has not finished by its deadline.',
        '',
        'Started by: timer daily at 2026-03-14T11:00:00.000Z',
        'Target: source server 6d6b3f9e-2c41-4b8e-9a57-0f3c1d2e4b5a',
        'Task: web_01_8471684a, id task-1, RUNNING',
        'Time: received 2026-03-14T12:00:00.100Z, task created after 0 s, still running after 6 h 5 min',
        'Why: the task is RUNNING and not over after 6 h; it is still followed',
        'What to do: check the task in the console. It was not stopped',
        'Run: 8471684ad3f38e6d1a5e7c0c8a59add2',
        'Report: 8471684ad3f38e6d1a5e7c0c8a59add2-stuck; it may be sent twice, then with the same id',
        '',
      ].join('\n'),
    ]);
    simulation.cloud.statuses.set('task-1', 'MIGRATE_SUCCESS');
    await tick(simulation);
    expect(simulation.smn.published.map(({ subject }) => subject)).toEqual([
      'move-web-01: server migration has started: timer daily at 2026-03-14T11:00:00.000Z',
      'move-web-01: server migration has not finished by its deadline: timer daily at 2026-03-14T11:00:00.000Z',
      'move-web-01: server migration has succeeded: timer daily at 2026-03-14T11:00:00.000Z',
    ]);
  });

  it('counts as running in a state that is not known, which is said, and is stuck after its deadline', async () => {
    const simulation = await started('move-full');
    simulation.cloud.statuses.set('task-1', 'PENDING_REVIEW');
    await tick(simulation);
    await tick(simulation, 6 * HOUR);
    await tick(simulation);

    expect(messages(simulation).slice(1)).toEqual([
      [
        'The online migration of job move-full has not finished by its deadline.',
        '',
        'Started by: timer daily at 2026-03-14T11:00:00.000Z',
        'Target: DCS instance e3d9400a-cecb-54d2-9170-400b2b2b80e6',
        'Task: session-cache-509c88db7946, id task-1, PENDING_REVIEW',
        'Time: received 2026-03-14T12:00:00.100Z, task created after 0 s, still running after 6 h 5 min',
        'Why: the task is in the unknown state PENDING_REVIEW and not over after 6 h; it is still followed',
        'What to do: check the task in the console. It was not stopped',
        'Run: 509c88db79460c2dcdc0d309914cee72',
        'Report: 509c88db79460c2dcdc0d309914cee72-stuck; it may be sent twice, then with the same id',
        '',
      ].join('\n'),
    ]);
    expect(simulation.lines.filter((line) => line.includes('in an unknown state'))).toHaveLength(3);
    expect(changes(simulation)).toEqual([]);
  });

  it.each([
    ['move-full', 'SetOnlineMigrationTask', 'RUNNING'],
    ['move-web-01', 'UpdateTaskStatus', 'READY'],
  ])('of job %s is set going by %s once its state is known again', async (job, operation, ready) => {
    const simulation = await started(job);
    simulation.cloud.statuses.set('task-1', '');
    await ticks(simulation, 2);
    expect(changes(simulation)).toEqual([]);

    simulation.cloud.statuses.set('task-1', ready);
    simulation.cloud.statuses.clear();
    await tick(simulation);

    expect(changes(simulation)).toEqual([operation]);
  });

  it('is released and reported when it cannot be configured and the job says so', async () => {
    const simulation = await started('move-full');
    simulation.cloud.failNext('SetOnlineMigrationTask', 'refused');

    await ticks(simulation, 2);

    expect(changes(simulation)).toEqual(['DeleteMigrationTask']);
    expect(messages(simulation).at(-1)).toBe(
      [
        'The online migration of job move-full has failed.',
        '',
        'Started by: timer daily at 2026-03-14T11:00:00.000Z',
        'Target: DCS instance e3d9400a-cecb-54d2-9170-400b2b2b80e6',
        'Task: session-cache-509c88db7946, id task-1, released',
        'Time: received 2026-03-14T12:00:00.100Z, task created after 0 s, failed after 5 min',
        'Why: DCS SetOnlineMigrationTask: rejected: 400 DCS.4004; its task was released',
        'What to do: fix the cause; then wait for the next tick, which starts a new run; or: npx migrations runs replay move-full 509c88db79460c2dcdc0d309914cee72',
        'Run: 509c88db79460c2dcdc0d309914cee72',
        'Report: 509c88db79460c2dcdc0d309914cee72-failed; it may be sent twice, then with the same id',
        '',
      ].join('\n'),
    );
  });

  it('is reported as released when the answer to the release was lost', async () => {
    const simulation = await started('move-full');
    simulation.cloud.failNext('SetOnlineMigrationTask', 'refused');
    simulation.cloud.failNext('DeleteMigrationTask', 'reply_lost');

    await ticks(simulation, 4);

    expect(changes(simulation)).toEqual(['DeleteMigrationTask']);
    expect(messages(simulation).at(-1)).toContain('; its task was released\n');
  });

  it('is reported with the command that releases it when it cannot be configured and is kept', async () => {
    const simulation = await started('move-and-stop');
    simulation.cloud.failNext('SetOnlineMigrationTask', 'refused');

    await ticks(simulation, 2);

    expect(changes(simulation)).toEqual([]);
    expect(messages(simulation).at(-1)).toContain(
      'release it with: hcloud DCS DeleteMigrationTask --task_id_list.1=task-1\n',
    );
  });

  it('is reported as failed when somebody else stopped it', async () => {
    const simulation = await started('move-full');
    await tick(simulation);
    simulation.cloud.statuses.set('task-1', 'TERMINATED');

    await tick(simulation);

    expect(messages(simulation).at(-1)).toContain('The online migration of job move-full has failed.');
    expect(messages(simulation).at(-1)).toContain(
      'Why: the task ended as TERMINATED; somebody stopped it, or the service did\n',
    );
  });

  it('is not given up when a refusal says that an earlier attempt was done', async () => {
    const simulation = await started('move-full');
    simulation.cloud.failNext('SetOnlineMigrationTask', 'not_done_500');
    await tick(simulation);
    simulation.cloud.failNext('SetOnlineMigrationTask', 'refused');
    await tick(simulation);
    simulation.cloud.statuses.set('task-1', 'FULLMIGRATING');
    await tick(simulation);
    simulation.cloud.statuses.set('task-1', 'SUCCESS');
    await tick(simulation);

    expect(changes(simulation)).toEqual([]);
    expect(simulation.smn.published.at(-1)?.subject).toContain('has succeeded');
  });

  it('is stopped only after its offset was small for long enough since it last left its incremental phase', async () => {
    const simulation = await started('move-and-stop');
    simulation.cloud.statuses.set('task-1', 'INCRMIGEATING');
    await tick(simulation);
    simulation.cloud.statuses.set('task-1', 'FULLMIGRATING');
    await tick(simulation);
    simulation.cloud.statuses.set('task-1', 'INCRMIGEATING');
    await tick(simulation);
    expect((await records(simulation)).filter(({ type }) => type.startsWith('offset')).map(({ type }) => type)).toEqual(
      ['offset_reached', 'offset_left', 'offset_reached'],
    );
    expect(changes(simulation)).toEqual([]);

    await tick(simulation);
    expect(changes(simulation)).toEqual(['StopMigrationTask']);
  });
});

describe('a run that was cancelled', () => {
  it('is reported as failed, not as a task that was stopped because it was complete', async () => {
    const simulation = await started('move-and-stop');
    await ticks(simulation, 2);
    const [run] = await simulation.store.list('runs/', { limit: 10 });
    const name = { job: 'move-and-stop', run: run?.name.split('/')[2] ?? '', kind: 'online_migration' } as const;

    expect(await simulation.cancel(name)).toEqual({ end: 'stopping' });
    await ticks(simulation, 2);

    expect(await simulation.openCount()).toBe(0);
    expect(messages(simulation).at(-1)).toContain('The online migration of job move-and-stop has failed.');
    expect(messages(simulation).at(-1)).toContain('Why: cancelled on request\n');
  });
});

describe('many tasks that fail at once', () => {
  it('are all reported with their reason, some at each tick', async () => {
    const simulation = new Simulation();
    // Where the target is not known, none waits for another.
    const byAddress = await followedJobs((yaml) =>
      yaml.replaceAll(
        'source_instance: cache-a\n        target_instance: cache-b',
        'source_instance: cache-a\n        target_instance: { addrs: "10.0.0.8:6379" }',
      ),
    );
    for (let i = 0; i < 12; i++) await simulation.deliver(byAddress, 'move-full', ticked(i));
    for (const { id } of simulation.cloud.tasks) simulation.cloud.statuses.set(id, 'FAILED');
    simulation.cloud.errorLogs.push('the source is not reachable');

    const left: number[] = [];
    for (let i = 0; i < 3; i++) {
      await tick(simulation);
      left.push(await simulation.openCount());
    }

    expect(left).toEqual([5, 0, 0]);
    const failed = messages(simulation).filter((message) => message.includes('has failed'));
    expect(failed).toHaveLength(12);
    expect(failed.filter((message) => !message.includes('FAILED: the source is not reachable;'))).toEqual([]);
  });
});

describe('runs that wait for one target', () => {
  it('cost no look at the cloud each, for the run that has the turn is followed itself', async () => {
    const simulation = new Simulation();
    const lists: string[] = [];
    const { listMigrationTasks } = simulation.cloud.dcs;
    simulation.cloud.dcs.listMigrationTasks = async (name) => {
      lists.push(name);
      return listMigrationTasks(name);
    };
    const plain = await followedJobs((yaml) =>
      yaml
        .replace('latest_of: cache-a, copy_first: true', 'latest_of: cache-a')
        .replace('backup_target_first: true', 'backup_target_first: false'),
    );
    await simulation.cloud.dcsInstances.copyInstance('d2c8399f-bdba-43c1-8069-3ff17a1a79d5', 'by hand');
    simulation.advance(HOUR);
    for (let i = 0; i < 15; i++) await simulation.deliver(plain, 'copy-and-import', ticked(i));
    expect(simulation.cloud.tasks).toHaveLength(1);
    lists.length = 0;

    await tick(simulation);

    expect(lists).toEqual(['']);
  });
});

describe('a server task that somebody else starts', () => {
  async function unstarted(): Promise<Simulation> {
    const changed = await followedJobs((yaml) => yaml.replace('start: true', 'start: false'));
    const simulation = await started('move-web-01', changed);
    await tick(simulation);
    return simulation;
  }

  it('leaves its turn to others and is followed', async () => {
    const simulation = await unstarted();
    const [lane] = await simulation.store.list('lanes/target/', { limit: 10 });
    expect((await simulation.store.read(lane?.name ?? '')).text).toContain('"type":"leave"');

    simulation.cloud.statuses.set('task-1', 'MIGRATE_SUCCESS');
    await tick(simulation);

    expect(simulation.smn.published.at(-1)?.subject).toContain('has succeeded');
    expect(changes(simulation)).toEqual([]);
  });

  it('is reported as stuck after its deadline, and then left alone', async () => {
    const simulation = await unstarted();

    await tick(simulation, 6 * HOUR);
    await tick(simulation);

    expect(await simulation.openCount()).toBe(0);
    expect(simulation.smn.published.map(({ subject }) => subject.slice(0, 40))).toEqual([
      'move-web-01: server migration has starte',
      'move-web-01: server migration has not fi',
    ]);
  });
});
