import type { ObjectTrigger } from '../../../../lib/events/trigger.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { pause, resume } from '../../../../lib/runs/ledger/pauses.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { runNow } from '../../../../lib/runs/operate/run-now.ts';
import { landed, nameOf, simulationJobs } from '../../../simulation/jobs.ts';
import { violations } from '../../../simulation/oracle.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const MINUTE = 60_000;
const [one, two, three] = [landed('b/one.rdb'), landed('b/two.rdb', 1), landed('b/three.rdb', 2)];
const WHY = 'the demo needs it';

let jobs: Jobs;
beforeAll(async () => {
  // The target is free again before the budget is: imports take ten minutes.
  jobs = await simulationJobs((yaml) => yaml.replace('{ runs: 1, per: 30m }', '{ runs: 1, per: 7d }'));
});

const ledgerOf = (simulation: Simulation) => simulation.ledger('anna.1');
const decide = (simulation: Simulation, trigger: ObjectTrigger, by = 'anna.1') =>
  runNow(simulation.ledger(by), nameOf('import-b', trigger), WHY);
const answer = async (simulation: Simulation, trigger: ObjectTrigger) =>
  (await simulation.deliver(jobs, 'import-b', trigger)).value;
const tick = async (simulation: Simulation) => {
  simulation.advance(5 * MINUTE);
  await simulation.reconcile();
};
const typesOf = async (simulation: Simulation, trigger: ObjectTrigger) => {
  const { job, run } = nameOf('import-b', trigger);
  return (await openRunLog(ledgerOf(simulation), job, run)).records.map(({ type }) => type);
};

/** One run has used up the budget, and its task is over; two wait for the next window, which begins in days. */
async function overBudget(): Promise<Simulation> {
  const simulation = new Simulation();
  await answer(simulation, one);
  for (let i = 0; i < 6; i++) await tick(simulation);
  for (const trigger of [two, three]) {
    expect(await answer(simulation, trigger)).toMatchObject({ reason: { code: 'over_budget' } });
  }
  return simulation;
}

describe('runNow', () => {
  it('lets the one run start at the next tick, and no other', async () => {
    const simulation = await overBudget();

    expect(await decide(simulation, two)).toBe('recorded');
    await tick(simulation);

    expect(await answer(simulation, two)).toMatchObject({ outcome: 'existing' });
    expect(await answer(simulation, three)).toMatchObject({ outcome: 'waiting', reason: { code: 'over_budget' } });
    expect(simulation.cloud.tasks).toHaveLength(2);
    expect(await violations(simulation, [])).toEqual([]);
  });

  it('records who decided, and why', async () => {
    const simulation = await overBudget();
    await decide(simulation, two);

    const { job, run } = nameOf('import-b', two);
    const { records } = await openRunLog(ledgerOf(simulation), job, run);
    expect(records.at(-1)).toMatchObject({
      type: 'run_now',
      by: 'anna.1',
      reason: { code: 'run_now', message: `started beyond its limit by an operator: ${WHY}` },
    });
  });

  it('records nothing when it is repeated, also by two people at once', async () => {
    const simulation = await overBudget();

    expect((await Promise.all([decide(simulation, two), decide(simulation, two, 'bert.1')])).sort()).toEqual([
      'existing',
      'recorded',
    ]);
    expect(await decide(simulation, two, 'carl.1')).toBe('existing');
    expect((await typesOf(simulation, two)).filter((type) => type === 'run_now')).toHaveLength(1);
  });

  it('spends nothing: the next window has its whole budget', async () => {
    const simulation = await overBudget();
    await decide(simulation, two);
    await tick(simulation);
    simulation.advance(8 * 24 * 60 * MINUTE);
    await simulation.settle();

    expect(await answer(simulation, three)).toMatchObject({ outcome: 'existing' });
    expect(await violations(simulation, [])).toEqual([]);
  });

  it('waits for its turn on the target', async () => {
    const simulation = await overBudget();
    await decide(simulation, two);
    await tick(simulation);
    await decide(simulation, three);
    await simulation.reconcile();

    expect(await answer(simulation, three)).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.tasks).toHaveLength(3);
    expect(await violations(simulation, [])).toEqual([]);
  });

  it('waits while its job is paused', async () => {
    const simulation = await overBudget();
    await decide(simulation, two);
    await pause(ledgerOf(simulation), 'import-b');
    simulation.advance(3_000);
    await tick(simulation);
    expect(await answer(simulation, two)).toMatchObject({ outcome: 'waiting', reason: { code: 'paused' } });

    await resume(ledgerOf(simulation), 'import-b');
    await tick(simulation);
    expect(await answer(simulation, two)).toMatchObject({ outcome: 'existing' });
  });

  it('starts a run whose first attempt met passing trouble, without a second decision', async () => {
    const simulation = await overBudget();
    simulation.cloud.failNextCreate('busy');
    simulation.cloud.failNextCreate('busy');
    await decide(simulation, two);

    for (let i = 0; i < 4; i++) await tick(simulation);

    expect(await answer(simulation, two)).toMatchObject({ outcome: 'existing' });
    expect(await violations(simulation, [])).toEqual([]);
  });

  it('refuses a run that waits for something else, that has ended or does not exist', async () => {
    const simulation = new Simulation();
    await pause(ledgerOf(simulation), 'import-b');
    await answer(simulation, two);
    const before = await simulation.ledgerText();

    await expect(decide(simulation, two)).rejects.toMatchObject({ code: 'not_over_budget' });
    await expect(decide(simulation, two)).rejects.toThrow('import-b is paused');
    await expect(decide(simulation, three)).rejects.toMatchObject({ code: 'no_such_run' });
    expect(await simulation.ledgerText()).toBe(before);
    await resume(ledgerOf(simulation), 'import-b');
    await simulation.settle();
    await expect(decide(simulation, two)).rejects.toMatchObject({ code: 'ended' });
  });

  it('refuses, for now, a run that an invocation handles', async () => {
    const simulation = await overBudget();
    const { job, run } = nameOf('import-b', two);
    const log = await openRunLog(ledgerOf(simulation), job, run);
    await log.append({ ...ledgerOf(simulation).stamp(), type: 'claimed', until: simulation.now + MINUTE });

    await expect(decide(simulation, two)).rejects.toMatchObject({ code: 'in_progress' });
  });
});
