import type { TickTrigger } from '../../../../lib/events/trigger.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { startTickRuns } from '../../../../lib/runs/start/tick-runs.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';
import { fixtureJobs } from '../../../fixtures/jobs.ts';

const tick = (...names: string[]): TickTrigger => ({
  kind: 'tick',
  name: 'nightly',
  time: '2026-03-14T02:00:00+08:00',
  jobs: names,
});

describe('startTickRuns', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await fixtureJobs();
  });

  it('starts each job that the tick names, with the date filled in', async () => {
    const { deps, cloud } = fakeRun();

    const runs = await startTickRuns(tick('refresh-nightly', 'move-session-cache'), jobs, deps);

    expect(runs.map(({ job, outcome }) => [job, outcome])).toEqual([
      ['refresh-nightly', 'created'],
      ['move-session-cache', 'created'],
    ]);
    expect(cloud.tasks[0]?.body['backup_files']).toEqual({
      file_source: 'self_build_obs',
      bucket_name: 'redis-backups',
      files: [{ file_name: 'dump-2026-03-14.rdb' }],
    });
    expect(cloud.tasks[1]?.name).toMatch(/^session-cache-[0-9a-f]{12}$/);
  });

  it('returns the task of the first for the same tick again', async () => {
    const { deps, cloud } = fakeRun();
    await startTickRuns(tick('refresh-nightly'), jobs, deps);

    const [run] = await startTickRuns(tick('refresh-nightly'), jobs, deps);

    expect(run?.outcome).toBe('existing');
    expect(cloud.tasks).toHaveLength(1);
  });

  it('refuses a name that is not a scheduled job, after the others have run', async () => {
    const { deps } = fakeRun();

    const runs = await startTickRuns(tick('nobody', 'restore-staging', 'refresh-nightly'), jobs, deps);

    expect(runs.map(({ job, outcome, reason }) => [job, outcome, reason?.code])).toEqual([
      ['refresh-nightly', 'created', undefined],
      ['nobody', 'rejected', 'no_such_job'],
      ['restore-staging', 'rejected', 'not_scheduled'],
    ]);
  });
});
