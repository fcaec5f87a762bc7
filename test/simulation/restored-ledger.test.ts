import type { Jobs } from '../../lib/jobs/job.ts';
import type { LedgerStore } from '../../lib/ports/ledger-store.ts';
import { pause, resume } from '../../lib/runs/ledger/pauses.ts';
import { makeMemoryStore } from '../fakes/memory-store.ts';
import { landed, simulationJobs } from './jobs.ts';
import { Simulation } from './simulation.ts';

const MINUTE = 60_000;
const SEPARATE_NOTES = /^(?:open|open-sets|waiting-requests)\//;

/** Writes lists by appending and notes by putting, as docs/ledger-backup.md says. */
async function copy(from: LedgerStore, to: LedgerStore): Promise<void> {
  for (const { name } of await from.list('', { limit: 1_000 })) {
    const { text } = await from.read(name);
    if (SEPARATE_NOTES.test(name)) await to.put(name, text);
    else await to.append(name, 0, text);
  }
}

/** A simulation whose ledger can be saved, and replaced by what was saved. */
function restorable(jobs: Jobs) {
  let current = makeMemoryStore();
  const sabotage = () => new Proxy({} as LedgerStore, { get: (_, name: keyof LedgerStore) => current[name] });
  const simulation = new Simulation({ jobs, sabotage });
  const save = async () => {
    const saved = makeMemoryStore();
    await copy(current, saved);
    return saved;
  };
  const restore = async (saved: LedgerStore) => {
    const fresh = makeMemoryStore();
    await copy(saved, fresh);
    current = fresh;
  };
  return { simulation, save, restore };
}

describe('after an old copy of the ledger was restored', () => {
  let jobs: Jobs;
  beforeAll(async () => {
    jobs = await simulationJobs();
  });

  it('an event that the copy does not know finds its task, as long as the service lists it', async () => {
    const { simulation, save, restore } = restorable(jobs);
    await simulation.reconcile();
    const old = await save();
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    await restore(old);
    const { value } = await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));

    expect([value?.outcome, simulation.cloud.tasks.length]).toEqual(['existing', 1]);
  });

  it('an event that the copy does not know makes a second task once the first is no longer listed', async () => {
    const { simulation, save, restore } = restorable(jobs);
    await simulation.reconcile();
    const old = await save();
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    simulation.cloud.tasks.splice(0);
    await restore(old);
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));

    expect(simulation.cloud.creates).toHaveLength(2);
  });

  it('a run that has ended since is followed to its end again', async () => {
    const { simulation, save, restore } = restorable(jobs);
    await simulation.reconcile();
    await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));
    const old = await save();
    simulation.advance(15 * MINUTE);
    await simulation.reconcile();
    await restore(old);
    const before = await simulation.openCount();
    simulation.advance(5 * MINUTE);
    await simulation.reconcile();

    expect([before, await simulation.openCount(), simulation.cloud.tasks.length]).toEqual([1, 0, 1]);
  });

  it('a pause that was lifted since is back', async () => {
    const { simulation, save, restore } = restorable(jobs);
    await simulation.reconcile();
    await pause(simulation.ledger(), 'import-a');
    const old = await save();
    await resume(simulation.ledger(), 'import-a');
    await restore(old);
    const { value } = await simulation.deliver(jobs, 'import-a', landed('a/one.rdb'));

    expect([value?.outcome, value?.reason?.code]).toEqual(['waiting', 'paused']);
  });
});
