import type { Jobs } from '../../lib/jobs/job.ts';
import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { followedJobs, TOPIC } from './followed-jobs.ts';
import { ticked } from './jobs.ts';
import { Simulation } from './simulation.ts';

const MINUTE = 60_000;

/** Everything that a run could be led astray by is another. */
const changed = () =>
  followedJobs((yaml) =>
    yaml
      .replaceAll(TOPIC, TOPIC.replace(':migrations', ':others'))
      .replaceAll('d2c8399f-bdba-43c1-8069-3ff17a1a79d5', '11111111-bdba-43c1-8069-3ff17a1a79d5')
      .replaceAll('e3d9400a-cecb-54d2-9170-400b2b2b80e6', '22222222-cecb-54d2-9170-400b2b2b80e6')
      .replaceAll('resume_mode: auto', 'resume_mode: manual')
      .replaceAll('offset: 0, for: 5m', 'offset: 0, for: 7d')
      .replaceAll('name: session-cache', 'name: another')
      .replaceAll('copy_first: true', 'copy_first: false')
      .replaceAll('start: true', 'start: false')
      .replaceAll('on_failure: release', 'on_failure: keep')
      .replaceAll('settle_seconds: 60', 'settle_seconds: 600'),
  );

/** No job of before is left. */
const removed = async () =>
  (
    await parseJobs(
      `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets: { other: { id: 33333333-cecb-54d2-9170-400b2b2b80e6 } }
jobs:
  other:
    on: { object_created: { bucket: other-backups, key: "**" } }
    backup_import: { target_instance: other }
`,
      'yaml',
    )
  ).jobs;

const JOBS = ['move-full', 'move-and-stop', 'copy-and-import', 'move-web-01'];

describe.each(JOBS)('a run of %s', (job) => {
  /** What the cloud was told, and who was told what, when the file is another from this tick on. */
  async function play(before: Jobs, after?: Jobs, fromTick = 0, killedAt?: number) {
    const simulation = new Simulation({ jobs: before });
    const crash = killedAt === undefined ? {} : { crash: { at: killedAt, effect: 'after' as const } };
    const { calls } = await simulation.deliver(before, job, ticked(), crash);
    let ticks = 0;
    do {
      ticks += 1;
      if (after && ticks > fromTick) simulation.jobs = after;
      simulation.advance(5 * MINUTE);
      await simulation.reconcile();
    } while ((await simulation.openCount()) > 0 && ticks < 40);
    const { tasks, changes, configured, backups } = simulation.cloud;
    const seen = {
      tasks: tasks.map(({ name, body }) => ({ name, body })),
      changes: changes.map(({ operation, on }) => `${operation} ${on}`),
      configured,
      remarks: backups.map(({ remark }) => remark),
      published: simulation.smn.published.map(({ topic, subject }) => ({ topic, subject })),
    };
    return { seen, ticks, calls };
  }

  it.each([
    ['changed', changed],
    ['removed', removed],
  ])('goes on as it began when its job is %s, at whatever stage', async (_what, swap) => {
    const before = await followedJobs();
    const after = await swap();
    const { seen, ticks } = await play(before);
    expect(seen.published.map(({ subject }) => subject.split(':')[1]?.split(' ').at(-1))).toEqual([
      'started',
      'succeeded',
    ]);

    for (let tick = 0; tick < ticks; tick++)
      expect({ tick, ...(await play(before, after, tick)).seen }).toEqual({ tick, ...seen });
  });

  it.each([
    ['changed', changed],
    ['removed', removed],
  ])('that was killed at any point goes on as it began when its job is %s', async (_what, swap) => {
    const before = await followedJobs();
    const after = await swap();
    const { calls } = await play(before);
    let begun = 0;
    for (let at = 1; at <= calls; at++) {
      const same = await play(before, undefined, 0, at);
      const other = await play(before, after, 0, at);
      expect({ at, ...other.seen }).toEqual({ at, ...same.seen });
      begun += same.seen.tasks.length;
    }
    expect(begun).toBeGreaterThan(5);
  });
});
