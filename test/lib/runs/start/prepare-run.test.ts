import type { Jobs } from '../../../../lib/jobs/job.ts';
import { CloudError } from '../../../../lib/kernel/errors.ts';
import { followedJobs } from '../../../simulation/followed-jobs.ts';
import { ticked } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const MINUTE = 60_000;

let jobs: Jobs;
beforeAll(async () => {
  jobs = await followedJobs();
});

async function tick(simulation: Simulation, afterMs = 5 * MINUTE) {
  simulation.advance(afterMs);
  return (await simulation.reconcile()).value;
}

describe('a run whose target cannot be looked at', () => {
  function unreadable(): { simulation: Simulation; broken: { is: boolean } } {
    const simulation = new Simulation();
    const broken = { is: true };
    const { showInstance } = simulation.cloud.dcsInstances;
    simulation.cloud.dcsInstances.showInstance = async (id) => {
      if (!broken.is) return showInstance(id);
      throw new CloudError({
        service: 'DCS',
        operation: 'ShowInstance',
        outcome: 'unknown',
        temporary: true,
        status: 500,
      });
    };
    return { simulation, broken };
  }

  it('waits, changes nothing, and goes on when it can be looked at', async () => {
    const { simulation, broken } = unreadable();
    expect((await simulation.deliver(jobs, 'copy-and-import', ticked())).value).toMatchObject({ outcome: 'waiting' });
    await tick(simulation);
    expect(simulation.cloud.changes).toEqual([]);

    broken.is = false;
    expect(await simulation.settle()).toBe(0);

    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(simulation.smn.published.map(({ subject }) => subject.split(':')[1])).toEqual([
      ' backup import has started',
      ' backup import has succeeded',
    ]);
  });

  it('is parked after six hours, reported, and leaves its target to others', async () => {
    const { simulation, broken } = unreadable();
    await simulation.deliver(jobs, 'copy-and-import', ticked());
    for (let i = 0; i < 80; i++) await tick(simulation);

    expect(simulation.smn.published.map(({ subject }) => subject.split(':')[1])).toEqual([
      ' backup import waits for an operator',
    ]);
    const [run] = await simulation.store.list('runs/', { limit: 10 });
    expect((await simulation.store.read(run?.name ?? '')).text.split('\n').length).toBeLessThan(100);

    broken.is = false;
    await simulation.deliver(jobs, 'copy-and-import', ticked(1));
    for (let i = 0; i < 12; i++) await tick(simulation);
    expect(simulation.cloud.tasks).toHaveLength(1);
  });
});

describe('a run that is refused', () => {
  it.each([
    ['inexact_number', { outcome: 'unknown', status: 200 }],
    ['bad_id', { outcome: 'not_sent' }],
  ] as const)('is so for good by an answer or an id that stays as it is: %s', async (cloudCode, known) => {
    const simulation = new Simulation();
    simulation.cloud.dcsInstances.showInstance = async () => {
      throw new CloudError({ service: 'DCS', operation: 'ShowInstance', temporary: false, cloudCode, ...known });
    };

    const { value } = await simulation.deliver(jobs, 'copy-and-import', ticked());

    expect(value).toMatchObject({ outcome: 'rejected', reason: { code: cloudCode } });
    expect(simulation.cloud.changes).toEqual([]);
    expect(await simulation.settle()).toBe(0);
  });

  it.each([
    ['copy-and-import', { status: 'FROZEN' }],
    ['copy-and-import', { sslEnabled: true }],
    ['copy-and-import', { cacheMode: 'single' }],
    ['move-full', { passwordFree: true }],
  ])('by what %s finds changes nothing in the cloud: %j', async (job, changed) => {
    const simulation = new Simulation();
    const { showInstance } = simulation.cloud.dcsInstances;
    simulation.cloud.dcsInstances.showInstance = async (id) => {
      const instance = await showInstance(id);
      return instance && { ...instance, ...changed };
    };

    const { value } = await simulation.deliver(jobs, job, ticked());
    await simulation.settle();

    expect(value).toMatchObject({ outcome: 'rejected', reason: { code: 'preflight' } });
    expect(simulation.cloud.creates).toEqual([]);
    expect(simulation.cloud.changes).toEqual([]);
  });
});

describe('a dry run', () => {
  it.each([
    [
      'copy-and-import',
      'a fresh backup of instance d2c8399f-bdba-43c1-8069-3ff17a1a79d5, then a backup of the target, then the backup_import',
    ],
    ['move-full', 'the online_migration, then its configuration'],
    ['move-web-01', 'the server_migration, then its start'],
  ])('of %s changes nothing in the cloud and says what would be done: %s', async (job, steps) => {
    const simulation = new Simulation();
    const dry = await followedJobs((yaml) => yaml.replace(`  ${job}:\n`, `  ${job}:\n    dry_run: true\n`));

    const { value } = await simulation.deliver(dry, job, ticked());

    expect(value).toMatchObject({ outcome: 'skipped', reason: { code: 'dry_run' } });
    expect(value?.reason?.message).toMatch(new RegExp(`; the run would create ${steps}$`));
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.creates).toEqual([]);
    expect(simulation.cloud.changes).toEqual([]);
    expect(simulation.smn.published).toEqual([]);
  });
});
