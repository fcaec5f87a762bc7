import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { markOpen } from '../../../../lib/runs/ledger/open-runs.ts';
import { listOpenRuns } from '../../../../lib/runs/report/read-run.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { makeJob } from '../../../fixtures/jobs.ts';
import { landed, simulationJobs } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const job = makeJob({ name: 'import-a' });

describe('listOpenRuns', () => {
  it('shows the others when one cannot be read, which counts as not shown', async () => {
    const jobs = await simulationJobs();
    const simulation = new Simulation();
    const { value } = await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    const ledger = simulation.ledger('test');
    await markOpen(ledger, 'import-a', 'bad');
    await simulation.store.append('runs/import-a/bad', 0, 'no record\n');

    const page = await listOpenRuns({ job, asker: {} }, { ledger });

    expect([page.runs.map(({ run }) => run), page.left]).toEqual([[value?.run], 1]);
  });

  it('throws when the ledger does not respond', async () => {
    const store = makeMemoryStore();
    const failing = {
      ...store,
      read: async () => {
        throw new LedgerError('ledger read: 503', { temporary: true });
      },
    };
    const ledger = makeLedger(failing, 'test', () => 1);
    await markOpen(ledger, 'import-a', 'one');

    await expect(listOpenRuns({ job, asker: {} }, { ledger })).rejects.toThrow('ledger read: 503');
  });
});
