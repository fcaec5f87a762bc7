import type { Jobs } from '../../../../lib/jobs/job.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { pause, resume } from '../../../../lib/runs/ledger/pauses.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';
import { fingerprint, occurrenceOf } from '../../../../lib/runs/start/occurrence.ts';
import { landed, simulationJobs } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const OBJECT = landed('a/one.rdb');
const RUN = fingerprint('import-a', occurrenceOf(OBJECT));
const AT = '2026-03-14T12:00:00Z';

let jobs: Jobs;
beforeAll(async () => {
  jobs = await simulationJobs();
});

describe('a run that is paused', () => {
  it('names the pauses that hold it back now: who, since when and why', async () => {
    const simulation = new Simulation();
    const ledger = makeLedger(simulation.store, 'anna.1', () => Date.parse(AT));
    const recorded = async () => (await openRunLog(ledger, 'import-a', RUN)).records;
    await pause(ledger, 'import-a', 'the cache is full');
    await pause(ledger, 'move-cache', 'another job');

    const first = (await simulation.deliver(jobs, 'import-a', OBJECT)).value;
    await pause(ledger);
    await simulation.settle(3);
    const both = foldRun(await recorded()).reason;
    await resume(ledger, 'import-a');
    await simulation.settle(3);
    const everything = foldRun(await recorded()).reason;
    const { length } = await recorded();
    await simulation.settle(10);

    const own = `job import-a is paused since ${AT} by anna.1: the cache is full`;
    const all = `all jobs are paused since ${AT} by anna.1`;
    expect(first).toMatchObject({ outcome: 'waiting', reason: { code: 'paused', message: own } });
    expect([both?.message, everything?.message]).toEqual([`${all}; and ${own}`, all]);
    // The same pause is recorded once, however often it is met.
    expect(await recorded()).toHaveLength(length);
    expect(simulation.cloud.creates).toEqual([]);
  });
});
