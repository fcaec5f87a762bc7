import type { Trigger } from '../../../../lib/events/trigger.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { pause, resume } from '../../../../lib/runs/ledger/pauses.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { parkRun } from '../../../../lib/runs/operate/park-run.ts';
import { resolveRun } from '../../../../lib/runs/operate/resolve-run.ts';
import { callTo } from '../../../fixtures/call-to.ts';
import { landed, nameOf, simulationJobs, ticked } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const HOUR = 60 * 60_000;
const object = landed('a/one.rdb');
const next = landed('a/two.rdb', 1);

let jobs: Jobs;
beforeAll(async () => {
  jobs = await simulationJobs();
});

const ledgerOf = (simulation: Simulation) => simulation.ledger('anna.1');
const given = nameOf('import-a', object);
const park = (simulation: Simulation, name = given) => parkRun(ledgerOf(simulation), name, 'being checked');
const answer = async (simulation: Simulation, trigger: Trigger = object) =>
  (await simulation.deliver(jobs, 'import-a', trigger)).value;

/** A run that waits because its job is paused, and is not any more. */
async function waiting(): Promise<Simulation> {
  const simulation = new Simulation();
  await pause(ledgerOf(simulation), 'import-a');
  await simulation.deliver(jobs, 'import-a', object);
  await resume(ledgerOf(simulation), 'import-a');
  return simulation;
}

async function unknown(fault: 'done_500' | 'not_done_500'): Promise<Simulation> {
  const simulation = new Simulation();
  simulation.cloud.failNextCreate(fault);
  simulation.cloud.listLagMs = 45_000;
  await simulation.deliver(jobs, 'import-a', object);
  return simulation;
}

describe('parkRun', () => {
  it('holds back a waiting run until somebody decides, and returns why to callers', async () => {
    const simulation = await waiting();

    await park(simulation);

    expect(await simulation.settle(20)).toBe(1);
    expect(simulation.cloud.creates).toEqual([]);
    expect(await answer(simulation)).toEqual(
      expect.objectContaining({
        outcome: 'waiting',
        reason: { code: 'parked', message: 'parked by an operator: being checked' },
      }),
    );
  });

  it('leaves the target of a run that waits to others', async () => {
    const simulation = await waiting();
    await park(simulation);

    expect(await answer(simulation, next)).toMatchObject({ outcome: 'created' });
  });

  it('takes it out of the lane immediately, so that others do not wait for reconcile', async () => {
    const simulation = new Simulation();
    await simulation.deliver(jobs, 'import-a', landed('a/first.rdb', -1));
    expect(await answer(simulation)).toMatchObject({ reason: { code: 'queued' } });

    await park(simulation);
    simulation.advance(11 * 60_000);

    expect(await answer(simulation, next)).toMatchObject({ outcome: 'created' });
  });

  it('claims the run, so that a slow earlier claimant changes neither run nor lane', async () => {
    const simulation = new Simulation();
    // It dies when it is about to enter the lane.
    await simulation.deliver(jobs, 'import-a', object, {
      turn: async (what) => simulation.advance(what.startsWith('ledger.append lanes/target/') ? 60 * 60_000 : 0),
    });
    const before = await openRunLog(ledgerOf(simulation), given.job, given.run);

    await park(simulation);

    const records = await simulation.recordsOf(given);
    expect(records.slice(before.records.length)).toMatchObject([
      { type: 'claimed', by: 'anna.1' },
      { type: 'parked', byHand: true },
    ]);
    const lane = await TargetLane.open(ledgerOf(simulation), 'dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5');
    expect(lane.state.left).toEqual({ [given.run]: before.records.length + 1 });
    const late = {
      ...given,
      order: 1,
      kind: 'backup_import',
      task: 'import-1',
      claim: foldRun(before.records).lastClaim,
    } as const;
    expect(await lane.enterAndHold(late)).toBe(false);
  });

  it('has it go on when it is resolved', async () => {
    const simulation = await waiting();
    await park(simulation);

    await resolveRun(ledgerOf(simulation), given, { kind: 'try_again' });

    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('does not look for the task of a run whose create call may have been sent, and keeps its target', async () => {
    const simulation = await unknown('done_500');

    await park(simulation);
    simulation.advance(HOUR);
    await simulation.reconcile();

    expect(foldRun(await simulation.recordsOf(given))).toMatchObject({
      parked: true,
      parkedByHand: true,
      attempt: {},
    });
    expect(await answer(simulation)).toMatchObject({ outcome: 'unknown', reason: { code: 'parked' } });
    expect(await answer(simulation, next)).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
  });

  it.each([
    ['done_500', 1],
    ['not_done_500', 2],
  ] as const)('looks for it again before anything else when it is resolved: %s', async (fault, creates) => {
    const simulation = await unknown(fault);
    await park(simulation);
    simulation.advance(12 * HOUR);

    await resolveRun(ledgerOf(simulation), given, { kind: 'try_again' });

    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.tasks).toHaveLength(1);
    expect(simulation.cloud.creates).toHaveLength(creates);
  });

  it('stops looking for the task of a run that was parked automatically', async () => {
    const simulation = await unknown('done_500');
    simulation.cloud.failingLists = 1_000;
    simulation.advance(7 * HOUR);
    await simulation.reconcile();
    simulation.cloud.failingLists = 0;

    await park(simulation);
    await simulation.settle(5);

    expect(await answer(simulation)).toMatchObject({ outcome: 'unknown', reason: { code: 'parked' } });
  });

  describe('refuses', () => {
    it('a run that does not exist', async () => {
      await expect(park(new Simulation())).rejects.toMatchObject({ code: 'no_such_run' });
    });

    it('a run whose task exists and is followed', async () => {
      const simulation = new Simulation();
      await simulation.deliver(jobs, 'start-02', ticked());

      await expect(park(simulation, nameOf('start-02', ticked()))).rejects.toMatchObject({ code: 'has_task' });
    });

    it('a run that has ended', async () => {
      const simulation = new Simulation();
      simulation.cloud.failNextCreate('refused');
      await simulation.deliver(jobs, 'import-a', object);

      await expect(park(simulation)).rejects.toMatchObject({ code: 'ended' });
    });

    it('a run that an invocation is handling', async () => {
      const simulation = new Simulation();
      const at = await callTo('ledger.append runs/', (options) =>
        new Simulation().deliver(jobs, 'import-a', object, options),
      );
      await simulation.deliver(jobs, 'import-a', object, { crash: { at, effect: 'after' } });

      await expect(park(simulation)).rejects.toMatchObject({ code: 'in_progress' });
    });

    it('a run that an operator parked, and says why', async () => {
      const simulation = await waiting();
      await park(simulation);

      await expect(park(simulation)).rejects.toMatchObject({
        code: 'parked_already',
        message: expect.stringContaining('parked by an operator: being checked'),
      });
    });
  });
});
