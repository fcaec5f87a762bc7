import type { Jobs } from '../../lib/jobs/job.ts';
import { landed, simulationJobs } from './jobs.ts';
import { violations } from './oracle.ts';
import { Simulation } from './simulation.ts';

const MINUTE = 60_000;

describe('two ticks whose clocks differ by two minutes', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await simulationJobs();
  });

  it('do not take a task for gone that no list shows yet', async () => {
    const simulation = new Simulation({ jobs });
    simulation.cloud.listLagMs = 5_000;
    await simulation.notify([landed('a/one.rdb', 0), landed('a/two.rdb', 1)]);

    await simulation.reconcile({ skewMs: -MINUTE });
    await simulation.reconcile({ skewMs: MINUTE });

    expect(await simulation.settle()).toBe(0);
    expect(await violations(simulation, [])).toEqual([]);
  });
});
