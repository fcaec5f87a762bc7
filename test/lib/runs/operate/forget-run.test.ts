import type { Jobs } from '../../../../lib/jobs/job.ts';
import { listOpen } from '../../../../lib/runs/ledger/open-runs.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { forgetRun, planForget } from '../../../../lib/runs/operate/forget-run.ts';
import { resolveRun } from '../../../../lib/runs/operate/resolve-run.ts';
import { callOnce } from '../../../../lib/runs/start/changing-call.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';
import { callTo } from '../../../fixtures/call-to.ts';
import { TOPIC } from '../../../simulation/followed-jobs.ts';
import { landed, nameOf, simulationJobs, ticked } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const object = landed('a/one.rdb');

let jobs: Jobs;
beforeAll(async () => {
  jobs = await simulationJobs();
});

const ledgerOf = (simulation: Simulation) => simulation.ledger('anna.1');
const given = nameOf('import-a', object);
const stateOf = async (simulation: Simulation, name = given) => foldRun(await simulation.recordsOf(name));

/** A run whose create call was done, or not, and its answer lost. */
async function unknown(fault: 'done_500' | 'not_done_500'): Promise<Simulation> {
  const simulation = new Simulation();
  simulation.cloud.failNextCreate(fault);
  simulation.cloud.listLagMs = 45_000;
  await simulation.deliver(jobs, 'import-a', object);
  return simulation;
}

