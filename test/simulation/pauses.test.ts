import type { Jobs } from '../../lib/jobs/job.ts';
import { pause } from '../../lib/runs/ledger/pauses.ts';
import { landed, simulationJobs } from './jobs.ts';
import { Simulation } from './simulation.ts';

describe('a pause', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await simulationJobs();
  });

  /** A run whose invocation is held up for so long at the first call of this kind, while somebody pauses its job. */
  async function heldUp(call: string, ms: number) {
    const simulation = new Simulation({ jobs });
    await simulation.reconcile();
    let isHeldUp = false;
    const { value } = await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'), {
      turn: async (what) => {
        if (isHeldUp || !what.startsWith(call)) return;
        isHeldUp = true;
        await pause(simulation.ledger(), 'import-a');
        simulation.advance(ms);
      },
    });
    return { value, tasks: simulation.cloud.tasks.length };
  }

  it.each(['ledger.append runs/', 'dcs.listMigrationTasks', 'ledger.append lanes/target/', 'ledger.append lanes/job/'])(
    'is seen two seconds later by an invocation that was held up at %s',
    async (call) => {
      const { value, tasks } = await heldUp(call, 2_000);

      expect([value?.outcome, value?.reason?.code, tasks]).toEqual(['waiting', 'paused', 0]);
    },
  );

  it('may go unseen for less', async () => {
    const { value } = await heldUp('ledger.append lanes/job/', 1_500);

    expect(value?.outcome).toBe('created');
  });

  it('is seen by each run of an event, though others of them have asked since', async () => {
    const simulation = new Simulation({ jobs });
    await simulation.reconcile();
    let appends = 0;
    const { value } = await simulation.notify(
      Array.from({ length: 40 }, (_, i) => landed(`a/${i}.rdb`, i)),
      {
        turn: async (what) => {
          if (!what.startsWith('ledger.append runs/')) return;
          appends += 1;
          if (appends === 2) await pause(simulation.ledger(), 'import-a');
          simulation.advance(300);
        },
      },
    );

    expect([value?.at(0)?.reason?.code, simulation.cloud.tasks.length]).toEqual(['paused', 0]);
  });

  it('does not keep a run from its task because it takes longer than that to read whether there is one', async () => {
    const simulation = new Simulation({ jobs });
    await simulation.reconcile();

    const { value } = await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'), {
      turn: async (what) => {
        if (what.startsWith('ledger.tail control/')) simulation.advance(2_500);
      },
    });

    expect(value?.outcome).toBe('created');
  });
});
