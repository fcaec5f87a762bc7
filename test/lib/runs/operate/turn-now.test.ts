import type { Jobs } from '../../../../lib/jobs/job.ts';
import { turnNow } from '../../../../lib/runs/operate/turn-now.ts';
import { landed, nameOf, simulationJobs } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const MINUTE = 60_000;
const LANE = 'dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const QUEUE = [1, 2, 3, 4, 5].map((i) => landed(`a/${i}.rdb`, i));
const RUNS = QUEUE.map((object) => nameOf('import-a', object).run);

let jobs: Jobs;
beforeAll(async () => {
  jobs = await simulationJobs();
});

/** Five runs for one target. */
async function queue(): Promise<Simulation> {
  const simulation = new Simulation({ jobs });
  for (const object of QUEUE) await simulation.deliver(jobs, 'import-a', object);
  return simulation;
}
const reasonOf = async (simulation: Simulation, i: number) => {
  const records = await simulation.recordsOf({ job: 'import-a', run: RUNS[i] ?? '' });
  return { recorded: records.length, reason: await turnNow(simulation.ledger(), records) };
};
const turnOf = (i: number) => ({ code: 'queued', message: `run ${RUNS[i]} of job import-a has the turn on ${LANE}` });

describe('turnNow', () => {
  it('names the run that has the turn now, whichever had it before, and nothing is recorded for that', async () => {
    const simulation = await queue();
    const before = await reasonOf(simulation, 4);
    for (let tick = 0; tick < 60 && (await reasonOf(simulation, 3)).reason; tick++) {
      simulation.advance(MINUTE);
      await simulation.reconcile();
    }

    expect(before).toEqual({ recorded: 3, reason: turnOf(0) });
    // Its files were checked at the first tick.
    expect(await reasonOf(simulation, 4)).toEqual({ recorded: 5, reason: turnOf(3) });
  });

  it('says so when no run is ahead any more', async () => {
    const simulation = await queue();
    const [lane] = await simulation.store.list('lanes/target/', { limit: 1 });
    await simulation.store.remove(lane?.name ?? '');

    expect((await reasonOf(simulation, 2)).reason).toEqual({
      code: 'queued',
      message: `no other run is ahead of it on ${LANE}; reconcile starts it at its next tick`,
    });
  });

  it('is undefined for a run that is not queued, and while the lane cannot be read', async () => {
    const simulation = await queue();
    const [lane] = await simulation.store.list('lanes/target/', { limit: 1 });
    const { name = '' } = lane ?? {};
    expect((await reasonOf(simulation, 0)).reason).toBeUndefined();
    await simulation.store.append(name, (await simulation.store.read(name)).position, 'not a record\n');

    expect((await reasonOf(simulation, 1)).reason).toBeUndefined();
  });

  it('reads a lane once for all of its runs', async () => {
    const simulation = await queue();
    const read: string[] = [];
    const ledger = simulation.ledger();
    const store = {
      ...ledger.store,
      tail: (list: string, bytes: number) => {
        read.push(list);
        return ledger.store.tail(list, bytes);
      },
    };
    const counted = { ...ledger, store };
    for (const run of RUNS) await turnNow(counted, await simulation.recordsOf({ job: 'import-a', run }));

    expect(read).toEqual([`lanes/target/${LANE}/000001`]);
  });
});