describe('forgetRun', () => {
  it('leaves a tombstone that says who, when and why, and nothing open', async () => {
    const simulation = await unknown('not_done_500');

    await forgetRun(ledgerOf(simulation), given, 'the cache is gone');

    const records = await simulation.recordsOf(given);
    expect(records.find(({ type }) => type === 'forgotten')).toMatchObject({
      by: 'anna.1',
      at: simulation.now,
      reason: { code: 'forgotten', message: 'forgotten by an operator: the cache is gone' },
    });
    expect(await listOpen(ledgerOf(simulation))).toEqual([]);
  });

  it('claims the run in the same write, so that a slow earlier claimant changes nothing', async () => {
    const simulation = new Simulation();
    // It dies when it is about to enter the lane.
    await simulation.deliver(jobs, 'import-a', object, {
      turn: async (what) => simulation.advance(what.startsWith('ledger.append lanes/target/') ? 60 * 60_000 : 0),
    });
    const before = (await simulation.recordsOf(given)).length;
    await forgetRun(ledgerOf(simulation), given, 'the cache is gone');

    const records = await simulation.recordsOf(given);
    expect(records.slice(before).map(({ type, by }) => `${type} by ${by}`)).toEqual([
      'claimed by anna.1',
      'forgotten by anna.1',
      'settled by anna.1',
    ]);
    const lane = await TargetLane.open(ledgerOf(simulation), 'dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5');
    expect(lane.state.left).toEqual({ [given.run]: before + 1 });
  });

  it('returns the recorded result to a redelivery and never creates', async () => {
    const simulation = await unknown('not_done_500');
    await forgetRun(ledgerOf(simulation), given, 'the cache is gone');

    simulation.advance(24 * 60 * 60_000);
    const { value } = await simulation.deliver(jobs, 'import-a', object);
    await simulation.settle();

    expect(value).toMatchObject({ outcome: 'skipped', reason: { code: 'forgotten' } });
    expect(simulation.cloud.tasks).toEqual([]);
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('leaves a followed task alone: it is not configured, stopped or reported', async () => {
    const simulation = new Simulation();
    await simulation.deliver(jobs, 'move-and-stop', ticked());
    const name = nameOf('move-and-stop', ticked());

    const left = await forgetRun(ledgerOf(simulation), name, 'moved by hand');
    await simulation.settle(20);

    expect(left.task).toMatchObject({ id: 'task-1' });
    expect(simulation.cloud.changes).toEqual([]);
    expect((await simulation.deliver(jobs, 'move-and-stop', ticked())).value).toMatchObject({
      outcome: 'existing',
      task: { id: 'task-1' },
      reason: { code: 'forgotten' },
    });
  });

  it('reports nothing more, not even what waited to be', async () => {
    const notified = await simulationJobs((yaml) =>
      yaml.replace(
        'backup_import: { target_instance: cache-a }',
        `notify: { smn: "${TOPIC}", on: [started, succeeded, failed, stuck, parked] }\n    backup_import: { target_instance: cache-a }`,
      ),
    );
    const simulation = new Simulation();
    await simulation.deliver(notified, 'import-a', object);

    await forgetRun(ledgerOf(simulation), given, 'a test');
    await simulation.settle(20);

    expect(simulation.smn.published).toEqual([]);
  });

  it('frees the target immediately', async () => {
    const simulation = new Simulation();
    await simulation.deliver(jobs, 'import-a', object);
    const next = landed('a/two.rdb', 1);
    expect((await simulation.deliver(jobs, 'import-a', next)).value).toMatchObject({ outcome: 'waiting' });

    await forgetRun(ledgerOf(simulation), given, 'a test');

    expect((await simulation.deliver(jobs, 'import-a', next)).value).toMatchObject({ outcome: 'created' });
  });

  it('is final: what a late invocation writes changes nothing, and it is not resolved or cancelled', async () => {
    const simulation = await unknown('done_500');
    await forgetRun(ledgerOf(simulation), given, 'a test');
    const ledger = ledgerOf(simulation);
    const log = await openRunLog(ledger, given.job, given.run);
    const task = { kind: 'backup_import', id: 'task-1', name: 'x' } as const;

    await log.append(
      { ...ledger.stamp(), type: 'adopted', task },
      { ...ledger.stamp(), type: 'settled', status: 'SUCCESS' },
    );

    expect(await stateOf(simulation)).toMatchObject({ end: 'forgotten', reason: { code: 'forgotten' } });
    expect((await stateOf(simulation)).task).toBeUndefined();
    await expect(resolveRun(ledger, given, { kind: 'task', id: 'task-1' })).rejects.toMatchObject({ code: 'ended' });
    expect(await simulation.cancel(given)).toEqual({ end: 'over' });
  });

  it('stops a call for the task that an invocation is about to make', async () => {
    const simulation = new Simulation();
    await simulation.deliver(jobs, 'start-02', ticked());
    const name = nameOf('start-02', ticked());
    const ledger = simulation.ledger('reconcile');
    const log = await openRunLog(ledger, name.job, name.run);
    await forgetRun(ledgerOf(simulation), name, 'a test');
    // Its list is read again by another write that comes too late.
    await log.append({ ...ledger.stamp(), type: 'absent' });
    let sent = 0;

    const end = await callOnce(
      log,
      {
        name: 'start',
        byList: false,
        check: async () => ({ seen: 'not_done' }),
        send: async () => {
          sent += 1;
          return {};
        },
      },
      60_000,
      { ...fakeRun().deps, ledger },
    );

    expect([end.end, sent]).toEqual(['pending', 0]);
  });

  it('returns in advance what it would leave, and writes nothing', async () => {
    const simulation = await unknown('done_500');
    const before = await simulation.ledgerText();

    expect(await planForget(ledgerOf(simulation), given)).toEqual({ ...given, mayHaveTask: true });
    expect(await simulation.ledgerText()).toBe(before);
  });

  describe('refuses', () => {
    const forget = (simulation: Simulation) => forgetRun(ledgerOf(simulation), given, 'a test');

    it('a run that does not exist', async () => {
      await expect(forget(new Simulation())).rejects.toMatchObject({ code: 'no_such_run' });
    });

    it('a run that has succeeded', async () => {
      const simulation = new Simulation();
      await simulation.deliver(jobs, 'import-a', object);
      await simulation.settle();

      await expect(forget(simulation)).rejects.toMatchObject({ code: 'ended' });
    });

    it('a run that was refused', async () => {
      const simulation = new Simulation();
      simulation.cloud.failNextCreate('refused');
      await simulation.deliver(jobs, 'import-a', object);

      await expect(forget(simulation)).rejects.toMatchObject({ code: 'ended' });
    });

    it('a run that was forgotten', async () => {
      const simulation = await unknown('done_500');
      await forget(simulation);

      await expect(forget(simulation)).rejects.toMatchObject({ code: 'ended' });
    });

    it('a run that an invocation is handling, until its lease is over', async () => {
      const simulation = new Simulation();
      const at = await callTo('ledger.append runs/', (options) =>
        new Simulation().deliver(jobs, 'import-a', object, options),
      );
      await simulation.deliver(jobs, 'import-a', object, { crash: { at, effect: 'after' } });

      await expect(forget(simulation)).rejects.toMatchObject({ code: 'in_progress' });
      simulation.advance(210_000);
      await expect(forget(simulation)).resolves.toMatchObject(given);
    });

    it('a run while a call for its task is being sent', async () => {
      const simulation = new Simulation();
      await simulation.deliver(jobs, 'start-02', ticked());
      const name = nameOf('start-02', ticked());
      const log = await openRunLog(ledgerOf(simulation), name.job, name.run);
      await log.append({
        ...simulation.ledger('reconcile').stamp(),
        type: 'call',
        call: 'start',
        until: simulation.now + 1_000,
      });

      const forgotten = forgetRun(ledgerOf(simulation), name, 'a test');

      await expect(forgotten).rejects.toMatchObject({ code: 'in_progress' });
    });
  });
});
