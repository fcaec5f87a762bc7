import type { Trigger } from '../../../../lib/events/trigger.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { listOpen } from '../../../../lib/runs/ledger/open-runs.ts';
import { resolveRun } from '../../../../lib/runs/operate/resolve-run.ts';
import { callTo } from '../../../fixtures/call-to.ts';
import { landed, nameOf, simulationJobs, ticked } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const object = landed('a/one.rdb');

let jobs: Jobs;
beforeAll(async () => {
  jobs = await simulationJobs();
});

const given = nameOf('import-a', object);

/** A run whose create call was not done, and of which that was not known for seven hours. */
async function parked(job = 'import-a', trigger: Trigger = object): Promise<Simulation> {
  const simulation = new Simulation();
  simulation.cloud.failNextCreate('not_done_500');
  await simulation.deliver(jobs, job, trigger);
  simulation.advance(7 * HOUR);
  await simulation.reconcile();
  return simulation;
}

async function answer(simulation: Simulation, job = 'import-a', trigger: Trigger = object) {
  return (await simulation.deliver(jobs, job, trigger)).value;
}

describe('resolveRun', () => {
  it('starts from a run that stays parked', async () => {
    const simulation = await parked();

    expect(await simulation.settle(20)).toBe(1);
    expect(await answer(simulation)).toMatchObject({ outcome: 'unknown', reason: { code: 'parked' } });
  });

  it('tries again: reconcile creates the task', async () => {
    const simulation = await parked();

    await resolveRun(simulation.ledger(), given, { kind: 'try_again' });

    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(await answer(simulation)).toMatchObject({ outcome: 'existing', task: { id: 'task-1' } });
  });

  it('gives up: nothing is open any more and the target is free immediately, before reconcile runs', async () => {
    const simulation = await parked();
    const other = landed('a/two.rdb', 1);

    await resolveRun(simulation.ledger(), given, { kind: 'give_up', why: 'it is there already' });

    expect(await listOpen(simulation.ledger())).toEqual([]);
    expect(await answer(simulation)).toMatchObject({ outcome: 'rejected', reason: { code: 'given_up' } });
    expect(await answer(simulation, 'import-a', other)).toMatchObject({ outcome: 'created' });
  });

  it('tries again, and adopts a task that exists after all', async () => {
    const simulation = await parked();
    const name = simulation.cloud.creates[0] ?? '';
    const target = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
    simulation.cloud.tasks.push({
      id: 'task-x',
      operation: 'CreateMigrationTask',
      name,
      target,
      at: simulation.now,
      body: {},
    });

    await resolveRun(simulation.ledger(), given, { kind: 'try_again' });
    await simulation.settle();

    expect(await answer(simulation)).toMatchObject({ outcome: 'existing', task: { id: 'task-x' } });
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('takes the task that an operator names, and follows it where others wait for the target', async () => {
    const simulation = await parked();

    await resolveRun(simulation.ledger(), given, { kind: 'task', id: 'task-x' });

    expect(await answer(simulation)).toMatchObject({ outcome: 'existing', task: { id: 'task-x' } });
    expect(await listOpen(simulation.ledger())).toHaveLength(1);
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('takes the task that an operator names, and is settled immediately where nothing waits for it', async () => {
    const simulation = await parked('move-cache', ticked());

    await resolveRun(simulation.ledger(), nameOf('move-cache', ticked()), { kind: 'task', id: 'task-x' });

    expect(await listOpen(simulation.ledger())).toEqual([]);
  });

  it('gives up: refused from then on, and settled', async () => {
    const simulation = await parked();

    await resolveRun(simulation.ledger(), given, { kind: 'give_up', why: 'the backup is obsolete' });

    expect(await answer(simulation)).toMatchObject({
      outcome: 'rejected',
      reason: { code: 'given_up', message: 'given up by an operator: the backup is obsolete' },
    });
    expect(await listOpen(simulation.ledger())).toEqual([]);
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('frees the target of a run that is given up', async () => {
    const simulation = await parked();

    await resolveRun(simulation.ledger(), given, { kind: 'give_up', why: 'obsolete' });

    expect(await answer(simulation, 'import-a', landed('a/two.rdb', 1))).toMatchObject({ outcome: 'created' });
  });

  it('takes one of two concurrent decisions', async () => {
    const simulation = await parked();

    const decisions = await Promise.allSettled([
      resolveRun(simulation.ledger('one'), given, { kind: 'task', id: 'task-x' }),
      resolveRun(simulation.ledger('two'), given, { kind: 'give_up', why: 'obsolete' }),
    ]);

    expect(decisions.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a run that does not exist', async () => {
    const resolved = resolveRun(new Simulation().ledger(), given, { kind: 'try_again' });

    await expect(resolved).rejects.toMatchObject({ code: 'no_such_run' });
  });

  it('refuses a run that has ended', async () => {
    const simulation = new Simulation();
    await simulation.deliver(jobs, 'import-a', object);

    const resolved = resolveRun(simulation.ledger(), given, { kind: 'give_up', why: 'obsolete' });

    await expect(resolved).rejects.toMatchObject({ code: 'ended' });
  });

  it('refuses a run that an invocation is handling', async () => {
    const simulation = new Simulation();
    const at = await callTo('ledger.append runs/', (options) =>
      new Simulation().deliver(jobs, 'import-a', object, options),
    );
    await simulation.deliver(jobs, 'import-a', object, { crash: { at, effect: 'after' } });

    const resolved = resolveRun(simulation.ledger(), given, { kind: 'give_up', why: 'obsolete' });

    await expect(resolved).rejects.toMatchObject({ code: 'in_progress' });
  });

  it('refuses to retry a run that continues on its own', async () => {
    const simulation = new Simulation();
    simulation.cloud.failNextCreate('not_done_500');
    await simulation.deliver(jobs, 'move-cache', ticked());

    const resolved = resolveRun(simulation.ledger(), nameOf('move-cache', ticked()), { kind: 'try_again' });

    await expect(resolved).rejects.toMatchObject({ code: 'not_parked' });
  });
});
