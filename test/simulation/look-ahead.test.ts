import type { Jobs } from '../../lib/jobs/job.ts';
import { pause } from '../../lib/runs/ledger/pauses.ts';
import { jobsOf, landed } from './jobs.ts';
import { Simulation } from './simulation.ts';

const MINUTE = 60_000;

let jobs: Jobs;
beforeAll(async () => {
  jobs = await jobsOf(`
  import-a:
    on: { object_created: { bucket: backups, key: "a/**" } }
    limit: { runs: 1000, per: 1h }
    backup_import: { target_instance: cache-a }
`);
});

/** Runs that are queued behind the first, and whose files nobody has looked at. */
async function queued(count: number): Promise<Simulation> {
  const simulation = new Simulation({ jobs });
  for (let i = 0; i <= count; i++) await simulation.deliver(jobs, 'import-a', landed(`a/${i}.rdb`, i));
  simulation.advance(MINUTE);
  return simulation;
}

/** A tick. @returns how many files were looked at, how many of them at once at most, and what was asked */
async function tick(simulation: Simulation) {
  let underWay = 0;
  const seen = { looks: 0, atOnce: 0 };
  await simulation.reconcile({
    timeLimitMs: 240_000,
    turn: async (what) => {
      if (!what.startsWith('obs.readStart')) return;
      seen.looks += 1;
      underWay += 1;
      seen.atOnce = Math.max(seen.atOnce, underWay);
      for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
      underWay -= 1;
    },
  });
  return seen;
}

const records = async (simulation: Simulation, type: string) =>
  (await simulation.ledgerText()).split(`"type":"${type}"`).length - 1;

describe('a tick with new runs', () => {
  it('looks at their files side by side, at each once, and records what it found', async () => {
    const simulation = await queued(20);

    const seen = await tick(simulation);

    expect(seen.looks).toBe(20);
    expect(seen.atOnce).toBeGreaterThan(4);
    expect(seen.atOnce).toBeLessThanOrEqual(8);
    // The first was looked at before it was created.
    expect(await records(simulation, 'prepared')).toBe(21);
  });

  it('looks at none of them again at the next tick', async () => {
    const simulation = await queued(20);
    await tick(simulation);
    simulation.advance(MINUTE);

    expect(await tick(simulation)).toEqual({ looks: 0, atOnce: 0 });
  });

  it('looks at none of a job that is paused', async () => {
    const simulation = await queued(20);
    await pause(simulation.ledger(), 'import-a');
    simulation.advance(MINUTE);

    expect(await tick(simulation)).toEqual({ looks: 0, atOnce: 0 });
  });
});
